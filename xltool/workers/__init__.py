"""Worker processes under supervision."""
