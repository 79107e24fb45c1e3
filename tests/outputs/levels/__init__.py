"""Tests of the summary above counties."""
