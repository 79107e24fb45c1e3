"""Parquet files, written atomically and read in blocks, so that a whole table is never in memory.

Rows are plain mappings and tuples. pandas is not imported here: importing it takes longer than writing most tables.
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
"""Rows of a row group: few enough for memory, enough for the dictionaries of a column to pay off."""
_READ: Final = 10_000
"""Rows of a block that is read."""


class Rows:
    """A buffer of rows in front of a Parquet writer."""

    def __init__(self, writer: pq.ParquetWriter) -> None:
        """Start with an empty buffer."""
        self._writer = writer
        self._buffered: list[pa.Table] = []

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows; ValueError for a value that does not fit its column or a key that is no column."""
        if rows:
            self._buffered.append(_table(rows, self._writer.schema))
        if sum(len(table) for table in self._buffered) >= GROUP:
            self.flush()

    def flush(self) -> None:
        """Write the buffered rows as a row group."""
        if self._buffered:
            self._writer.write_table(pa.concat_tables(self._buffered))
            self._buffered.clear()


@contextmanager
def writing(path: Path, schema: pa.Schema) -> Iterator[Rows]:
    """Yield a buffer whose rows become the file `path` at the end, none where writing fails. Raises OSError."""
    with whole(path) as file, pq.ParquetWriter(file, schema) as writer:
        rows = Rows(writer)
        yield rows
        rows.flush()


def read(path: Path, columns: Sequence[str], *, most: int) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a file as tuples of these columns, None where blank; a file may have at most so many rows.

    Raises OSError or ValueError where the file is no Parquet file or too long, KeyError where it lacks a column.
    """
    with reachable(path).open("rb") as file, pq.ParquetFile(file) as source:
        if source.metadata.num_rows > most:
            msg = f"{path.name} 有 {source.metadata.num_rows:,} 行，超过上限 {most:,} 行"
            raise ValueError(msg)
        for batch in source.iter_batches(_READ, columns=list(columns), use_threads=False):
            yield from zip(*(batch.column(name).to_pylist() for name in columns), strict=True)


def _table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """Rows as an Arrow table, by way of JSON: `pa.Table.from_pylist` imports pandas to recognise its objects."""
    data = _lines(rows)
    return pa_json.read_json(
        pa.BufferReader(data),
        read_options=pa_json.ReadOptions(use_threads=False, block_size=len(data)),
        parse_options=pa_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )


def _lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as JSON lines; a lone surrogate becomes a question mark."""
    try:
        return msgspec.json.Encoder().encode_lines(rows)
    except UnicodeEncodeError:
        return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode(errors="replace")
