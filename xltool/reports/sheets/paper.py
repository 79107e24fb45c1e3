"""The paper the sheets are written on: one look, and text that can only ever be text.

Lists have an autofilter, not a native table: it looks the same in Excel, WPS and LibreOffice
(which draws no table styles), may be empty, and bears two heads alike and heads of two lines.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from xltool.files import universal
from xltool.findings import Severity
from xltool.reports.sheets.links import LONGEST_LINK
from xltool.reports.sheets.texts import cell_text, row_height, sheet_name, utf16_len

if TYPE_CHECKING:
    from collections.abc import Sequence

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

_FONT: Final[dict[str, Any]] = {
    "font_name": FONT,
    "font_size": 10,
    "font_family": 2,
    "font_charset": 134,
    "font_scheme": "none",
}
_CELL: Final[dict[str, Any]] = {"border": 1, "border_color": RULE_LINE, "valign": "vcenter"}
_STYLES: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 18, "font_color": NAVY, "valign": "vcenter"},
    "subtitle": {"font_color": "#595959", "valign": "vcenter"},
    "head": _CELL | {"bold": True, "font_color": "#FFFFFF", "bg_color": NAVY, "align": "center", "text_wrap": True},
    "card_label": {"font_color": "#595959", "bg_color": PALE, "align": "center", "valign": "bottom"},
    "card": {"bold": True, "font_size": 18, "font_color": NAVY, "bg_color": PALE, "align": "center", "valign": "top"},
    "text": _CELL | {"text_wrap": True, "indent": 1},
    "line": _CELL | {"indent": 1},
    "centre": _CELL | {"align": "center", "text_wrap": True},
    "hint": {"font_color": "#595959", "valign": "vcenter", "text_wrap": True},
    "note": {"font_color": "#595959", "italic": True},
    "link": _CELL | {"font_color": "#0B5CAD", "underline": 1, "text_wrap": True, "indent": 1},
    "link_plain": {"font_color": "#0B5CAD", "underline": 1, "valign": "vcenter"},
    "link_centre": _CELL | {"font_color": "#0B5CAD", "underline": 1, "align": "center", "text_wrap": True},
    "integer": _CELL | {"num_format": "#,##0", "align": "center"},
    "count": _CELL | {"num_format": "#,##0"},
    "plain": _CELL | {"num_format": "0", "align": "center"},
    "score": _CELL | {"num_format": "0.00"},
    "difference": _CELL | {"num_format": "+0.00;-0.00;0.00"},
    "money": _CELL | {"num_format": "#,##0.00"},
    "rate": _CELL | {"num_format": "0.00%"},
    "date": _CELL | {"num_format": "yyyy-mm-dd", "align": "center"},
}
_STYLES.update(
    {
        f"total_{name}": _STYLES[name] | {"bold": True, "bg_color": PALE, "font_color": NAVY}
        for name in ("text", "count", "score", "money", "rate")
    }
)
_STYLES.update(
    {
        f"mark_{label}": _CELL | {"bold": True, "align": "center", "font_color": ink, "bg_color": fill}
        for label, (ink, fill) in COLOURS.items()
    }
)


@dataclass(frozen=True)
class Column:
    """A column of a list: its head, its width in digits, the style of its cells."""

    head: str
    width: float
    style: str = "text"


def is_quoted(text: str) -> bool:
    """Whether a text, which is not empty, would be something else once its cell is edited."""
    return text[0] in "=+-@'\t"


class Book:
    """A workbook in memory; its bytes depend on nothing but what is written and `made_at`."""

    def __init__(self, title: str, made_at: datetime) -> None:
        """An empty workbook with its document properties."""
        self._buffer = io.BytesIO()
        options = {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
            "default_format_properties": dict(_FONT),
        }  # fmt: skip
        self.file = xlsxwriter.Workbook(self._buffer, options)
        self.file.set_properties({"title": cell_text(title)[:250], "author": "xltool", "created": universal(made_at)})
        self.file.set_size(24_000, 14_000)
        self._formats: dict[tuple[str, bool], Any] = {}
        self.names: list[str] = []

    def style(self, name: str, *, quoted: bool = False) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """A cell format; `quoted` keeps a text a text even when its cell is edited."""
        if (name, quoted) not in self._formats:
            self._formats[name, quoted] = self.file.add_format(_FONT | _STYLES[name] | {"quote_prefix": quoted})
        return self._formats[name, quoted]

    def colour(self, pair: tuple[str, str]) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """A format for conditional formatting: ink and fill."""
        return self.file.add_format({"font_color": pair[0], "bg_color": pair[1]})

    def sheet(self, name: str, columns: Sequence[Column], *, tab: str = NAVY) -> Paper:
        """A new sheet, under a name Excel takes."""
        self.names.append(sheet_name(name, self.names))
        return Paper(self, self.names[-1], columns, tab)

    def close(self) -> bytes:
        """The finished workbook."""
        self.file.close()
        return self._buffer.getvalue()


class Paper:
    """A sheet with a list on it."""

    def __init__(self, book: Book, name: str, columns: Sequence[Column], tab: str) -> None:
        """An empty sheet with its column widths and its page: A4 landscape, as wide as the paper."""
        self.book, self.name, self.columns = book, name, columns
        self.sheet = book.file.add_worksheet(name)
        self.links = 0
        self.sheet.set_tab_color(tab)
        self.sheet.hide_gridlines(2)
        for number, column in enumerate(columns):
            self.sheet.set_column(number, number, column.width)
        self.sheet.set_paper(9)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        self.sheet.set_footer(f'&C&"{FONT},Regular"&9第 &P 页  共 &N 页&R&"{FONT},Regular"&9&A')
        self.sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

    def text(self, row: int, column: int, text: str | None, style: str = "text") -> None:
        """A text as a text, whatever it looks like; None and an empty text leave a blank cell with its borders."""
        if not text:
            self.sheet.write_blank(row, column, None, self.book.style(style))
            return
        shown = cell_text(text)
        self.sheet.write_string(row, column, shown, self.book.style(style, quoted=is_quoted(shown)))

    def number(self, row: int, column: int, value: float | None, style: str) -> None:
        """A number; None, and what is no number, leaves a blank cell."""
        if value is None or value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
            self.sheet.write_blank(row, column, None, self.book.style(style))
        else:
            self.sheet.write_number(row, column, float(value), self.book.style(style))

    def date(self, row: int, column: int, value: date) -> None:
        """A date as a date; one before Excel's calendar as text."""
        if value.year < 1900:  # noqa: PLR2004 - the first year of Excel's calendar
            self.text(row, column, value.isoformat())
        else:
            plain = value.replace(tzinfo=None) if isinstance(value, datetime) else value
            self.sheet.write_datetime(row, column, plain, self.book.style("date"))

    def link(  # noqa: PLR0913 - a cell, and what a link is
        self, row: int, column: int, target: str | None, text: str, *, style: str = "link", tip: str = ""
    ) -> None:
        """A link that shows a text; the text alone where there is no target or Excel takes no more links."""
        if not target or not text or self.links >= MOST_LINKS or utf16_len(target) > 2 * LONGEST_LINK:
            self.text(row, column, text, "centre" if style == "link_centre" else "text")
            return
        self.links += 1
        hint = cell_text(tip).replace("\n", " ")
        hint = hint if utf16_len(hint) <= TIP_LENGTH else f"…{hint[-TIP_LENGTH // 2 :]}"
        shown = cell_text(text)
        self.sheet.write_url(row, column, target, self.book.style(style, quoted=is_quoted(shown)), shown, hint or None)

    def listing(self, count: int, *, frozen: int, head: int = 0, empty: str = "") -> None:
        """The frame of a list of so many rows: its heads, filter buttons over it, and `empty` where it has no rows."""
        self.heads(head, frozen=frozen)
        last = min(head + count, LAST_ROW)
        self.sheet.autofilter(head, 0, last, len(self.columns) - 1)
        if not count and empty:
            self.text(head + 1, 0, empty, "note")

    def heads(self, row: int, *, frozen: int) -> None:
        """The heads of the columns, repeated on every page; rows above and `frozen` columns stay in sight."""
        for number, column in enumerate(self.columns):
            self.text(row, number, column.head, "head")
        texts = ((column.head, column.width) for column in self.columns)
        self.sheet.set_row(row, row_height(texts, least=24))
        self.sheet.freeze_panes(row + 1, frozen)
        self.sheet.repeat_rows(row)

    def height(self, row: int, texts: Sequence[str | None], least: float = 20.0) -> None:
        """Make a row tall enough for its wrapped texts, one a column (None where nothing wraps)."""
        cells = ((text, column.width) for text, column in zip(texts, self.columns, strict=True) if text)
        self.sheet.set_row(row, row_height(cells, least))

    def caption(self, text: str) -> None:
        """A heading on every printed page."""
        self.sheet.set_header(f'&C&"{FONT},Bold"&12{text.replace("&", "&&")}')
