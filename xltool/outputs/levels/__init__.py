"""The summary above the reviews of counties: facts, totals, outliers; as a workbook and as a page."""
