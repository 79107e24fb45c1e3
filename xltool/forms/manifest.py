"""The manifest of an issued template: its department, and what its sheets held when it was issued.

It is stored on a very hidden sheet, a row for each kind of entry of a sheet. So a returned file shows whether it is
an issued template, of which department and year, and what was changed, whatever program saved it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SHEET = "xltool"
AUTHOR = "xltool"
"""The author in the properties of workbooks and letters."""
TEMPLATE = "由 xltool 生成的填报表样"
"""The description in the properties of a template."""
PANEL_TITLE = "审核（随填随核，不打印）"
"""The title of the columns beside a form that check it; these columns are no part of what was filed."""
OVERVIEW = "送审前核对"
"""The first sheet of a combined workbook."""
OVERVIEW_TITLE = "送审前核对（自动汇总，不用填写，不用打印）"
"""The title of that sheet, by which it is known whatever it is called."""
SCHEMA = "3"
"""Schema of a manifest: a row for each kind of entry of a sheet; a sheet like an earlier one refers to that."""
EARLIER: Final = frozenset({"1", "2"})
"""Schemas of earlier versions, with a row for each entry."""
_ENTRY, _PART = "‖", "¦"
"""Signs between the entries of a row, and between the item of an entry and its value."""
HEAD = ("工作表", "类别", "项", "值")
_CELL = r"[A-Z]{1,2}[1-9][0-9]{0,4}"
"""An address of a cell: forms have fewer than 702 columns and 99,999 rows."""
_PLACE = re.compile(f"{_CELL}(?::{_CELL})?")
_YEAR = re.compile("[0-9]{4}")


@dataclass(slots=True)
class IssuedSheet:
    """One issued form: what its sheet held when it was issued.

    `formulas` are canonical formulas by field key, `labels` printed texts by address, `places`
    references by defined name, `validated` the defined names whose cells had a validation.
    """

    form: str
    project: str = ""
    formulas: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    validated: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Manifest:
    """Manifest of a workbook; `sheets` by sheet name.

    `profile` is "" for the default, else the name of the scoring profile it was issued for, or the text
    of a profile of the finance bureau's own.
    """

    year: int
    department: str
    version: str
    issue: str = ""
    sheets: dict[str, IssuedSheet] = field(default_factory=dict)
    code: str = ""
    """Code of the department in the bureau's roster, "" without one."""
    profile: str = ""

    def rows(self) -> list[tuple[str, str, str, str]]:
        """The manifest as rows of the hidden sheet."""
        first = self._first_alike()
        head = {"规格": SCHEMA, "年度": str(self.year), "单位": self.department, "版本": self.version}
        head |= {"编码": self.code} if self.code else {}
        rows = [("", "签发", key, value) for key, value in head.items()]
        rows.append(("", "签发", "编号", self.issue or self.fingerprint()))
        if self.profile:
            rows.append(("", "签发", "口径", self.profile))
        for name, sheet in self.sheets.items():
            rows.append((name, "表", sheet.form, sheet.project))
            if first[name] != name:
                rows.append((name, "同", first[name], ""))
                continue
            kinds = {"公式": sheet.formulas, "标签": sheet.labels, "位置": sheet.places}
            kinds["校验"] = dict.fromkeys(sorted(sheet.validated), "")
            rows += [(name, kind, "", _packed(entries)) for kind, entries in kinds.items() if entries]
        return rows

    def _first_alike(self) -> dict[str, str]:
        """For each sheet the first that was issued with the same entries: forms of projects are alike."""
        first: dict[str, str] = {}
        for name, sheet in self.sheets.items():
            alike = (other for other in first.values() if replace(self.sheets[other], project=sheet.project) == sheet)
            first[name] = next(alike, name)
        return first

    def fingerprint(self) -> str:
        """The issue id; it is the same for the same department, code, year, forms, version and profile."""
        what = [str(self.year), self.department, self.version, *([self.code] if self.code else [])]
        what += [f"{name}|{sheet.form}|{sheet.project}" for name, sheet in self.sheets.items()]
        what += [self.profile] if self.profile else []
        return hashlib.sha256("\n".join(what).encode()).hexdigest()[:12]


def from_rows(rows: Iterable[Sequence[str]]) -> Manifest:
    """Read a manifest; ValueError if it is none, has an unknown schema, or was changed."""
    head: dict[str, str] = {}
    sheets: dict[str, IssuedSheet] = {}
    for sheet, kind, key, value in rows:
        if kind == "签发":
            head[key] = value
        elif kind == "表":
            sheets[sheet] = IssuedSheet(form=key, project=value)
        elif kind == "同" and sheet in sheets and key in sheets:
            sheets[sheet] = replace(sheets[key], project=sheets[sheet].project)
        elif sheet in sheets:
            for item, text in {key: value}.items() if key else _entries(value):
                _enter(sheets[sheet], kind, item, text)
    if head.get("规格") not in {SCHEMA, *EARLIER} or not _YEAR.fullmatch(head.get("年度", "")):
        msg = "not a manifest of this program"
        raise ValueError(msg)
    department, made_by, issue, code = (head.get(key, "") for key in ("单位", "版本", "编号", "编码"))
    return Manifest(int(head["年度"]), department, made_by, issue, sheets, code, head.get("口径", ""))


def _packed(entries: Mapping[str, str]) -> str:
    """Entries as the text of one cell.

    >>> _packed({"A3": "填报单位：", "A4": ""})
    'A3¦填报单位：‖A4¦'
    """
    return _ENTRY.join(f"{key}{_PART}{text}" for key, text in entries.items())


def _entries(packed: str) -> list[tuple[str, str]]:
    """The entries in the text of one cell."""
    parts = (entry.partition(_PART) for entry in packed.split(_ENTRY))
    return [(key, text) for key, _, text in parts]


def _enter(sheet: IssuedSheet, kind: str, key: str, value: str) -> None:
    place = key if kind == "标签" else value
    if kind in {"标签", "位置"} and not _PLACE.fullmatch(place):
        msg = f"not a place of a sheet: {place[:20]!r}"
        raise ValueError(msg)
    kept = {"公式": sheet.formulas, "标签": sheet.labels, "位置": sheet.places}
    if kind in kept:
        kept[kind][key] = value
    else:
        sheet.validated.add(key)


def fill(text: str, year: int) -> str:
    """A printed label with the years put in.

    >>> fill("{prior}年决算数", 2023)
    '2022年决算数'
    """
    return text.replace("{year}", str(year)).replace("{prior}", str(year - 1))
