"""The 审核 panel beside a form: a line for each rule that formulas can check, and a summary.

Each line counts the violations of its rule in a column of the panel and shows the rule's message; the summary adds the
counts up. The panel stands to the right of the print area, so that it is never printed.
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
    from xltool.template.blueprint import Blueprint
    from xltool.template.panel_lines import PanelLine
    from xltool.template.styles import TemplateStyles

FORMULA_LIMIT = 8000
"""Characters of a formula; Excel allows 8192."""
_TALLEST, _LOWEST = 60, 15
"""Points of the rows that a line of the panel may stand in."""


@dataclass(frozen=True)
class Panel:
    """The content of a panel and its place: its first column and the rows it may use."""

    blueprint: Blueprint
    values: frame.Values
    note: str = ""
    """A further hint for the department, shown after the hint on inserting rows."""

    @property
    def left(self) -> int:
        """First column of the panel; a narrow column separates it from the form."""
        return len(self.blueprint.form.widths) + 2

    def rows(self) -> Iterator[int]:
        """Rows of ordinary height from row 5 on, beyond the end of the form if need be."""
        grid, row = self.blueprint.grid, 5
        while True:
            if row > grid.last_row or _LOWEST <= grid.heights.get(row, 20) <= _TALLEST:
                yield row
            row += 1


def write_panel(sheet: Worksheet, styles: TemplateStyles, panel: Panel) -> None:
    """Write the title, the summary, a line for each rule and the sums by 一级指标."""
    left, lines = panel.left - 1, panel.blueprint.lines
    for offset, width in enumerate((9, 40, 80, 6)):
        sheet.set_column(left + offset, left + offset, width)
    rows = panel.rows()
    checks = [line for line in lines if not line.asks_for_entry]
    requests = [line for line in lines if line.asks_for_entry]
    graded = [line for line in checks if line.rule.severity is not Severity.INFO]
    _write_head(sheet, styles, next(rows), left)
    violated = [_write_line(sheet, styles, panel, next(rows), line) for line in graded]
    for line in checks:
        if line.rule.severity is Severity.INFO:
            _write_line(sheet, styles, panel, next(rows), line)
    missing = [_write_line(sheet, styles, panel, next(rows), line) for line in requests]
    _write_summary(sheet, styles, panel, violated, missing)
    if panel.blueprint.sums:
        _write_category_sums(sheet, styles, panel, rows)


def _write_head(sheet: Worksheet, styles: TemplateStyles, row: int, left: int) -> None:
    sheet.write_string(0, left, PANEL_TITLE, styles.label("panel_title"))
    for offset, text in enumerate(("规则", "核对内容", "结果", "处数")):
        sheet.write_string(row - 1, left + offset, text, styles.label("panel_head"))


def _write_line(sheet: Worksheet, styles: TemplateStyles, panel: Panel, row: int, line: PanelLine) -> tuple[int, int]:
    """Write a line; return its row and the number of violations on the form as it is issued."""
    left, code = panel.left - 1, line.rule.code
    violations, shown = panel.blueprint.shown(line, panel.values)
    count = absolute(row, panel.left + 3)
    failed = f'"待填 "&{count}&" 处"' if line.asks_for_entry else line.message
    formula = f'=IF({count}=0,"{line.passed}",{failed})'
    if len(formula) > FORMULA_LIMIT:
        formula = f'=IF({count}=0,"{line.passed}",{excel.literal(line.rule.title)})'
    sheet.write_string(row - 1, left, code, styles.label("panel_code"))
    sheet.write_string(row - 1, left + 1, line.rule.title, styles.label("panel_text"))
    sheet.write_formula(row - 1, left + 2, formula, styles.label("panel_text"), shown)
    sheet.write_formula(row - 1, left + 3, line.count, styles.label("panel_count"), violations)
    severity = Severity.INFO if line.asks_for_entry else line.rule.severity
    options = {"type": "formula", "criteria": f"={count}>0", "format": styles.alert(severity)}
    sheet.conditional_format(row - 1, left, row - 1, left + 2, options)
    return row, violations


def _write_summary(
    sheet: Worksheet,
    styles: TemplateStyles,
    panel: Panel,
    violated: list[tuple[int, int]],
    missing: list[tuple[int, int]],
) -> None:
    """Write 公式自检 and 填写完整, the sums of the counts; lines are given by row and number of violations."""
    left = panel.left - 1
    texts = (
        (1, "公式自检：", '"正常"', '&" 处待核实"', violated, Severity.ERROR),
        (2, "填写完整：", '"已填齐"', '&" 处待填"', missing, Severity.INFO),
    )
    for row, head, passed, tail, lines, severity in texts:
        column = panel.left + 3
        total = "+".join(absolute(line, column) for line, _ in lines) or "0"
        number = sum(violations for _, violations in lines)
        count = absolute(row + 1, column)
        sheet.write_formula(row, left + 3, f"={total}", styles.label("panel_count"), number)
        formula = f'="{head}"&IF({count}=0,{passed},{count}{tail})'
        shown = head + (passed.strip('"') if not number else f"{number}{tail[2:-1]}")
        sheet.merge_range(row, left, row, left + 2, "", styles.label("panel_summary"))
        sheet.write_formula(row, left, formula, styles.label("panel_summary"), shown)
        options: dict[str, Any] = {"type": "formula", "criteria": f"={count}>0", "format": styles.alert(severity)}
        sheet.conditional_format(row, left, row, left + 2, options)
    hint = "本栏自动核对，无需填写。需要增加行时，选中表中某一行，右键“插入”；不能删除行，多余的行留空。"
    sheet.write_string(3, left, hint + panel.note, styles.label("panel_hint"))


def _write_category_sums(sheet: Worksheet, styles: TemplateStyles, panel: Panel, rows: Iterator[int]) -> None:
    """Write the sums of 分值 and 得分 of each 一级指标, and define a name for each."""
    left, row = panel.left - 1, next(rows)
    for offset, text in enumerate(("一级指标", "分值合计（应为）", "得分合计")):
        sheet.write_string(row - 1, left + offset, text, styles.label("panel_head"))
    score_format = styles.label("panel_score")
    for group, columns in panel.blueprint.sums:
        row = next(rows)
        sheet.write_string(row - 1, left, group, styles.label("panel_code"))
        for offset, (column, total) in enumerate(columns, start=1):
            sheet.write_formula(
                row - 1, left + offset, total.text, score_format, panel.blueprint.shown(total, panel.values)
            )
            name = f"'{sheet.get_name()}'!{group}_{column.key}"
            reference = f"='{sheet.get_name()}'!{absolute(row, panel.left + offset)}"
            styles.workbook.define_name(name, reference)
