"""Blank templates: forms and rules turned into locked, self-checking workbooks."""
