"""Convert filings of any layout into issued templates."""
