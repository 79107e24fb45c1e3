"""The sheet 送审前核对, first in a combined workbook: the state of every form, what is blank, what is wrong.

It reads the 审核 panels of the forms. The row of a form names what is blank on it. A block beside the print area takes
over the first lines of each panel that have violations; the list runs through the forms in order, so that it holds no
blank lines between two forms. It ends the sheet, so that nothing stands below the lines it does not need.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate, zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

from xltool.findings import Severity, address, row_column
from xltool.forms import project
from xltool.forms.manifest import OVERVIEW_TITLE
from xltool.template.cells import absolute
from xltool.template.checks.messages import REQUEST
from xltool.template.panel import COUNT, ORDER, PLACE, RESULT, SUMMARY_ROWS, severity_of
from xltool.template.styles import PROTECTION
from xltool.template.worksheet import SharedFormula, TemplateWorksheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.template.blueprint import Blueprint
    from xltool.template.panel import PanelWriter, WrittenLine
    from xltool.template.styles import TemplateStyles

OF_A_FORM: Final = 10
"""Lines that the list of what is wrong takes over from one form; its panel has all."""
LISTED: Final = 20
"""Lines of that list."""
REQUESTS: Final = 8
"""Requests for entries that the row of a form names."""
_HEAD: Final = 4
"""Row of the heads of the forms."""
_FORM, _NAME, _STATE, _ENTERED, _PLACE, _REQUESTS = range(1, 7)
_WIDTHS: Final = (13, 38, 13, 11, 13, 88, 2)
_CHECKS, _ERRORS, _HERE, _BEFORE, _GRADED, _TEXTS = range(8, 14)
"""Columns beside the print area: lines with violations of a form, errors among them, how many of them the list takes
over, how many of the forms before, errors and warnings among them, and their texts. In rows of the list the first two
are its form and its line."""
_PLACES: Final = _TEXTS + OF_A_FORM
_BLANKS: Final = _PLACES + OF_A_FORM
_TWO_LINES: Final = 26
"""Points of a row with two lines."""
_LATER: Final = (
    "指标和文字（预期目标是否逐项有回应，指标值能否衡量，得分与完成情况是否相符，文字中的数是否一致）",
    "与上年对照（上年决算数、结转资金、指标值是否衔接）",
    "与其他单位对照（文字是否雷同，数额是否明显异常）",
    "自评报告（得分、金额、人数与各表是否一致）",
    "文件本身（公式、保护、固定文字和数据校验是否改动，是否本单位、本年度的表样）",
)


class Reviewed(NamedTuple):
    """A form of the workbook with its panel."""

    name: str
    blueprint: Blueprint
    panel: PanelWriter

    def cell(self, row: int, offset: int) -> str:
        """A cell of its panel, from another sheet."""
        return f"'{self.name}'!{absolute(row, self.panel.panel.left + offset)}"

    def span(self, offset: int) -> str:
        """A column of its panel from the heads to the last line, from another sheet."""
        last = self.panel.written[-1].row
        return f"{self.cell(self.panel.head, offset)}:{absolute(last, self.panel.panel.left + offset)}"

    def orders(self, rows: Sequence[int]) -> str:
        """The number of the last line with violations among the first lines, which stand in these rows."""
        last = absolute(rows[-1] if rows else self.panel.head, self.panel.panel.left + ORDER)
        return f"MAX({self.cell(self.panel.head, ORDER)}:{last})"

    @property
    def all_orders(self) -> str:
        """The number of all lines with violations."""
        return self.orders([own.row for own in self.panel.written])

    @property
    def check_orders(self) -> str:
        """The same without requests for entries, which stand last."""
        return self.orders([own.row for own in self.panel.written if not own.line.asks_for_entry])

    @property
    def error_orders(self) -> str:
        """The same of errors, which stand first."""
        return self.orders([own.row for own in self.panel.written if severity_of(own.line) is Severity.ERROR])

    @property
    def graded_orders(self) -> str:
        """The same of errors and warnings, which stand before hints."""
        graded = (Severity.ERROR, Severity.WARNING)
        return self.orders([own.row for own in self.panel.written if severity_of(own.line) in graded])

    def shown(self, *, requests: bool) -> list[WrittenLine]:
        """The lines that have violations on the form as it is issued."""
        written = self.panel.written
        return [own for own in written if own.state.violations and own.line.asks_for_entry is requests]


@dataclass
class Overview:
    """Writes the sheet, which is added to the workbook before the forms are."""

    sheet: TemplateWorksheet
    styles: TemplateStyles
    forms: Sequence[Reviewed] = field(default_factory=tuple)

    def write(self, forms: Sequence[Reviewed], password: str) -> None:
        """Write the state of all forms with what is blank, what the bureau checks later, and what is wrong."""
        self.forms = forms
        for column, width in enumerate(_WIDTHS):
            self.sheet.set_column(column, column, width)
        self.first, self.last = _HEAD + 1, _HEAD + len(forms)
        self._write_status()
        self._write_heads()
        before = accumulate((len(form.shown(requests=False)[:OF_A_FORM]) for form in forms), initial=0)
        for row, (form, earlier) in enumerate(zip(forms, before, strict=False), start=self.first):
            self._write_form(row, form)
            self._write_checks(row, form, earlier)
            self._write_requests(row, form)
        self._write_later(self.last + 1)
        self._write_list(self.last + 3)
        self._set_up()
        self.sheet.protect(password, PROTECTION)

    # --- cells -----------------------------------------------------------------------------------

    def _text(self, row: int, column: int, text: str, style: str = "panel_listed") -> None:
        self.sheet.write_string(row - 1, column - 1, text, self.styles.label(style))

    def _number(self, row: int, column: int, number: int) -> None:
        self.sheet.write_number(row - 1, column - 1, number, self.styles.label("panel_number"))

    def _formula(self, row: int, column: int, formula: str, shown: float | str, style: str = "panel_listed") -> None:
        self.sheet.write_formula(row - 1, column - 1, f"={formula}", self.styles.label(style), shown)

    def _shared(self, row: int, column: int, shared: SharedFormula, value: float | str, style: str) -> None:
        self.sheet.write_shared(row - 1, column - 1, shared, self.styles.label(style), value)

    def _merge(self, row: int, first: int, style: str) -> None:
        """Merge a row from a column to the last of the print area."""
        self.sheet.merge_range(row - 1, first - 1, row - 1, _REQUESTS - 1, "", self.styles.label(style))

    def _format(self, rows: tuple[int, int], columns: tuple[int, int], criterion: str, severity: Severity) -> None:
        """A conditional format of some rows and columns; the criterion is that of the first row."""
        options = {"type": "formula", "criteria": f"={criterion}", "format": self.styles.alert(severity)}
        (top, bottom), (left, right) = rows, columns
        self.sheet.conditional_format(top - 1, left - 1, bottom - 1, right - 1, options)

    def _span(self, column: int, last_column: int | None = None) -> str:
        """The rows of the forms in a column, or in several."""
        return f"{absolute(self.first, column)}:{absolute(self.last, last_column or column)}"

    # --- the forms -------------------------------------------------------------------------------

    def _write_status(self) -> None:
        """The title, what all forms have together, and how many rules are checked."""
        self._text(1, 1, OVERVIEW_TITLE, "panel_title")
        sums, shown = [], []
        for own, (passed, tail) in zip(SUMMARY_ROWS, _WORDS, strict=True):
            total = "+".join(form.cell(own, COUNT) for form in self.forms)
            number = sum(form.panel.totals[own] for form in self.forms)
            sums.append(f'IF({total}=0,"{passed}",({total})&"{tail}")')
            shown.append(f"{number}{tail}" if number else passed)
        self._merge(2, 1, "panel_summary")
        formula = f'"公式自检："&{sums[0]}&"　　填写完整："&{sums[1]}'
        self._formula(2, 1, formula, f"公式自检：{shown[0]}　　填写完整：{shown[1]}", "panel_summary")
        criterion = f'ISNUMBER(FIND("待核实",{absolute(2, 1)}))'
        self._format((2, 2), (_FORM, _REQUESTS), criterion, Severity.ERROR)
        codes = {own.line.rule.code for form in self.forms for own in form.panel.written}
        codes |= {item.code for form in self.forms for item in form.blueprint.form.fields.values() if item.code}
        note = f"这里自动核对 {len(codes)} 条规则；“收到后才核对”的，“正常”不包括在内。点表名、位置转到要改的格；"
        self._text(3, 1, f"{note}红色改正，黄色核实或说明，蓝色提示。", "panel_hint")

    def _write_heads(self) -> None:
        """The heads of the forms, and the numbers of the columns beside them."""
        for column, text in enumerate(("表", "名称", "公式自检", "填写完整", "第一处"), start=1):
            self._text(_HEAD, column, text, "panel_head")
        total = "+".join(form.cell(SUMMARY_ROWS[1], COUNT) for form in self.forms)
        shown = any(form.panel.totals[SUMMARY_ROWS[1]] for form in self.forms)
        self._formula(
            _HEAD, _REQUESTS, f'"待填的"&IF({total}=0,"：没有","")', "待填的" if shown else "待填的：没有", "panel_head"
        )
        for start, number in ((_TEXTS, OF_A_FORM), (_PLACES, OF_A_FORM), (_BLANKS, REQUESTS)):
            for index in range(number):
                self._number(_HEAD, start + index, index + 1)

    def _write_form(self, row: int, form: Reviewed) -> None:
        """Name and state of a form."""
        self.sheet.set_row(row - 1, _TWO_LINES)
        self._formula(row, _FORM, f'HYPERLINK("#\'{form.name}\'!A1","{form.name}")', form.name, "panel_link")
        shown = form.blueprint.form.slug
        parts = [f'"{shown}"']
        if form.blueprint.form.has(project.name):
            name = form.panel.panel.values.values.get(project.name) or ""
            cell = f"'{form.name}'!{absolute(*form.blueprint.grid.position_of(project.name))}"
            parts += ['"　"', cell]
            shown = f"{shown}　{name}"
        if form.blueprint.row_formulas:
            parts.append(form.cell(SUMMARY_ROWS[0], PLACE))
        self._formula(row, _NAME, "&".join(parts), shown)
        severities = Severity.ERROR, Severity.INFO
        for column, own, words, severity in zip((_STATE, _ENTERED), SUMMARY_ROWS, _WORDS, severities, strict=True):
            (passed, tail), count, number = words, form.cell(own, COUNT), form.panel.totals[own]
            shown = f"{number}{tail}" if number else passed
            self._formula(row, column, f'IF({count}=0,"{passed}",{count}&"{tail}")', shown)
            if row == self.first:
                criterion = f'{address(row, column)}<>"{passed}"'
                self._format((row, self.last), (column, column), criterion, severity)

    def _write_checks(self, row: int, form: Reviewed, before: int) -> None:
        """How many lines the list takes over from a form, how many from those before it, their texts and places."""
        shown = form.shown(requests=False)
        errors = sum(severity_of(own.line) is Severity.ERROR for own in shown)
        self._formula(row, _CHECKS, form.check_orders, len(shown), "panel_number")
        self._formula(row, _ERRORS, form.error_orders, errors, "panel_number")
        graded = sum(severity_of(own.line) is not Severity.INFO for own in shown)
        self._formula(row, _GRADED, form.graded_orders, graded, "panel_number")
        own = shown[:OF_A_FORM]
        self._formula(row, _HERE, f"MIN({OF_A_FORM},{address(row, _CHECKS)})", len(own), "panel_number")
        above = f"{address(row - 1, _BEFORE)}+{address(row - 1, _HERE)}" if row > self.first else "0"
        self._formula(row, _BEFORE, above, before, "panel_number")
        for start, offset, texts in (
            (_TEXTS, RESULT, [line.state.text for line in own]),
            (_PLACES, PLACE, [line.state.place for line in own]),
        ):
            number = _row_kept(_HEAD, start)
            content = f"INDEX({form.span(offset)},MATCH({number},{form.span(ORDER)},0))"
            formula = f'IF(${address(row, _HERE)}<{number},"",{content})'
            self._write_row(row, SharedFormula(formula, _row_area(row, start, OF_A_FORM)), texts)

    def _write_requests(self, row: int, form: Reviewed) -> None:
        """What is blank on a form, in one text, with a link to the first place."""
        shown = form.shown(requests=True)
        base, all_of = f"${address(row, _CHECKS)}", form.all_orders
        number = _row_kept(_HEAD, _BLANKS)
        content = f"INDEX({form.span(RESULT)},MATCH({base}+{number},{form.span(ORDER)},0))"
        words = f'IF({number}>1,"、","")&SUBSTITUTE({content},"{REQUEST}","")'
        formula = f'IF({all_of}<{base}+{number},"",{words})'
        texts = [own.state.text.removeprefix(REQUEST) for own in shown[:REQUESTS]]
        texts = [f"、{text}" if index else text for index, text in enumerate(texts)]
        self._write_row(row, SharedFormula(formula, _row_area(row, _BLANKS, REQUESTS)), texts)
        cells = "&".join(address(row, _BLANKS + index) for index in range(REQUESTS))
        rest = f'IF({all_of}>{base}+{REQUESTS}," 等 "&({all_of}-{base})&" 项","")'
        tail = f" 等 {len(shown)} 项" if len(shown) > REQUESTS else ""
        self._formula(row, _REQUESTS, f"{cells}&{rest}", "".join(texts) + tail)
        place = f"INDEX({form.span(PLACE)},MATCH({base}+1,{form.span(ORDER)},0))"
        link = f'HYPERLINK("#\'{form.name}\'!"&{place},"{form.name}!"&{place})'
        first = f"{form.name}!{shown[0].state.place}" if shown else ""
        self._formula(row, _PLACE, f'IF({all_of}={base},"",{link})', first, "panel_link")

    def _write_row(self, row: int, shared: SharedFormula, texts: Sequence[str]) -> None:
        """Write a formula that is shared by cells side by side, with the texts that they show."""
        first, last = (row_column(cell)[1] for cell in shared.area.split(":"))
        for column, text in zip_longest(range(first, last + 1), texts, fillvalue=""):
            self._shared(row, int(column), shared, text, "panel_number")

    def _write_later(self, row: int) -> None:
        """What the bureau checks when it has the workbook."""
        self.sheet.set_row(row - 1, _TWO_LINES)
        self._text(row, 1, "收到后才核对", "panel_listed")
        self._merge(row, _NAME, "panel_listed")
        self._text(row, _NAME, "财政部门收到后还要核对：" + "；".join(_LATER) + "。")

    # --- what is wrong ---------------------------------------------------------------------------

    def _write_list(self, row: int) -> None:
        """The lines of all forms that have violations, one after another."""
        self._text(row, 1, "位置", "panel_head")
        self._write_title(row)
        lines = [(form, own) for form in self.forms for own in form.shown(requests=False)[:OF_A_FORM]]
        names = [form.name for form in self.forms]
        starts = [0, *accumulate(len(form.shown(requests=False)[:OF_A_FORM]) for form in self.forms)]
        first, last = row + 1, row + LISTED
        columns = self._list_columns(first, last)
        for number, here in enumerate(range(first, last + 1), start=1):
            form, own = lines[number - 1] if number <= len(lines) else (None, None)
            which = 0 if form is None else 1 + names.index(form.name)
            index = number - starts[which - 1] if which else 0
            place = f"{form.name}!{own.state.place}" if form and own else ""
            shown: tuple[float | str, ...] = (which, index, place, own.state.text if own else "")
            self._merge(here, _NAME, "panel_listed")
            for (column, style, shared), value in zip(columns, shown, strict=True):
                self._shared(here, column, shared, value, style)
        key, inner = (f"${address(first, column)}" for column in (_CHECKS, _ERRORS))
        for column, severity in ((_ERRORS, Severity.ERROR), (_GRADED, Severity.WARNING)):
            are_graver = f"AND({key}>0,{inner}<=INDEX({self._span(column)},MAX(1,{key})))"
            self._format((first, last), (_FORM, _FORM), are_graver, severity)
        self._format((first, last), (_FORM, _FORM), f"{key}>0", Severity.INFO)

    def _list_columns(self, first: int, last: int) -> list[tuple[int, str, SharedFormula]]:
        """Column, style and formula of what a line of the list has: its form, its number there, its place and text."""
        key, inner = (f"${address(first, column)}" for column in (_CHECKS, _ERRORS))
        number = f"(ROW(${address(first, _FORM)})-ROW({absolute(first - 1, _FORM)}))"
        total = f"({absolute(self.last, _HERE)}+{absolute(self.last, _BEFORE)})"
        name, text, place = (
            f"INDEX({self._span(1)},{key})",
            f"INDEX({self._span(_TEXTS, _PLACES - 1)},{key},{inner})",
            f"INDEX({self._span(_PLACES, _BLANKS - 1)},{key},{inner})",
        )
        before = self._span(_BEFORE)
        formulas = (
            (_CHECKS, "panel_number", f"IF({number}>{total},0,MATCH({number}-1,{before},1))"),
            (_ERRORS, "panel_number", f"IF({key}=0,0,{number}-INDEX({before},{key}))"),
            (_FORM, "panel_link", f'IF({key}=0,"",HYPERLINK("#\'"&{name}&"\'!"&{place},{name}&"!"&{place}))'),
            (_NAME, "panel_listed", f'IF({key}=0,"",{text})'),
        )
        areas = (f"{address(first, column)}:{address(last, column)}" for column, _, _ in formulas)
        return [
            (column, style, SharedFormula(text, area))
            for (column, style, text), area in zip(formulas, areas, strict=True)
        ]

    def _write_title(self, row: int) -> None:
        """The head of the list, which says how many lines there are where the list does not have all."""
        count, listed = f"SUM({self._span(_CHECKS)})", f"SUM({self._span(_HERE)})"
        lines = [len(form.shown(requests=False)) for form in self.forms]
        number, shown = sum(lines), sum(min(line, OF_A_FORM) for line in lines)
        more = f'"（共 "&{count}&" 项，其余见各表右边的“审核”栏）"'
        formula = f'"要核对的"&IF({count}=0,"：没有",IF(OR({listed}>{LISTED},{count}>{listed}),{more},""))'
        is_cut = shown > LISTED or number > shown
        tail = f"（共 {number} 项，其余见各表右边的“审核”栏）" if is_cut else "" if number else "：没有"
        self._merge(row, _NAME, "panel_head")
        self._formula(row, _NAME, formula, f"要核对的{tail}", "panel_head")

    def _set_up(self) -> None:
        self.sheet.freeze_panes(_HEAD - 1, 0)
        self.sheet.hide_gridlines(2)
        self.sheet.set_paper(9)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 1)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.4, bottom=0.4)
        self.sheet.print_area(0, 0, self.last + 2 + LISTED, _REQUESTS - 1)
        self.sheet.activate()


def _row_kept(row: int, column: int) -> str:
    """`L$4`: a reference that keeps its row when a formula is moved."""
    return absolute(row, column)[1:]


def _row_area(row: int, column: int, cells: int) -> str:
    """So many cells side by side, without $."""
    return f"{address(row, column)}:{address(row, column + cells - 1)}"


_WORDS: Final = (("正常", " 处待核实"), ("已填齐", " 处待填"))
