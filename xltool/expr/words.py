"""Formulas and conditions in Chinese, with the names of the forms: one description for each kind of node."""

from __future__ import annotations

from functools import singledispatch
from itertools import accumulate
from math import isnan
from typing import Final, TypeGuard

from xltool.expr import nodes
from xltool.expr.nodes import Expr, Field, Kind, Predicate
from xltool.expr.plain_words import plain_words
from xltool.params import PARAMETERS

_TIMES: Final = 10
"""From this ratio on, the number is given as it is and not in percent."""


@singledispatch
def describe(node: Expr | Predicate) -> str:
    """Describe the tree in Chinese; TypeError for an unknown node."""
    msg = f"no words for {type(node).__name__}"
    raise TypeError(msg)


@describe.register
def _(node: Field) -> str:
    return node.key if node.prior_of is None else f"上年报送的{node.key}"


@describe.register
def _(node: nodes.Const) -> str:
    return "〔口径未定〕" if isnan(node.value) else f"{node.value:.12g}"


@describe.register
def _(node: nodes.Param) -> str:
    return f"〔{PARAMETERS[node.name]}〕"


@describe.register
def _(node: nodes.Binary) -> str:
    sign = {"*": "×", "/": "÷"}.get(node.op, node.op)
    return f"({describe(node.left)} {sign} {describe(node.right)})"


@describe.register
def _(node: nodes.Total) -> str:
    return "(" + " + ".join(describe(part) for part in node.parts) + ")"


@describe.register
def _(node: nodes.Sum) -> str:
    return f"Σ{describe(node.column)}" + (f"〔{node.group}〕" if node.group else "")


@describe.register
def _(node: nodes.Lookup) -> str:
    return f"{describe(node.key)} 与 {describe(node.name)} 相同的一行的{describe(node.column)}"


@describe.register
def _(node: nodes.Least) -> str:
    return f"min({describe(node.left)}, {describe(node.right)})"


@describe.register
def _(node: nodes.Greatest) -> str:
    first, other = node.left, node.right
    if _is_difference(first) and _is_difference(other) and (first.left, first.right) == (other.right, other.left):
        return f"|{describe(first.left)} - {describe(first.right)}|"
    return f"max({describe(first)}, {describe(other)})"


def _is_difference(node: Expr) -> TypeGuard[nodes.Binary]:
    return isinstance(node, nodes.Binary) and node.op == "-"


@describe.register
def _(node: nodes.Rounded) -> str:
    return f"四舍五入({describe(node.value)}, {node.digits}位)"


@describe.register
def _(node: nodes.OrZero) -> str:
    return f"{describe(node.value)}〔空按0〕"


@describe.register
def _(node: nodes.Choose) -> str:
    return f"(若 {describe(node.condition)} 则 {describe(node.then)}，否则 {describe(node.otherwise)})"


@describe.register
def _(node: nodes.Compare) -> str:
    limit = node.right
    if node.op == "<=" and _is_difference(node.left) and isinstance(limit, nodes.Const) and 0 < limit.value < 1:
        return f"{describe(node.left.left)} ≤ {describe(node.left.right)}〔允差 {limit.value:g}〕"
    if node.op == ">=" and _is_difference(limit) and isinstance(limit.right, nodes.Const) and limit.right.value < 1:
        return f"{describe(node.left)} ≥ {describe(limit.left)}〔允差 {limit.right.value:g}〕"
    sign = {"<=": "≤", ">=": "≥"}.get(node.op, node.op)
    if _is_ratio(node.left) and isinstance(limit, nodes.Const) and 0 < abs(limit.value) < _TIMES:
        return f"{describe(node.left)} {sign} {100 * limit.value:.12g}%"
    return f"{describe(node.left)} {sign} {describe(node.right)}"


def _is_ratio(node: Expr) -> bool:
    return (isinstance(node, nodes.Binary) and node.op == "/") or (isinstance(node, Field) and node.kind is Kind.RATE)


@describe.register
def _(node: nodes.Close) -> str:
    return f"{describe(node.left)} = {describe(node.right)}〔允差 {node.tolerance:g}〕"


@describe.register
def _(node: nodes.Filled) -> str:
    return f"{describe(node.field)} 已填"


@describe.register
def _(node: nodes.Numeric) -> str:
    return f"{describe(node.field)} 是数字"


@describe.register
def _(node: nodes.Nothing) -> str:
    return f"{describe(node.field)} 写明没有"


@describe.register
def _(node: nodes.Whole) -> str:
    return f"{describe(node.value)} 是整数"


@describe.register
def _(node: nodes.Matches) -> str:
    says = {"^$": "为{}", "^": "以{}开头", "$": "以{}结尾", "": "含{}"}
    plain = plain_words(node.pattern)
    if node.words or plain is None:
        return f"{describe(node.field)} {node.words or f'含「{node.pattern}」'}"
    words = "".join(f"「{word}」" for word in plain.words) + ("之一" if len(plain.words) > 1 else "")
    return f"{describe(node.field)} {says[plain.begins + plain.ends].format(words)}"


@describe.register
def _(node: nodes.SameText) -> str:
    return f"{describe(node.left)} 与 {describe(node.right)} 文字相同"


@describe.register
def _(node: nodes.And) -> str:
    return f"{describe(node.left)} 且 {describe(node.right)}"


@describe.register
def _(node: nodes.Or) -> str:
    if isinstance(node.left, nodes.Not) and _is_condition(node):
        return f"(若 {_bare(node.left.operand)}，则 {_bare(node.right)})"
    return f"({' 或 '.join(_sides(node))})"


def _sides(node: Predicate) -> list[str]:
    """The parts joined by 或; a part that is joined by 且 stands in brackets."""
    if isinstance(node, nodes.Or) and not _is_condition(node):
        return _sides(node.left) + _sides(node.right)
    return [f"({describe(node)})" if isinstance(node, nodes.And) else describe(node)]


def _is_condition(node: nodes.Or) -> TypeGuard[nodes.Or]:
    """Whether it is described as 若…则…: its left side is that something does not hold."""
    return isinstance(node.left, nodes.Not) and not isinstance(node.left.operand, nodes.Filled)


def _bare(node: Expr | Predicate) -> str:
    """The description of a tree without brackets around the whole."""
    text = describe(node)
    return text[1:-1] if text.startswith("(") and _closes(text) == len(text) - 1 else text


def _closes(text: str) -> int:
    """The position at which the first bracket of a text is closed; -1 if it is not."""
    depths = accumulate((sign == "(") - (sign == ")") for sign in text)
    return next((at for at, depth in enumerate(depths) if not depth), -1)


def must_hold(test: Predicate) -> str:
    """Describe a whole test as a sentence."""
    if isinstance(test, nodes.Not) and isinstance(test.operand, nodes.And):
        return f"不得出现：{_bare(test.operand)}"
    return _bare(test)


@describe.register
def _(node: nodes.Not) -> str:
    return (
        f"{describe(node.operand.field)} 为空"
        if isinstance(node.operand, nodes.Filled)
        else f"非({describe(node.operand)})"
    )


@describe.register
def _(node: nodes.Agrees) -> str:
    formula = node.field.formula
    allowed = "印刷精度内" if node.tolerance is None else f"允差 {node.tolerance:g}"
    return f"{node.field.key} = {'?' if formula is None else describe(formula)}〔{allowed}〕"
