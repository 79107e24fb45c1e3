"""The parts of .xlsx and .xlsm files as plain objects."""
