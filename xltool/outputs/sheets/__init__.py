"""The sheets of the desk's workbook, a module each, and what they are written with."""
