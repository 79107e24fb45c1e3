"""Tables as Parquet files: as pandas would have stored them, block by block, whole or not at all."""

from __future__ import annotations

import errno
import gc
import io
import json
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow as pa
import pytest
from msgspec import structs
from pyarrow import parquet as pq

from tests.outputs.reviewed import HOSTILE, SAMPLES, samples_audit
from xltool.auditing.plausibility.ranking import Ranked, Reason
from xltool.auditing.rounds.stored_review import load
from xltool.auditing.tables import tidy
from xltool.auditing.tables.frames import frames
from xltool.outputs import frames as stored
from xltool.outputs import json_output
from xltool.reader.reading import read_file
from xltool.reader.records import FileRecord
from xltool.storage import parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

NAMES: Final = ("submissions", "values", "projects", "indicators")
TEXTS: Final = {"value", "raw"}


@cache
def rich() -> tuple[FileRecord, ...]:
    """The samples with hostile texts; half a surrogate pair becomes a whole character."""
    records = [read_file(path, path.relative_to(SAMPLES).as_posix()) for path in sorted(SAMPLES.rglob("*.xlsx"))]
    for record in records:
        for submission in record.submissions:
            cells = [
                *submission.values.values(),
                *(row.cells["二级指标"] for row in submission.rows if "二级指标" in row.cells),
            ]
            for cell, text in zip((cell for cell in cells if isinstance(cell.value, str)), HOSTILE, strict=False):
                cell.value = cell.raw = text.replace("\ud800", "\U0001f600\r\n")
    return tuple(records)


def blank() -> tuple[FileRecord, ...]:
    """The same forms without values and year."""
    records = []
    for record in rich():
        forms = [
            replace(
                submission,
                year=None,
                values={
                    key: structs.replace(cell, value=None, raw=None, formula=None)
                    for key, cell in submission.values.items()
                },
                rows=[replace(row, cells={}, derived={}, target={}, actual={}) for row in submission.rows],
            )
            for submission in record.submissions
        ]
        records.append(replace(record, submissions=forms))
    return tuple(records)


def written(records: Sequence[FileRecord], folder: Path) -> dict[str, pd.DataFrame]:
    """Write the tables and read them with pandas."""
    return {path.stem: pd.read_parquet(path) for path in stored.write_tables(records, folder)}


def by_pandas(records: Sequence[FileRecord], name: str) -> pd.DataFrame:
    """A table as pandas stores and reads it, without dictionaries that have no value, which pandas cannot store."""
    frame = getattr(frames(records), name)
    mixed = TEXTS & {*frame.columns}
    frame = frame.assign(**{column: frame[column].map(tidy.as_text, na_action="ignore") for column in mixed})
    empty = [column for column in map(str, frame) if not frame[column].map(bool).any()]
    buffer = io.BytesIO()
    frame.assign(**dict.fromkeys(empty)).to_parquet(buffer, index=False)
    return pd.read_parquet(buffer)


def bare(value: object) -> object:
    """A value, in which None stands for missing and dictionaries have no missing members."""
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if item is not None} or None
    return None if pd.isna(value) else value  # type: ignore[call-overload] # any object


@pytest.mark.parametrize("make", [rich, blank])
def test_frames_are_those_pandas_stores(tmp_path: Path, make: Callable[[], Sequence[FileRecord]]) -> None:
    """Columns, types and values are the same, with values or without; an empty column keeps its type."""
    records = make()
    types = {name: frame.dtypes for name, frame in written(rich(), tmp_path / "rich").items()}
    for name, frame in written(records, tmp_path / "here").items():
        expected = by_pandas(records, name)
        assert len(frame)
        assert list(frame.columns) == list(expected.columns)
        for column in map(str, frame):
            ours, theirs = list(map(bare, frame[column])), list(map(bare, expected[column]))
            assert ours == theirs, (name, column)
            if any(value is not None for value in theirs):
                assert frame[column].dtype == expected[column].dtype, (name, column)
            elif frame[column].dtype != float:  # a count of which some are missing
                assert frame[column].dtype == types[name][column], (name, column)


def test_without_files_the_columns_and_their_types_are_there(tmp_path: Path) -> None:
    """Tables without rows have the same columns and types as those with rows."""
    full = written(rich(), tmp_path / "full")
    for name, frame in written([FileRecord("a.txt", "skipped")], tmp_path / "none").items():
        assert len(frame) == 0
        assert list(frame.dtypes.items()) == list(full[name].dtypes.items())


def test_half_a_character_is_a_question_mark(tmp_path: Path) -> None:
    """Half a surrogate pair becomes a question mark, as in findings.json; the text around it is kept."""
    submission = next(submission for record in rich() for submission in record.submissions)
    half = replace(submission, id="\ud800", department="右\u202e左\x00\ud800局")
    frame = written([FileRecord("a.xlsx", "read", submissions=[half])], tmp_path)["submissions"]
    assert (frame["id"][0], frame["department"][0]) == ("?", "右\u202e左\x00?局")
    assert json.loads(json_output.dumps(half.department)) == frame["department"][0]


def test_tables_written_in_many_pieces_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records are gone through once; the same records give the same bytes, in blocks of any size."""
    whole = written(rich(), tmp_path / "whole")
    again = written(rich(), tmp_path / "again")
    monkeypatch.setattr(tidy, "BLOCK", 2)
    monkeypatch.setattr(parquet, "GROUP", 5)
    pieces = {path.stem: pd.read_parquet(path) for path in stored.write_tables(iter(rich()), tmp_path / "pieces")}
    for name in NAMES:
        pd.testing.assert_frame_equal(whole[name], pieces[name])
        pd.testing.assert_frame_equal(whole[name], again[name])
        files = [tmp_path / folder / f"{name}.parquet" for folder in ("whole", "again", "pieces")]
        assert files[0].read_bytes() == files[1].read_bytes()
    groups = [pq.ParquetFile(tmp_path / folder / "values.parquet").num_row_groups for folder in ("whole", "pieces")]
    assert groups[0] == 1 < groups[1]


def test_an_error_leaves_the_tables_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a record cannot be read or the disk is full, no file is changed and no temporary file is left."""
    stored.write_tables(rich(), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def broken() -> Iterator[FileRecord]:
        yield from rich()[:3]
        raise OSError(errno.EIO, "gone", "records.bin")

    monkeypatch.setattr(tidy, "BLOCK", 2)
    monkeypatch.setattr(parquet, "GROUP", 1)
    with pytest.raises(OSError, match="gone") as caught:
        stored.write_tables(broken(), tmp_path)
    assert caught.value.filename == "records.bin"
    monkeypatch.setattr(Path, "open", lambda path, *_: FullDisk(str(path), "w"))
    with pytest.raises(OSError, match="No space") as caught:
        stored.write_tables(rich()[:3], tmp_path)
    monkeypatch.undo()
    gc.collect()  # a writer that was not closed would try to write its end now
    assert Path(str(caught.value.filename)).parent == tmp_path
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


class FullDisk(io.FileIO):
    """A file on a disk that is full after the first bytes."""

    def write(self, data: object) -> int:
        """Write the first bytes, then raise."""
        if self.tell():
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)  # type: ignore[arg-type] # bytes of any kind


def test_spot_checks_have_a_row_for_each_reason(tmp_path: Path) -> None:
    """Each row has rank and points of its filing; without spot checks, the columns are there."""
    reasons = (Reason("full_marks", 3, "全部满分"), Reason("jump", 1, "大起大落\ud800"))
    for ranked, rows in (([Ranked("甲（2023）", "甲", 4, reasons), Ranked("乙", "乙", 3, reasons[:1])], 3), ([], 0)):
        *_, path = stored.write_frames([], ranked, tmp_path)
        frame = pd.read_parquet(path)
        assert path.name == "spot_checks.parquet"
        assert (len(frame), list(frame.columns)) == (rows, stored.SPOT_CHECK.names)
        assert frame["points"].dtype == frame["rank"].dtype == "int64"
        if ranked:
            assert frame["rank"].tolist() == [1, 1, 2]
            assert frame.iloc[1].tolist() == [1, "甲（2023）", "甲", 4, "jump", 1, "大起大落?"]


def test_writing_does_not_import_pandas(tmp_path: Path) -> None:
    """A worker that writes tables does not import pandas."""
    code = (
        "import sys; from pathlib import Path\n"
        "from xltool.reader.reading import read_file\n"
        "from xltool.outputs import frames as stored\n"
        "record = read_file(Path(sys.argv[1]), 'a.xlsx'); stored.write_frames([record], [], Path(sys.argv[2]))\n"
        "print('pandas' in sys.modules)"
    )
    call = [sys.executable, "-c", code, str(min(SAMPLES.rglob("*.xlsx"))), str(tmp_path)]
    printed = subprocess.run(call, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own interpreter
    assert printed.split() == ["False"]
    assert len(pd.read_parquet(tmp_path / "values.parquet"))


def test_a_review_with_tables_stored_by_pandas_is_read(tmp_path: Path) -> None:
    """Reviews of earlier versions, with untyped columns and cells of filled columns only, are read as today's."""
    audit = samples_audit()
    findings = json_output.dumps(json_output.audit_json(audit) | {"findings": []})
    reviews = []
    for place in (tmp_path / "pandas", tmp_path / "ours"):
        (place / "frames").mkdir(parents=True)
        (place / "findings.json").write_text(findings, encoding="utf-8")
        if place.name == "ours":
            stored.write_tables(audit.records, place / "frames")
        else:
            for name in NAMES:
                by_pandas(audit.records, name).to_parquet(place / "frames" / f"{name}.parquet", index=False)
        reviews.append(load(place))
    assert reviews[0] == reviews[1]
    assert sum(len(form.values) for form in reviews[0].forms.values()) > 100


def test_only_the_columns_asked_for_are_read(tmp_path: Path) -> None:
    """Columns come in the order asked for, as plain values; a missing column and a broken file are errors."""
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"甲": [1, 2], "乙": ["x", None], "丙": [{"a": "1"}, None]}), path)
    assert list(parquet.read(path, ["丙", "甲"], most=2)) == [({"a": "1"}, 1), (None, 2)]
    with pytest.raises(KeyError, match="丁"):
        list(parquet.read(path, ["甲", "丁"], most=2))
    with pytest.raises(ValueError, match=r"a\.parquet 有 2 行，超过上限 1 行"):
        list(parquet.read(path, ["甲"], most=1))
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(ValueError, match="Parquet"):
        list(parquet.read(path, ["甲"], most=2))


@pytest.mark.parametrize("row", [{"甲": "x"}, {"丁": 1}])
def test_a_value_that_its_column_cannot_hold_is_not_stored(tmp_path: Path, row: dict[str, object]) -> None:
    """A text among numbers, or an undeclared column, is an error and leaves no file."""
    path = tmp_path / "a.parquet"
    with (
        pytest.raises(ValueError, match="JSON"),
        parquet.writing(path, pa.schema([("甲", pa.float64())])) as rows,
    ):
        rows.add([row])
    assert not list(tmp_path.iterdir())
