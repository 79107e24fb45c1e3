"""The pages: a module for each screen, whose `ROUTES` say which function answers which address."""
