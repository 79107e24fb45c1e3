"""Write one form on one sheet: cells, formulas, validations, the 审核 panel, defined names, protection."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import date
from itertools import zip_longest
from typing import TYPE_CHECKING

from xltool.expr import frame
from xltool.findings import address
from xltool.forms import base_data, review
from xltool.forms.manifest import IssuedSheet, fill
from xltool.forms.model import Label, Slot
from xltool.storage.literal import literal
from xltool.template.book import Book, BookSheet
from xltool.template.cells import SPARE
from xltool.template.checks.across import RowsAcross, book_cells
from xltool.template.checks.lines import lines_across_forms
from xltool.template.checks.rows import row_checks
from xltool.template.pages import SIDE_MARGIN, TOP_MARGIN, heights_for, page_breaks
from xltool.template.pairs import paired_values
from xltool.template.panel import Panel, PanelWriter
from xltool.template.quantities import READ_COLUMNS
from xltool.template.styles import PROTECTION, Look
from xltool.template.worksheet import SharedFormula, TemplateWorksheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xlsxwriter import Workbook

    from xltool.expr.nodes import Field
    from xltool.forms.grid import Grid, PlacedItem
    from xltool.template.blueprint import Blueprint
    from xltool.template.filling import Prefill
    from xltool.template.styles import TemplateStyles

APPROVED_HINT = "绿色是批复内容，已锁定。"
APPROVED_NOTE = "绿色单元格是财政部门批复的内容，已锁定；需要调整的，请与财政部门联系。"


_PARTS = {part for group in review.GROUPS for part in group.parts}


@dataclass
class FormWriter:
    """Writes one form; `prefill` holds its values, `approved` the values that are locked too."""

    workbook: Workbook
    styles: TemplateStyles
    _: KW_ONLY
    name: str
    blueprint: Blueprint
    prefill: Prefill = field(default_factory=dict)
    approved: Prefill = field(default_factory=dict)
    password: str = ""
    protected: bool = True
    book: Book | None = None
    """The other forms in the same workbook, where the form is compared with them."""
    across: RowsAcross | None = None
    """The checks of its rows against these forms."""

    @property
    def placed(self) -> BookSheet:
        """The form as other forms of the workbook see it."""
        values = self.blueprint.values(with_approved(self.prefill, self.approved))
        return BookSheet(self.name, self.blueprint.grid, values)

    def write(self) -> IssuedSheet:
        """Write the sheet; return its entry for the manifest."""
        self.sheet: TemplateWorksheet = self.workbook.add_worksheet(self.name, TemplateWorksheet)
        self.form, self.grid = self.blueprint.form, self.blueprint.grid
        self.filled = with_approved(self.prefill, self.approved)
        self.values = self.blueprint.values(self.filled)
        self.issued = IssuedSheet(self.form.key)
        self._set_sizes()
        for placed in self.grid.cells:
            if isinstance(placed.item, Label):
                self._write_label(placed, placed.item)
            else:
                self._write_slot(placed, placed.item)
        self._add_validations()
        note = APPROVED_HINT if self.approved else ""
        self.panel = PanelWriter(self.sheet, self.styles, self._panel(note))
        self._add_alerts()
        self.panel.write()
        self._write_row_formulas()
        self._define_names()
        self._set_up_printing()
        if self.protected:
            self._protect()
        return self.issued

    def _panel(self, note: str) -> Panel:
        if self.book is None:
            return Panel(self.blueprint, self.values, note)
        cells = book_cells(self.grid, self.blueprint.year, self.book, profile=self.blueprint.profile)
        lines = tuple(lines_across_forms(cells))
        shared = {item for line in lines for check in line.checks for item in check.fields if item.form}
        beside = self.book.values_beside(self.form, self.values, shared)
        pairs = paired_values(shared, self.values, self.placed, self.book)
        self.across = RowsAcross(cells)
        return Panel(self.blueprint, self.values, note, lines, replace(beside, values={**beside.values, **pairs}))

    def _set_sizes(self) -> None:
        for column, width in enumerate(self.form.widths):
            self.sheet.set_column(column, column, width)
        self.sheet.set_column(len(self.form.widths), len(self.form.widths), 2)
        self.heights = heights_for(self.grid, self._text_at)
        self.breaks = page_breaks(self.grid, self.heights)
        for row, height in self.heights.items():
            self.sheet.set_row(row - 1, height)

    def _text_at(self, placed: PlacedItem) -> object:
        """What is filled in at the place of a field."""
        return _at(self.filled, placed, placed.item.field, self.grid) if isinstance(placed.item, Slot) else None

    def _write_label(self, placed: PlacedItem, label: Label) -> None:
        text = fill(label.text, self.blueprint.year)
        # In the middle, a label of two pages would stand on the second alone; a cell of each page closes its frame.
        first, *others = self._by_page(placed)
        self._write_text(first, text, "side_top" if others else label.style)
        for other in others:
            self._write_text(other, "", "side_top")
        if text:
            self.issued.labels[address(placed.top, placed.left)] = text

    def _by_page(self, placed: PlacedItem) -> list[PlacedItem]:
        """The part of a place that stands on each page."""
        ends = [row for row in self.breaks if placed.top <= row < placed.bottom]
        tops = [placed.top, *(row + 1 for row in ends)]
        return [replace(placed, top=top, bottom=end) for top, end in zip(tops, [*ends, placed.bottom], strict=True)]

    def _write_text(self, placed: PlacedItem, text: str, style: str) -> None:
        cell_format = self.styles.label(style)
        if (placed.top, placed.left) == (placed.bottom, placed.right):
            self.sheet.write(placed.top - 1, placed.left - 1, text, cell_format)
        else:
            self.sheet.merge_range(
                placed.top - 1, placed.left - 1, placed.bottom - 1, placed.right - 1, text, cell_format
            )

    def _write_slot(self, placed: PlacedItem, slot: Slot) -> None:
        """Write the cell of a field: its formula, its value, or a blank with its format."""
        if placed.part and slot.field is review.category:
            self._write_category(placed)
            return
        bare, small = placed.top in self.blueprint.bare_rows, slot.field is review.reason
        if _at(self.approved, placed, slot.field, self.grid) is not None:
            fill = "approved"
        else:
            fill = "input" if slot.field.is_input else "calculated"
        look = Look(
            bare=bare,
            small=small,
            is_line=slot.field is base_data.project_name,
            open_below=placed.bottom + 1 in self.blueprint.anchors,
        )
        cell_format = self.styles.value(slot.field.kind, fill, look)
        top, left = placed.top - 1, placed.left - 1
        if (placed.top, placed.left) != (placed.bottom, placed.right):
            self.sheet.merge_range(top, left, placed.bottom - 1, placed.right - 1, "", cell_format)
        if slot.field.formula is not None:
            # An overtyped form was issued with its formula: a returned copy puts it back.
            self.issued.formulas[slot.field.key] = self.blueprint.canonical[slot.field]
            if slot.field not in self.filled:
                self._write_formula(top, left, slot.field, cell_format)
                return
        value = placed.part or _at(self.filled, placed, slot.field, self.grid)
        if slot.field.preset is not None:
            self.sheet.write_number(top, left, self.blueprint.profile[slot.field.preset.name], cell_format)
        elif isinstance(value, str):
            self.sheet.write_string(top, left, literal(value), cell_format)
        elif isinstance(value, date):
            self.sheet.write_datetime(top, left, value, cell_format)
        elif value is not None:
            self.sheet.write_number(top, left, value, cell_format)
        else:
            self.sheet.write_blank(top, left, None, cell_format)

    def _write_category(self, placed: PlacedItem) -> None:
        """Write a 一级指标 in the middle of what each page has of it."""
        for own in self._by_page(placed):
            self._write_text(own, self._heading(placed.part), "side")

    def _heading(self, category: str) -> str:
        """The printed text of a 一级指标, with its weight in the profile."""
        group = next(group for group in review.GROUPS if group.name == category)
        return group.heading(self.blueprint.profile[group.weight.name])

    def _write_formula(self, row: int, column: int, calculated: Field, cell_format: object) -> None:
        formula = self.blueprint.formulas[calculated]
        self.sheet.write_formula(row, column, formula.text, cell_format, self.blueprint.shown(formula, self.values))

    def _add_validations(self) -> None:
        for validation in self.blueprint.validations:
            item, options = validation.item, validation.options
            if item.table is None and item in self.approved:
                options = options | {"input_message": APPROVED_NOTE}
            self.sheet.data_validation(*validation.area, options)
            self.issued.validated.add(item.defined_name)

    def _add_alerts(self) -> None:
        for alert in self.panel.panel.alerts():
            cell_format = self.styles.alert(alert.severity)
            options = {"type": "formula", "criteria": alert.criterion, "format": cell_format}
            if len(alert.areas) > 1:
                options["multi_range"] = " ".join(address(row + 1, column + 1) for row, column, _, _ in alert.areas)
            self.sheet.conditional_format(*alert.areas[0], options)

    def _write_row_formulas(self) -> None:
        """Write what is read of each indicator row, and its verdicts, beside the panel."""
        formulas = self.blueprint.row_formulas
        if not formulas:
            return
        cells, cell_format = self.blueprint.cells, self.styles.label("panel_number")
        left, span = cells.row_column() - 1, self.grid.spans[review.INDICATORS]
        self.sheet.write_formula(span.head - 1, left, "=ROW()", cell_format, span.head)
        if self.across is not None:
            formulas = self.across.extended(formulas, span.first)
        last = span.anchor + SPARE
        self.sheet.set_column(left, left + len(formulas) - 1, 2)
        shown = iter(self._shown_in_book())
        for row in range(span.first, last + 1):
            values = next(shown) if row <= span.anchor else [""] * len(formulas)
            for offset, (text, value) in enumerate(zip(formulas, values, strict=True)):
                column = address(row, left + offset + 1).rstrip("0123456789")
                shared = SharedFormula(text, f"{column}{span.first}:{column}{last}")
                self.sheet.write_shared(row - 1, left + offset, shared, cell_format, value)

    def _shown_in_book(self) -> Iterable[list[str | float]]:
        """What the cells beside the panel show for each row, with the checks against other forms of the workbook."""
        values = self.panel.panel.across_values
        shown = self._shown_beside()
        return shown if self.across is None or values is None else self.across.shown(values, shown)

    def _shown_beside(self) -> Iterator[list[str | float]]:
        """What the cells beside the panel show for each row of the indicators."""
        span = self.grid.spans[review.INDICATORS]
        scope = frame.RowValues(self.values.values, self.values.profile)
        checks = row_checks(self.form, self.blueprint.profile)
        verdicts = {place: frame.violations(check.test, scope) for check, place in checks.items()}
        read = [self.values.values.get(item, []) for item in READ_COLUMNS[:-1]]
        parts = {placed.top: placed.part for placed in self.grid.cells if placed.part in _PARTS}
        part = ""
        for at, row in enumerate(range(span.first, span.anchor + 1)):
            part = "" if row in self.blueprint.anchors else parts.get(row, part)
            own = [values[at] if isinstance(values, list) and at < len(values) else "" for values in read]
            flags = {place: "1" if at < len(each) and each[at] else "0" for place, each in verdicts.items()}
            columns = range(1 + max(place.column for place in flags))
            texts = ["".join(flag for place, flag in flags.items() if place.column == number) for number in columns]
            yield [row, *own, part, *texts]

    def _define_names(self) -> None:
        for name, reference in self.blueprint.names.items():
            self.issued.places[name] = reference.replace("$", "")
            self.workbook.define_name(f"'{self.name}'!{name}", f"='{self.name}'!{reference}")

    def _set_up_printing(self) -> None:
        sheet, last_column = self.sheet, len(self.form.widths) - 1
        sheet.set_paper(9)
        sheet.set_portrait()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=SIDE_MARGIN, right=SIDE_MARGIN, top=TOP_MARGIN, bottom=TOP_MARGIN)
        sheet.print_black_and_white()
        sheet.set_h_pagebreaks(self.breaks)
        sheet.center_horizontally()
        sheet.print_area(0, 0, self.grid.last_row - 1, last_column)
        first, last = (self.grid.label_row(label) for label in self.form.repeat_rows)
        sheet.repeat_rows(first - 1, last - 1)
        sheet.set_footer("&C第 &P 页，共 &N 页")
        sheet.hide_gridlines(2)
        sheet.ignore_errors({"formula_differs": "A1:XFD200", "number_stored_as_text": "A1:XFD200"})

    def _protect(self) -> None:
        self.sheet.protect(self.password, PROTECTION)


def with_approved(prefill: Prefill, approved: Prefill) -> Prefill:
    """The values of a sheet; where both have a value, the approved value is used, in tables row by row."""
    filled = dict(prefill)
    for item, value in approved.items():
        other = filled.get(item)
        if isinstance(value, list) and isinstance(other, list):
            pairs = zip_longest(value, other)
            filled[item] = [own if own is not None else rest for own, rest in pairs]
        elif value is not None:
            filled[item] = value
    return filled


def _at(filled: Prefill, placed: PlacedItem, item: Field, grid: Grid) -> str | float | date | None:
    """The value at a place, which for a table column depends on its row."""
    value = filled.get(item)
    if not isinstance(value, list):
        return value
    index = placed.top - grid.spans[str(item.table)].first
    return value[index] if index < len(value) else None
