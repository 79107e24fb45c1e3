"""Trust: whether defects are found at their cell, and nothing is said of honest filings."""
