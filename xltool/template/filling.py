"""Known values arranged for a template: indicator and project rows into the rows of its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from xltool.expr.nodes import Field
from xltool.forms import base_data, review

if TYPE_CHECKING:
    from xltool.forms.model import Table

Entry = Mapping[str, str | float | None]
"""One table row by column key."""


Prefill = Mapping[Field, str | float | date | list[str | float | None] | None]
"""Values put in before a template is issued; a list for a table column, an entry a row of its span.

A value for a calculated field takes the place of its formula (for samples of overtyped files).
"""


def rows_needed(indicators: Sequence[Entry], at_least: int = 1) -> int:
    """Indicator rows each 二级指标 must get so that all entries find room."""
    counts = Counter(str(entry[review.part.key]) for entry in indicators)
    return max([at_least, *counts.values()])


def indicator_columns(indicators: Sequence[Entry], per_part: int) -> dict[Field, list[str | float | None]]:
    """Columns of the indicator table, an entry a sheet row, anchor rows left blank.

    Raises KeyError for a 二级指标 that the form does not have.
    """
    waiting: dict[str, list[Entry]] = {part: [] for group in review.GROUPS for part in group.parts}
    for entry in indicators:
        waiting[str(entry[review.part.key])].append(entry)
    rows: list[Entry] = []
    for group in review.GROUPS:
        heading = {review.category.key: group.name}
        for part in group.parts:
            own = [{**entry, **heading} for entry in waiting[part]]
            rows += own + [heading] * (per_part - len(own))
        rows.append(heading)
    return _columns(review.indicators, rows)


def project_columns(projects: Sequence[Entry]) -> dict[Field, list[str | float | None]]:
    """Columns of the project table of 附件1."""
    return _columns(base_data.projects, list(projects))


def _columns(table: Table, rows: Sequence[Entry]) -> dict[Field, list[str | float | None]]:
    columns = {column: [row.get(column.key) for row in rows] for column in table.inputs}
    return {column: values for column, values in columns.items() if any(value is not None for value in values)}
