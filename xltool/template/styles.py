"""Cell formats of the templates: official look, inputs tinted, approved values green, all else locked."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

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
    Kind.COUNT: "0",
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
    "row": {"align": "left", "indent": 1},
    "note": {"align": "left", "border": 0, "font_size": 9.5},
    "foot": {"align": "right", "border": 0},
    "unit": {"align": "right", "border": 0},
    "anchor": {"bg_color": "#E7E6E6"},
}
PANEL: dict[str, dict[str, Any]] = {
    "panel_title": {"bold": True, "font_size": 11, "align": "left", "border": 0, "text_wrap": False},
    "panel_head": {"bold": True, "align": "center", "bg_color": "#DDEBF7", "border_color": "#9BC2E6"},
    "panel_code": {"align": "center", "font_size": 9, "border_color": "#BFBFBF"},
    "panel_text": {"align": "left", "font_size": 9, "border_color": "#BFBFBF"},
    "panel_count": {"align": "center", "font_size": 9, "font_color": "#7F7F7F", "border_color": "#BFBFBF"},
    "panel_score": {"align": "center", "font_size": 9, "num_format": "0.00", "border_color": "#BFBFBF"},
    "panel_summary": {"bold": True, "align": "left", "font_size": 11, "border_color": "#9BC2E6"},
    "panel_hint": {"align": "left", "font_size": 9, "font_color": "#7F7F7F", "border": 0, "text_wrap": False},
}
ALERTS = {
    Severity.ERROR: {"bg_color": "#FFC7CE", "font_color": "#9C0006"},
    Severity.WARNING: {"bg_color": "#FFEB9C", "font_color": "#7F6000"},
    Severity.INFO: {"bg_color": "#DDEBF7", "font_color": "#1F4E78"},
}


@dataclass(frozen=True, eq=False)
class Look:
    """Properties of a format; one object for all that are alike, so that it is found by itself."""

    properties: tuple[tuple[str, Any], ...]


@dataclass
class Styles:
    """Formats of one workbook, made once each."""

    workbook: Workbook
    _made: dict[Look, Format] = field(default_factory=dict)

    def label(self, style: str) -> Format:
        """Format of a printed label or a panel cell."""
        return self._make(_label(style))

    def value(self, kind: Kind, *, is_input: bool, bare: bool = False, small: bool = False) -> Format:
        """Format of a field; inputs are unlocked and tinted, `bare` ones stand in the foot.

        `small` leaves room for some lines of text in a table row.
        """
        return self._make(_value(kind, "input" if is_input else "calculated", bare=bare, small=small))

    def approved(self, kind: Kind, *, bare: bool = False) -> Format:
        """Format of an approved value: locked, in a colour of its own."""
        return self._make(_value(kind, "approved", bare=bare, small=False))

    def alert(self, severity: Severity) -> Format:
        """Conditional format of a violated check."""
        return self._make(_alert(severity))

    def _make(self, look: Look) -> Format:
        if look not in self._made:
            self._made[look] = self.workbook.add_format(dict(look.properties))
        return self._made[look]


@cache
def _label(style: str) -> Look:
    return _cell(LABELS.get(style) or PANEL[style])


@cache
def _value(kind: Kind, fill: str, *, bare: bool, small: bool) -> Look:
    align = "left" if kind is Kind.LONG_TEXT or bare else "center"
    look: dict[str, Any] = {"align": align, "num_format": NUMBER_FORMATS[kind]} | FILLS[fill]
    if kind is Kind.LONG_TEXT:
        look |= {"valign": "top", "font_size": 10}
    if small:
        look |= {"align": "left", "font_size": 9}
    if bare:
        look |= {"border": 0, "bottom": 4}
    return _cell(look)


@cache
def _alert(severity: Severity) -> Look:
    return _look(tuple(ALERTS[severity].items()))


def _cell(look: dict[str, Any]) -> Look:
    return _look(tuple(sorted((FONT | BODY | look).items())))


_look = cache(Look)
