"""Values and names as messages show them.

The text of a message is filled with values for a finding, and with cell references for the live
line of a template, so that department and bureau read the same sentence.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from xltool.expr.nodes import Field, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
BLANK = "空"
UNPARSED = "{field}填报“{filed}”，无法识别为{类型}，未参与核对。"
UNCOUNTED = "{field}填报“{filed}”是文本，表内公式没有计入，合计和比率因此不对。"
"""Messages of W-05 for an entry that is not a number, and for a number that no formula counts."""

_EXCEL_FORMATS = {Kind.MONEY: "0.00", Kind.AREA: "0.00", Kind.RATE: "0.00%"}
_DATE_FORMAT = "yyyy-mm-dd"
_HALVES = ("收入", "支出")
_NAMES = {
    Kind.RATE: "比率",
    Kind.DATE: "日期",
    Kind.COUNT: "整数",
    Kind.MONEY: "金额",
    Kind.AREA: "面积",
    Kind.SCORE: "分数",
}


def kind_name(kind: Kind) -> str:
    """The name of a kind, in a message that a value of it could not be read."""
    return _NAMES.get(kind, "数值")


def excel_format(kind: Kind) -> str | None:
    """The number format for TEXT() in a live message; None for texts, and for numbers that keep their decimals."""
    return _DATE_FORMAT if kind is Kind.DATE else _EXCEL_FORMATS.get(kind)


def show(value: float | str | None, kind: Kind) -> str:
    """A value as a message shows it, with its unit.

    >>> show(27.48, Kind.MONEY), show(1.25, Kind.RATE), show(10.0, Kind.SCORE), show(None, Kind.MONEY)
    ('27.48万元', '125.00%', '10分', '空')
    """
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return BLANK
    if isinstance(value, str):
        return value
    if kind is Kind.RATE:
        return f"{value:.2%}"
    if kind is Kind.MONEY or kind is Kind.AREA:
        return f"{_plain(value, 2)}{kind.unit}"
    return f"{_plain(value, 0)}{kind.unit or ''}"


def _plain(value: float, decimals: int) -> str:
    text = f"{round(value, 6):.6f}".rstrip("0")
    whole, _, fraction = text.partition(".")
    fraction = fraction.ljust(decimals, "0")
    return f"{whole}.{fraction}" if fraction else whole


def item_of(field: Field) -> str:
    """The line a field belongs to, with its column: 公务接待本年决算数; of 附件2's money the label alone: 基本支出."""
    half, _, part = field.key.partition("_")
    return part if half in _HALVES and part != "合计" else field.key.replace("_", "")


def line_of(field: Field) -> str:
    """The line a field belongs to, without its column: 公务接待."""
    return field.key.partition("_")[0]


def shorten(text: str, limit: int = 60) -> str:
    """A text on one line, cut off with … where it is too long for a message."""
    folded = " ".join(text.split())
    return folded if len(folded) <= limit else folded[: limit - 1] + "…"


def listing(names: Sequence[object], most: int) -> str:
    """The first names, joined by 、, and 等 where there are more.

    >>> listing(["甲", "乙"], 2), listing([3, 4, 5], 2)
    ('甲、乙', '3、4等')
    """
    return "、".join(map(str, names[:most])) + ("等" if len(names) > most else "")
