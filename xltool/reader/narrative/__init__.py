"""Narrative reports: whether a document holds one, its paragraphs, and the numbers in them."""
