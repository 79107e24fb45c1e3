"""Numbers and rates as people type them, with the repairs that reading them takes."""

from __future__ import annotations

import math
import re
from datetime import date

import pytest

from tests.reader.notation.typed import codes
from xltool.reader.notation.cells import Parsed, parse_date, parse_number, parse_rate, parse_text
from xltool.reader.notation.quantity import parse_quantity
from xltool.reader.notation.tokens import CellValue, State

MARKERS = ("——", "—", "-", "－", "/", "／", "无", "……", "…", "不适用", "N/A", "n/a", "Ｎ／Ａ", "　——　", "无。")
BLANKS = (None, "", " ", "　", "\u00a0", "\t", " \t　\u00a0\n", "\u200b", "\ufeff ")
NUMBERS: list[tuple[CellValue, str | None, float, int | None, list[str]]] = [
    # as filed in the seed
    ("　12", "人", 12, 0, ["T-01"]),
    ("27.48　", "万元", 27.48, 2, ["T-01"]),
    ("  18.61　", "万元", 18.61, 2, ["T-01"]),
    ("10716.16", "万元", 10716.16, 2, []),
    ("0", "万元", 0, 0, []),
    ("10分", "分", 10, 0, ["A2-14"]),
    ("　10", "分", 10, 0, ["T-01"]),
    # numbers that are numbers
    (15, "人", 15, None, []),
    (996.72, "万元", 996.72, None, []),
    (-3, "万元", -3, None, []),
    # T-01
    ("１２．５", "万元", 12.5, 1, ["T-01"]),
    ("12\u00a0", "万元", 12, 0, ["T-01"]),
    ("\u200b12", "万元", 12, 0, ["T-01"]),
    ("−5", "万元", -5, 0, ["T-01"]),
    ("－5", "万元", -5, 0, ["T-01"]),
    (" 12 ", "万元", 12, 0, []),
    ("+5", "万元", 5, 0, []),
    (".5", "万元", 0.5, 1, []),
    # T-02
    ("1,200", "万元", 1200, 0, ["T-02"]),
    ("1，200.50", "万元", 1200.5, 2, ["T-02"]),
    ("1,234,567.89", "万元", 1234567.89, 2, ["T-02"]),
    ("(1,200.50)", "万元", -1200.5, 2, ["T-02", "T-02"]),
    ("（50）", "万元", -50, 0, ["T-01", "T-02"]),
    # T-05
    ("'260.00", "万元", 260, 2, ["T-05"]),
    ("‘12", "人", 12, 0, ["T-05"]),
    ("7.50.", "分", 7.5, 2, ["T-05"]),
    ("12。", "万元", 12, 0, ["T-05"]),
    ("12万元。", "万元", 12, 0, ["T-05", "T-10"]),
    # T-10
    ("256.79万元", "万元", 256.79, 2, ["T-10"]),
    ("256.79 万元", "万元", 256.79, 2, ["T-10"]),
    ("3亿元", "万元", 30000, 0, ["T-10"]),
    ("3.5亿", "万元", 35000, 0, ["T-10"]),
    ("1200万", "万元", 1200, 0, ["T-10"]),
    ("5000元", "万元", 0.5, 4, ["T-10"]),
    ("72890元", "万元", 7.289, 4, ["T-10"]),
    ("12人", "人", 12, 0, ["T-10"]),
    ("12名", "人", 12, 0, ["T-10"]),
    ("120平方米", "㎡", 120, 0, ["T-10"]),
    ("3亩", "㎡", 2000, None, ["T-10"]),
    ("十二", "人", 12, 0, ["T-10"]),
    ("三百五十", "人", 350, 0, ["T-10"]),
    ("两千", "万元", 2000, 0, ["T-10"]),
    ("壹万贰仟", "万元", 12000, 0, ["T-10"]),
    ("壹万贰仟元整", "万元", 1.2, 4, ["T-10", "T-10"]),
    ("零", "人", 0, 0, ["T-10"]),
]


@pytest.mark.parametrize(("raw", "unit", "value", "decimals", "rules"), NUMBERS)
def test_number(raw: CellValue, unit: str | None, value: float, decimals: int | None, rules: list[str]) -> None:
    """A number comes out in the field's unit, with its printed decimals and exactly the repairs it took."""
    parsed = parse_number(raw, unit=unit)
    assert (parsed.value, parsed.state, parsed.unit) == (value, State.FILLED, unit)
    assert isinstance(parsed.value, float)
    assert parsed.decimals == decimals
    assert codes(parsed.repairs) == rules
    assert all(re.search(r"[一-鿿]", repair.note) for repair in parsed.repairs)


UNREADABLE: list[CellValue] = [
    "12个",
    "12%",
    "1,2000",
    "1234,567",
    "1,20",
    "0,200",
    "1 200",
    "12 13",
    "1.2.3",
    "7..5",
    "1e5",
    "nan",
    "inf",
    "#DIV/0!",
    "￥1200",
    "约12",
    "≥12",
    "10²",
    "⑴",
    "①",
    "(12",
    "(-12)",
    "()",
    ".",
    "9" * 400,
    "一千二",
    "二四",
    "万元",
    "12万元左右",
    "见附件",
    "2024年6月12日",
    True,
    False,
    math.nan,
    math.inf,
    -math.inf,
    10**400,
    date(2024, 6, 12),
]


@pytest.mark.parametrize("raw", UNREADABLE, ids=lambda raw: str(raw)[:20])
def test_number_not_understood(raw: CellValue) -> None:
    """Another dimension, prose, wrong groups and anything that would need a guess stay unparsed."""
    assert parse_number(raw, unit="万元") == Parsed(None, State.UNPARSED, "万元")


@pytest.mark.parametrize("raw", BLANKS)
def test_blank(raw: CellValue) -> None:
    """Nothing but spaces, of whatever kind, is blank for every reader."""
    readings = (parse_number(raw, unit="万元"), parse_rate(raw, None), parse_date(raw), parse_text(raw))
    assert [reading.state for reading in readings] == [State.BLANK] * 4
    assert parse_quantity(raw).kind == "blank"


@pytest.mark.parametrize("raw", MARKERS)
def test_marker(raw: str) -> None:
    """A mark for "nothing to report" is not applicable, without a repair."""
    readings = (parse_number(raw, unit="万元"), parse_rate(raw, None), parse_date(raw), parse_text(raw))
    assert [(reading.value, reading.state, reading.repairs) for reading in readings] == [
        (None, State.NOT_APPLICABLE, ()),
    ] * 4
    assert parse_quantity(raw).kind == "blank"


def test_a_field_without_unit_takes_the_typed_one() -> None:
    """Where the form names no unit, the one that was typed is reported."""
    assert parse_number("15个", unit=None).unit == "个"
    assert parse_number("15", unit=None).unit is None
    assert parse_number("15、16", unit=None).state is State.UNPARSED


RATES: list[tuple[CellValue, float | None, float, int | None, list[str]]] = [
    ("125%　", 1.25, 1.25, 2, ["T-01"]),
    ("125%", None, 1.25, 2, []),
    ("125.0%", None, 1.25, 3, []),
    ("86%", None, 0.86, 2, []),
    ("100.00%", None, 1.0, 4, []),
    ("86％", None, 0.86, 2, ["T-01"]),
    ("1.25%", 1.25, 0.0125, 4, []),
    ("100百分比", None, 1.0, 2, []),
    (1.25, 1.25, 1.25, None, []),
    (1.25, None, 1.25, None, []),
    (125, 1.25, 1.25, None, ["T-04"]),
    ("125", 1.25, 1.25, 2, ["T-04"]),
    ("125", None, 1.25, 2, ["T-04"]),
    ("1.25", 1.25, 1.25, 2, ["T-04"]),
    ("100", 1.0, 1.0, 2, ["T-04"]),
    ("1", 1.0, 1.0, 0, ["T-04"]),
    ("1", 0.01, 0.01, 2, ["T-04"]),
    ("76", 0.76, 0.76, 2, ["T-04"]),
    ("76", 0.768, 0.76, 2, ["T-04"]),  # truncated
    ("3.63", 0.03636, 0.0363, 4, ["T-04"]),  # truncated, a real filing
    ("3", None, 3.0, 0, ["T-04"]),
    ("3", 0.5, 3.0, 0, ["T-04"]),
    ("6", None, 0.06, 2, ["T-04"]),
    (-34.41, -0.3441, -0.3441, None, ["T-04"]),
    ("0", 0.5, 0.0, 0, []),
    ("1,250%", None, 12.5, 2, ["T-02"]),
]


@pytest.mark.parametrize(("raw", "expected", "value", "decimals", "rules"), RATES)
def test_rate(raw: CellValue, expected: float | None, value: float, decimals: int | None, rules: list[str]) -> None:
    """A rate is a fraction; only a bare number is interpreted, and by the recomputed rate."""
    parsed = parse_rate(raw, expected)
    assert (parsed.value, parsed.state, parsed.decimals) == (value, State.FILLED, decimals)
    assert codes(parsed.repairs) == rules


def test_rate_in_a_percent_cell() -> None:
    """What Excel shows as 1.25 % is not taken for 125 %, nor the other way about."""
    assert parse_rate(125, 1.25, number_format="0.00%") == Parsed(125.0, State.FILLED)
    assert parse_rate(0.01, 1.0, number_format="0%") == Parsed(0.01, State.FILLED)


@pytest.mark.parametrize("raw", ["12个", "约80%", "九成", "百分之五", True, math.nan, date(2024, 1, 1)])
def test_rate_not_understood(raw: CellValue) -> None:
    """A rate with another unit or in words is unparsed."""
    assert parse_rate(raw, 1.0).state is State.UNPARSED
