"""Signs across departments that a filing should be read first: spot checks."""
