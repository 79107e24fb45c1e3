"""Read the file of granted exemptions: a workbook or csv with a row for each; all mistakes are reported at once."""

from __future__ import annotations

import difflib
import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING

from xltool.auditing.exemptions.model import (
    APPROVER,
    COLUMNS,
    DEPARTMENT,
    FORM,
    PLACE,
    PROJECT,
    REASON,
    REQUIRED,
    RULE,
    UNTIL,
    YEAR,
    Exemption,
    Exemptions,
)
from xltool.findings import InputError, Severity, column_letters
from xltool.forms import FORMS, REPORT, form_named
from xltool.normalize import fold
from xltool.reader import guard
from xltool.reader.formats import open_any
from xltool.reader.formats.csv_text import read_csv
from xltool.reader.guard import Refused
from xltool.reader.limits import LIMITS
from xltool.reader.notation.dates import find_date
from xltool.rules.catalogue import rule_named

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from xltool.reader.model import Value

HEADS_WITHIN = 10
"""Rows that are searched for the headings, because a title may stand above them."""
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]*)")
_YEAR = re.compile(r"(20[0-9]{2})(年|年度)?")
_UNEXCUSED = ("W-23", "W-24", "W-26")
Row = dict[int, "Value"]


def read_exemptions(path: Path, today: date) -> Exemptions:
    """The exemptions in a workbook or csv; one with headings alone grants none.

    Raises ValueError (in Chinese) with row and column of every mistake, OSError where it cannot be read.
    """
    sheet, rows = _rows(path)
    head, columns = _headings(rows, path)
    wrong: list[str] = []
    granted = []
    for number, cells in rows.items():
        if number > head and any(_text(value) for value in cells.values()):
            exemption = _exemption(number, {key: cells.get(at) for key, at in columns.items()}, wrong)
            granted += [exemption] if exemption else []
    if wrong:
        msg = f"豁免清单有误：{path}：{'；'.join(wrong)}"
        raise InputError(msg)
    letters = {key: column_letters(at) for key, at in columns.items()}
    return Exemptions(path.name, sheet, tuple(granted), today, letters)


def _rows(path: Path) -> tuple[str | None, dict[int, Row]]:
    """Name and rows of the first sheet that holds anything; a csv has no name."""
    try:
        if path.suffix.lower() == ".csv":
            return None, {row: dict(texts) for row, texts in read_csv(path, most=LIMITS.filled_cells).items()}
        sheets = open_any(path, guard.check(path)).sheets
    except Refused as refusal:
        msg = f"豁免清单无法读取：{path}：{refusal.reason}"
        raise InputError(msg) from None
    sheet = next((sheet for sheet in sheets if sheet.state == "visible" and sheet.cells), None)
    rows: dict[int, Row] = {}
    for (row, column), cell in sorted(sheet.cells.items()) if sheet else ():
        rows.setdefault(row, {})[column] = cell.value
    return sheet.name if sheet else None, rows


def _headings(rows: dict[int, Row], path: Path) -> tuple[int, dict[str, int]]:
    """Row of the headings, and the column of each."""
    columns: dict[str, int] = {}
    for number, cells in rows.items():
        if number > HEADS_WITHIN:
            break
        columns = {_text(value): column for column, value in cells.items() if _text(value) in COLUMNS}
        if DEPARTMENT in columns and RULE in columns:
            missing = [key for key in REQUIRED if key not in columns]
            if missing:
                msg = f"豁免清单有误：{path}：第 {number} 行缺少列 {'、'.join(missing)}"
                raise InputError(msg)
            return number, columns
    msg = f"豁免清单有误：{path}：没有找到表头，应有的列为 {'、'.join(COLUMNS)}"
    raise InputError(msg)


def _exemption(number: int, cells: Mapping[str, Value], wrong: list[str]) -> Exemption | None:
    """One row; None, with its mistakes noted, if something is wrong with it."""
    before = len(wrong)

    def note(column: str, text: str) -> None:
        wrong.append(f"第 {number} 行“{column}”：{text}")

    for column in REQUIRED:
        if not _text(cells.get(column)):
            note(column, "没有填写")
    texts = {column: _text(cells.get(column)) for column in COLUMNS}
    parsed = {}
    for column, read in ((YEAR, _year), (FORM, _form), (RULE, _rule), (PLACE, _place)):
        try:
            parsed[column] = read(texts[column]) if texts[column] else ""
        except ValueError as error:
            note(column, str(error))
    until = _day(cells.get(UNTIL))
    if until is None and texts[UNTIL]:
        note(UNTIL, f"应为日期，如 2024-12-31，填的是“{texts[UNTIL]}”")
    if len(wrong) > before or until is None:
        return None
    return Exemption(
        row=number,
        department=texts[DEPARTMENT],
        year=int(parsed[YEAR]) if parsed[YEAR] else None,
        form=parsed[FORM],
        project=texts[PROJECT],
        rule=parsed[RULE],
        place=parsed[PLACE],
        reason=texts[REASON],
        approver=texts[APPROVER],
        until=until,
    )


def _text(value: Value) -> str:
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return "" if value is None else " ".join(str(value).split())


def _year(text: str) -> str:
    match = _YEAR.fullmatch(fold(text))
    if match is None:
        msg = f"应为年度，如 2023，填的是“{text}”"
        raise InputError(msg)
    return match[1]


def _form(text: str) -> str:
    if fold(text) == REPORT:
        return REPORT
    try:
        return form_named(fold(text)).key
    except KeyError:
        msg = f"没有这张表：{text}；可填 附件1、附件2、附件3、{REPORT}，或不填"
        raise InputError(msg) from None


def _rule(text: str) -> str:
    try:
        rule = rule_named(fold(text))
    except KeyError:
        msg = f"没有这条规则：{text}（用 xltool rules 查看全部规则）"
        raise InputError(msg) from None
    if rule.code in _UNEXCUSED or (rule.code.startswith("W-") and rule.severity is Severity.ERROR):
        msg = f"{rule.code}（{rule.title}）关系到文件本身能否采信，不能豁免"
        raise InputError(msg)
    return rule.code


def _place(text: str) -> str:
    match = _CELL.fullmatch(unicodedata.normalize("NFKC", text).upper())
    if match:
        return match[1] + match[2]
    keys = {fold(key): key for form in FORMS.values() for key in (*form.fields, *form.columns)}
    if fold(text) in keys:
        return keys[fold(text)]
    near = difflib.get_close_matches(fold(text), keys, 1)
    hint = f"是不是“{keys[near[0]]}”？" if near else "用 xltool forms 查看全部栏目"
    msg = f"不是单元格，也没有这个栏目：{text}（{hint}）"
    raise InputError(msg)


def _day(value: Value) -> date | None:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    day, _ = find_date(unicodedata.normalize("NFKC", _text(value)))
    return date.fromisoformat(day) if day and len(day) == len("2024-12-31") else None
