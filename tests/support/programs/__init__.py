"""The outside programs that tests use: LibreOffice, the Open XML SDK validator, Chromium, IronCalc, poppler."""
