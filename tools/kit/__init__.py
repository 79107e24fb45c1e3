"""The kit for an office PC without internet: `python -m tools.kit --help`."""
