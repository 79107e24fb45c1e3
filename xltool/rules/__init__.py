"""The rules, in a module for each subject; `catalogue` has them all.

This module imports none of them, so that code which needs one module does not load all rules.
"""
