"""Replace values of cells, texts and report lines by values that no clerk types but a rule may meet."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from benchmarks.fuzz.chance import TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.fuzz.chance import Dice
    from xltool.reader.model import Cell, Value

LONGEST: Final = 30_000
"""Characters of a hostile text: a cell holds 32,767."""
_NUMBERS: Final = (
    0.0, -0.0, -1.0, 1.0, 0.5, 1e-300, 5e-324, -5e-324, 1e-9, 0.1 + 0.2, 99.999999999, 100.0, 1e9,
    999999999999999.0, -999999999999999.0, 1e15, -1e15, 1e300, -1e300, 1.7976931348623157e308, 44561.0,
    2958466.0, 2023.0, 12345678901234567.0, 1.005, 0.995, 2.675,
)  # fmt: skip
_DATES: Final = (
    dt.date(1, 1, 1), dt.date(1900, 1, 1), dt.date(1900, 2, 28), dt.date(2024, 2, 29), dt.date(9999, 12, 31),
    dt.datetime.fromisoformat("1899-12-31T23:59:59.999999"), dt.datetime.fromisoformat("9999-12-31T23:59:59"),
)  # fmt: skip
_TRADE: Final = """
数量 部门整体 2023年 2023年度 全年 预算 执行率 完成 项目支出 三公经费 万元 亿元 元 % ％ 个 人次
不超过 不低于 达到 以上 其中 合计 增长 减少 较上年 ≥ ≤ ＞ ± 约 近 、 ， 。 ； ： （ ） “ ” 《 》
( ) [ ] 1 23 4.5 1,234.56 100 0 - —— ～ 一 十二 百分之九十 第一季度 12月底 满意度 优 良 无 已 未
得分 95分 某某局 管委会 农业农村局 1. 一、 （一） ①
"""
_WORDS: Final = (*_TRADE.split(), '"', "'", " ", "\u3000", "\n", "\t")
_HIDDEN: Final = (
    "\u200b",
    "\u200d",
    "\u200e",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\u00ad",
    "\u0301",
    "\u20dd",
    "\U000e0001",
    "\x07",
)
_UNITS: Final = (
    "元",
    "千元",
    "万元",
    "亿元",
    "万",
    "亿",
    "%",
    "％",
    "‰",
    "个百分点",
    "㎡",
    "人",
    "次",
    "辆",
    "分",
    "km",
    "µg/m³",
    "℃",
)
_SIGNS: Final = ("", "≥", "≤", ">", "<", "=", "≧", "不低于", "±", "约", "-", "－", "+", "（", "~")
_FULL_WIDTH: Final = str.maketrans("0123456789.,%-+()", "０１２３４５６７８９．，％－＋（）")
_CHINESE: Final = str.maketrans("0123456789.", "〇一二三四五六七八九点")


def mutated_cell(dice: Dice, cell: Cell) -> Cell:
    """The cell with another value, sometimes with another formula, state or format."""
    kind = dice.random()
    if kind < 0.04:
        return replace(cell, value=dice.choice(("#DIV/0!", "#REF!", "#N/A")), error=True)
    if kind < 0.08:
        return replace(cell, stored_formula=dice.choice((None, "1+1", "SUM(A1:A9)", "[1]x!A1", "(" * 60, "A" * 8_000)))
    if kind < 0.1:
        return replace(cell, number_format=dice.choice(("General", "@", "0%", "0.00", "yyyy")))
    return replace(cell, value=mutated(dice, cell.value), raw=None, error=False)


def mutated(dice: Dice, value: Value) -> Value:
    """Another value, derived from the old one or not."""
    kind = dice.randrange(8)
    if kind == 0:
        return dice.choice((*_DATES, True, False, None))
    if kind == 1:
        return dice.choice(_NUMBERS)
    if kind == 2 and isinstance(value, float):
        return value * dice.choice((-1, 10, 100, 1e4, 1e8, 1e-4, 1e-8, 1.0000001))
    if kind == 3:
        return written_number(dice)
    if kind == 4:
        return dice.choice(TEXTS)
    return mutated_text(dice, value if isinstance(value, str) else str(value))


def written_number(dice: Dice) -> str:
    """A number as people write it: signs, units, commas, widths."""
    digits = dice.choice(
        ("0", "7", "12.5", "1,234.56", "100", "0.0001", "98765432.1", "9" * 14, "９９", "１,２", "1.2.3", "1e5")
    )
    text = dice.choice(_SIGNS) + digits + dice.choice(("", *_UNITS)) * dice.choice((1, 1, 1, 2))
    change: Callable[[str], str] = dice.choice((str, lambda each: each.translate(_FULL_WIDTH), _in_chinese, _spaced))
    return change(text)


def mutated_text(dice: Dice, text: str) -> str:
    """A text after one change; at most `LONGEST` characters."""
    return dice.choice(_CHANGES)(dice, text)[:LONGEST]


def mutated_lines(dice: Dice, lines: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines of a report after a few changes: texts, order, lines left out or doubled."""
    changed = list(lines)
    for _ in range(1 + dice.randrange(4)):
        at = dice.randrange(len(changed))
        number, text = changed[at]
        kind = dice.randrange(8)
        if kind == 0 and len(changed) > 1:
            del changed[at]
        elif kind == 1:
            changed[at:at] = [(number, text)] * dice.choice((1, 2, 50))
        elif kind == 2:
            other = dice.randrange(len(changed))
            changed[at], changed[other] = changed[other], changed[at]
        else:
            changed[at] = number, mutated_text(dice, text)
    return [(number, text) for number, (_, text) in enumerate(changed, start=1)]


def _soup(dice: Dice, _: str) -> str:
    """Words of these forms in random order."""
    return "".join(dice.choice(_WORDS) for _ in range(dice.choice((3, 20, 200, 3_000))))


def _repeated(dice: Dice, text: str) -> str:
    piece = dice.choice((text[:40] or "无", dice.choice(_WORDS), dice.choice(_WORDS) + dice.choice(_WORDS)))
    return piece * dice.choice((2, 5, 40, 500, LONGEST // max(1, len(piece))))


def _numbers_changed(dice: Dice, text: str) -> str:
    return "".join(dice.choice("0123456789") if sign.isascii() and sign.isdigit() else sign for sign in text)


def _hidden(dice: Dice, text: str) -> str:
    sign = dice.choice(_HIDDEN)
    if dice.random() < 0.3:
        return sign.join(text)
    at = dice.randrange(len(text) + 1)
    return text[:at] + sign * dice.choice((1, 3, 200)) + text[at:]


def _inserted(dice: Dice, text: str) -> str:
    at = dice.randrange(len(text) + 1)
    return text[:at] + dice.choice((*_WORDS, *TEXTS)) + text[at:]


def _cut(dice: Dice, text: str) -> str:
    at, end = sorted((dice.randrange(len(text) + 1), dice.randrange(len(text) + 1)))
    return text[:at] + text[end:]


def _unbalanced(dice: Dice, text: str) -> str:
    return dice.choice("“”《》（）()[]\"'‘’【】{}") * dice.choice((1, 2, 60, 3_000)) + text


def _dated(dice: Dice, _: str) -> str:
    year = dice.choice(("0000", "0001", "1899", "9999", "10000", "20230", "二〇二三", "２０２３", "-1"))
    return f"{year}年{dice.choice((0, 1, 12, 13, 99))}月{dice.choice((0, 1, 29, 31, 32, 99))}日"


def _in_chinese(text: str) -> str:
    return text.translate(_CHINESE)


def _spaced(text: str) -> str:
    return "\u3000".join(text)


def _form(dice: Dice, text: str) -> str:
    form = dice.choice(("NFC", "NFD", "NFKC", "NFKD"))
    return unicodedata.normalize(form, text + dice.choice(("", "é", "ﾊﾞ", "각", "㎡", "①", "Å")))  # type: ignore[arg-type] # of four


def _wide(dice: Dice, text: str) -> str:
    return text.translate(dice.choice((_FULL_WIDTH, _CHINESE)))


def _united(dice: Dice, text: str) -> str:
    """The text with one unit replaced by another."""
    old, new = dice.sample(("万元", "亿元", "元", "%", "个百分点", "人", "年"), 2)
    return text.replace(old, new)


def _sentence(dice: Dice, text: str) -> str:
    """The text with a sentence of figures added."""
    words = dice.choice(("支出", "预算", "公务接待", "满意度达到", "完成率", "数量指标", "得分", "较上年增长"))
    return f"{text}。{words}{written_number(dice)}，{dice.choice(_WORDS)}{written_number(dice)}。"


_CHANGES: Final[tuple[Callable[[Dice, str], str], ...]] = (
    _soup, _repeated, _numbers_changed, _numbers_changed, _hidden, _inserted, _inserted, _cut, _cut, _unbalanced,
    _dated, _form, _wide, _united, _sentence, _sentence,
)  # fmt: skip
