"""The sheet 送审前核对, first in a combined workbook: the state of every form, what is wrong, what is blank.

It reads the 审核 panels of the forms. A block beside the print area takes over the first lines of each panel; the two
lists run through the forms in order, so that they hold no blank lines between two forms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from xltool.findings import Severity
from xltool.forms import project
from xltool.forms.manifest import OVERVIEW_TITLE
from xltool.template.cells import absolute
from xltool.template.panel import COUNT, ORDER, PLACE, RESULT, SUMMARY_ROWS, severity_of
from xltool.template.styles import PROTECTION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.worksheet import Worksheet

    from xltool.template.blueprint import Blueprint
    from xltool.template.panel import PanelWriter, WrittenLine
    from xltool.template.styles import TemplateStyles

OF_A_FORM: Final = 10
"""Lines that a list takes over from one form; its panel has all."""
LISTED: Final = {False: 30, True: 20}
"""Lines of the list of what is wrong, and of that of what is blank."""
_HEAD: Final = 5
"""Row of the heads of the forms."""
_WIDTHS: Final = (16, 92, 18, 18, 2)
_BLOCK: Final = 10
"""First column of the block, behind the numbers of each form."""
_LATER: Final = (
    ("指标和文字", "预期目标是否逐项有回应，指标值能否衡量，得分与完成情况是否相符，文字中的数是否一致"),
    ("与上年对照", "上年决算数、结转资金、指标值与上年报送的是否衔接"),
    ("与其他单位对照", "文字是否雷同，数额是否明显异常"),
    ("自评报告", "报告中的得分、金额、人数与各表是否一致"),
    ("文件本身", "公式、保护、固定文字和数据校验是否改动，是否本单位、本年度的表样"),
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

    def shown(self, *, requests: bool) -> list[WrittenLine]:
        """The lines that have violations on the form as it is issued."""
        written = self.panel.written
        return [own for own in written if own.state.violations and own.line.asks_for_entry is requests]


@dataclass
class Overview:
    """Writes the sheet, which is added to the workbook before the forms are."""

    sheet: Worksheet
    styles: TemplateStyles
    forms: Sequence[Reviewed] = field(default_factory=tuple)

    def write(self, forms: Sequence[Reviewed], password: str) -> None:
        """Write the state of all forms, the two lists, and what the bureau checks later; protect the sheet."""
        self.forms = forms
        for column, width in enumerate(_WIDTHS):
            self.sheet.set_column(column, column, width)
        self.first, self.last = _HEAD + 1, _HEAD + len(forms)
        self._write_forms()
        self._write_status()
        row = self._write_list(self.last + 2, "要核对的", requests=False)
        row = self._write_list(row + 1, "待填的", requests=True)
        self._write_later(row + 1)
        self._set_up()
        self.sheet.protect(password, PROTECTION)

    def _text(self, row: int, column: int, text: str, style: str = "panel_listed") -> None:
        self.sheet.write_string(row - 1, column - 1, text, self.styles.label(style))

    def _formula(self, row: int, column: int, formula: str, shown: float | str, style: str = "panel_listed") -> None:
        self.sheet.write_formula(row - 1, column - 1, f"={formula}", self.styles.label(style), shown)

    def _heads(self, row: int, *texts: str) -> None:
        for column, text in enumerate(texts, start=1):
            self._text(row, column, text, "panel_head")

    def _format(self, row: int, columns: tuple[int, int], criterion: str, severity: Severity) -> None:
        first, last = columns
        options = {"type": "formula", "criteria": f"={criterion}", "format": self.styles.alert(severity)}
        self.sheet.conditional_format(row - 1, first - 1, row - 1, last - 1, options)

    def _write_forms(self) -> None:
        """A row for each form; behind it the numbers of its lines and the first lines of its panel."""
        self._heads(_HEAD, "表（点击转到）", "名称", "公式自检", "填写完整")
        before = [0, 0]
        for row, form in enumerate(self.forms, start=self.first):
            self._formula(row, 1, f'HYPERLINK("#\'{form.name}\'!A1","{form.name}")', form.name, "panel_link")
            self._write_name(row, form)
            for column, own, (passed, tail) in zip((3, 4), SUMMARY_ROWS, _WORDS, strict=True):
                count, number = form.cell(own, COUNT), form.panel.totals[own]
                shown = f"{number}{tail}" if number else passed
                self._formula(row, column, f'IF({count}=0,"{passed}",{count}&"{tail}")', shown)
                severity = Severity.ERROR if column == 3 else Severity.INFO  # noqa: PLR2004 - the column of 公式自检
                self._format(row, (column, column), f'{absolute(row, column)}<>"{passed}"', severity)
            for requests in (False, True):
                self._write_block(row, form, before, requests=requests)

    def _write_name(self, row: int, form: Reviewed) -> None:
        slug = form.blueprint.form.slug
        if not form.blueprint.form.has(project.name):
            self._text(row, 2, slug)
            return
        name = form.panel.panel.values.values.get(project.name) or ""
        cell = f"'{form.name}'!{absolute(*form.blueprint.grid.position_of(project.name))}"
        self._formula(row, 2, f'"{slug}　"&{cell}', f"{slug}　{name}")

    def _write_block(self, row: int, form: Reviewed, before: list[int], *, requests: bool) -> None:
        """How many lines the form has in a list, how many the forms before it, and their texts and places."""
        own = form.shown(requests=requests)[:OF_A_FORM]
        checks = len(form.shown(requests=False))
        graded = form.check_orders
        number = f"MIN({OF_A_FORM},{f'{form.all_orders}-{self._orders(row)}' if requests else graded})"
        at = 6 + 2 * requests
        if not requests:
            self._formula(row, _ORDERS, graded, checks, "panel_number")
            errors = sum(severity_of(line.line) is Severity.ERROR for line in form.shown(requests=False))
            self._formula(row, _ERRORS, form.error_orders, errors, "panel_number")
        self._formula(row, at, number, len(own), "panel_number")
        above = f"{absolute(row - 1, at + 1)}+{absolute(row - 1, at)}" if row > self.first else "0"
        self._formula(row, at + 1, above, before[requests], "panel_number")
        before[requests] += len(own)
        start = f"{self._orders(row)}+" if requests else ""
        for index in range(OF_A_FORM):
            line = own[index] if index < len(own) else None
            match = f"MATCH({start}{index + 1},{form.span(ORDER)},0)"
            for part, offset in enumerate((RESULT, PLACE)):
                column = _BLOCK + (2 * requests + part) * OF_A_FORM + index + 1
                text = f'IF({absolute(row, at)}>{index},INDEX({form.span(offset)},{match}),"")'
                shown = "" if line is None else (line.state.text, line.state.place)[part]
                self._formula(row, column, text, shown, "panel_number")

    def _orders(self, row: int) -> str:
        return absolute(row, _ORDERS)

    def _span(self, column: int, last_column: int | None = None) -> str:
        return f"{absolute(self.first, column)}:{absolute(self.last, last_column or column)}"

    def _write_status(self) -> None:
        """The title, and what all forms have together."""
        self._text(1, 1, OVERVIEW_TITLE, "panel_title")
        sums, shown = [], []
        for own, (passed, tail) in zip(SUMMARY_ROWS, _WORDS, strict=True):
            total = "+".join(form.cell(own, COUNT) for form in self.forms)
            number = sum(form.panel.totals[own] for form in self.forms)
            sums.append(f'IF({total}=0,"{passed}",({total})&"{tail}")')
            shown.append(f"{number}{tail}" if number else passed)
        formula = f'"公式自检："&{sums[0]}&"　　填写完整："&{sums[1]}'
        self.sheet.merge_range(1, 0, 1, 3, "", self.styles.label("panel_summary"))
        self._formula(2, 1, formula, f"公式自检：{shown[0]}　　填写完整：{shown[1]}", "panel_summary")
        criterion = f'ISNUMBER(FIND("待核实",{absolute(2, 1)}))'
        self._format(2, (1, 4), criterion, Severity.ERROR)
        codes = {own.line.rule.code for form in self.forms for own in form.panel.written}
        codes |= {item.code for form in self.forms for item in form.blueprint.form.fields.values() if item.code}
        note = f"这里自动核对 {len(codes)} 条规则；最下面列出的，财政部门收到后才能核对。点“位置”转到要改的格。"
        self._text(3, 1, note, "panel_hint")

    def _write_list(self, row: int, title: str, *, requests: bool) -> int:
        """The lines of all forms, one after another; returns the row after the list."""
        self._heads(row, "位置（点击转到）", "")
        self._write_title(row, title, requests=requests)
        at = 6 + 2 * requests
        lines = [(form, own) for form in self.forms for own in form.shown(requests=requests)[:OF_A_FORM]]
        total = f"({absolute(self.last, at)}+{absolute(self.last, at + 1)})"
        texts, places = (
            self._span(_BLOCK + (2 * requests + part) * OF_A_FORM + 1, _BLOCK + (2 * requests + part + 1) * OF_A_FORM)
            for part in (0, 1)
        )
        starts = [0, *accumulate(len(form.shown(requests=requests)[:OF_A_FORM]) for form in self.forms)]
        for number in range(1, LISTED[requests] + 1):
            here = row + number
            form, own = lines[number - 1] if number <= len(lines) else (None, None)
            which = 0 if form is None else 1 + [other.name for other in self.forms].index(form.name)
            index = number - starts[which - 1] if which else 0
            key, inner = absolute(here, 6), absolute(here, 7)
            self._formula(
                here, 6, f"IF({number}>{total},0,MATCH({number - 1},{self._span(at + 1)},1))", which, "panel_number"
            )
            self._formula(here, 7, f"IF({key}=0,0,{number}-INDEX({self._span(at + 1)},{key}))", index, "panel_number")
            name, place = f"INDEX({self._span(1)},{key})", f"INDEX({places},{key},{inner})"
            link = f'HYPERLINK("#\'"&{name}&"\'!"&{place},{name}&"!"&{place})'
            shown = f"{form.name}!{own.state.place}" if form and own else ""
            self._formula(here, 1, f'IF({key}=0,"",{link})', shown, "panel_link")
            self.sheet.merge_range(here - 1, 1, here - 1, 3, "", self.styles.label("panel_listed"))
            text = own.state.text if own else ""
            self._formula(here, 2, f'IF({key}=0,"",INDEX({texts},{key},{inner}))', text)
            if not requests:
                self._format(here, (1, 1), f"AND({key}>0,{inner}<=INDEX({self._span(_ERRORS)},MAX(1,{key})))", _RED)
            self._format(here, (1, 1), f"{key}>0", Severity.INFO if requests else Severity.WARNING)
        return row + LISTED[requests] + 1

    def _write_title(self, row: int, title: str, *, requests: bool) -> None:
        """The head of a list, which says how many lines there are where the list does not have all."""
        own = f"SUM({self._span(_ORDERS)})"
        count = "+".join(form.all_orders for form in self.forms) + f"-{own}" if requests else own
        listed = f"SUM({self._span(6 + 2 * requests)})"
        lines = [len(form.shown(requests=requests)) for form in self.forms]
        number, shown = sum(lines), sum(min(line, OF_A_FORM) for line in lines)
        more = f'"（共 "&({count})&" 项，其余见各表右边的“审核”栏）"'
        formula = f'"{title}"&IF(({count})=0,"：没有",IF(OR({listed}>{LISTED[requests]},{count}>{listed}),{more},""))'
        is_cut = shown > LISTED[requests] or number > shown
        tail = f"（共 {number} 项，其余见各表右边的“审核”栏）" if is_cut else "" if number else "：没有"
        self.sheet.merge_range(row - 1, 1, row - 1, 3, "", self.styles.label("panel_head"))
        self._formula(row, 2, formula, f"{title}{tail}", "panel_head")

    def _write_later(self, row: int) -> None:
        self._heads(row, "收到后才核对", "财政部门收到以后，还要核对这些；这里显示“正常”，不包括它们")
        for number, (name, text) in enumerate(_LATER, start=1):
            self._text(row + number, 1, name)
            self._text(row + number, 2, text)

    def _set_up(self) -> None:
        self.sheet.freeze_panes(3, 0)
        self.sheet.hide_gridlines(2)
        self.sheet.set_paper(9)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.print_area(0, 0, self.last + sum(LISTED.values()) + 12, 3)
        self.sheet.activate()


_ORDERS, _ERRORS = 5, 10
"""Columns of the number of lines with violations that are no requests for entries, and of errors among them."""
_RED: Final = Severity.ERROR
_WORDS: Final = (("正常", " 处待核实"), ("已填齐", " 处待填"))
