"""Rules across two years (Y)."""
