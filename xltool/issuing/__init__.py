"""Forms issued to departments: a folder each, prefilled from the roster and last year's filings, with a list of all.

Everything is planned and checked before the first file is written; workers then write a department each.
"""
