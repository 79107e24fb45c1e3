"""What the workbook and the page show alike: which findings come first, in which order, and the briefing."""
