"""Writes sheets in one design, and every text from a file as a text.

Lists have an autofilter and no native table: it looks the same in Excel, WPS and LibreOffice, which draws no table
styles; it may be empty, and allows equal heads and heads of two lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, Protocol

from xltool.findings import Severity
from xltool.outputs.sheets.cells import Fold
from xltool.outputs.sheets.links import LONGEST_LINK
from xltool.outputs.sheets.texts import CUT_MARK, SHORT, cell_text, fits, row_height

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
"""The number of days until the end of February 1900."""
_RISKY: Final = frozenset("=+-@'\t")
"""First characters of texts that Excel would run, or drop, when the cell is edited."""


@dataclass(frozen=True)
class ListColumn:
    """A column of a list: its head, its width in digits, and the style of its cells."""

    head: str
    width: float
    style: str = "text"


def is_quoted(text: str) -> bool:
    """Whether editing its cell would change a text, which is not empty."""
    return text[0] in _RISKY


class FormatSource(Protocol):
    """Formats and charts of the workbook of a sheet."""

    @property
    def formats(self) -> Mapping[str, Any]:
        """Formats of cells by the name of their style."""
        ...

    @property
    def quoted_formats(self) -> Mapping[str, Any]:
        """Formats of texts that have to stay texts even when the cell is edited."""
        ...

    def colour(self, pair: tuple[str, str]) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """Add a format for conditional formatting: ink and fill."""
        ...

    def chart(self, kind: str) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """Add an empty chart of a kind that xlsxwriter knows."""
        ...


class SheetWriter:
    """Writes a sheet with a list from top to bottom; all cells of a row come before those of the rows below."""

    def __init__(
        self,
        book: FormatSource,
        worksheet: Any,  # noqa: ANN401 - xlsxwriter has no types
        *,
        cells: CellWriter,
        columns: Sequence[ListColumn],
        tab: str,
    ) -> None:
        """Set the column widths, and the page: A4 landscape, all columns on one page."""
        self.book, self.worksheet, self.name = book, worksheet, str(worksheet.name)
        self._cells = cells
        self.link_count = 0
        self.omitted_rows = self.omitted_links = self.shortened_texts = 0
        """What the format does not hold: rows and links that are left out, and texts that are cut."""
        self.set_columns(columns)
        self.worksheet.set_tab_color(tab)
        self.worksheet.hide_gridlines(2)
        self.worksheet.set_paper(9)
        self.worksheet.set_landscape()
        self.worksheet.fit_to_pages(1, 0)
        self.worksheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        self.worksheet.set_footer(f'&C&"{FONT},Regular"&9第 &P 页  共 &N 页&R&"{FONT},Regular"&9&A')
        self.worksheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

    def set_columns(self, columns: Sequence[ListColumn]) -> None:
        """Set the columns and their widths."""
        self.columns, self._widths = columns, [column.width for column in columns]
        for number, column in enumerate(columns):
            self.worksheet.set_column(number, number, column.width)

    def write_text(self, row: int, column: int, text: str | None, style: str = "text") -> None:
        """Write a text as a text, whatever it looks like; None and an empty text give a blank cell with borders."""
        if text:
            shown = cell_text(text)
            self.shortened_texts += len(text) > SHORT and shown.endswith(CUT_MARK)
            self._cells.text(row, column, shown, self._text_format(style, shown))
        else:
            self._cells.blank(row, column, self.book.formats[style])

    def _text_format(self, style: str, shown: str) -> Any:  # noqa: ANN401 - that of its book
        return (self.book.quoted_formats if is_quoted(shown) else self.book.formats)[style]

    def write_number(self, row: int, column: int, value: float | None, style: str) -> None:
        """Write a number; None, NaN and infinity give a blank cell."""
        if value is None or not isfinite(value):
            self._cells.blank(row, column, self.book.formats[style])
        else:
            self._cells.number(row, column, float(value), self.book.formats[style])

    def write_date(self, row: int, column: int, value: date) -> None:
        """Write a date as a date; as a text if it is before Excel's calendar."""
        if value.year < 1900:  # noqa: PLR2004 - the first year of Excel's calendar
            self.write_text(row, column, value.isoformat())
        else:
            self._cells.number(row, column, _serial(value), self.book.formats["date"])

    def write_formula(self, row: int, column: int, formula: str, *, value: float | str, style: str) -> None:
        """Write a formula of our own and its value."""
        self._cells.formula(row, column, formula, value=value, cell_format=self.book.formats[style])

    def merge_across(self, row: int, first: int, last: int, style: str) -> None:
        """Merge some cells of a row."""
        if last > first:
            self.worksheet.merge_range(row, first, row, last, "")
        for column in range(first, last + 1):
            self._cells.blank(row, column, self.book.formats[style])

    def write_link(  # noqa: PLR0913 - a cell, and what a link is
        self, row: int, column: int, target: str | None, text: str, *, style: str = "link", tip: str = ""
    ) -> None:
        """Write a text that is a link; only the text if there is no target or Excel takes no more links."""
        is_beyond = bool(target and text) and self.link_count >= MOST_LINKS
        self.omitted_links += is_beyond
        if not target or not text or is_beyond or not fits(target, 2 * LONGEST_LINK):
            self.write_text(row, column, text, "centre" if style == "link_centre" else "text")
            return
        self.link_count += 1
        shown = cell_text(text)
        self._cells.link(
            row, column, target=target, text=shown, tip=_hint(tip), cell_format=self._text_format(style, shown)
        )

    def start_list(self, count: int, *, frozen: int, head: int = 0, empty: str = "") -> None:
        """Write the heads of a list of `count` rows with filter buttons, and the text `empty` if it has no rows."""
        self.write_heads(head, frozen=frozen)
        self.add_filter(count, head=head)
        if not count and empty:
            self.write_text(head + 1, 0, empty, "note")

    def omit_rows(self, count: int) -> None:
        """Note rows that the sheet does not hold; none where the number is not positive."""
        self.omitted_rows += max(count, 0)

    def add_filter(self, count: int, *, head: int = 0) -> None:
        """Add filter buttons to a list of `count` rows."""
        self.worksheet.autofilter(head, 0, min(head + count, LAST_ROW), len(self.columns) - 1)

    def write_heads(self, row: int, *, frozen: int) -> None:
        """Write the heads, repeated on every page; the rows down to them and `frozen` columns stay in sight."""
        for number, column in enumerate(self.columns):
            self.write_text(row, number, column.head, "head")
        self.fit_height(row, [column.head for column in self.columns], least=24)
        self.worksheet.freeze_panes(row + 1, frozen)
        self.worksheet.repeat_rows(row)

    def fit_height(self, row: int, texts: Sequence[str | None], least: float = 20.0, *, fold: Fold = Fold.NONE) -> None:
        """Fit the height of a row to its wrapped texts, one for each column; None where nothing wraps."""
        self._cells.height(row, row_height(zip(texts, self._widths, strict=True), least), fold)

    def set_height(self, row: int, points: float) -> None:
        """Set the height of a row."""
        self._cells.height(row, points)

    def fold_below(self) -> None:
        """Put the signs that unfold rows on the line above them."""
        self.worksheet.outline_settings(visible=True, symbols_below=False)

    def set_print_title(self, text: str) -> None:
        """Set the heading of every printed page."""
        self.worksheet.set_header(f'&C&"{FONT},Bold"&12{text.replace("&", "&&")}')


def _serial(value: date) -> float:
    """The serial number of a date in Excel, which counts a 29 February 1900 that never was."""
    days = (date(value.year, value.month, value.day) - _BEFORE_FIRST).days
    since = value.replace(tzinfo=None) if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001 - Excel's dates know no zone
    part = (since - since.replace(hour=0, minute=0, second=0, microsecond=0)) / timedelta(days=1)
    return days + (days > _FEBRUARY) + part


@lru_cache(maxsize=64)
def _hint(tip: str) -> str:
    """The tooltip of a link, only its end if it is too long; cached, because findings of a file share it."""
    hint = cell_text(tip).replace("\n", " ")
    return hint if fits(hint, TIP_LENGTH) else f"…{hint[-TIP_LENGTH // 2 :]}"
