"""A foreign filing moved into issued templates."""
