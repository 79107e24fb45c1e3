"""The sample filings: their forms as data, and what an audit has to find in them."""
