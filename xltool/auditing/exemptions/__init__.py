"""Exemptions a bureau has granted: their file, and their application to findings."""
