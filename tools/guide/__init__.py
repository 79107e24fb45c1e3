"""The user guide as a page: its frame, style, pictures and computed tables."""
