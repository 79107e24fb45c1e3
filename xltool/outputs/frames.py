"""The tidy tables of contract §4 as Parquet files; the type of a column does not depend on what was filed."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from xltool.auditing.tables import tidy
from xltool.forms import base_data, review
from xltool.storage import parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from xltool.auditing.plausibility.ranking import Ranked
    from xltool.forms.model import Table
    from xltool.reader.records import FileRecord

_TEXT: Final = pa.string()
_NUMBER: Final = pa.float64()
_COUNT: Final = pa.int64()


def _schema(columns: Iterable[str], types: Mapping[str, pa.DataType]) -> pa.Schema:
    """A schema of these columns; columns without a type are texts."""
    return pa.schema([(name, types.get(name, _TEXT)) for name in columns])


def _types(table: Table) -> dict[str, pa.DataType]:
    """Types of the columns of a table, and of the row number and cells that go with each row."""
    own = {column.key: _NUMBER if column.kind.numeric else _TEXT for column in table.inputs}
    parts = review.TARGET_PARTS if table is review.indicators else ()
    return own | {"row": _COUNT, "cells": pa.struct([(name, _TEXT) for name in (*own, *parts)])}


_QUANTITY: Final = pa.struct([("op", _TEXT), ("value", _NUMBER), ("unit", _TEXT), ("kind", _TEXT)])
_MEASURED: Final = {"target": _QUANTITY, "actual": _QUANTITY}

SCHEMAS: Final = {
    "submissions": _schema(tidy.SUBMISSION_COLUMNS, {"year": _COUNT}),
    "values": _schema(tidy.VALUE_COLUMNS, {"recomputed": _NUMBER}),
    "projects": _schema(tidy.PROJECT_COLUMNS, _types(base_data.projects)),
    "indicators": _schema(tidy.INDICATOR_COLUMNS, _types(review.indicators) | _MEASURED),
}
"""Schemas by the name of the table."""
SPOT_CHECKS: Final = "spot_checks"
SPOT_CHECK: Final = _schema(
    ("rank", "filing", "department", "points", "sign", "sign_points", "reason"),
    {"rank": _COUNT, "points": _COUNT, "sign_points": _COUNT},
)


def write_frames(records: Iterable[FileRecord], spot_checks: Iterable[Ranked], folder: Path) -> list[Path]:
    """Write the tables of a review into frames/, a file for each; return their paths. Raises OSError.

    Records are gone through once, some hundred at a time.
    """
    paths = write_tables(records, folder)
    path = _path(folder, SPOT_CHECKS)
    with parquet.writing(path, SPOT_CHECK) as rows:
        rows.add(list(_reasons(spot_checks)))
    return [*paths, path]


def write_tables(records: Iterable[FileRecord], folder: Path) -> list[Path]:
    """Write the tables of what was read, as `write_frames` does."""
    with ExitStack() as stack:
        files = {name: stack.enter_context(parquet.writing(_path(folder, name), SCHEMAS[name])) for name in ROWS}
        rest = iter(records)
        while block := list(islice(rest, tidy.BLOCK)):
            for name, rows_of in ROWS.items():
                files[name].add(rows_of(block))
    return [_path(folder, name) for name in ROWS]


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.parquet"


def _values(records: Sequence[FileRecord]) -> list[tidy.Record]:
    """Rows of `values`; columns that mix numbers and texts become texts."""
    return [
        row | {"value": tidy.as_text(row["value"]), "raw": tidy.as_text(row["raw"])} for row in tidy.values(records)
    ]


ROWS: Final[dict[str, Callable[[Sequence[FileRecord]], list[tidy.Record]]]] = {
    "submissions": tidy.submissions,
    "values": _values,
    "projects": tidy.projects,
    "indicators": tidy.indicators,
}
"""What gives the rows of each table; a column that mixes numbers and texts has texts."""


def _reasons(spot_checks: Iterable[Ranked]) -> Iterator[dict[str, Any]]:
    """A row for each reason, with the rank and the points of its filing."""
    for rank, check in enumerate(spot_checks, start=1):
        for reason in check.reasons:
            whole = (rank, check.filing, check.department, check.points, reason.sign, reason.points, reason.text)
            yield dict(zip(SPOT_CHECK.names, whole, strict=True))
