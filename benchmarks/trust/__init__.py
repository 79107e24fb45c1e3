"""Trust: whether each defect is found at its cell, and whether honest filings get no error and no warning."""
