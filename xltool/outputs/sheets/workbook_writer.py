"""The workbook that sheets are written to: its styles, its sheets, and the form held in memory.

The desk's review, whose lists may be of any length, is written by `streaming`.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from xltool.forms.manifest import AUTHOR
from xltool.outputs.sheets.cells import HeldCells
from xltool.outputs.sheets.sheet_writer import BLUE, COLOURS, FONT, NAVY, PALE, RULE_LINE, SheetWriter
from xltool.outputs.sheets.texts import cell_text, sheet_name
from xltool.storage.files import universal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from xltool.outputs.sheets.cells import CellWriter
    from xltool.outputs.sheets.sheet_writer import ListColumn

_FONT: Final[dict[str, Any]] = {
    "font_name": FONT,
    "font_size": 10,
    "font_family": 2,
    "font_charset": 134,
    "font_scheme": "none",
}
_CELL: Final[dict[str, Any]] = {"border": 1, "border_color": RULE_LINE, "valign": "vcenter"}
_CARD: Final[dict[str, Any]] = {
    "bold": True, "font_size": 18, "font_color": NAVY, "bg_color": PALE, "align": "center", "valign": "top",
}  # fmt: skip
STYLES: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 18, "font_color": NAVY, "valign": "vcenter"},
    "section": {
        "bold": True,
        "font_size": 12,
        "font_color": NAVY,
        "valign": "vcenter",
        "bottom": 2,
        "bottom_color": NAVY,
    },
    "subtitle": {"font_color": "#595959", "valign": "vcenter"},
    "head": _CELL | {"bold": True, "font_color": "#FFFFFF", "bg_color": NAVY, "align": "center", "text_wrap": True},
    "card_label": {"font_color": "#595959", "bg_color": PALE, "align": "center", "valign": "bottom"},
    "card": _CARD,
    "card_money": _CARD | {"num_format": "#,##0.00"},
    "card_rate": _CARD | {"num_format": "0.0%"},
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
STYLES.update(
    {
        f"total_{name}": STYLES[name] | {"bold": True, "bg_color": PALE, "font_color": NAVY}
        for name in ("text", "line", "count", "score", "money", "rate")
    }
)
STYLES.update(
    {
        f"recomputed_{name}": STYLES[name] | {"italic": True, "font_color": BLUE[0], "bg_color": BLUE[1]}
        for name in ("plain", "count", "score", "money", "rate")
    }
)
STYLES.update(
    {
        f"mark_{label}": _CELL | {"bold": True, "align": "center", "font_color": ink, "bg_color": fill}
        for label, (ink, fill) in COLOURS.items()
    }
)
_OPTIONS: Final = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "default_format_properties": dict(_FONT),
}  # fmt: skip


class _FormatCache(dict[str, Any]):
    """The format of each style, added to the workbook when first asked for; equal styles share one format."""

    def __init__(self, add: Callable[[dict[str, Any]], Any], more: dict[str, Any]) -> None:
        super().__init__()
        self._add, self._more = add, more
        self._by_properties: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __missing__(self, style: str) -> Any:  # noqa: ANN401 - that of its book
        properties = tuple(sorted((_FONT | STYLES[style] | self._more).items()))
        if properties not in self._by_properties:
            self._by_properties[properties] = self._add(dict(properties))
        self[style] = self._by_properties[properties]
        return self[style]


class WorkbookWriter:
    """A workbook; its bytes depend only on what is written and on `made_at`."""

    def __init__(self, title: str, made_at: datetime) -> None:
        """Start an empty workbook with its document properties."""
        self.buffer = io.BytesIO()
        self.file = xlsxwriter.Workbook(self.buffer, _OPTIONS)
        self.file.set_properties({"title": cell_text(title)[:250], "author": AUTHOR, "created": universal(made_at)})
        self.file.set_size(24_000, 14_000)
        self.formats = _FormatCache(self.add_format, {})
        """Formats of cells by the name of their style."""
        self.quoted_formats = _FormatCache(self.add_format, {"quote_prefix": True})
        """Formats of texts that have to stay texts even when the cell is edited."""
        self.names: list[str] = []
        self.sheets: list[SheetWriter] = []

    def add_format(self, properties: dict[str, Any]) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """Add a format; `cells` of this book take what is returned."""
        return self.file.add_format(properties)

    def colour(self, pair: tuple[str, str]) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """Add a format for conditional formatting: ink and fill."""
        return self.file.add_format({"font_color": pair[0], "bg_color": pair[1]})

    def chart(self, kind: str) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """Add an empty chart of a kind that xlsxwriter knows."""
        return self.file.add_chart({"type": kind})

    def sheet(self, name: str, columns: Sequence[ListColumn] = (), *, tab: str = NAVY) -> SheetWriter:
        """Add a sheet under a name that Excel accepts."""
        self.names.append(sheet_name(name, self.names))
        worksheet = self.file.add_worksheet(self.names[-1])
        self.sheets.append(SheetWriter(self, worksheet, cells=self.cells(worksheet), columns=columns, tab=tab))
        return self.sheets[-1]

    def cells(self, worksheet: Any) -> CellWriter:  # noqa: ANN401 - xlsxwriter has no types
        """What writes the cells of a worksheet."""
        return HeldCells(worksheet)


class HeldWorkbook(WorkbookWriter):
    """A workbook in memory."""

    def close(self) -> bytes:
        """Finish the workbook and return its bytes."""
        self.file.close()
        return self.buffer.getvalue()
