"""The 审核 panel beside a form: what is wrong or blank first, in sight of the table; all lines further to the right.

Each line counts the violations of its rule and gives the first place and a message; lines that have violations are
numbered, and the list beside the table shows them by number, so that it holds nothing that is right. The rows with the
summary are frozen. The panel stands to the right of the print area, so that it is never printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate, dropwhile, groupby, islice, takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from xltool.findings import Severity, address
from xltool.forms import review
from xltool.forms.manifest import PANEL_TITLE
from xltool.rules import typed_texts
from xltool.template.blueprint import Alert
from xltool.template.cells import absolute
from xltool.template.checks.places import Pointer
from xltool.template.checks.rows import alert_criterion
from xltool.template.worksheet import SharedFormula, TemplateWorksheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.expr import frame
    from xltool.rules.model import Check
    from xltool.template.blueprint import Blueprint
    from xltool.template.checks.lines import LineState, PanelLine
    from xltool.template.styles import TemplateStyles

SUMMARY_ROWS: Final = (2, 3)
"""Rows of 公式自检 and 填写完整."""
_HINT_ROW: Final = 4
FROZEN_ROWS: Final = 3
"""Title of the form and summary of the panel."""
_TALLEST, _LOWEST = 80, 15
"""Points of the rows that a line of the panel may stand in."""
_THREE_LINES: Final = 34
"""Points of three lines of a message."""
_SCREEN: Final = 1310
"""Pixels of columns on a screen 1366 wide, beside the row numbers and the scroll bar."""
MOST_LISTED: Final = 20
"""Lines that the list beside the table has."""
CODE, LISTED, NUMBER, LINE, TITLE, RESULT, COUNT, PLACE, ORDER, VERDICTS, ROW = range(11)
"""Columns of the panel, counted from its first: two of the list, its hidden numbers, and those of the lines."""
_WIDTHS: Final = {
    CODE: 7,
    NUMBER: 2,
    LINE: 11,
    TITLE: 38,
    RESULT: 80,
    COUNT: 5,
    PLACE: 8,
    ORDER: 5,
    VERDICTS: 2,
    ROW: 2,
}
_HEADS: Final = {LINE: "规则", TITLE: "全部核对", RESULT: "结果", COUNT: "处数", PLACE: "单元格", ORDER: "序号"}
_HINT: Final = "点规则号转到该格。红色改正，黄色核实，蓝色提示；加行：右键“插入”，不能删行。"


@dataclass(frozen=True)
class Panel:
    """The content of a panel and its place: its first column and the rows it may use."""

    blueprint: Blueprint
    values: frame.Values
    note: str = ""
    """A further hint for the department, shown after the hint on inserting rows."""
    across: tuple[PanelLine, ...] = ()
    """Lines that compare the form with others in the same workbook."""
    across_values: frame.Values | None = None
    """The values that these lines read."""

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

    @cached_property
    def head(self) -> int:
        """The row of the heads of the lines."""
        return next(self.rows())

    @cached_property
    def lines(self) -> dict[int, PanelLine]:
        """The lines by their rows: errors, warnings, hints, requests for entries."""
        return dict(zip(islice(self.rows(), 1, None), _ordered([*self.blueprint.lines, *self.across]), strict=False))

    def pointer(self, row: int) -> Pointer:
        """The cells of a line that say what is wrong first."""
        return Pointer(*(absolute(row, self.left + offset) for offset in (COUNT, VERDICTS, ROW)))

    def criterion(self, alert: Alert) -> str:
        """The formula of a conditional format: what a line says of the only cell of a check, else the check itself."""
        row = self._rows_of_checks.get(alert.check) if len(alert.areas) == 1 else None
        return (row and self.lines[row].criterion(alert.check, self.pointer(row))) or alert.criterion

    @cached_property
    def _rows_of_checks(self) -> dict[Check, int]:
        """The row of the line that speaks of a check."""
        return {check: row for row, line in self.lines.items() for check in line.checks}

    def alerts(self) -> Iterator[Alert]:
        """The conditional formats at the cells of the form, those of its own checks first, as their lines give them."""
        for alert in self.blueprint.alerts:
            yield alert._replace(criterion=self.criterion(alert))
        for line in self.lines.values():
            for check in line.checks if line in self.across else ():
                area = self.blueprint.area_of(check.at)
                # A conditional format may not refer to another sheet, so that of one cell refers to the line.
                own = alert_criterion(check, replace(line.cells, row=area[0] + 1)) if check.of_rows else ""
                alert = Alert((area,), own, severity_of(line), line.rule.code, check)
                yield alert._replace(criterion=self.criterion(alert))

    def list_places(self, end: int) -> list[tuple[int, int]]:
        """First and last row of each line of the list, as many rows as a message of three lines needs."""
        heights, places = self.blueprint.grid.heights, list[tuple[int, int]]()
        rows = list(takewhile(lambda row: row <= end, self.rows()))
        while rows and len(places) < MOST_LISTED:
            first = last = rows.pop(0)
            while heights.get(last, 20) * (last - first + 1) < _THREE_LINES and rows[:1] == [last + 1]:
                last = rows.pop(0)
            places.append((first, last))
        return places


class WrittenLine(NamedTuple):
    """A line of the panel, its row, and what it shows on the form as it is issued."""

    line: PanelLine
    row: int
    state: LineState


@dataclass
class PanelWriter:
    """Writes a panel; a column is given by its place in the panel, a row from 1."""

    sheet: TemplateWorksheet
    styles: TemplateStyles
    panel: Panel
    written: list[WrittenLine] = field(default_factory=list)
    totals: dict[int, int] = field(default_factory=dict)
    """The numbers in the two rows of the summary, on the form as it is issued."""

    def write(self) -> None:
        """Write the title, the summary, the list, a line for each rule and the sums by 一级指标."""
        widths = _WIDTHS | {LISTED: self._listed_width()}
        for offset, width in widths.items():
            self.sheet.set_column(self._column(offset) - 1, self._column(offset) - 1, width)
        self.sheet.freeze_panes(FROZEN_ROWS, 0)
        for offset, text in _HEADS.items():
            self._text(self.head, offset, text, "panel_head")
        for row, line in self.panel.lines.items():
            self._write_line(row, line)
        self._number_lines()
        self._write_summary()
        self._write_list()
        if self.panel.blueprint.sums:
            self._write_category_sums(dropwhile(lambda row: row <= self.written[-1].row, self.panel.rows()))

    @property
    def head(self) -> int:
        """The row of the heads of the lines."""
        return self.panel.head

    def _listed_width(self) -> int:
        """Width of the list: as much as a screen shows beside the table."""
        widths = (*self.panel.blueprint.form.widths, 2, _WIDTHS[CODE])
        return int((_SCREEN - 5 - sum(round(width * 7) + 5 for width in widths)) / 7)

    def _column(self, offset: int) -> int:
        return self.panel.left + offset

    def _text(self, row: int, offset: int, text: str, style: str) -> None:
        self.sheet.write_string(row - 1, self._column(offset) - 1, text, self.styles.label(style))

    def _formula(self, row: int, offset: int, formula: str, *, style: str, shown: float | str) -> None:
        self.sheet.write_formula(row - 1, self._column(offset) - 1, formula, self.styles.label(style), shown)

    def _shared(self, row: int, offset: int, formula: SharedFormula, *, style: str, shown: float | str) -> None:
        self.sheet.write_shared(row - 1, self._column(offset) - 1, formula, self.styles.label(style), shown)

    def _area(self, offset: int, first: int, last: int) -> str:
        """The cells of a column from one row to another, without $."""
        return f"{address(first, self._column(offset))}:{address(last, self._column(offset))}"

    def _cell(self, row: int, offset: int) -> str:
        return absolute(row, self._column(offset))

    def _span(self, offset: int, last: int | None = None) -> str:
        """The cells of a column from the heads to the last line, or to another row."""
        return f"{self._cell(self.head, offset)}:{self._cell(last or self.written[-1].row, offset)}"

    def _format(self, rows: tuple[int, int], offsets: tuple[int, int], criterion: str, severity: Severity) -> None:
        """A conditional format of some rows, from one column to another; the criterion is that of the first row."""
        options = {"type": "formula", "criteria": f"={criterion}", "format": self.styles.alert(severity)}
        (top, bottom), (left, right) = rows, map(self._column, offsets)
        self.sheet.conditional_format(top - 1, left - 1, bottom - 1, right - 1, options)

    def _write_line(self, row: int, line: PanelLine) -> None:
        is_across = self.panel.across_values is not None and line in self.panel.across
        if is_across and self.panel.across_values is not None:
            state = line.shown_for(self.panel.across_values)
        else:
            state = self.panel.blueprint.shown(line, self.panel.values)
        pointer = self.panel.pointer(row)
        self._text(row, LINE, line.rule.code, "panel_code")
        self._text(row, TITLE, line.rule.title, "panel_text")
        self._formula(row, RESULT, line.message(pointer), style="panel_text", shown=state.text)
        self._formula(row, COUNT, line.count(pointer), style="panel_count", shown=state.violations)
        self._formula(row, PLACE, line.place(pointer), style="panel_count", shown=state.place)
        if line.verdicts:
            self._formula(row, VERDICTS, line.verdicts, style="panel_number", shown=state.verdicts)
        if formula := line.row(pointer):
            self._formula(row, ROW, formula, style="panel_number", shown=state.row)
        self.written.append(WrittenLine(line, row, state))

    def _number_lines(self) -> None:
        """Number the lines that have violations, and colour them."""
        rows, count, order = [own.row for own in self.written], self._column(COUNT), self._column(ORDER)
        above = f"{self._cell(self.head, ORDER)}:${address(rows[0] - 1, order)}"
        shared = SharedFormula(
            f'IF(${address(rows[0], count)}>0,MAX({above})+1,"")', self._area(ORDER, rows[0], rows[-1])
        )
        numbers = accumulate(int(own.state.violations > 0) for own in self.written)
        for own, number in zip(self.written, numbers, strict=True):
            self._shared(own.row, ORDER, shared, style="panel_count", shown=number if own.state.violations else "")
        for severity, lines in groupby(self.written, lambda own: severity_of(own.line)):
            first, *others = [own.row for own in lines]
            criterion = f"${address(first, count)}>0"
            self._format((first, max([first, *others])), (LINE, RESULT), criterion, severity)

    def _write_summary(self) -> None:
        """Write 公式自检 and 填写完整, the sums of the counts."""
        graded = [own for own in self.written if severity_of(own.line) is not Severity.INFO]
        missing = [own for own in self.written if own.line.asks_for_entry]
        texts = (
            (SUMMARY_ROWS[0], "公式自检：", "正常", " 处待核实", graded, Severity.ERROR),
            (SUMMARY_ROWS[1], "填写完整：", "已填齐", " 处待填", missing, Severity.INFO),
        )
        self._text(1, CODE, PANEL_TITLE, "panel_title")
        for row, head, passed, tail, lines, severity in texts:
            number = self.totals[row] = sum(own.state.violations for own in lines)
            count, left, last = self._cell(row, COUNT), self._column(CODE) - 1, self._column(LISTED) - 1
            total = "+".join(self._cell(own.row, COUNT) for own in lines) or "0"
            self._formula(row, COUNT, f"={total}", style="panel_count", shown=number)
            self.sheet.merge_range(row - 1, left, row - 1, last, "", self.styles.label("panel_summary"))
            formula = f'="{head}"&IF({count}=0,"{passed}",{count}&"{tail}")'
            if row == SUMMARY_ROWS[0] and self.panel.blueprint.row_formulas:
                self._formula(row, PLACE, self._unchecked_rows(), style="panel_count", shown="")
                formula += f"&{self._cell(row, PLACE)}"
            shown = f"{head}{f'{number}{tail}' if number else passed}"
            self._formula(row, CODE, formula, style="panel_summary", shown=shown)
            self._format((row, row), (CODE, LISTED), f"{count}>0", severity)
        hint = self.styles.label("panel_wrapped_hint")
        left, right = self._column(CODE) - 1, self._column(LISTED) - 1
        self.sheet.merge_range(_HINT_ROW - 1, left, _HINT_ROW - 1, right, _HINT + self.panel.note, hint)

    def _unchecked_rows(self) -> str:
        """The formula of the text that names the first row without cells of its own, "" where there is none."""
        cells, span = self.panel.blueprint.cells, self.panel.blueprint.grid.spans[review.INDICATORS]
        last = f"MAX({cells.slots(cells.row_column())})"
        return f'=IF({last}<ROW({absolute(span.anchor, 1)}),"（第 "&({last}+1)&" 行起由财政部门逐行审核）","")'

    def _write_list(self) -> None:
        """Write the list of all lines with violations, as far as it has rows."""
        shown = [own for own in self.written if own.state.violations]
        all_of = f"MAX({self._span(ORDER)})"
        places = self.panel.list_places(self.written[-1].row)
        (first, _), (last, _) = places[0], places[-1]
        key = f"${address(first, self._column(NUMBER))}"
        at = f"MATCH({key},{self._span(ORDER)},0)"
        link = f'HYPERLINK("#"&INDEX({self._span(PLACE)},{at}),INDEX({self._span(LINE)},{at}))'
        text = f"INDEX({self._span(RESULT)},{at})"
        more = f'"还有 "&({all_of}-{key}+1)&" 项，见右边“全部核对”。"'
        text = f"IF(AND({key}={len(places)},{all_of}>{key}),{more},{text})"
        columns = [
            (offset, style, SharedFormula(f'IF({key}>{all_of},"",{content})', self._area(offset, first, last)))
            for offset, style, content in ((CODE, "panel_link", link), (LISTED, "panel_listed", text))
        ]
        for number, (row, bottom) in enumerate(places, start=1):
            own = shown[number - 1] if number <= len(shown) else None
            rest = len(shown) - number + 1 if number == len(places) else 0
            result = f"还有 {rest} 项，见右边“全部核对”。" if rest > 1 else own.state.text if own else ""
            self.sheet.write_number(row - 1, self._column(NUMBER) - 1, number, self.styles.label("panel_number"))
            values = (own.line.rule.code if own else "", result)
            for (offset, style, formula), value in zip(columns, values, strict=True):
                if bottom > row:
                    column = self._column(offset) - 1
                    self.sheet.merge_range(row - 1, column, bottom - 1, column, "", self.styles.label(style))
                self._shared(row, offset, formula, style=style, shown=value)
        bounds = [*(self._last_order(severity) for severity in (Severity.ERROR, Severity.WARNING)), all_of]
        for bound, severity in zip(bounds, Severity, strict=True):
            # Rows between the lines of the list have no number.
            self._format((first, last), (CODE, LISTED), f"AND({key}>0,{key}<={bound})", severity)

    def _last_order(self, severity: Severity) -> str:
        """The number of the last line shown among those of this severity or a graver one."""
        graver = list(Severity)[: list(Severity).index(severity) + 1]
        rows = [own.row for own in self.written if severity_of(own.line) in graver]
        return f"MAX({self._span(ORDER, rows[-1] if rows else self.head)})"

    def _write_category_sums(self, rows: Iterator[int]) -> None:
        """Write the sums of 分值 and 得分 of each 一级指标, and define a name for each."""
        row, name = next(rows), self.sheet.get_name()
        for offset, text in enumerate(("一级指标", "分值合计（应为）", "得分合计"), start=LINE):
            self._text(row, offset, text, "panel_head")
        for group, columns in self.panel.blueprint.sums:
            row = next(rows)
            self._text(row, LINE, group, "panel_code")
            for offset, (column, total) in enumerate(columns, start=TITLE):
                shown = self.panel.blueprint.shown(total, self.panel.values)
                self._formula(row, offset, total.text, style="panel_score", shown=shown)
                reference = f"='{name}'!{self._cell(row, offset)}"
                self.styles.workbook.define_name(f"'{name}'!{group}_{column.key}", reference)


def _ordered(lines: Sequence[PanelLine]) -> list[PanelLine]:
    """Errors, warnings, hints, requests for entries; first texts in cells of numbers, which upset other lines."""

    def rank(line: PanelLine) -> tuple[bool, int, bool]:
        return line.asks_for_entry, list(Severity).index(line.severity), line.rule.code != typed_texts.CODE

    return sorted(lines, key=rank)


def severity_of(line: PanelLine) -> Severity:
    """How a line is coloured: a request for an entry is no more than a hint."""
    return Severity.INFO if line.asks_for_entry else line.severity
