"""The desk's workbook, review.xlsx: the overview, the findings, the data filed, the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.files import write_whole
from xltool.reports.sheets import catalogue, data, inbox, lists, matrix, overview, problems, rounds, spot_checks
from xltool.reports.sheets.links import linker
from xltool.reports.sheets.paper import Book

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.reports.model import Review


def write_review(path: Path, review: Review, *, folder: Path | None = None) -> None:
    """Write the workbook, whole or not at all.

    Links to the filings are relative to `folder`, the one the workbook will lie in; that of
    `path` unless it is to be moved. The same review gives the same bytes.
    """
    write_whole(path, review_bytes(review, folder or path.parent))


def review_bytes(review: Review, folder: Path) -> bytes:
    """The workbook's bytes, with links that hold in `folder`."""
    book = Book(review.title, review.made_at)
    links = linker(review.root, folder)
    first_findings = problems.rows_of_filings(review)
    overview.write(book, review, links, first_findings)
    inbox.write(book, review.told.inbox, links)
    problems.write(book, review, links)
    rounds.write(book, review, links)
    matrix.write(book, review)
    spot_checks.write(book, review, links, first_findings)
    for name, frame in review.tables.items():
        data.write(book, name, frame)
    lists.write_rules(book, review.rules)
    lists.write_files(book, review, links)
    catalogue.write(book, review)
    rounds.write_kept(book, review.told.handled, review.keys)
    return book.close()
