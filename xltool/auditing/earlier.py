"""The last review as it lies in its folder: findings.json and frames/*.parquet (contract §6)."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pandas as pd

from xltool.auditing.keys import FormKey, Slot, form_key
from xltool.auditing.last_review import Earlier, EarlierFinding, EarlierForm
from xltool.auditing.rounds import stored
from xltool.findings import Severity
from xltool.forms import base_data, review
from xltool.frame import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from xltool.expr import Field

FINDINGS = "findings.json"
_TABLES = {"projects": base_data.projects, "indicators": review.indicators}
_NAMES = {"projects": base_data.project_name.key, "indicators": review.indicator.key}

_Values = dict[str, dict[Slot, tuple[str, str]]]


def load(folder: Path) -> Earlier:
    """The review that `xltool batch` left in a folder.

    Raises ValueError, in Chinese, where there is none or it cannot be understood.
    """
    path = folder / FINDINGS
    if not path.is_file():
        msg = f"上次审核结果不完整：{folder} 中没有 {FINDINGS}（应为上次 xltool batch --out 的文件夹）"
        raise ValueError(msg)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        values = _values(folder)
        return _earlier(data, values)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        msg = (
            f"上次审核结果无法读取：{folder}（{type(error).__name__}：{error}）；请用原来的报送文件重新运行一次批量检查"
        )
        raise ValueError(msg) from error


def _earlier(data: Mapping[str, Any], values: _Values) -> Earlier:
    forms: dict[FormKey, EarlierForm] = {}
    keys: dict[str, FormKey] = {}
    for one in data["submissions"]:
        key = keys[one["id"]] = form_key(one["filing"] or "", one["form"], one["project"])
        forms[key] = EarlierForm(
            one["department"] or "", one["sha256"], values.get(one["id"], {}), one["path"], one["sheet"]
        )
    return Earlier(forms, tuple(_finding(one, keys) for one in data["findings"]))


def _finding(one: Mapping[str, Any], keys: Mapping[str, FormKey]) -> EarlierFinding:
    here = [(one["path"], one["sheet"], one["cell"])]
    places = here + [(place["path"], place["sheet"], place["cell"]) for place in one["related"]]
    asked = tuple(cell for path, sheet, cell in places if cell and (path, sheet) == here[0][:2])
    return EarlierFinding(
        one["key"],
        keys.get(one["submission"] or ""),
        one["rule"],
        Severity(one["severity"]),
        one["path"],
        one["sheet"],
        one["cell"],
        one["field"],
        one["actual"],
        one["message"],
        asked if one["cell"] else (),
        tuple(places[1:]),
    )


def _values(folder: Path) -> _Values:
    found: _Values = defaultdict(dict)
    single = pd.read_parquet(folder / "frames" / "values.parquet", columns=["submission", "field", "value", "cell"])
    for submission, field, value, cell in single.itertuples(index=False):
        found[submission][field, ""] = (_text(value), cell or "")
    for name, table in _TABLES.items():
        _add_rows(found, pd.read_parquet(folder / "frames" / f"{name}.parquet"), table.inputs, _NAMES[name])
    return found


def _add_rows(found: _Values, frame: pd.DataFrame, columns: Sequence[Field], named: str) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for row in frame.to_dict("records"):
        submission, name = row["submission"], fold(_text(row[named]))
        seen[submission, name] += 1
        count = seen[submission, name]
        slot = name if count == 1 else f"{name}#{count}"
        for column in columns:
            cell = (row["cells"] or {}).get(column.key)
            if cell:
                found[submission][column.key, slot] = (_text(row[column.key]), cell)


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return stored(float(value) if isinstance(value, int | float) else str(value))
