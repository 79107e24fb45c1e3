"""The 审核 panel beside the form: one live line a rule that Excel can say, and a summary.

Each line counts its violations in a column of its own and shows the rule's message; the summary
adds the counts up. The panel stands right of the print area, so it is never printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xltool import excel, frame
from xltool.blank.cells import SheetCells, absolute
from xltool.expr import Expr, Field, Kind, Sum
from xltool.findings import Severity
from xltool.forms import review
from xltool.forms.manifest import PANEL_TITLE
from xltool.rules import Check, Rule, Scope
from xltool.rules.model import by_gravity
from xltool.rules.words import PLACEHOLDER, excel_format, item_of, line_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xlsxwriter.worksheet import Worksheet

    from xltool.blank.styles import Styles
    from xltool.forms.grid import Grid

NORMAL, ENTERED = "正常", "已填"
FORMULA_LIMIT = 8000
_TALLEST, _LOWEST = 60, 15
_NAMING = {"item": item_of, "line": line_of}


@dataclass(frozen=True)
class Line:
    """A rule as it can be said on one form: its checks, and the formula that counts violations."""

    rule: Rule
    checks: tuple[Check, ...]
    count: str
    message: str
    single: Check | None

    def now(self, values: frame.Values) -> str:
        """The message as the spreadsheet will show it for these values."""
        if self.single is None:
            return f"{self.rule.title}：待核实"
        check = self.single
        parts = PLACEHOLDER.split(check.message or self.rule.message)
        return "".join(_word_now(part, check, values) if index % 2 else part for index, part in enumerate(parts))

    @property
    def asks_for_entry(self) -> bool:
        """Whether all its checks only ask that something be filled in."""
        return all(check.asks_for_entry for check in self.checks)


@dataclass(frozen=True)
class Panel:
    """Where the panel stands: its first column and the rows it may use."""

    grid: Grid
    cells: SheetCells
    values: frame.Values
    note: str = ""
    """What else the department must know of the sheet, after the hint on rows."""

    @property
    def left(self) -> int:
        """First column of the panel; one narrow column keeps it off the form."""
        return len(self.grid.form.widths) + 2

    def rows(self) -> Iterator[int]:
        """Rows of ordinary height from the third on, past the form's end if need be."""
        row = 5
        while True:
            if row > self.grid.last_row or _LOWEST <= self.grid.heights.get(row, 20) <= _TALLEST:
                yield row
            row += 1


def live_lines(grid: Grid, cells: SheetCells) -> list[Line]:
    """Every rule that can be said on this form: relations by severity first, then entries.

    A rule that asks for an entry and also judges what was entered has a line for each, so that a
    form not yet filled in has nothing to be verified, only something to be filled in.
    """
    lines = [line for rule in by_gravity() for line in _lines(rule, grid, cells)]
    return sorted(lines, key=lambda line: line.asks_for_entry)


def sayable_checks(rule: Rule, grid: Grid, cells: SheetCells) -> list[tuple[Check, str]]:
    """The checks of a rule that can be said on this form, each with its count of violations."""
    said = []
    for check in rule.checks:
        if check.scope is Scope.FILING or grid.form not in check.forms():
            continue
        try:
            row = check.scope is Scope.ROW
            count = excel.count_violations(check.test, cells) if row else f"N({excel.violated(check.test, cells)})"
        except excel.UnsayableError:
            continue
        said.append((check, count))
    return said


def _lines(rule: Rule, grid: Grid, cells: SheetCells) -> Iterator[Line]:
    said = sayable_checks(rule, grid, cells)
    for entry in (False, True):
        counts = {check: count for check, count in said if check.asks_for_entry is entry}
        checks = tuple(counts)
        if checks:
            single = checks[0] if len(checks) == 1 and checks[0].scope is Scope.FORM else None
            message = _message(rule, single, cells) if single else excel.literal(f"{rule.title}：待核实")
            yield Line(rule, checks, "=" + "+".join(counts.values()), message, single)


def _message(rule: Rule, check: Check, cells: SheetCells) -> str:
    """The rule's message as an Excel expression, values taken from the sheet."""
    parts = PLACEHOLDER.split(check.message or rule.message)
    words = [excel.literal(part) if not index % 2 else _word(part, check, cells) for index, part in enumerate(parts)]
    return "&".join(word for word in words if word != '""') or '""'


def _said(name: str, check: Check) -> tuple[Expr, Kind]:
    """What a placeholder stands for: a word of the check, the expected value, or a field."""
    if name in check.words:
        return check.words[name]
    if name == "expected" and check.expected is not None:
        return check.expected, check.at.kind
    field = {field.key: field for field in check.fields}.get(name, check.at)
    return field, field.kind


def _word(name: str, check: Check, cells: SheetCells) -> str:
    if name in _NAMING:
        return excel.literal(_NAMING[name](check.at))
    expr, kind = _said(name, check)
    number_format = excel_format(kind)
    if number_format is None and isinstance(expr, Field):
        return cells.cell(expr)
    text = excel.shown(expr, cells, number_format or "General")
    return f"{text}&{excel.literal(kind.unit)}" if kind.unit else text


def _word_now(name: str, check: Check, values: frame.Values) -> str:
    if name in _NAMING:
        return _NAMING[name](check.at)
    expr, kind = _said(name, check)
    if isinstance(expr, Field) and not kind.numeric:
        return str(values.text(expr)[0])
    value = frame.evaluate(expr, values)
    if np.isnan(value[0]):
        return kind.unit or ""
    number = frame.round_half_away(value, 4 if kind is Kind.RATE else 0 if kind is Kind.COUNT else 2)[0]
    shown = f"{number:.2%}" if kind is Kind.RATE else f"{number:.0f}" if kind is Kind.COUNT else f"{number:.2f}"
    return shown + (kind.unit or "")


def write_panel(sheet: Worksheet, styles: Styles, panel: Panel, lines: Iterable[Line]) -> None:
    """Write title, summary, one line a rule and the category sums."""
    left = panel.left - 1
    for offset, width in enumerate((9, 40, 80, 6)):
        sheet.set_column(left + offset, left + offset, width)
    rows = panel.rows()
    relations = [line for line in lines if not line.asks_for_entry]
    entries = [line for line in lines if line.asks_for_entry]
    graded = [line for line in relations if line.rule.severity is not Severity.INFO]
    _head(sheet, styles, next(rows), left)
    counted = [_write_line(sheet, styles, panel, next(rows), line) for line in graded]
    for line in relations:
        if line.rule.severity is Severity.INFO:
            _write_line(sheet, styles, panel, next(rows), line)
    asked = [_write_line(sheet, styles, panel, next(rows), line) for line in entries]
    _summary(sheet, styles, panel, counted, asked)
    if review.INDICATORS in panel.grid.spans:
        _category_sums(sheet, styles, panel, rows)


def _head(sheet: Worksheet, styles: Styles, row: int, left: int) -> None:
    sheet.write_string(0, left, PANEL_TITLE, styles.label("panel_title"))
    for offset, text in enumerate(("规则", "核对内容", "结果", "处数")):
        sheet.write_string(row - 1, left + offset, text, styles.label("panel_head"))


def _write_line(sheet: Worksheet, styles: Styles, panel: Panel, row: int, line: Line) -> tuple[int, int]:
    """Write a line; gives its row and the number of violations on the form as it is."""
    left, code = panel.left - 1, line.rule.code
    violations = sum(
        frame.count_violations(check.test, panel.values, by_row=check.scope is Scope.ROW) for check in line.checks
    )
    count = absolute(row, panel.left + 3)
    fine, wrong = (ENTERED, '"待填 "&' + count + '&" 处"') if line.asks_for_entry else (NORMAL, line.message)
    formula = f'=IF({count}=0,"{fine}",{wrong})'
    if len(formula) > FORMULA_LIMIT:
        formula = f'=IF({count}=0,"{fine}",{excel.literal(line.rule.title)})'
    wrong_now = f"待填 {violations} 处" if line.asks_for_entry else line.now(panel.values)
    shown = wrong_now if violations else fine
    sheet.write_string(row - 1, left, code, styles.label("panel_code"))
    sheet.write_string(row - 1, left + 1, line.rule.title, styles.label("panel_text"))
    sheet.write_formula(row - 1, left + 2, formula, styles.label("panel_text"), shown)
    sheet.write_formula(row - 1, left + 3, line.count, styles.label("panel_count"), violations)
    severity = Severity.INFO if line.asks_for_entry else line.rule.severity
    options = {"type": "formula", "criteria": f"={count}>0", "format": styles.alert(severity)}
    sheet.conditional_format(row - 1, left, row - 1, left + 2, options)
    return row, violations


def _summary(
    sheet: Worksheet, styles: Styles, panel: Panel, counted: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    left = panel.left - 1
    texts = (
        (1, "公式自检：", '"正常"', '&" 处待核实"', counted, Severity.ERROR),
        (2, "填写完整：", '"已填齐"', '&" 处待填"', asked, Severity.INFO),
    )
    for row, head, fine, tail, lines, severity in texts:
        column = panel.left + 3
        total = "+".join(absolute(line, column) for line, _ in lines) or "0"
        number = sum(violations for _, violations in lines)
        count = absolute(row + 1, column)
        sheet.write_formula(row, left + 3, f"={total}", styles.label("panel_count"), number)
        formula = f'="{head}"&IF({count}=0,{fine},{count}{tail})'
        shown = head + (fine.strip('"') if not number else f"{number}{tail[2:-1]}")
        sheet.merge_range(row, left, row, left + 2, "", styles.label("panel_summary"))
        sheet.write_formula(row, left, formula, styles.label("panel_summary"), shown)
        options: dict[str, Any] = {"type": "formula", "criteria": f"={count}>0", "format": styles.alert(severity)}
        sheet.conditional_format(row, left, row, left + 2, options)
    hint = "本栏自动核对，无需填写。需要增加行时，选中表中某一行，右键“插入”；不能删除行，多余的行留空。"
    sheet.write_string(3, left, hint + panel.note, styles.label("panel_hint"))


def _category_sums(sheet: Worksheet, styles: Styles, panel: Panel, rows: Iterator[int]) -> None:
    left, row = panel.left - 1, next(rows)
    for offset, text in enumerate(("一级指标", "分值合计（应为）", "得分合计")):
        sheet.write_string(row - 1, left + offset, text, styles.label("panel_head"))
    for group in review.GROUPS:
        row = next(rows)
        sheet.write_string(row - 1, left, group.name, styles.label("panel_code"))
        for offset, column in enumerate((review.weight, review.score), start=1):
            total = Sum(column, group.name)
            value = frame.evaluate(total, panel.values)[0]
            shown = "" if np.isnan(value) else value
            look = styles.label("panel_score")
            sheet.write_formula(row - 1, left + offset, excel.formula(total, panel.cells), look, shown)
            name = f"'{sheet.get_name()}'!{group.name}_{column.key}"
            reference = f"='{sheet.get_name()}'!{absolute(row, panel.left + offset)}"
            styles.workbook.define_name(name, reference)
