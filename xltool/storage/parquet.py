"""Parquet files: written whole or not at all and read a block at a time, so that a table is never held in one piece.

Rows go in as plain objects and come out as plain values: who writes or reads a table needs no frame library, which
takes longer to start than most tables to write.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pyarrow as pa
from pyarrow import json as pa_json
from pyarrow import parquet as pq

from xltool.storage.files import reachable, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

GROUP: Final = 20_000
"""Rows from which on they are written: few enough to be held, and enough to name what they have in common once."""
_READ: Final = 10_000
"""Rows that are read at once."""


class Rows:
    """The rows of a table on their way into a file."""

    def __init__(self, writer: pq.ParquetWriter) -> None:
        """Hold no row yet."""
        self._writer = writer
        self._waiting: list[pa.Table] = []

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows by their columns; ValueError for one that holds what its column does not."""
        if rows:
            self._waiting.append(_table(rows, self._writer.schema))
        if sum(len(table) for table in self._waiting) >= GROUP:
            self.flush()

    def flush(self) -> None:
        """Write the rows that wait."""
        if self._waiting:
            self._writer.write_table(pa.concat_tables(self._waiting))
            self._waiting.clear()


@contextmanager
def writing(path: Path, schema: pa.Schema) -> Iterator[Rows]:
    """Takes the rows of a table, which stands at `path` once this is over, whole or not at all; OSError likewise."""
    with whole(path) as file, pq.ParquetWriter(file, schema) as writer:
        rows = Rows(writer)
        yield rows
        rows.flush()


def write(path: Path, table: pa.Table) -> None:
    """Write a table that is at hand, whole or not at all; OSError where that fails."""
    with whole(path) as file:
        pq.write_table(table, file)


def read(path: Path, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a file as plain values of these columns, None where blank.

    OSError or ValueError for what is no such file, KeyError for a column it does not have.
    """
    with reachable(path).open("rb") as file, pq.ParquetFile(file) as source:
        for batch in source.iter_batches(_READ, columns=list(columns), use_threads=False):
            yield from zip(*(batch.column(name).to_pylist() for name in columns), strict=True)


def _table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """Rows as Arrow holds them. Its own way from Python's objects would start pandas, to ask whether they are its."""
    data = _lines(rows)
    return pa_json.read_json(
        pa.BufferReader(data),
        read_options=pa_json.ReadOptions(use_threads=False, block_size=len(data)),
        parse_options=pa_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )


def _lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as JSON, a line each, in which half a character becomes a question mark."""
    try:
        return msgspec.json.Encoder().encode_lines(rows)
    except UnicodeEncodeError:
        return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode(errors="replace")
