"""The rules, a module a subject; `catalogue` has them all.

Nothing is imported here: what reads files uses some of their words and needs no rule.
"""
