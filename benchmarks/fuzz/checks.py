"""Check what must hold for every file, whatever it contains."""

from __future__ import annotations

import math
import re
import traceback
import unicodedata
import warnings
from typing import TYPE_CHECKING, Any, Final

from xltool.auditing.audit import audit
from xltool.batches.grouping import as_filings
from xltool.outputs import json_output
from xltool.outputs.terminal import audit_text
from xltool.reader import record_encoding
from xltool.reader.a1 import COLUMNS, ROWS
from xltool.reader.guard import Code
from xltool.reader.notation.tokens import emptiness, to_halfwidth
from xltool.reader.reading import read_file
from xltool.reader.records import FileRecord  # noqa: TC001 - of a list kept here

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.reader.records import FiledCell, Submission

_CODES: Final = {*map(str, Code), "lock_file", "link", "changing", "no_form", "result"}
_CELL: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_HAN: Final = re.compile(r"[一-鿿]")
_SEEN: Final[set[int]] = set()
"""Hashes of records this worker has audited: most damage does not change the record."""
_WAITING: Final[list[FileRecord]] = []
TOGETHER: Final = 16
"""How many records are audited together, as in a batch; where that fails, each is audited by itself."""


def examine(path: Path, name: str, together: int = TOGETHER) -> tuple[FileRecord | None, list[str]]:
    """Read a file; gives its record and its faults, a line each, or no record where reading raised.

    Records are audited in groups, so that faults of an earlier record may come with a later one. They begin with the
    name of their input.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            record = read_file(path, name)
            data = record_encoding.encode(record)
        except (MemoryError, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            return None, [f"读取：{describe_error(error)}"]
        faults = list(_of_record(record))
        key = hash(data.replace(record.sha256.encode(), b"").replace(name.encode(), b""))
        if faults or key in _SEEN:
            return record, faults
        _SEEN.add(key)
        if record_encoding.decode(data) != record:
            return record, ["记录往返不等"]
        _WAITING.append(record)
        if len(_WAITING) < together:
            return record, []
        waiting, faults = list(_WAITING), _audited(_WAITING)
        _WAITING.clear()
        if faults and len(waiting) > 1:
            faults = [
                f"{waiting_record.path} {fault}" for waiting_record in waiting for fault in _audited([waiting_record])
            ] or faults
        return record, faults


def _audited(records: list[FileRecord]) -> list[str]:
    try:
        return list(_of_audit(records))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - likewise
        return [f"审核：{describe_error(error)}"]


def describe_error(error: BaseException) -> str:
    """The type, place and first words of an error: the same text for the same cause."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/xltool/" in frame.filename]
    place = f"{frames[-1].filename.rpartition('/xltool/')[2]}:{frames[-1].lineno} {frames[-1].name}" if frames else "?"
    return f"{type(error).__name__} at {place}: {str(error)[:80]}"


def _of_record(record: FileRecord) -> Iterator[str]:
    if record.status == "read":
        if not record.submissions or record.code:
            yield "读取的文件没有表"
    elif record.status not in {"skipped", "refused"} or record.code not in _CODES:
        yield f"状态 {record.status} {record.code}"
    elif not _HAN.search(record.reason) or len(record.reason) > 400:
        yield f"原因 {record.reason[:40]!r}"
    elif _unprintable(record.reason):
        yield f"原因不可显示 {record.code} {record.reason[:12]!r}"
    if record.status == "refused" and [note.rule for note in record.notes] != ["W-19"]:
        yield "拒读没有问题记录"
    ids = [submission.id for submission in record.submissions]
    if len(set(ids)) != len(ids):
        yield "表的编号重复"
    for submission in record.submissions:
        yield from _of_submission(submission)


def _of_submission(submission: Submission) -> Iterator[str]:
    positions: dict[tuple[str, str], str] = {}
    for key, filed in submission.values.items():
        yield from _of_filed(filed)
        held = filed.cell, str(filed.typed)
        says = isinstance(filed.typed, float) or emptiness(to_halfwidth(filed.typed or "")[0]) is None
        if says and positions.setdefault(held, key) != key:
            yield f"一格两栏 {key} {positions[held]}"
    for row in submission.rows:
        for filed in row.cells.values():
            yield from _of_filed(filed)
        for value in (*row.derived.values(), *row.target.values(), *row.actual.values()):
            if isinstance(value, float) and not math.isfinite(value):
                yield "行内数值不是有限数"
    for note in submission.notes:
        if note.cell is not None and not is_cell(note.cell):
            yield f"提示的单元格 {note.rule} {note.cell[:12]}"
    if submission.year is not None and not 0 < submission.year < 10_000:
        yield f"年度 {str(submission.year)[:12]}"


def _of_filed(filed: FiledCell) -> Iterator[str]:
    if not is_cell(filed.cell):
        yield f"单元格 {filed.field} {filed.cell[:12]}"
    for number in (filed.value, filed.raw, filed.step):
        if isinstance(number, float) and not math.isfinite(number):
            yield f"数值不是有限数 {filed.field}"


def _of_audit(records: list[FileRecord]) -> Iterator[str]:
    as_filings(records)
    result = audit(records)
    for text in (json_output.dumps(json_output.audit_json(result)), json_output.dumps(json_output.read_json(records))):
        text.encode()
    audit_text(result).encode()
    yield from _of_findings(result)


def _of_findings(result: Audit) -> Iterator[str]:
    for finding in result.findings:
        places: list[Any] = [finding, *finding.related]
        if any(place.cell is not None and not is_cell(place.cell) for place in places):
            yield f"问题的单元格 {finding.rule} {finding.cell}"
        if any(mark in finding.message for mark in ("nan", "None")) and "nan" not in repr(result.records):
            yield f"问题的文字 {finding.rule} {finding.message[:40]}"


def is_cell(cell: str) -> bool:
    """Whether a worksheet can have this cell."""
    match = _CELL.fullmatch(cell)
    if match is None or int(match[2]) > ROWS:
        return False
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return column <= COLUMNS


def _unprintable(text: str) -> bool:
    return any(unicodedata.category(letter) in {"Cc", "Cs", "Cf"} for letter in text)
