"""The sample filings: their forms as data, and the findings an audit has to give."""
