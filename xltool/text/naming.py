"""Names of departments and projects in the form in which they are compared, between forms and between years."""

from __future__ import annotations

import re

from xltool.text.wording import fold_case

_CODE = re.compile(r"^\d{3,}[-—]?")
_NUMBERING = re.compile(r"^(?:[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[、.．)）](?!\d))+")


def plain(text: str) -> str:
    """A department's name for comparison: folded, without the budget code that some print before it.

    >>> plain("219-某市 水利局（本级）")
    '某市水利局(本级)'
    """
    return _CODE.sub("", fold_case(text)).rstrip("。.")


def title(text: str) -> str:
    """A project's name for comparison: folded, without code and numbering.

    >>> title("1、产业开发 专项")
    '产业开发专项'
    """
    return without_number(plain(text))


def without_number(text: str) -> str:
    """A name without its number in a list."""
    return _NUMBERING.sub("", text)
