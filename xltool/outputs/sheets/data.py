"""Sheets of filed data: a sheet for each table, numbers as numbers."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from xltool.expr.nodes import Kind
from xltool.forms import FORMS
from xltool.outputs.model import Recomputed
from xltool.outputs.sheets.sheet_writer import GREEN, LAST_ROW, ListColumn, SheetWriter
from xltool.outputs.sheets.texts import MEASURED, display_width, line_count, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xltool.outputs.model import Plain, Tables
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

HEADS: Final = {
    "submission": "表编号", "filing": "报送编号", "path": "文件", "sheet": "工作表", "form": "表", "layout": "版式",
    "year": "年度", "department": "单位", "project": "项目", "row": "行号", "sha256": "文件指纹",
    "score_filed": "自评得分", "score_recomputed": "重算得分", "grade": "等级",
}  # fmt: skip
"""The heads of columns that are not labels of a form."""
_IDENTITY: Final = frozenset(
    {"submission", "filing", "department", "单位编码", "单位", "部门名称", "填报单位", "项目支出名称"}
)
_MOST_FROZEN: Final = 2
SAMPLE: Final = 500
"""Rows that are kept until the column widths can be derived from them."""
_NARROWEST, _WIDEST = 9.0, 36.0
_TOO_LONG: Final = 160
_PAGE: Final = 230
_HUGE: Final = 1e300
"""A number near the largest that Excel holds; larger ones are written as texts."""
STYLE: Final = {Kind.MONEY: "money", Kind.AREA: "money", Kind.RATE: "rate", Kind.SCORE: "score", Kind.COUNT: "count"}
_ENDS: Final = {
    "率": Kind.RATE, "得分": Kind.SCORE, "算数": Kind.MONEY, "执行数": Kind.MONEY, "份数": Kind.COUNT,
}  # fmt: skip
_KINDS: Final = {
    field.key: field.kind for form in FORMS.values() for field in (*form.fields.values(), *form.columns.values())
}


class DataSheet:
    """A sheet of rows that come one at a time; where nothing was filed, cells are blank."""

    def __init__(self, book: WorkbookWriter, name: str, keys: Sequence[str]) -> None:
        """Start an empty sheet with a column for each key."""
        self.sheet = book.sheet(name, tab=GREEN[0])
        self.sheet.set_print_title(self.sheet.name)
        self._keys = keys
        self._frozen = frozen_columns(keys)
        self._sample: list[Sequence[Plain]] | None = []
        self._rows = 0

    def add(self, row: Sequence[Plain]) -> None:
        """Write a row, or keep it until there are enough to fit the columns."""
        if self._sample is None:
            self._write(row)
        else:
            self._sample.append(row)
            if len(self._sample) == SAMPLE:
                self._begin(self._sample)

    def end(self) -> None:
        """Finish the sheet after the last row."""
        if self._sample is not None:
            self._begin(self._sample)
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
        """Fit the columns to a sample of rows, and write the heads and the sample."""
        self._sample = None
        self.sheet.set_columns([fit_column(key, [row[at] for row in sample]) for at, key in enumerate(self._keys)])
        if self._keys:
            self.sheet.write_heads(0, frozen=self._frozen)
        for row in sample:
            self._write(row)

    def _write(self, row: Sequence[Plain]) -> None:
        if self._rows < LAST_ROW:
            self._rows += 1
            write_row(self.sheet, self._rows, self._keys, row)
        else:
            self.sheet.omit_rows(1)


def frozen_columns(keys: Sequence[str]) -> int:
    """How many columns stay in sight: those that say whose a row is."""
    return min(_MOST_FROZEN, len(list(takewhile(_IDENTITY.__contains__, keys))) or 1)


def write(book: WorkbookWriter, name: str, keys: Sequence[str], rows: Iterable[Sequence[Plain]]) -> None:
    """Write a sheet of rows; each value belongs to the key at its position."""
    sheet = DataSheet(book, name, keys)
    for row in rows:
        sheet.add(row)
    sheet.end()


def write_tables(book: WorkbookWriter, tables: Tables) -> None:
    """Write all sheets of data of a review in one pass through their rows."""
    sheets = {name: DataSheet(book, name, keys) for name, keys in tables.heads.items()}
    for name, row in tables.rows:
        sheets[name].add(row)
    for sheet in sheets.values():
        sheet.end()


def fit_column(key: str, values: Sequence[Plain]) -> ListColumn:
    """Fit a column to its values; a column with very long texts is not wrapped."""
    head = HEADS.get(key, key)
    texts = [visible(_displayed(key, value)[:MEASURED]) for value in values if value is not None]
    longest = max((display_width(line) for text in texts for line in text.split("\n")), default=0)
    width = min(max(_NARROWEST, longest + 4, _head_width(head)), _WIDEST)
    style = "line" if max(map(display_width, texts), default=0) > _TOO_LONG else "text"
    return ListColumn(head, width, style)


def _head_width(head: str) -> float:
    """The width at which a head needs two lines at most, next to the filter button."""
    return next((width for width in range(8, int(_WIDEST)) if line_count(head, width) <= 2), _WIDEST)  # noqa: PLR2004


def write_row(sheet: SheetWriter, number: int, keys: Sequence[str], values: Sequence[Plain]) -> None:
    """Write a row of a table, as tall as its wrapped texts need."""
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
            style = _number_style(key, value)
            sheet.write_number(number, at, value, f"recomputed_{style}" if isinstance(value, Recomputed) else style)
    sheet.fit_height(number, wrapped)


@lru_cache(maxsize=1_024)
def kind_of(key: str) -> Kind | None:
    """The kind of a column's values: that of the field, else the one that the end of its name suggests."""
    by_end = (kind for end, kind in _ENDS.items() if key.endswith(end))
    return _KINDS.get(key) or next(by_end, Kind.SCORE if key.startswith("score") else None)


def _number_style(key: str, value: float) -> str:
    """The style of a number by its kind; whole numbers of no kind have no decimals."""
    kind = kind_of(key)
    style = STYLE.get(kind, "plain") if kind else "plain"
    return "score" if style in {"count", "plain"} and not float(value).is_integer() else style


def _displayed(key: str, value: Plain) -> str:
    """A value as text, about as the sheet displays it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return {"rate": f"{value:.2%}", "plain": f"{value:.0f}"}.get(_number_style(key, value), f"{value:,.2f}")
    return str(value)
