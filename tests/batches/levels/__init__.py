"""Tests of runs over several counties."""
