"""The user guide as an HTML page: its frame, style, pictures and computed tables."""
