"""Texts as xlsxwriter takes them for texts."""

from __future__ import annotations


def literal(text: str) -> str:
    """A text that is written as one: from <r> to </r> xlsxwriter sees markup of its own, and writes it as it is.

    >>> literal("<r>a & b</r>"), literal("<r>")
    ('<r>a & b</r> ', '<r>')
    """
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text
