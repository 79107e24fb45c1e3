"""Desk: a year of the desk officer, played with forms that departments fill in, some with troubles, and correct."""
