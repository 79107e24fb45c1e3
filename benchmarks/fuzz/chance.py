"""Values that are likely to break readers, and random choices among them."""

from __future__ import annotations

import random
from typing import Final

Dice = random.Random

NUMBERS: Final = (
    "0", "-0", "-1", "1", "2", "255", "256", "32767", "32768", "65535", "65536", "1048576", "1048577", "16384",
    "2147483647", "2147483648", "-2147483649", "4294967295", "18446744073709551616", "9" * 30, "9" * 400, "9" * 5_000,
    "1e9", "1e308", "1e309", "-1e309", "1e-320", "nan", "NaN", "-NaN", "inf", "-Infinity", "0x10", "1_000", "١٢", "１２",
    "²", "Ⅷ", "1.", ".5", "+3", "--3", "1,234", "1.7976931348623157e308", "44561", "-44561", "2958466", "60", "0.99999999999",
)  # fmt: skip
"""Numbers as files spell them, and texts that are no numbers."""
REFERENCES: Final = (
    "A1", "A0", "$A$0", "A-1", "XFD1048576", "XFE1", "ZZZ1", "A1048577", "A99999999", "AAAA1", "1A", "A", "1", "A1:A1",
    "A1:XFD1048576", "XFD1048576:A1", "A1:B", "B2:A1", "A:A", "1:1", "A1:A9999999", "A1 B2 C3", "Sheet1!A1", "#REF!",
    "$B$5:$B$1048576", "$B$1:$B$99999999", "$ZZZ$1", "'附件1'!$C$5", "'附件1'!$C$0", "附件1!$C$5:$C$1048577", "R1C1", "a1",
    "A" + "1" * 5_000, "'附件2'!$A$" + "9" * 4_400,
)  # fmt: skip
TEXTS: Final = (
    "", " ", "　", "\t", "\n", "——", "/", "无", "0", "100%", "≥95%", "3亿元", "5000元", "（3）", "1.2.3", "十二", "2024年2月30日",
    "2024年6月12日", "12月底之前完成", "90%-95%", "±10%", "=1+1", "=cmd|'/c calc'!A1", "_x0000_", "_x001B_[31m", "_xD800_",
    "_xFFFF_", "\u202e", "\u200b", "\ufeff", "\ufffe", "😀", "附件1", "附件2", "2023年度部门整体支出绩效自评表", "编制数", "三公经费",
    "一级指标", "得分", "总分", "部门名称", "年度资金总额", "单位：元", "（单位：亿元）", "长" * 33_000, "9" * 32_767, "千" * 40, "1e400",
    "{field}", "{}", "%s", "]]>", "<b>", "TRUE", "#DIV/0!", "null", "2023", "1900-01-00", "9999-12-31T24:00:00", "P1D", "-1",
    "PT" + "9" * 400 + "H", "'", '"', "“”", "“" * 30, "{" * 30, "(" * 60, "、" * 60, "1、" * 60, "-" * 60,
)  # fmt: skip


def value(dice: Dice) -> str:
    """A value for an attribute or a text."""
    return dice.choice(dice.choice((NUMBERS, REFERENCES, TEXTS)))


def picked_bytes(dice: Dice, data: bytes) -> bytes:
    """The bytes with a few of them changed, cut, doubled or moved."""
    if not data:
        return data
    at = dice.randrange(len(data))
    size = min(dice.choice((1, 1, 2, 4, 8, 64, 512)), len(data) - at)
    kind = dice.randrange(7)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + data[at + size :]
    if kind == 2:
        return data[:at] + data[at : at + size] * dice.choice((2, 3, 20)) + data[at + size :]
    if kind == 3:
        return data[:at] + dice.choice((b"\0", b"\xff", b"\x80")) * size + data[at + size :]
    if kind == 4:
        return data[:at] + dice.randbytes(size) + data[at + size :]
    if kind == 5:
        other = dice.randrange(len(data))
        return data[:at] + data[other : other + size] + data[at + size :]
    return data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :]
