"""Cell formats of the templates: inputs tinted and unlocked, approved values green, everything else locked."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from xltool.expr.nodes import Kind
from xltool.findings import Severity

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

# 宋体 is on every Windows with Excel or WPS; where it is missing, charset and family let the program
# fall back to another Chinese serif face.
FONT = {"font_name": "宋体", "font_charset": 134, "font_family": 3, "font_size": 10.5}
BODY = {"valign": "vcenter", "text_wrap": True, "border": 1}
INPUT_FILL = "#FFFCE8"
CALCULATED_FILL = "#F2F2F2"
APPROVED_FILL, APPROVED_INK = "#E2EFDA", "#1E5631"
FILLS: dict[str, dict[str, Any]] = {
    "input": {"locked": False, "bg_color": INPUT_FILL},
    "calculated": {"bg_color": CALCULATED_FILL},
    "approved": {"bg_color": APPROVED_FILL, "font_color": APPROVED_INK},
}

NUMBER_FORMATS = {
    Kind.COUNT: "General",
    Kind.MONEY: "#,##0.00",
    Kind.AREA: "#,##0.00",
    Kind.RATE: "0.00%",
    Kind.SCORE: "General",
    Kind.TEXT: "@",
    Kind.LONG_TEXT: "@",
    Kind.DATE: 'yyyy"年"m"月"d"日"',
    Kind.PHONE: "@",
}

LABELS: dict[str, dict[str, Any]] = {
    "title": {"font_name": "黑体", "font_size": 16, "bold": True, "align": "center", "border": 0},
    "mark": {"align": "left", "border": 0, "font_name": "黑体", "font_size": 12},
    "label": {"align": "center"},
    "side": {"align": "center"},
    "side_top": {"align": "center", "valign": "top"},
    "row": {"align": "left", "indent": 1},
    "note": {"align": "left", "border": 0, "font_size": 9.5},
    "foot": {"align": "right", "border": 0},
    "unit": {"align": "right", "border": 0},
    "anchor": {"bg_color": INPUT_FILL, "top": 0},
}
PANEL: dict[str, dict[str, Any]] = {
    "panel_title": {"bold": True, "font_size": 11, "align": "left", "border": 0, "text_wrap": False},
    "panel_head": {"bold": True, "align": "center", "bg_color": "#DDEBF7", "border_color": "#9BC2E6"},
    "panel_code": {"align": "center", "font_size": 9, "border_color": "#BFBFBF"},
    "panel_link": {"align": "center", "font_size": 9, "underline": 1, "border": 0},
    "panel_listed": {"align": "left", "font_size": 9, "border": 0},
    "panel_number": {"font_size": 6, "num_format": ";;;", "border": 0, "text_wrap": False},
    "panel_text": {"align": "left", "font_size": 9, "border_color": "#BFBFBF"},
    "panel_count": {"align": "center", "font_size": 9, "font_color": "#7F7F7F", "border_color": "#BFBFBF"},
    "panel_score": {"align": "center", "font_size": 9, "num_format": "0.00", "border_color": "#BFBFBF"},
    "panel_summary": {"bold": True, "align": "left", "font_size": 11, "border_color": "#9BC2E6"},
    "panel_hint": {"align": "left", "font_size": 9, "font_color": "#7F7F7F", "border": 0, "text_wrap": False},
    "panel_wrapped_hint": {"align": "left", "font_size": 9, "font_color": "#7F7F7F", "border": 0},
}
ALERTS = {
    Severity.ERROR: {"bg_color": "#FFC7CE", "font_color": "#9C0006"},
    Severity.WARNING: {"bg_color": "#FFEB9C", "font_color": "#7F6000"},
    Severity.INFO: {"bg_color": "#DDEBF7", "font_color": "#1F4E78"},
}

PROTECTION: Final = {
    **dict.fromkeys(
        ("format_columns", "format_rows", "insert_rows", "autofilter", "select_locked_cells", "select_unlocked_cells"),
        True,
    ),
    "objects": False,
    "scenarios": False,
}
"""What may be done on a protected form, as xlsxwriter takes it."""


@dataclass(frozen=True, eq=False)
class FormatProperties:
    """The properties of a format; equal properties are one object, so that formats are looked up by identity."""

    properties: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Look:
    """How the cell of a field differs from others."""

    bare: bool = False
    """It stands in the foot and has no frame."""
    small: bool = False
    """It is in a table row and holds several lines of text."""
    is_line: bool = False
    """It names a line of the form, as the printed labels above and below it do."""
    open_below: bool = False
    """It has no line below, since the thin row that closes its table belongs to it in print."""


@dataclass
class TemplateStyles:
    """The formats of one workbook, each added when first used."""

    workbook: Workbook
    _formats: dict[FormatProperties, Format] = field(default_factory=dict)

    def label(self, style: str) -> Format:
        """Format of a printed label or a panel cell."""
        return self._format(_label(style))

    def value(self, kind: Kind, fill: str, look: Look) -> Format:
        """Format of a field, with one of the fills."""
        return self._format(_value(kind, fill, look))

    def alert(self, severity: Severity) -> Format:
        """Conditional format of a violated check."""
        return self._format(_alert(severity))

    def _format(self, properties: FormatProperties) -> Format:
        if properties not in self._formats:
            self._formats[properties] = self.workbook.add_format(dict(properties.properties))
        return self._formats[properties]


@cache
def _label(style: str) -> FormatProperties:
    return _cell_properties(LABELS.get(style) or PANEL[style])


@cache
def _value(kind: Kind, fill: str, look: Look) -> FormatProperties:
    align = "left" if kind is Kind.LONG_TEXT or look.bare else "center"
    properties: dict[str, Any] = {"align": align, "num_format": NUMBER_FORMATS[kind]} | FILLS[fill]
    if kind is Kind.LONG_TEXT:
        properties |= {"valign": "top", "font_size": 10}
    if look.small:
        properties |= {"align": "left", "font_size": 9}
    if look.is_line:
        properties |= {"align": "left", "indent": 2}
    if look.bare:
        properties |= {"border": 0, "bottom": 4}
    if look.open_below:
        properties |= {"bottom": 0}
    return _cell_properties(properties)


@cache
def _alert(severity: Severity) -> FormatProperties:
    return _shared(tuple(ALERTS[severity].items()))


def _cell_properties(properties: dict[str, Any]) -> FormatProperties:
    return _shared(tuple(sorted((FONT | BODY | properties).items())))


_shared = cache(FormatProperties)
