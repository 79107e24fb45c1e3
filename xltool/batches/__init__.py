"""A folder of filings: found, read in worker processes, put into sets, audited, reviewed.

Names are imported from the modules that own them: who reads one file imports nothing of a run.
"""
