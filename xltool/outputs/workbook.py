"""The desk's workbook, review.xlsx: overview, findings, filed data, statistics, rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.outputs.officer_notes import RUN_NAME
from xltool.outputs.reviewing.briefing import briefing_of
from xltool.outputs.reviewing.finding_order import FindingOrder
from xltool.outputs.sheets import (
    briefing_sheet,
    catalogue,
    data,
    decisions,
    explanations,
    inbox,
    lists,
    matrix,
    overview,
    problems,
    ranked_charts,
    rounds,
    spot_checks,
)
from xltool.outputs.sheets.links import linker
from xltool.outputs.sheets.streaming import streamed_workbook
from xltool.outputs.workbook_limits import write_limits
from xltool.storage.files import whole

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.outputs.model import Review


def write_review(path: Path, review: Review, *, scratch: Path, folder: Path | None = None) -> None:
    """Write the workbook, whole or not at all, in memory that does not grow with the number of findings.

    Links to the filings are relative to `folder`, where the workbook will be kept; by default the folder of `path`.
    `scratch` is an existing folder for temporary files, of which none is left. Findings are gone through
    twice, tables once. The same review gives the same bytes. Raises OSError.
    """
    links, order = linker(review.root, folder or path.parent), FindingOrder.of(review)
    briefing = briefing_of(review, order)
    with whole(path) as file, streamed_workbook(file, scratch, review.title, review.made_at) as book:
        first, free = briefing_sheet.write(book, review, briefing, order)
        overview.write(book, review, links, order)
        inbox.write(book, review.context.inbox, links)
        problems.write(book, review, links, order)
        rounds.write(book, review, links)
        matrix.write(book, review, order)
        ranked_charts.write(book, briefing)
        lists.write_coverage(book, review)
        spot_checks.write(book, review, links, order)
        data.write_tables(book, review.tables)
        lists.write_rules(book, review.rules)
        lists.write_files(book, review, links)
        catalogue.write(book, review)
        rounds.write_notes(book, review.context.handled, review.keys)
        explanations.write(book, review.context.explained.unmatched, links)
        decisions.write(book, review.context.decisions)
        write_limits(book, first, free)
        if review.context.run:
            book.file.define_name(RUN_NAME, f'="{review.context.run}"')
