"""Numbers in sentences: how they are written."""

from __future__ import annotations

import re
from typing import Final

from xltool.text.lazy_pattern import lazy_pattern

MONEY: Final = "万元"
AMOUNT: Final = lazy_pattern(
    lambda: re.compile(
        r"(?P<before>大?约为?|接?近|突破|超过?|逾|不足|不低于|不少于|不超过)?"
        r"(?P<number>(?<![\d.A-Za-z])(?:\d{1,3}(?:[,，]\d{3}){1,8}(?![0-9])|\d+)(?:\.\d+)?)(?P<inner>[余多])?"
        r"(?P<unit>(?:[百千]?万|[百十千]|亿)?元整?|[万亿](?![一-鿿])|%|‰|个?百分点|分(?![之别类管工])|[人名](?!次)|个(?!月|百分))"
        r"(?P<after>左右|以[上下内]|[余多])?"
    )
)
_BOUNDS: Final = (("约左", "约"), ("近", "近"), ("突超逾低少余多上", "超"), ("足不下内", "不足"))


def bound_of(match: re.Match[str]) -> str:
    """How a number matched by AMOUNT is meant: "" exactly, else 约, 近, 超 or 不足."""
    words = "".join(match[group] or "" for group in ("before", "inner", "after"))
    if "不超" in words:
        return "不足"
    return next((bound for signs, bound in _BOUNDS if any(sign in words for sign in signs)), "")
