"""What a run keeps on disk: the records of files, its audit, and its state."""
