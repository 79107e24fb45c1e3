"""Runs beyond one machine: work on Dask clusters, and folders behind a URL."""
