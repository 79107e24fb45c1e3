"""Arrange values for a template: indicators and projects as the columns of its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from xltool.expr.nodes import Field
from xltool.forms import base_data, review

if TYPE_CHECKING:
    from xltool.forms.model import Table

RowValues = Mapping[str, str | float | None]
"""The values of one table row by column key."""


Prefill = Mapping[Field, str | float | date | list[str | float | None] | None]
"""Values filled in before a template is issued; for a table column a list with an item for each row of the table.

A value for a calculated field replaces its formula; samples of overtyped files need that.
"""


def rows_needed(indicators: Sequence[RowValues], at_least: int = 1) -> int:
    """Indicator rows that each 二级指标 must get to hold all these indicators."""
    counts = Counter(str(indicator[review.part.key]) for indicator in indicators)
    return max([at_least, *counts.values()])


def indicator_columns(indicators: Sequence[RowValues], per_part: int) -> dict[Field, list[str | float | None]]:
    """Columns of the indicator table, an item for each sheet row, anchor rows left blank.

    Raises KeyError for a 二级指标 that the form does not have.
    """
    by_part: dict[str, list[RowValues]] = {part: [] for group in review.GROUPS for part in group.parts}
    for indicator in indicators:
        by_part[str(indicator[review.part.key])].append(indicator)
    rows: list[RowValues] = []
    for group in review.GROUPS:
        heading = {review.category.key: group.name}
        for part in group.parts:
            own = [{**indicator, **heading} for indicator in by_part[part]]
            rows += own + [heading] * (per_part - len(own))
        rows.append(heading)
    return _columns(review.indicators, rows)


def project_columns(projects: Sequence[RowValues]) -> dict[Field, list[str | float | None]]:
    """Columns of the project table of 附件1."""
    return _columns(base_data.projects, list(projects))


def _columns(table: Table, rows: Sequence[RowValues]) -> dict[Field, list[str | float | None]]:
    """The columns in which any row has a value."""
    columns = {column: [row.get(column.key) for row in rows] for column in table.inputs}
    return {column: values for column, values in columns.items() if any(value is not None for value in values)}
