"""Runs over several counties: each is audited by itself, and a summary is written above them."""
