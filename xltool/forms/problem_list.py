"""The list of problems in a returned copy: what writing it and reading it again have in common.

A department writes its explanation (整改说明) beside a problem. Each row holds an id in a hidden cell, so that the
explanation is matched with its finding however the list was moved, sorted or shortened.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RETURNED: Final = "xltool-returned"
"""The mark in the first row of a list; a sheet with it was not filed."""
NUMBER, SHEET, CELL, PROBLEM, ADVICE, RULE = "序号", "表", "单元格", "问题", "处理意见", "规则"
EXPLANATION: Final = "整改说明"
"""The column that the department fills in."""
_HEADS: Final = frozenset({PROBLEM, ADVICE, RULE, EXPLANATION})
"""Heads that stand in one row of a list, and in no form."""
_ID: Final = re.compile(r"\s*(\d{1,7}) ([0-9a-f]{16}) (\S{1,20})\s*")


class RowId(NamedTuple):
    """What the hidden cell of a row says: its number in the list, and the key and the rule of its finding."""

    number: str
    key: str
    rule: str

    def __str__(self) -> str:
        """The text of the hidden cell."""
        return " ".join(self)

    @classmethod
    def parse(cls, text: str) -> RowId | None:
        """The id that a text is; None for any other text."""
        match = _ID.fullmatch(text)
        return None if match is None else cls(*match.groups())


def heads_in(rows: Iterable[Mapping[int, str]]) -> tuple[int, dict[str, int]] | None:
    """The position of the row of heads among `rows`, and the column of each head; None where the rows have no heads.

    `rows` are the texts of a sheet by column.
    """
    for at, texts in enumerate(rows):
        columns = {text.strip(): column for column, text in texts.items()}
        if columns.keys() >= _HEADS:
            return at, columns
    return None
