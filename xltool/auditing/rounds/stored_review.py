"""The last review as it lies in its folder: findings.json and frames/*.parquet (contract §6)."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

from xltool.auditing.keys import FormKey, Slot, form_key
from xltool.auditing.rounds.comparison import stored
from xltool.auditing.rounds.last_review import LastFinding, LastForm, LastReview
from xltool.findings import InputError, Severity
from xltool.forms import base_data, review
from xltool.normalize import fold
from xltool.storage import parquet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

FINDINGS = "findings.json"
_TABLES = {"projects": base_data.projects, "indicators": review.indicators}
_NAMES = {"projects": base_data.project_name.key, "indicators": review.indicator.key}

_SINGLE: Final = ("submission", "field", "value", "cell")
_OF_ROWS: Final = ("submission", "cells")

_Values = dict[str, dict[Slot, tuple[str, str]]]


def load(folder: Path) -> LastReview:
    """The review that `xltool batch` left in a folder.

    Raises ValueError, in Chinese, where there is none or it cannot be understood.
    """
    path = folder / FINDINGS
    if not path.is_file():
        msg = f"上次审核结果不完整：{folder} 中没有 {FINDINGS}（应为上次 xltool batch --out 的文件夹）"
        raise InputError(msg)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        values = _values(folder)
        return _earlier(data, values)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        msg = (
            f"上次审核结果无法读取：{folder}（{type(error).__name__}：{error}）；请用原来的报送文件重新运行一次批量检查"
        )
        raise InputError(msg) from error


def _earlier(data: Mapping[str, Any], values: _Values) -> LastReview:
    forms: dict[FormKey, LastForm] = {}
    keys: dict[str, FormKey] = {}
    for submission in data["submissions"]:
        key = keys[submission["id"]] = form_key(submission["filing"] or "", submission["form"], submission["project"])
        forms[key] = LastForm(
            submission["department"] or "",
            submission["sha256"],
            values.get(submission["id"], {}),
            submission["path"],
            submission["sheet"],
        )
    return LastReview(forms, tuple(_finding(finding, keys) for finding in data["findings"]))


def _finding(finding: Mapping[str, Any], keys: Mapping[str, FormKey]) -> LastFinding:
    here = [(finding["path"], finding["sheet"], finding["cell"])]
    places = here + [(place["path"], place["sheet"], place["cell"]) for place in finding["related"]]
    asked = tuple(cell for path, sheet, cell in places if cell and (path, sheet) == here[0][:2])
    return LastFinding(
        key=finding["key"],
        form=keys.get(finding["submission"] or ""),
        rule=finding["rule"],
        severity=Severity(finding["severity"]),
        path=finding["path"],
        sheet=finding["sheet"],
        cell=finding["cell"],
        field=finding["field"],
        actual=finding["actual"],
        message=finding["message"],
        asked=asked if finding["cell"] else (),
        related=tuple(places[1:]),
        folded=tuple(folded["key"] for folded in finding.get("consequences", ())),
    )


def _values(folder: Path) -> _Values:
    values: _Values = defaultdict(dict)
    frames = folder / "frames"
    for submission, field, value, cell in parquet.read(frames / "values.parquet", _SINGLE):
        values[submission][field, ""] = (stored(value), cell or "")
    for name, table in _TABLES.items():
        columns = [column.key for column in table.inputs]
        _add_rows(values, parquet.read(frames / f"{name}.parquet", [*_OF_ROWS, *columns]), columns, _NAMES[name])
    return values


def _add_rows(stored_values: _Values, rows: Iterable[tuple[Any, ...]], columns: Sequence[str], named: str) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for submission, cells, *values in rows:
        filed = dict(zip(columns, values, strict=True))
        name = fold(stored(filed[named]))
        seen[submission, name] += 1
        count = seen[submission, name]
        slot = name if count == 1 else f"{name}#{count}"
        for key, value in filed.items():
            cell = (cells or {}).get(key)
            if cell:
                stored_values[submission][key, slot] = (stored(value), cell)
