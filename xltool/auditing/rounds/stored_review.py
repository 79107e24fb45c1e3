"""The last review as it lies in its folder: findings.json and frames/*.parquet (contract §6)."""

from __future__ import annotations

from collections import Counter, defaultdict
from sys import intern
from typing import TYPE_CHECKING, Any, Final

import msgspec

from xltool.auditing.keys import NAMES, FormKey, Slot, form_key, numbered
from xltool.auditing.rounds.comparison import stored
from xltool.auditing.rounds.last_review import LastFinding, LastForm, LastReview
from xltool.findings import InputError, Severity
from xltool.forms import base_data, review
from xltool.reader.limits import LIMITS, size
from xltool.storage import parquet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

FINDINGS = "findings.json"
_TABLES = {"projects": base_data.projects, "indicators": review.indicators}

_SINGLE: Final = ("submission", "field", "value", "cell")
_OF_ROWS: Final = ("submission", "cells")

_Values = dict[str, dict[Slot, tuple[str, str]]]


class _Place(msgspec.Struct, gc=False):
    """Where something stands; the whole file where it has no sheet."""

    path: str
    sheet: str | None
    cell: str | None


class _FoldedFinding(msgspec.Struct, gc=False):
    """A finding that is a consequence of another."""

    key: str


class _StoredFinding(msgspec.Struct):
    """A finding in findings.json, of which the second round needs these members."""

    key: str
    submission: str | None
    rule: str
    severity: Severity
    path: str
    sheet: str | None
    cell: str | None
    field: str | None
    actual: str | None
    message: str
    related: list[_Place]
    consequences: list[_FoldedFinding] = []


class _StoredSubmission(msgspec.Struct, gc=False):
    """A form in findings.json."""

    id: str
    filing: str | None
    form: str
    project: str | None
    department: str | None
    sha256: str
    path: str
    sheet: str | None


class _Stored(msgspec.Struct):
    """findings.json: the members that are not needed are passed over and take no memory."""

    submissions: list[_StoredSubmission]
    findings: list[_StoredFinding]


def load(folder: Path) -> LastReview:
    """The review that `xltool batch` left in a folder.

    Raises ValueError, in Chinese, where there is none or it cannot be understood.
    """
    path = folder / FINDINGS
    if not path.is_file():
        msg = f"上次审核结果不完整：{folder} 中没有 {FINDINGS}（应为上次 xltool batch --out 的文件夹）"
        raise InputError(msg)
    try:
        length = path.stat().st_size
        if length > LIMITS.stored_review_size:
            msg = f"{FINDINGS} 有 {size(length)}，超过上限 {size(LIMITS.stored_review_size)}"
            raise ValueError(msg)  # noqa: TRY301 - a reason like those of the libraries, below
        data = msgspec.json.decode(path.read_bytes(), type=_Stored)
        values = _values(folder)
        return _earlier(data, values)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, msgspec.MsgspecError) as error:
        msg = (
            f"上次审核结果无法读取：{folder}（{type(error).__name__}：{error}）；请用原来的报送文件重新运行一次批量检查"
        )
        raise InputError(msg) from error


def _earlier(data: _Stored, values: _Values) -> LastReview:
    forms: dict[FormKey, LastForm] = {}
    keys: dict[str, FormKey] = {}
    for submission in data.submissions:
        key = keys[submission.id] = form_key(submission.filing or "", submission.form, submission.project)
        forms[key] = LastForm(
            submission.department or "",
            submission.sha256,
            values.get(submission.id, {}),
            submission.path,
            submission.sheet,
        )
    return LastReview(forms, tuple(_finding(finding, keys) for finding in data.findings))


def _finding(finding: _StoredFinding, keys: Mapping[str, FormKey]) -> LastFinding:
    here = [(finding.path, finding.sheet, finding.cell)]
    places = here + [(place.path, place.sheet, place.cell) for place in finding.related]
    asked = tuple(cell for path, sheet, cell in places if cell and (path, sheet) == here[0][:2])
    return LastFinding(
        key=finding.key,
        form=keys.get(finding.submission or ""),
        rule=finding.rule,
        severity=finding.severity,
        path=finding.path,
        sheet=finding.sheet,
        cell=finding.cell,
        field=finding.field,
        actual=finding.actual,
        message=finding.message,
        asked=asked if finding.cell else (),
        related=tuple(places[1:]),
        folded=tuple(folded.key for folded in finding.consequences),
    )


def _values(folder: Path) -> _Values:
    """What the forms held, by the id of the form; equal keys and addresses are one object, since each form has them."""
    values: _Values = defaultdict(dict)
    frames = folder / "frames"
    slots: dict[Slot, Slot] = {}
    for submission, field, value, cell in parquet.read(frames / "values.parquet", _SINGLE, most=LIMITS.stored_rows):
        slot = slots.setdefault((field, ""), (field, ""))
        values[submission][slot] = (stored(value), intern(cell or ""))
    for name, table in _TABLES.items():
        columns = [column.key for column in table.inputs]
        rows = parquet.read(frames / f"{name}.parquet", [*_OF_ROWS, *columns], most=LIMITS.stored_rows)
        _add_rows(values, rows, columns, NAMES[table.key])
    return values


def _add_rows(stored_values: _Values, rows: Iterable[tuple[Any, ...]], columns: Sequence[str], named: str) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for submission, cells, *values in rows:
        filed = dict(zip(columns, values, strict=True))
        slot = numbered(submission, stored(filed[named]), seen)
        for key, value in filed.items():
            cell = (cells or {}).get(key)
            if cell:
                stored_values[submission][key, slot] = (stored(value), intern(cell))
