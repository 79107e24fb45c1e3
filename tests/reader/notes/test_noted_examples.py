"""The examples that pages of T rules show are read as they say."""

from __future__ import annotations

import pytest

from xltool.expr.nodes import Kind
from xltool.reader.notation.cells import Parsed, parse_date, parse_number, parse_rate
from xltool.reader.notation.quantity import Quantity, parse_quantity
from xltool.reader.notation.tokens import State, display
from xltool.rules.catalogue import RULES
from xltool.rules.noted_examples import SITUATIONS, TYPED, Typed

SIGNS = {">=": "≥", "<=": "≤", "=": "＝"}


def _read(typed: Typed) -> Parsed | Quantity:
    if typed.kind is Kind.RATE:
        return parse_rate(typed.text, None)
    if typed.kind is Kind.DATE:
        return parse_date(typed.text)
    return parse_quantity(typed.text) if typed.kind is Kind.TEXT else parse_number(typed.text, unit=typed.kind.unit)


def _shown(typed: Typed, read: Parsed | Quantity) -> str:
    if isinstance(read, Parsed):
        assert read.state is State.FILLED
        if isinstance(read.value, str):
            return read.value
        value = float(read.value or 0)
        return f"{display(round(value * 100, 9))}%" if typed.kind is Kind.RATE else display(value)
    if read.value is None:
        return "文字"
    scale = 100 if read.kind == "percent" else 1
    ends = [display(round(end * scale, 9)) for end in (read.value, read.high) if end is not None]
    return f"{SIGNS.get(read.op or '', '')}{'～'.join(ends)}{read.unit or ''}"


FINE = [pytest.param(code, typed, id=f"{code} {typed.text}") for code, (fine, _) in TYPED.items() for typed in fine]
FAULTY = [
    pytest.param(code, typed, id=f"{code} {typed.text}") for code, (_, faulty) in TYPED.items() for typed in faulty
]


@pytest.mark.parametrize(("code", "typed"), FINE)
def test_fine(code: str, typed: Typed) -> None:
    """A good example is read without this remark."""
    read = _read(typed)
    assert not isinstance(read, Parsed) or read.state is State.FILLED
    assert code not in {repair.rule for repair in read.repairs}


@pytest.mark.parametrize(("code", "typed"), FAULTY)
def test_found(code: str, typed: Typed) -> None:
    """A bad example brings the remark of its rule, and is read as its page says."""
    read = _read(typed)
    assert code in {repair.rule for repair in read.repairs}
    assert _shown(typed, read) == typed.read


def test_every_noted_rule_has_examples() -> None:
    """None without, none for a rule there is not, none under two headings."""
    assert {rule.code for rule in RULES.values() if rule.noted} == TYPED.keys() | SITUATIONS.keys()
    assert not TYPED.keys() & SITUATIONS.keys()
    assert all(fine and faulty for fine, faulty in (*TYPED.values(), *SITUATIONS.values()))
