"""What people type is read as meant, said to be repaired where it was, and left alone where it is not understood."""

from __future__ import annotations

import math
import re
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xltool.reader.notation.cells import (
    CellValue,
    Parsed,
    Quantity,
    Repair,
    State,
    comparable,
    in_base,
    parse_date,
    parse_number,
    parse_quantity,
    parse_rate,
    parse_text,
)
from xltool.reader.notation.tokens import chinese_number
from xltool.reader.notation.units import MULTIPLIERS, UNITS, find_unit

MARKERS = ("——", "—", "-", "－", "/", "／", "无", "……", "…", "不适用", "N/A", "n/a", "Ｎ／Ａ", "　——　", "无。")
BLANKS = (None, "", " ", "　", "\u00a0", "\t", " \t　\u00a0\n", "\u200b", "\ufeff ")


def codes(repairs: tuple[Repair, ...]) -> list[str]:
    """The catalogue codes alone."""
    return [repair.rule for repair in repairs]


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


DATES: list[tuple[CellValue, str, list[str]]] = [
    ("2024年6月12日", "2024-06-12", []),
    ("2019年06月18日", "2019-06-18", []),
    ("2021年3月10日", "2021-03-10", []),
    ("2021-03-10", "2021-03-10", []),
    (date(2024, 6, 12), "2024-06-12", []),
    (datetime(2024, 6, 12, 9, 30, tzinfo=UTC), "2024-06-12", []),
    ("　2024年6月12日", "2024-06-12", ["T-01"]),
    ("2024年6月12日。", "2024-06-12", ["T-05"]),
    ("2024年6月12号", "2024-06-12", ["T-07"]),
    ("2024 年 6 月 12 日", "2024-06-12", ["T-07"]),
    ("2023年12月", "2023-12", ["T-07"]),
    ("2023.12", "2023-12", ["T-07"]),
    ("2023.12.5", "2023-12-05", ["T-07"]),
    ("2024/6/12", "2024-06-12", ["T-07"]),
    ("2024-6-12", "2024-06-12", ["T-07"]),
    ("2024-06-12 00:00:00", "2024-06-12", ["T-07"]),
    ("20240612", "2024-06-12", ["T-07"]),
    ("２０２４．６．１２", "2024-06-12", ["T-01", "T-07"]),
    ("二〇二四年六月十二日", "2024-06-12", ["T-07"]),
    ("二○二四年十二月三十一日", "2024-12-31", ["T-07"]),
    ("二O二四年六月", "2024-06", ["T-07"]),
    (45455.0, "2024-06-12", ["T-07"]),
    (36526, "2000-01-01", ["T-07"]),
    (73050, "2099-12-31", ["T-07"]),
    (20240612, "2024-06-12", ["T-07"]),
    (2023.12, "2023-12", ["T-07"]),
]


@pytest.mark.parametrize(("raw", "value", "rules"), DATES)
def test_date(raw: CellValue, value: str, rules: list[str]) -> None:
    """Every way dates are written gives the ISO date; only the unusual ones are remarked on."""
    parsed = parse_date(raw)
    assert (parsed.value, parsed.state, codes(parsed.repairs)) == (value, State.FILLED, rules)


@pytest.mark.parametrize(
    "raw",
    [
        "2024年2月30日",
        "2023.13",
        "2023.1.2.3",
        "2024-06.12",
        "24年6月12日",
        "20241301",
        "45455",
        "1066年1月1日",
        "二〇二四年六月四十日",
        "年月日",
        "6月12日",
        2023.1,
        36525,
        73051,
        45455.5,
        True,
        math.nan,
    ],
)
def test_date_not_understood(raw: CellValue) -> None:
    """A date the calendar does not have, or of which a part is missing, is unparsed."""
    assert parse_date(raw) == Parsed(None, State.UNPARSED)


TEXTS: list[tuple[CellValue, str]] = [
    ("　岳阳市君山产业开发区管委会 ", "岳阳市君山产业开发区管委会"),
    ("\u200b\u00a0第一行\n　第二行\t\r\n", "第一行\n　第二行"),
    (5.0, "5"),
    (5, "5"),
    (0.1, "0.1"),
    (7300000000.0, "7300000000"),
    (1e22, "10000000000000000000000"),
    (-0.0, "0"),
    ("１２", "１２"),
    (date(2024, 6, 12), "2024-06-12"),
]


@pytest.mark.parametrize(("raw", "value"), TEXTS)
def test_text(raw: CellValue, value: str) -> None:
    """A text loses its padding and nothing else; a number reads as it is shown."""
    assert parse_text(raw) == Parsed(value, State.FILLED)


@pytest.mark.parametrize("raw", [True, math.nan, math.inf])
def test_text_not_understood(raw: CellValue) -> None:
    """Truth values and what is not a number are no text."""
    assert parse_text(raw) == Parsed(None, State.UNPARSED)


def number(op: str | None, value: float, unit: str | None = None, *rules: str) -> tuple[object, ...]:
    """The expected reading of a plain quantity."""
    return (op, value, None, unit, "percent" if unit == "%" else "number", [*rules])


def between(value: float, high: float, unit: str | None, *rules: str) -> tuple[object, ...]:
    """The expected reading of a range."""
    return ("range", value, high, unit, "percent" if unit == "%" else "number", [*rules, "T-08"])


def words(kind: str = "text", *rules: str) -> tuple[object, ...]:
    """The expected reading of what has no value."""
    return (None, None, None, None, kind, [*rules])


QUANTITIES: dict[CellValue, tuple[object, ...]] = {
    # the seed
    "15个": number(None, 15, "个"),
    "7家": number(None, 7, "家"),
    "92.4亿元": number(None, 92.4, "亿元"),
    "1200万元": number(None, 1200, "万元"),
    "10716.16": number(None, 10716.16),
    "100分": number(None, 100, "分"),
    # domain notes, E.4 and E.5
    "≥50个": number(">=", 50, "个"),
    "≧735": number(">=", 735, None, "T-09"),
    "＝3": number("=", 3, None, "T-09"),
    "﹦3": number("=", 3, None, "T-09"),
    "═3": number("=", 3, None, "T-09"),
    "=8个": number("=", 8, "个"),
    "≤202.6万元": number("<=", 202.6, "万元"),
    "≥100百分比": number(">=", 1, "%"),
    "100%": number(None, 1, "%"),
    "100.00%": number(None, 1, "%"),
    "100": number(None, 100),
    "1": number(None, 1),
    "86%": number(None, 0.86, "%"),
    "±10%": between(-0.1, 0.1, "%"),
    "0起": number(None, 0, "起"),
    "0": number(None, 0),
    "7.50.": number(None, 7.5, None, "T-05"),
    "72890元": number(None, 72890, "元"),
    "12月底之前完成": words("date"),
    "2019年06月18日": words("date"),
    "95%-100%": between(0.95, 1, "%"),
    "≥95%以上": number(">=", 0.95, "%"),
    "290%": words("text", "T-06"),
    "W100%": words("text", "T-06"),
    "Q100%": words("text", "T-06"),
    "次26次": words("text", "T-06"),
    "200%": number(None, 2, "%"),
    # real filings elsewhere
    "≥266米": number(">=", 266, "米"),
    "2026400元": number(None, 2026400, "元"),
    "2859篇": number(None, 2859, "篇"),
    "132.9": number(None, 132.9),
    # operators
    ">=95%": number(">=", 0.95, "%", "T-09"),
    "》=95%": number(">=", 0.95, "%", "T-09"),
    "＞＝95%": number(">=", 0.95, "%", "T-09"),
    "<=3": number("<=", 3, None, "T-09"),
    "≦3": number("<=", 3, None, "T-09"),
    "＞3": number(">", 3, None, "T-09"),
    "﹥3": number(">", 3, None, "T-09"),
    "＜3": number("<", 3, None, "T-09"),
    "﹤3": number("<", 3, None, "T-09"),
    "> 3": number(">", 3),
    "≥ 90 %": number(">=", 0.9, "%"),
    "不低于95%": number(">=", 0.95, "%"),
    "不少于3次": number(">=", 3, "次"),
    "大于等于3": number(">=", 3),
    "至少3场": number(">=", 3, "场"),
    "95%以上": number(">=", 0.95, "%"),
    "50个及以上": number(">=", 50, "个"),
    "不超过3%": number("<=", 0.03, "%"),
    "不高于3%": number("<=", 0.03, "%"),
    "小于等于3": number("<=", 3),
    "控制在5%以内": number("<=", 0.05, "%"),
    "5天以内": number("<=", 5, "天"),
    "3%以下": number("<=", 0.03, "%"),
    "大于3": number(">", 3),
    "超过20亿元": number(">", 20, "亿元"),
    "突破92.4亿元": number(">", 92.4, "亿元"),
    "小于3": number("<", 3),
    "低于3%": number("<", 0.03, "%"),
    "约3.5亿元": number(None, 3.5, "亿元"),
    "约为3.5亿元": number(None, 3.5, "亿元"),
    "近100人": number(None, 100, "人"),
    "≤95%以上": words(),
    "控制在5%": words(),
    # ranges
    "90-95%": between(0.9, 0.95, "%"),
    "90%~95%": between(0.9, 0.95, "%"),
    "90%～95%": between(0.9, 0.95, "%"),
    "90%－95%": between(0.9, 0.95, "%", "T-01"),
    "90%—95%": between(0.9, 0.95, "%"),
    "3至5个": between(3, 5, "个"),
    "-5%~5%": between(-0.05, 0.05, "%"),
    "±5%以内": between(-0.05, 0.05, "%"),
    "95%-90%": words(),
    "3个-5家": words(),
    "≥90%-95%": words(),
    # other repairs
    "１５个": number(None, 15, "个", "T-01"),
    "15个　": number(None, 15, "个", "T-01"),
    "1,200万元": number(None, 1200, "万元", "T-02"),
    "≥95%。": number(">=", 0.95, "%", "T-05"),
    "十二": number(None, 12, None, "T-10"),
    # units
    "75吨/小时": number(None, 75, "吨/小时"),
    "5㎡": number(None, 5, "㎡"),
    "10km": number(None, 10, "km"),
    "5个工作日": number(None, 5, "个工作日"),
    "3个月": number(None, 3, "个月"),
    "2个百分点": number(None, 2, "个百分点"),
    # dates
    "2024年": words("date"),
    "6月": words("date"),
    "6月底前": words("date"),
    "2023年12月31日前完成": words("date"),
    "2023-12-31前": words("date"),
    "2023.12.31": words("date"),
    "2018-2022年": words("date"),
    "年底前完成": words("date"),
    # words
    "达成预期指标": words(),
    "达标": words(),
    "有效": words(),
    "效果明显": words(),
    "高": words(),
    "显著提升": words(),
    "及时": words(),
    "合规　": words(),
    "十分满意": words(),
    "一般": words(),
    "三次": words(),
    "3次以上会议": words(),
    "50个左右": words(),
    "10余家": words(),
    "100%完成": words(),
    "3/3": words(),
    "1.2.3": words(),
    # cells that are not text
    17.0: number(None, 17),
    date(2024, 6, 12): words("date"),
    math.nan: words(),
    math.inf: words(),
    10**400: words(),
}


@pytest.mark.parametrize(("raw", "expected"), QUANTITIES.items(), ids=lambda item: str(item)[:30])
def test_quantity(raw: CellValue, expected: tuple[object, ...]) -> None:
    """Targets and actual values are read on the filed scale, or left as the words they are."""
    found = parse_quantity(raw)
    op, value, high, unit, kind, rules = expected
    assert (found.op, found.value, found.high, found.unit, found.kind) == (op, value, high, unit, kind)
    assert codes(found.repairs) == rules


def test_quantity_of_a_truth_value() -> None:
    """True is not 1."""
    assert parse_quantity(True).kind == "text"  # noqa: FBT003 — the cell's value is the point


def test_quantity_in_a_percent_cell() -> None:
    """The number format tells 95 % from 0.95; a quoted percent sign is only decoration."""
    assert parse_quantity(0.95, number_format="0.00%") == Quantity(None, 0.95, None, "%", "percent")
    assert parse_quantity(95, number_format='0"%"').kind == "number"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (92.4, "亿元", (924000.0, "万元")),
        (98.96, "亿元", (989600.0, "万元")),
        (5000, "元", (0.5, "万元")),
        (3, "百万元", (300.0, "万元")),
        (1200, "万元", (1200.0, "万元")),
        (120, "平方米", (120.0, "㎡")),
        (120, "㎡", (120.0, "㎡")),
        (3, "亩", (2000.0, "㎡")),
        (2, "万平方米", (20000.0, "㎡")),
        (3, "万人", (30000.0, "人")),
        (50, "厘米", (0.5, "米")),
        (500, "kg", (0.5, "吨")),
        (500, "KG", (0.5, "吨")),
        (7, "户次", (7.0, "户次")),
        (0.95, "%", (0.95, "%")),
        (3, "万", (30000.0, "")),
        (7, None, (7.0, "")),
    ],
)
def test_base_unit(value: float, unit: str | None, expected: tuple[float, str]) -> None:
    """Units of one dimension meet in its base; counting words are left as they are."""
    assert in_base(value, unit) == expected


@pytest.mark.parametrize(
    ("target", "actual", "expected"),
    [
        ("92.4亿元", "98.96亿元", (924000.0, 989600.0)),
        ("1200万元", "10716.16", (1200.0, 10716.16)),
        ("1200万元", "12000000元", (1200.0, 1200.0)),
        ("92.4亿元", "98.96亿", (924000.0, 989600.0)),
        ("3万", "30000人", (30000.0, 30000.0)),
        ("7家", "9", (7.0, 9.0)),
        ("7", "9", (7.0, 9.0)),
        ("≥95%", "96%", (0.95, 0.96)),
        ("≥95%", "96", (0.95, 0.96)),
        ("≥95%", "0.96", (0.95, 0.96)),
        ("100%", "1", (1.0, 1.0)),
        ("≥0.3%", "0.5", (0.003, 0.005)),
        ("≥95%", "0", (0.95, 0.0)),
        ("0%", "0.5", (0.0, 0.005)),
        ("90-95%", "93%", (0.9, 0.93)),
        ("50厘米", "0.5米", (0.5, 0.5)),
        ("15个", "17家", None),
        ("95%", "95分", None),
        ("5㎡", "5万元", None),
        ("效果明显", "3", None),
        ("3", "——", None),
        ("12月底之前完成", "3", None),
    ],
)
def test_comparable(target: str, actual: str, expected: tuple[float, float] | None) -> None:
    """Two quantities meet in one unit or are not compared."""
    assert comparable(parse_quantity(target), parse_quantity(actual)) == expected


def test_the_upper_bound_of_a_range_can_be_compared() -> None:
    """A range is compared bound by bound."""
    target = parse_quantity("90-95%")
    assert comparable(target._replace(value=target.high), parse_quantity("93")) == (0.95, 0.93)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10),
        ("一十", 10),
        ("二十一", 21),
        ("一百零五", 105),
        ("一百一十", 110),
        ("一千零一十", 1010),
        ("一万零五百", 10500),
        ("十二万", 120000),
        ("三亿五千万", 350000000),
        ("叁佰伍拾", 350),
        ("兩千", 2000),
        ("壹萬", 10000),
        ("百", None),
        ("一百五", None),
        ("零十", None),
        ("一零零", None),
        ("五十百", None),
        ("千" * 32, None),
        ("一" * 33, None),
    ],
)
def test_chinese_numerals(text: str, value: int | None) -> None:
    """Only a regularly spelt numeral is a number."""
    assert chinese_number(text) == value


# properties

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False)
positive = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False)
typed = st.text(max_size=80) | st.text(
    alphabet="0123456789.,，-%％≥≤><=＝~±()（）年月日万亿元个次以上内约控制在十百一二 　", max_size=24
)
cells = typed | st.floats() | st.integers() | st.booleans() | st.dates() | st.none()
quantities = st.builds(
    Quantity,
    op=st.none(),
    value=st.floats(-1e9, 1e9) | st.none(),
    high=st.none(),
    unit=st.sampled_from([None, "%", *UNITS, *MULTIPLIERS, "个", "万户", "户次"]),
    kind=st.just("number"),
)


@given(amounts)
def test_formatted_amounts_come_back(amount: float) -> None:
    """Whatever the notation, the amount that was written is the amount that is read."""
    plain, grouped = f"{amount:.2f}", f"{amount:,.2f}"
    wide = plain.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    forms = [plain, grouped, grouped.replace(",", "，"), wide, f"　{plain}\u00a0", f"{plain}万元", f"{plain}。"]
    if amount < 0:
        forms.append(f"({-amount:,.2f})")
    for form in forms:
        parsed = parse_number(form, unit="万元")
        assert (parsed.value, parsed.decimals) == (float(amount), 2), form


@given(
    positive, st.sampled_from(["≥", "≧", ">=", "》=", "≤", "≦", "<=", "＞", "﹥", "＜", "﹤", "=", "＝", "﹦", "═", ""])
)
def test_formatted_targets_come_back(amount: float, sign: str) -> None:
    """A target comes back from every operator, with and without a unit."""
    for unit in (None, "个", "亿元", "吨/小时", "㎡"):
        found = parse_quantity(f"{sign}{amount:.2f}{unit or ''}")
        assert (found.value, found.unit, found.kind) == (float(amount), unit, "number")
        assert (found.op is None) == (sign == "")


@given(st.integers(0, 10**6), st.integers(0, 4))
def test_formatted_rates_come_back(hundredths: int, places: int) -> None:
    """A printed percentage is the fraction it says, to the last decimal."""
    printed = f"{hundredths / 100:.{places}f}"
    parsed = parse_rate(f"{printed}%", None)
    assert parsed.value == pytest.approx(float(printed) / 100, rel=1e-15)
    assert parsed.decimals == places + 2


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)))
def test_formatted_dates_come_back(day: date) -> None:
    """A date comes back from every way of writing it."""
    year, month, number_of_day = day.year, day.month, day.day
    digits = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(year))
    tens = [
        ("", "十", "二十", "三十")[number // 10] + " 一二三四五六七八九"[number % 10].strip()
        for number in (month, number_of_day)
    ]
    forms: list[CellValue] = [
        day,
        day.isoformat(),
        f"{year}年{month}月{number_of_day}日",
        f"{year}年{month:02}月{number_of_day:02}日",
        f"{year}.{month}.{number_of_day}",
        f"{year}/{month}/{number_of_day}",
        day.strftime("%Y%m%d"),
        f"{digits}年{tens[0]}月{tens[1]}日",
        float((day - date(1899, 12, 30)) / timedelta(days=1)),
    ]
    assert {parse_date(form).value for form in forms} == {day.isoformat()}


@given(cells, st.sampled_from([None, "万元", "人", "㎡", "分"]), st.none() | st.floats())
@example("1" * 5000, "万元", None)
@example("١٢", "人", None)
@example("5" * 64, "人", math.inf)
def test_nothing_ever_raises(raw: CellValue, unit: str | None, expected: float | None) -> None:
    """Any cell gives a result, and a result is filled exactly where it has a value."""
    for parsed in (parse_number(raw, unit=unit), parse_rate(raw, expected), parse_date(raw), parse_text(raw)):
        assert (parsed.value is not None) == (parsed.state is State.FILLED)
        assert not isinstance(parsed.value, float) or math.isfinite(parsed.value)
    found = parse_quantity(raw)
    assert (found.value is not None) == (found.kind in ("number", "percent"))
    assert (found.high is not None) == (found.op == "range")


@given(st.text())
def test_reading_a_text_again_changes_nothing(raw: str) -> None:
    """Stripping is done once and for all."""
    value = parse_text(raw).value
    assert value is None or parse_text(value) == Parsed(value, State.FILLED)


@given(quantities, quantities)
def test_comparing_is_symmetric(a: Quantity, b: Quantity) -> None:
    """It does not matter which side is the target."""
    forward, backward = comparable(a, b), comparable(b, a)
    assert forward == (backward and backward[::-1])


@given(st.floats(0, 1e9), st.sampled_from([*UNITS, "亿元", "万人", "户次"]))
def test_base_units_are_their_own_base(value: float, unit: str) -> None:
    """Converting twice is converting once."""
    assert in_base(*in_base(value, unit)) == in_base(value, unit)
    assert find_unit(find_unit(unit).base).numerator == 1


@pytest.mark.parametrize(
    "piece",
    ["9", "1,", "1,234,", "　", " ", "≥", "年", "九", "十万", "（", "1-", "a", "\u200b", "园区经济指标，完成3亿元；"],
)
def test_long_texts_are_quick(piece: str) -> None:
    """A cell filled to Excel's limit is read in no noticeable time."""
    raw = (piece * 32_767)[:32_767]
    begun = time.perf_counter()
    for _ in range(20):
        parse_quantity(raw)
        parse_text(raw)
        parse_number(raw, unit="万元")
        parse_rate(raw, None)
        parse_date(raw)
    assert (time.perf_counter() - begun) / 20 < 0.1  # seconds; 0.006 at most when measured
