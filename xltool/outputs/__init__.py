"""What an audit becomes: the desk's workbook, text for the terminal, data for programs."""
