"""Dates and texts as people type them."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import pytest

from tests.reader.notation.typed import codes
from xltool.reader.notation.cells import Parsed, parse_date, parse_text
from xltool.reader.notation.tokens import CellValue, State

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
    ("2024年6月12", "2024-06-12", ["T-07"]),
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
    ("2024年六月十二日", "2024-06-12", ["T-07"]),
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
