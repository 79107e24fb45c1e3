"""各表数据: what was filed, a sheet a table, numbers as numbers."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from xltool.expr.nodes import Kind
from xltool.forms import FORMS
from xltool.outputs.sheets.sheet_writer import GREEN, LAST_ROW, Column, SheetWriter
from xltool.outputs.sheets.texts import MEASURED, display_width, line_count, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xltool.outputs.model import Plain, Tables
    from xltool.outputs.sheets.book import Book

HEADS: Final = {
    "submission": "表编号", "filing": "报送编号", "path": "文件", "sheet": "工作表", "form": "表", "layout": "版式",
    "year": "年度", "department": "单位", "project": "项目", "row": "行号", "sha256": "文件指纹",
    "score_filed": "自评得分", "score_recomputed": "重算得分", "grade": "等级",
}  # fmt: skip
"""Names of columns that are no labels of a form."""
_IDENTITY: Final = frozenset({"submission", "filing", "department", "单位", "部门名称", "填报单位", "项目支出名称"})
_MOST_FROZEN: Final = 2
SAMPLE: Final = 500
"""Rows that are waited for before the first is written: what stands in them tells how wide columns have to be."""
_NARROWEST, _WIDEST = 9.0, 36.0
_TOO_LONG: Final = 160
_PAGE: Final = 230
_HUGE: Final = 1e300
"""What Excel cannot hold, nearly."""
_STYLE: Final = {Kind.MONEY: "money", Kind.AREA: "money", Kind.RATE: "rate", Kind.SCORE: "score", Kind.COUNT: "count"}
_ENDS: Final = {
    "率": Kind.RATE, "得分": Kind.SCORE, "算数": Kind.MONEY, "执行数": Kind.MONEY, "份数": Kind.COUNT,
}  # fmt: skip
_KINDS: Final = {
    field.key: field.kind
    for form in FORMS.values()
    for field in (*form.fields.values(), *(column for table in form.tables for column in table.columns))
}


class DataSheet:
    """A sheet of rows that come one at a time; blanks where nothing was filed."""

    def __init__(self, book: Book, name: str, keys: Sequence[str]) -> None:
        """An empty sheet with columns of these keys."""
        self.sheet = book.sheet(name, tab=GREEN[0])
        self.sheet.set_print_title(self.sheet.name)
        self._keys = keys
        self._frozen = min(_MOST_FROZEN, len(list(takewhile(_IDENTITY.__contains__, keys))) or 1)
        self._waiting: list[Sequence[Plain]] | None = []
        self._rows = 0

    def add(self, row: Sequence[Plain]) -> None:
        """Write a row, or keep it until enough are there to see how wide the columns have to be."""
        if self._waiting is None:
            self._write(row)
        else:
            self._waiting.append(row)
            if len(self._waiting) == SAMPLE:
                self._begin(self._waiting)

    def end(self) -> None:
        """Finish the sheet: no more rows come."""
        if self._waiting is not None:
            self._begin(self._waiting)
        if not self._keys:
            self.sheet.write_text(0, 0, "没有数据。", "note")
            return
        if not self._rows:
            self.sheet.write_text(1, 0, "没有数据。", "note")
        self.sheet.add_filter(self._rows)
        if sum(column.width for column in self.sheet.columns) > _PAGE:
            self.sheet.worksheet.fit_to_pages(0, 0)
            self.sheet.worksheet.set_print_scale(70)
            self.sheet.worksheet.repeat_columns(0, self._frozen - 1)

    def _begin(self, sample: Sequence[Sequence[Plain]]) -> None:
        """Lay out the columns, and write their heads and the rows that waited."""
        self._waiting = None
        self.sheet.set_columns([fit_column(key, [row[at] for row in sample]) for at, key in enumerate(self._keys)])
        if self._keys:
            self.sheet.write_heads(0, frozen=self._frozen)
        for row in sample:
            self._write(row)

    def _write(self, row: Sequence[Plain]) -> None:
        if self._rows < LAST_ROW:
            self._rows += 1
            write_row(self.sheet, self._rows, self._keys, row)


def write(book: Book, name: str, keys: Sequence[str], rows: Iterable[Sequence[Plain]]) -> None:
    """A sheet with rows under these keys."""
    listed = DataSheet(book, name, keys)
    for row in rows:
        listed.add(row)
    listed.end()


def write_tables(book: Book, tables: Tables) -> None:
    """The sheets of data of a review, all in one go through their rows."""
    sheets = {name: DataSheet(book, name, keys) for name, keys in tables.heads.items()}
    for name, row in tables.rows:
        sheets[name].add(row)
    for sheet in sheets.values():
        sheet.end()


def fit_column(key: str, values: Sequence[Plain]) -> Column:
    """The column of a key, wide enough for what stands in it; very long texts stay on one line."""
    head = HEADS.get(key, key)
    texts = [visible(_displayed(key, value)[:MEASURED]) for value in values if value is not None]
    longest = max((display_width(line) for text in texts for line in text.split("\n")), default=0)
    width = min(max(_NARROWEST, longest + 4, _head_width(head)), _WIDEST)
    style = "line" if max(map(display_width, texts), default=0) > _TOO_LONG else "text"
    return Column(head, width, style)


def _head_width(head: str) -> float:
    """The width at which a head needs two lines at most, beside the filter's button."""
    return next((width for width in range(8, int(_WIDEST)) if line_count(head, width) <= 2), _WIDEST)  # noqa: PLR2004


def write_row(sheet: SheetWriter, number: int, keys: Sequence[str], values: Sequence[Plain]) -> None:
    """One row of a table, as tall as its wrapped texts ask."""
    wrapped: list[str | None] = []
    for at, (key, value) in enumerate(zip(keys, values, strict=True)):
        style = sheet.columns[at].style
        if value is None or isinstance(value, str):
            sheet.write_text(number, at, value, style)
            wrapped.append(value if style == "text" else None)
            continue
        wrapped.append(None)
        if isinstance(value, date):
            sheet.write_date(number, at, value)
        elif isinstance(value, bool) or abs(value) >= _HUGE:
            sheet.write_text(number, at, _displayed(key, value), style)
        else:
            sheet.write_number(number, at, value, _number_style(key, value))
    sheet.fit_height(number, wrapped)


@lru_cache(maxsize=1_024)
def kind_of(key: str) -> Kind | None:
    """Kind of what stands in a column: that of the field, else what the end of its name says."""
    by_end = (kind for end, kind in _ENDS.items() if key.endswith(end))
    return _KINDS.get(key) or next(by_end, Kind.SCORE if key.startswith("score") else None)


def _number_style(key: str, value: float) -> str:
    """The format of a number: by its kind, whole numbers of no kind without decimals."""
    kind = kind_of(key)
    style = _STYLE.get(kind, "plain") if kind else "plain"
    return "score" if style in {"count", "plain"} and not float(value).is_integer() else style


def _displayed(key: str, value: Plain) -> str:
    """A value as text, about as the sheet shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return {"rate": f"{value:.2%}", "plain": f"{value:.0f}"}.get(_number_style(key, value), f"{value:,.2f}")
    return str(value)
