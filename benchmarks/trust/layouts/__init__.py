"""Drawings of real filings in other layouts, as other counties would print them.

A layout changes where and how a form says things, and nothing that it says: what is read of it must stay the same.
"""
