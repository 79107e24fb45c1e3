"""Records as tidy tables: the rows of the JSON and of the frames that docs/contract.md describes in §4.

Money is in 万元, rates are fractions, dates ISO texts; None is blank.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from xltool.auditing.tables.scopes import FormScope
from xltool.auditing.tables.views import report_view
from xltool.forms import FORMS, base_data, review
from xltool.reader.notation.tokens import PADDING, State
from xltool.rules.report.figures import fields_of
from xltool.text.claims import claims_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.expr.nodes import Field
    from xltool.forms.model import Table
    from xltool.reader.records import FileRecord, Submission, TableRow
    from xltool.text.claims import Claim

Record = dict[str, Any]
BLOCK = 200
"""Files whose forms are recomputed together, so that the frames of a whole run never exist at once."""

SUBMISSION_COLUMNS = ("id", "filing", "path", "sheet", "form", "layout", "year", "department", "project", "sha256")
VALUE_COLUMNS = ("submission", "field", "value", "recomputed", "unit", "raw", "sheet", "cell", "formula", "state")
PROJECT_COLUMNS = ("submission", "row", *(column.key for column in base_data.projects.inputs), "cells")
INDICATOR_COLUMNS = (
    "submission",
    "row",
    *(column.key for column in review.indicators.inputs),
    *review.TARGET_PARTS,
    "target",
    "actual",
    "cells",
)


def files(records: Sequence[FileRecord]) -> list[Record]:
    """A row for each file: `path`, `status`, `code`, `reason`."""
    return [{"path": r.path, "status": r.status, "code": r.code or None, "reason": r.reason or None} for r in records]


def submissions(records: Sequence[FileRecord]) -> list[Record]:
    """A row for each form, with SUBMISSION_COLUMNS."""
    return [{key: getattr(submission, key) or None for key in SUBMISSION_COLUMNS} for submission in _all(records)]


def reports(records: Sequence[FileRecord]) -> list[Record]:
    """A row for each report, with the numbers in its text that belong to fields (`numbers`)."""
    return [
        {
            "path": report.path,
            "filing": report.filing or None,
            "department": report.department or None,
            "year": report.year,
            "title": report.title,
            "sha256": report.sha256,
            "numbers": [_number(claim) for claim in claims_of(report_view(report))],
        }
        for record in records
        for report in record.narrative_reports
    ]


def _number(claim: Claim) -> Record:
    return {
        "paragraph": claim.paragraph.number,
        "of": claim.topic,
        "fields": [field.key for field in fields_of(claim)],
        "budget": claim.nature or None,
        "value": claim.amount.value,
        "unit": claim.amount.unit,
        "raw": claim.shown,
        "sentence": claim.quote,
    }


def values(records: Sequence[FileRecord]) -> list[Record]:
    """A row for each cell outside tables, with VALUE_COLUMNS; `recomputed` only for calculated fields."""
    blocks = (records[start : start + BLOCK] for start in range(0, len(records), BLOCK))
    return [row for block in blocks for row in _values(block)]


def _values(records: Sequence[FileRecord]) -> list[Record]:
    recomputed = _recomputed(records)
    return [
        {
            "submission": submission.id,
            "field": key,
            "value": filed.value,
            "recomputed": recomputed.get((submission.id, key)),
            "unit": FORMS[submission.form].fields[key].kind.unit,
            "raw": filed.raw,
            "sheet": submission.place(filed.cell)[0],
            "cell": submission.place(filed.cell)[1],
            "formula": filed.formula,
            "state": filed.state.value,
        }
        for submission in _all(records)
        for key, filed in submission.values.items()
    ]


def projects(records: Sequence[FileRecord]) -> list[Record]:
    """A row for each project of 附件1, with PROJECT_COLUMNS."""
    return [
        _row(submission, number, row, base_data.projects)
        for submission, number, row in _rows(records, base_data.PROJECTS)
    ]


def indicators(records: Sequence[FileRecord]) -> list[Record]:
    """A row for each indicator of 附件2 or 附件3, with INDICATOR_COLUMNS; `target` and `actual` are parsed."""
    return [
        _row(submission, number, row, review.indicators)
        | {name: None if (filed := row.parts.get(name)) is None else filed.value for name in review.TARGET_PARTS}
        | {"target": row.target, "actual": row.actual}
        for submission, number, row in _rows(records, review.INDICATORS)
    ]


def as_text(value: float | str | None) -> str | None:
    """A value of a column that mixes numbers and texts, as text for formats whose columns have one type.

    >>> as_text(0.1 + 0.2), as_text("0.30"), as_text(None)
    ('0.3', '0.30', None)
    """
    return f"{value:.15g}" if isinstance(value, float) else value


def _all(records: Sequence[FileRecord]) -> Iterator[Submission]:
    return (submission for record in records for submission in record.submissions)


def _rows(records: Sequence[FileRecord], table: str) -> Iterator[tuple[Submission, int, TableRow]]:
    for submission in _all(records):
        rows = (row for row in submission.rows if row.table == table)
        yield from ((submission, number, row) for number, row in enumerate(rows, start=1))


def _row(submission: Submission, number: int, row: TableRow, table: Table) -> Record:
    """A table row with a key for every declared column, None for a column that the sheet does not have."""
    cells = {key: submission.place(filed.cell)[1] for key, filed in (row.cells | row.parts).items()}
    return {
        "submission": submission.id,
        "row": number,
        **{column.key: _as_filed(row, column) for column in table.inputs},
        "cells": cells,
    }


def _as_filed(row: TableRow, column: Field) -> float | str | None:
    """The value of a column; of texts 无, / and —— as well, which rules take for nothing."""
    filed = row.cells.get(column.key)
    if filed is None or filed.state is not State.NOT_APPLICABLE or column.kind.numeric:
        return None if filed is None else filed.value
    return str(filed.raw).strip(PADDING)


def _recomputed(records: Sequence[FileRecord]) -> dict[tuple[str, str], float | None]:
    recomputed: dict[tuple[str, str], float | None] = {}
    for key, form in FORMS.items():
        scope = FormScope(form, [submission for submission in _all(records) if submission.form == key])
        for item in form.fields.values():
            if item.formula is None or not len(scope):
                continue
            for submission, value in zip(scope.submissions, scope.recomputed(item), strict=True):
                recomputed[submission.id, item.key] = None if math.isnan(value) else float(value)
    return recomputed
