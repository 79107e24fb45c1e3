"""The 审核 panel beside the form: one live line a rule that Excel can say, and a summary.

Each line counts its violations in a column of its own and shows the rule's message; the summary
adds the counts up. The panel stands right of the print area, so it is never printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xltool.expr import excel
from xltool.findings import Severity
from xltool.forms.manifest import PANEL_TITLE
from xltool.template.cells import absolute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsxwriter.worksheet import Worksheet

    from xltool.expr import frame
    from xltool.template.blueprint import Drawing
    from xltool.template.panel_lines import Line
    from xltool.template.styles import Styles

FORMULA_LIMIT = 8000
_TALLEST, _LOWEST = 60, 15


@dataclass(frozen=True)
class Panel:
    """What the panel says, and where it stands: its first column and the rows it may use."""

    drawing: Drawing
    values: frame.Values
    note: str = ""
    """What else the department must know of the sheet, after the hint on rows."""

    @property
    def left(self) -> int:
        """First column of the panel; one narrow column keeps it off the form."""
        return len(self.drawing.form.widths) + 2

    def rows(self) -> Iterator[int]:
        """Rows of ordinary height from the third on, past the form's end if need be."""
        grid, row = self.drawing.grid, 5
        while True:
            if row > grid.last_row or _LOWEST <= grid.heights.get(row, 20) <= _TALLEST:
                yield row
            row += 1


def write_panel(sheet: Worksheet, styles: Styles, panel: Panel) -> None:
    """Write title, summary, one line a rule and the category sums."""
    left, lines = panel.left - 1, panel.drawing.lines
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
    if panel.drawing.sums:
        _category_sums(sheet, styles, panel, rows)


def _head(sheet: Worksheet, styles: Styles, row: int, left: int) -> None:
    sheet.write_string(0, left, PANEL_TITLE, styles.label("panel_title"))
    for offset, text in enumerate(("规则", "核对内容", "结果", "处数")):
        sheet.write_string(row - 1, left + offset, text, styles.label("panel_head"))


def _write_line(sheet: Worksheet, styles: Styles, panel: Panel, row: int, line: Line) -> tuple[int, int]:
    """Write a line; gives its row and the number of violations on the form as it is."""
    left, code = panel.left - 1, line.rule.code
    violations, shown = panel.drawing.shown(line, panel.values)
    count = absolute(row, panel.left + 3)
    wrong = f'"待填 "&{count}&" 处"' if line.asks_for_entry else line.message
    formula = f'=IF({count}=0,"{line.fine}",{wrong})'
    if len(formula) > FORMULA_LIMIT:
        formula = f'=IF({count}=0,"{line.fine}",{excel.literal(line.rule.title)})'
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
    look = styles.label("panel_score")
    for group, columns in panel.drawing.sums:
        row = next(rows)
        sheet.write_string(row - 1, left, group, styles.label("panel_code"))
        for offset, (column, total) in enumerate(columns, start=1):
            sheet.write_formula(row - 1, left + offset, total.text, look, panel.drawing.shown(total, panel.values))
            name = f"'{sheet.get_name()}'!{group}_{column.key}"
            reference = f"='{sheet.get_name()}'!{absolute(row, panel.left + offset)}"
            styles.workbook.define_name(name, reference)
