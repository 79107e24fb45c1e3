"""Reading beyond one machine: Dask clusters, and folders behind a URL."""
