"""What holds of any typed cell: formatted values come back, nothing raises, long texts are quick."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xltool.reader.notation.cells import Parsed, parse_date, parse_number, parse_rate, parse_text
from xltool.reader.notation.quantity import Quantity, comparable, parse_quantity
from xltool.reader.notation.tokens import CellValue, State
from xltool.reader.notation.units import MULTIPLIERS, UNITS, find_unit, in_base

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
        quantity = parse_quantity(f"{sign}{amount:.2f}{unit or ''}")
        assert (quantity.value, quantity.unit, quantity.kind) == (float(amount), unit, "number")
        assert (quantity.op is None) == (sign == "")


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
    quantity = parse_quantity(raw)
    assert (quantity.value is not None) == (quantity.kind in ("number", "percent"))
    assert (quantity.high is not None) == (quantity.op == "range")


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


@pytest.mark.timeout(10)  # milliseconds when measured; a pattern that explodes does not end
@pytest.mark.parametrize(
    "piece",
    ["9", "1,", "1,234,", "　", " ", "≥", "年", "九", "十万", "（", "1-", "a", "\u200b", "园区经济指标，完成3亿元；"],
)
def test_long_texts_are_quick(piece: str) -> None:
    """A cell filled to Excel's limit is read in no noticeable time."""
    raw = (piece * 32_767)[:32_767]
    parse_quantity(raw)
    parse_text(raw)
    parse_number(raw, unit="万元")
    parse_rate(raw, None)
    parse_date(raw)
