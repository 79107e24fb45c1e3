"""A sample: its sheets as data, the files they are written to, and the findings an audit has to give."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from lxml import etree
from python_calamine import CalamineWorkbook

from xltool.findings import Severity, row_column
from xltool.forms import FORMS, base_data, project, review
from xltool.template.filling import indicator_columns, project_columns, rows_needed
from xltool.template.order import Order, SheetOrder, file_name
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xltool.expr.nodes import Field
    from xltool.params import Profile

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

Address = tuple[str, str, str | None]
"""File, sheet and cell; no cell for a whole sheet."""


@dataclass(frozen=True)
class FieldRef:
    """A reference to a cell by form, field and the name of its row; without a field, to the whole sheet."""

    form: str
    field: Field | None = None
    row: str = ""
    """Name of the indicator or project, for a field of a table."""
    project: str = ""
    """The project of an 附件3, where a filing has several."""

    def __str__(self) -> str:
        form = f"{self.form}（{self.project}）" if self.project else self.form
        if self.field is None:
            return f"{form} 整张表"
        name = self.field.key.replace("_", "")
        return f"{form} {f'“{self.row}”的{name}' if self.row else name}"


@dataclass(frozen=True)
class Expected:
    """A finding an audit has to give; `also` are related cells it has to name."""

    rule: str
    severity: Severity
    at: FieldRef
    also: tuple[FieldRef, ...] = ()


_WORKBOOKS: dict[tuple[Order, str], bytes] = {}


def workbook_of(order: Order, *sheets: SheetOrder) -> bytes:
    """The workbook of some sheets; equal ones are written once, as filings differ in one form at most."""
    key = (
        order,
        repr([(sheet.form.key, sheet.project, sheet.protected, sheet.prefill, sheet.approved) for sheet in sheets]),
    )
    if key not in _WORKBOOKS:
        _WORKBOOKS[key] = write_workbook(order, sheets)
    return _WORKBOOKS[key]


@dataclass(frozen=True)
class Sample:
    """A folder of workbooks: each sheet with the order it was issued in."""

    folder: str
    about: str
    sheets: tuple[tuple[Order, SheetOrder], ...]
    expected: tuple[Expected, ...] = ()

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The workbooks by name, a form each, named as `xltool generate` names them."""
        return {file_name(order, sheet): workbook_of(order, sheet) for order, sheet in self.sheets}

    @cached_property
    def combined(self) -> dict[str, bytes]:
        """The same forms in one workbook."""
        return {"附件1-3.xlsx": workbook_of(self.sheets[0][0], *(sheet for _, sheet in self.sheets))}


@dataclass(frozen=True)
class NamedSheet:
    """A sheet: its title, what its cells show, and the references of its names, without sheet and $."""

    title: str
    rows: Sequence[Sequence[Any]]
    names: Mapping[str, str]

    def reference(self, item: Field) -> str:
        """The reference of a field: a cell, or the cells of a column."""
        return self.names[item.defined_name]

    def value(self, row: int, column: int) -> object:
        """What a cell shows; "" for a blank and for one below the last."""
        line = self.rows[row - 1] if row <= len(self.rows) else ()
        return line[column - 1] if column <= len(line) else ""


class CellFinder:
    """Find the cells of references by the names defined in workbooks, without xltool's reader."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Open the workbooks, given by name."""
        self._sheets: dict[tuple[str, str], tuple[str, NamedSheet]] = {}
        for name, content in files.items():
            for sheet in _sheets_of(content):
                key = sheet.title.partition("-")[0]
                if key in FORMS:
                    named = FORMS[key].has(project.name)
                    title = str(sheet.value(*row_column(sheet.reference(project.name)))) if named else ""
                    self._sheets[key, title] = name, sheet

    def address(self, ref: FieldRef) -> Address:
        """File, sheet and cell of a reference; LookupError if the workbooks do not have it."""
        file, sheet = self._sheet(ref)
        if ref.field is None:
            return file, sheet.title, None
        reference = sheet.reference(ref.field)
        if ref.field.table is None:
            return file, sheet.title, reference
        names = review.indicator if ref.field.table == review.INDICATORS else base_data.project_name
        column = reference.rstrip("0123456789").partition(":")[0].rstrip("0123456789")
        (first, at), (last, _) = map(row_column, sheet.reference(names).split(":"))
        for row in range(first, last + 1):
            if sheet.value(row, at) == ref.row:
                return file, sheet.title, f"{column}{row}"
        raise LookupError(ref)

    def _sheet(self, ref: FieldRef) -> tuple[str, NamedSheet]:
        if ref.project:
            return self._sheets[ref.form, ref.project]
        sheets = [sheet for (form, _), sheet in self._sheets.items() if form == ref.form]
        if len(sheets) != 1:
            raise LookupError(ref)
        return sheets[0]


@lru_cache(maxsize=64)
def _sheets_of(content: bytes) -> list[NamedSheet]:
    """The sheets of a workbook; filings share most of their workbooks."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        workbook = etree.fromstring(package.read("xl/workbook.xml"))
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    names: list[dict[str, str]] = [{} for _ in book.sheet_names]
    for element in workbook.iter("{*}definedName"):
        if sheet := element.get("localSheetId"):
            names[int(sheet)][element.get("name", "")] = str(element.text).rpartition("!")[2].replace("$", "")
    return [
        NamedSheet(title, book.get_sheet_by_name(title).to_python(skip_empty_area=False), own)
        for title, own in zip(book.sheet_names, names, strict=True)
    ]


@dataclass
class Paper:
    """A filled form as data that can be changed: values of single fields, and table rows by column key."""

    form: str
    values: dict[Field, Any]
    rows: list[dict[str, Any]]
    project: str = ""
    issued_to: str = ""
    """The department the template was issued to, where it is not the filer."""
    touched: bool = field(default=False)
    """Whether a value was typed over a formula, for which the protection had to be lifted."""

    def enter(self, ref: FieldRef, value: object) -> None:
        """Put a value into a cell of this form; None empties it."""
        item = ref.field
        if item is None:
            raise TypeError(ref)
        if item.table is None:
            self.values[item] = value
            self.touched |= item.formula is not None
            return
        names = review.indicator if item.table == review.INDICATORS else base_data.project_name
        (row,) = (row for row in self.rows if row[names.key] == ref.row)
        row[item.key] = value

    def sheet(self, order: Order) -> SheetOrder:
        """The form as an order for the template writer."""
        is_base = self.form == base_data.FORM.key
        columns = project_columns(self.rows) if is_base else indicator_columns(self.rows, order.indicators)
        values = {item: value for item, value in self.values.items() if value is not None}
        return SheetOrder(FORMS[self.form], self.project, {**values, **columns}, protected=not self.touched)


def indicator_rows(
    *lines: tuple[str, str, str, str, float, float] | tuple[str, str, str, str, float, float, str],
) -> list[dict[str, Any]]:
    """Indicator rows from 二级指标, name, target, actual, weight, score and, where there is one, the reason."""
    keys = ("二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施")
    return [dict(zip(keys, line, strict=False)) for line in lines]


def papers_as_sheets(
    papers: Sequence[Paper], filer: str, year: int, profile: Profile | None = None
) -> tuple[tuple[Order, SheetOrder], ...]:
    """The sheets of a filing, each with the order of its template."""
    projects = tuple(paper.project for paper in papers if paper.project)
    # A filing may be of 附件1 alone.
    rows = max((rows_needed(paper.rows) for paper in papers if paper.form != base_data.FORM.key), default=1)
    pairs = []
    for paper in papers:
        order = Order(year, paper.issued_to or filer, projects=projects, indicators=rows, profile=profile)
        pairs.append((order, paper.sheet(order)))
    return tuple(pairs)
