"""Cells of a roster as texts, codes, amounts and counts; what cannot be read is noted with row and column."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from xltool.reader.notation.cells import parse_number
from xltool.reader.notation.tokens import State, display, shows_percent

if TYPE_CHECKING:
    from xltool.roster.layout import Problems, RosterRow, RosterTable
    from xltool.roster.source import Entry

EXACT_DIGITS = 15
"""Digits a spreadsheet keeps of a number."""
_QUOTED = re.compile(r'^="(.*)"$')
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?E\+\d+$", re.IGNORECASE)
_ZEROS = re.compile(r"^0+$")
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Cells:
    """The cells of one row; every reading notes what is wrong and then gives the empty value."""

    table: RosterTable
    row: RosterRow
    problems: Problems

    def wrong(self, key: str, text: str) -> None:
        """Note an error at a cell of this row."""
        self.problems.add(self.table, self.row.number, key, text)

    def _entry(self, key: str) -> Entry | None:
        entry = self.row.cells.get(key)
        if entry is not None and entry.problem:
            self.wrong(key, entry.problem)
            return None
        return entry

    def text(self, key: str) -> str:
        """A text as typed, with its white space made single spaces; "" where blank."""
        entry = self._entry(key)
        return "" if entry is None else re.sub(r"\s+", " ", _shown(entry)).strip()

    def code(self, key: str) -> str:
        """A code: full-width digits folded, no spaces; a number is read as its digits, with the zeros it shows."""
        entry = self._entry(key)
        if entry is None:
            return ""
        value = entry.value
        if isinstance(value, float) and not isinstance(value, bool) and value.is_integer() and value >= 0:
            digits = f"{value:.0f}"
            if len(digits) > EXACT_DIGITS:
                self.wrong(key, f"编码有 {len(digits)} 位却存成了数字，末尾几位已经失真，请改为文本后重新录入")
                return ""
            return digits.zfill(len(entry.number_format)) if _ZEROS.match(entry.number_format) else digits
        text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", _shown(entry)))
        text = _QUOTED.sub(r"\1", text).lstrip("'")
        if _SCIENTIFIC.match(text):
            self.wrong(key, f"编码成了科学计数法“{text}”，原来的数字已经丢失，请改为文本后重新录入")
            return ""
        return text

    def amount(self, key: str) -> float | None:
        """An amount in 万元, two decimals; None where blank. Negative and unreadable ones are errors."""
        entry = self._entry(key)
        if entry is None:
            return None
        parsed = parse_number(entry.value, unit="万元")
        if parsed.state is State.UNPARSED:
            self.wrong(key, f"“{_shown(entry)}”不能读作金额，应填数字（万元）")
            return None
        if not isinstance(parsed.value, float):
            return None
        own_unit = isinstance(entry.value, str) and "元" in entry.value
        value = parsed.value if own_unit else parsed.value * self.table.factors.get(key, 1.0)
        if value < 0:
            self.wrong(key, f"金额 {display(value)}万元 是负数，应不小于 0")
            return None
        return float(Decimal(repr(round(value, 9))).quantize(_CENT, ROUND_HALF_UP))

    def count(self, key: str) -> int | None:
        """A number of persons; None where blank. What is no whole number from 0 on is an error."""
        entry = self._entry(key)
        if entry is None:
            return None
        parsed = parse_number(entry.value, unit="人")
        if parsed.state in {State.BLANK, State.NOT_APPLICABLE}:
            return None
        if not isinstance(parsed.value, float) or parsed.value < 0 or not parsed.value.is_integer():
            self.wrong(key, f"“{_shown(entry)}”应为不小于 0 的整数（人）")
            return None
        return int(parsed.value)

    def points(self, key: str) -> float | None:
        """A weight above 0; anything else is an error."""
        if key not in self.row.cells:
            self.wrong(key, "没有填写，应为大于 0 的数字")
            return None
        entry = self._entry(key)
        if entry is None:
            return None
        parsed = parse_number(entry.value, unit="分")
        if not isinstance(parsed.value, float) or parsed.value <= 0:
            self.wrong(key, f"“{_shown(entry)}”应为大于 0 的数字")
            return None
        return parsed.value


def _shown(entry: Entry) -> str:
    """A value as its cell shows it."""
    value = entry.value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{display(round(value * 100, 9))}%" if shows_percent(entry.number_format) else display(value)
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return value or ""
