"""Rows of the tables of a form: indicators and projects."""
