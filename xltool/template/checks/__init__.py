"""The checks of a form as formulas: lines of the 审核 panel, first places, messages, and columns for each row."""
