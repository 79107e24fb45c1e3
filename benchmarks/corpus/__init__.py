"""Filings made from seeds, and the ways other programs and people hand them in."""
