"""What a run stores on disk: the records of files, its audit, and its state."""
