"""Files on disk: written whole or not at all, as Parquet, as a JSON stream."""
