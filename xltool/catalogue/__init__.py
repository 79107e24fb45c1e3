"""The catalogue in words: rules, fields, profiles, and the user guide."""
