"""The desk officer's year, played: forms issued, filled in by departments with troubles, checked, returned, mended."""
