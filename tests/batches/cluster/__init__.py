"""Tests of runs beyond one machine."""
