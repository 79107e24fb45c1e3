"""A run over a folder of filings: read → group → judge → write, in worker processes.

Import names from the modules that define them: a command that reads one file imports nothing of a run.
"""
