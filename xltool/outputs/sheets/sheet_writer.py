"""The sheet the sheets are written on: one look, and text that can only ever be text.

Lists have an autofilter, not a native table: it looks the same in Excel, WPS and LibreOffice
(which draws no table styles), may be empty, and bears two heads alike and heads of two lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, Protocol

from xltool.findings import Severity
from xltool.outputs.sheets.links import LONGEST_LINK
from xltool.outputs.sheets.texts import cell_text, fits, row_height

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xltool.outputs.sheets.cells import CellWriter

FONT: Final = "微软雅黑"
MOST_LINKS: Final = 65_530
LAST_ROW: Final = 1_048_575
TIP_LENGTH: Final = 250
NAVY, PALE, RULE_LINE = "#1F4E79", "#EAF1F8", "#BFC9D4"
RED, AMBER, GREEN, BLUE = ("#9C0006", "#FBD9D7"), ("#7F5200", "#FFEBB5"), ("#2E6B34", "#DDF0DC"), ("#1F4E79", "#DCE9F7")
COLOURS: Final = {
    Severity.ERROR.label: RED, Severity.WARNING.label: AMBER, Severity.INFO.label: BLUE,
    "已读取": GREEN, "已跳过": AMBER, "已拒绝": RED,
}  # fmt: skip
_BEFORE_FIRST: Final = date(1899, 12, 31)
_FEBRUARY: Final = 59
"""Days until the end of February 1900."""
_RISKY: Final = frozenset("=+-@'\t")
"""What a text begins with that Excel would run, or drop, when its cell is edited."""


@dataclass(frozen=True)
class Column:
    """A column of a list: its head, its width in digits, the style of its cells."""

    head: str
    width: float
    style: str = "text"


def is_quoted(text: str) -> bool:
    """Whether a text, which is not empty, would be something else once its cell is edited."""
    return text[0] in _RISKY


class FormatSource(Protocol):
    """What a sheet gets from the workbook it is in."""

    @property
    def formats(self) -> Mapping[str, Any]:
        """What a cell is given for the name of its style."""
        ...

    @property
    def quoted_formats(self) -> Mapping[str, Any]:
        """Likewise, where a text has to stay a text even when the cell is edited."""
        ...

    def colour(self, pair: tuple[str, str]) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """A format for conditional formatting: ink and fill."""
        ...

    def chart(self, kind: str) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """A chart with nothing in it, of a kind as xlsxwriter calls them."""
        ...


class SheetWriter:
    """A sheet with a list on it, written from top to bottom: what stands in a row is given before what stands below."""

    def __init__(
        self,
        book: FormatSource,
        worksheet: Any,  # noqa: ANN401 - xlsxwriter has no types
        cells: CellWriter,
        columns: Sequence[Column],
        tab: str,
    ) -> None:
        """An empty sheet with its column widths and its page: A4 landscape, as wide as the page."""
        self.book, self.worksheet, self.name = book, worksheet, str(worksheet.name)
        self._cells = cells
        self.link_count = 0
        self.set_columns(columns)
        self.worksheet.set_tab_color(tab)
        self.worksheet.hide_gridlines(2)
        self.worksheet.set_paper(9)
        self.worksheet.set_landscape()
        self.worksheet.fit_to_pages(1, 0)
        self.worksheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        self.worksheet.set_footer(f'&C&"{FONT},Regular"&9第 &P 页  共 &N 页&R&"{FONT},Regular"&9&A')
        self.worksheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Make the columns as wide as they are to be."""
        self.columns, self._widths = columns, [column.width for column in columns]
        for number, column in enumerate(columns):
            self.worksheet.set_column(number, number, column.width)

    def write_text(self, row: int, column: int, text: str | None, style: str = "text") -> None:
        """A text as a text, whatever it looks like; None and an empty text leave a blank cell with its borders."""
        if text:
            shown = cell_text(text)
            self._cells.text(row, column, shown, self._text_format(style, shown))
        else:
            self._cells.blank(row, column, self.book.formats[style])

    def _text_format(self, style: str, shown: str) -> Any:  # noqa: ANN401 - that of its book
        return (self.book.quoted_formats if is_quoted(shown) else self.book.formats)[style]

    def write_number(self, row: int, column: int, value: float | None, style: str) -> None:
        """A number; None, and what is no number, leaves a blank cell."""
        if value is None or not isfinite(value):
            self._cells.blank(row, column, self.book.formats[style])
        else:
            self._cells.number(row, column, float(value), self.book.formats[style])

    def write_date(self, row: int, column: int, value: date) -> None:
        """A date as a date; one before Excel's calendar as text."""
        if value.year < 1900:  # noqa: PLR2004 - the first year of Excel's calendar
            self.write_text(row, column, value.isoformat())
        else:
            self._cells.number(row, column, _serial(value), self.book.formats["date"])

    def write_formula(self, row: int, column: int, formula: str, value: float | str, style: str) -> None:
        """A formula of our own, and what it gives."""
        self._cells.formula(row, column, formula, value, self.book.formats[style])

    def merge_across(self, row: int, first: int, last: int, style: str) -> None:
        """Make some cells of a row one."""
        if last > first:
            self.worksheet.merge_range(row, first, row, last, "")
        for column in range(first, last + 1):
            self._cells.blank(row, column, self.book.formats[style])

    def write_link(  # noqa: PLR0913 - a cell, and what a link is
        self, row: int, column: int, target: str | None, text: str, *, style: str = "link", tip: str = ""
    ) -> None:
        """A link that shows a text; the text alone where there is no target or Excel takes no more links."""
        if not target or not text or self.link_count >= MOST_LINKS or not fits(target, 2 * LONGEST_LINK):
            self.write_text(row, column, text, "centre" if style == "link_centre" else "text")
            return
        self.link_count += 1
        shown = cell_text(text)
        self._cells.link(
            row, column, target=target, text=shown, tip=_hint(tip), cell_format=self._text_format(style, shown)
        )

    def start_list(self, count: int, *, frozen: int, head: int = 0, empty: str = "") -> None:
        """The frame of a list of so many rows: its heads, filter buttons over it, and `empty` where it has no rows."""
        self.write_heads(head, frozen=frozen)
        self.add_filter(count, head=head)
        if not count and empty:
            self.write_text(head + 1, 0, empty, "note")

    def add_filter(self, count: int, *, head: int = 0) -> None:
        """Filter buttons over so many rows."""
        self.worksheet.autofilter(head, 0, min(head + count, LAST_ROW), len(self.columns) - 1)

    def write_heads(self, row: int, *, frozen: int) -> None:
        """The heads of the columns, repeated on every page; rows above and `frozen` columns stay in sight."""
        for number, column in enumerate(self.columns):
            self.write_text(row, number, column.head, "head")
        self.fit_height(row, [column.head for column in self.columns], least=24)
        self.worksheet.freeze_panes(row + 1, frozen)
        self.worksheet.repeat_rows(row)

    def fit_height(self, row: int, texts: Sequence[str | None], least: float = 20.0) -> None:
        """Make a row, all of which is given, tall enough for its wrapped texts, one a column (None: nothing wraps)."""
        self.set_height(row, row_height(zip(texts, self._widths, strict=True), least))

    def set_height(self, row: int, points: float) -> None:
        """Give a row a height."""
        self._cells.height(row, points)

    def set_print_title(self, text: str) -> None:
        """A heading on every printed page."""
        self.worksheet.set_header(f'&C&"{FONT},Bold"&12{text.replace("&", "&&")}')


def _serial(value: date) -> float:
    """A date as Excel counts days, which thinks that there was a 29 February 1900."""
    days = (date(value.year, value.month, value.day) - _BEFORE_FIRST).days
    since = value.replace(tzinfo=None) if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001 - Excel's dates know no zone
    part = (since - since.replace(hour=0, minute=0, second=0, microsecond=0)) / timedelta(days=1)
    return days + (days > _FEBRUARY) + part


@lru_cache(maxsize=64)
def _hint(tip: str) -> str:
    """What is shown beside the pointer, the end of it where it is too long; findings of a file share it."""
    hint = cell_text(tip).replace("\n", " ")
    return hint if fits(hint, TIP_LENGTH) else f"…{hint[-TIP_LENGTH // 2 :]}"
