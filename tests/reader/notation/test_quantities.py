"""Targets and actual values as people type them, and how two of them are compared."""

from __future__ import annotations

import math
from datetime import date

import pytest

from tests.reader.notation.typed import codes, number
from xltool.reader.notation.quantity import Quantity, comparable, parse_quantity
from xltool.reader.notation.tokens import CellValue, chinese_number
from xltool.reader.notation.units import in_base


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
    quantity = parse_quantity(raw)
    op, value, high, unit, kind, rules = expected
    assert (quantity.op, quantity.value, quantity.high, quantity.unit, quantity.kind) == (op, value, high, unit, kind)
    assert codes(quantity.repairs) == rules


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


def test_a_figure_with_a_question_mark_is_none() -> None:
    """Whoever typed it doubts it: 0次? is no target of 0."""
    assert parse_quantity("0次?").kind == parse_quantity("0次？").kind == "text"
    assert parse_quantity("0次?").value is None
