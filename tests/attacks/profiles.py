"""Attacks on the scoring profile that the manifest of a template carries."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from tests.attacks.kit import BOOK, parts_of, replaced

if TYPE_CHECKING:
    from tests.attacks.collected import Collect

_NAMED: Final = '名称 = "甲"\n'
HOSTILE: Final = {
    "600 brackets": _NAMED + "x = " + "[" * 600,
    "600 brackets closed": _NAMED + "x = " + "[" * 600 + "]" * 600,
    "tables within tables": _NAMED + "x = " + "{a=" * 600 + "1" + "}" * 600,
    "a key of many parts": _NAMED + ".".join("a" * 14_000) + " = 1",
    "entries below a head of many parts": _NAMED + "[" + ".".join("a" * 7_000) + "]\n" + "k = 1\n" * 2_000,
    "blanks behind a bracket": _NAMED + "[" + " " * 29_000,
    "blanks behind a key": _NAMED + "a" + " " * 29_000,
    "characters behind a bracket": _NAMED + "[" + "中" * 29_000,
    "characters and commas": _NAMED + "中," * 14_000,
    "escaped quotes": _NAMED + '\\"' * 14_000,
    "quotes": _NAMED + '"' * 29_000,
    "a text over two lines": _NAMED + 'a = ["""\n""", ' + "[" * 600,
    "many entries": _NAMED + "".join(f"k{number} = 1\n" for number in range(3_000)),
    "many heads": _NAMED + "[[a]]\n" * 4_000,
    "a number of 5,000 digits": _NAMED + "自年度 = " + "9" * 5_000,
    "a key of 29,000 characters": _NAMED + '"' + "等" * 29_000 + '" = 1',
    "wrong entries that are long": _NAMED + "".join(f'"{"等" * 140}{number}" = 1\n' for number in range(150)),
    "bands that are no numbers": _NAMED + '[执行率]\n算法 = "分档"\n档次 = [[nan, 10], [0, 0]]\n依据 = "乙"',
    "bands without end": _NAMED + '[执行率]\n算法 = "分档"\n档次 = [[inf, 10], [0, 0]]\n依据 = "乙"',
    "bands below nothing": _NAMED + '[执行率]\n算法 = "分档"\n档次 = [[100, 10], [0, -5]]\n依据 = "乙"',
    "points that are no number": _NAMED + '[执行率]\n分值 = nan\n依据 = "乙"',
    "a name that steers the terminal": '名称 = "甲\\u001b[31m"',
    "a name that turns the writing": '名称 = "甲\\u202e"',
    "a name of 29,000 characters": '名称 = "' + "甲" * 29_000 + '"',
    "a zero byte": _NAMED + "\0",
}
"""Texts that are no profile, and would cost time or depth to find that out."""
FORGED: Final = {
    "a lax profile under the name of a known one": _NAMED.replace("甲", "四川")
    + '[超额完成]\n比例 = 1000\n依据 = "乙"\n[等级]\n优 = 3\n良 = 2\n中 = 1\n依据 = "乙"',
    "a profile of another year": _NAMED
    + '自年度 = 2099\n[执行率]\n分值 = 20\n依据 = "乙"\n[指标分值]\n产出指标 = 40\n依据 = "乙"',
    "points of another kind": _NAMED + '[执行率]\n分值 = "10"\n依据 = "乙"',
    "a name of no profile": "某年某口径",
    "a text of signs nobody sees": "\u200b\u202e\u2066",
}


def collect(attack: Collect) -> None:
    """All of them: each is read, as what a profile says is no matter of reading."""
    for name, text in (HOSTILE | FORGED).items():
        attack(f"profile: {name}", lambda form, text=text: carrying(form, text), "read")


def carrying(form: bytes, profile: str) -> bytes:
    """The form with a profile in its manifest; the program's own forms have none in theirs."""
    sheets = parts_of(form)[BOOK].count(b"<sheet ")
    cells = "".join(
        f'<c r="{column}9999" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
        for column, text in zip("BCD", ("签发", "口径", _stored(profile)), strict=True)
    )
    row = f'<row r="9999">{cells}</row></sheetData>'
    return replaced(form, f"xl/worksheets/sheet{sheets}.xml", b"</sheetData>", row.encode())


def _stored(text: str) -> str:
    """A text as a cell stores it: what XML does not know is written as a number."""
    return "".join(sign if sign >= " " or sign == "\n" else f"_x{ord(sign):04X}_" for sign in text)
