"""Rules of the narrative report (自评报告), R-01 to R-10."""
