"""Bind the parameters of a tree: put in the numbers of one scoring profile, and drop the sides it does not choose."""

from __future__ import annotations

from math import inf, isnan
from typing import TYPE_CHECKING, TypeVar, cast

from msgspec.structs import asdict, replace

from xltool.expr.nodes import Agrees, Choose, Compare, Const, Expr, Field, OrZero, Param, Predicate

if TYPE_CHECKING:
    from collections.abc import Callable

_Node = TypeVar("_Node", bound="Expr | Predicate")


def bind_params(node: _Node, number: Callable[[str], float]) -> _Node:
    """Put the numbers of one profile into the tree, and of each `Choose` keep only the side that they choose.

    `number` gives the number of a parameter by its name. A calculated field stays a leaf, unless its
    filed value is compared with its formula (`Agrees`).
    """
    if isinstance(node, Param):
        return cast("_Node", Const(number(node.name)))
    if isinstance(node, Field):
        return node
    if isinstance(node, Agrees) and node.field.formula is not None:
        pinned = replace(node.field, formula=bind_params(node.field.formula, number))
        return cast("_Node", replace(node, field=pinned))
    parts = asdict(node)
    bound_parts = {name: _bound_part(value, number) for name, value in parts.items()}
    bound = node if bound_parts == parts else replace(node, **bound_parts)
    if isinstance(bound, OrZero) and isinstance(bound.value, Const):
        return cast("_Node", Const(0) if isnan(bound.value.value) else bound.value)
    if isinstance(bound, Choose):
        is_then = _decided(bound.condition)
        if is_then is not None:
            return cast("_Node", bound.then if is_then else bound.otherwise)
    return bound


def _bound_part(value: object, number: Callable[[str], float]) -> object:
    return bind_params(value, number) if isinstance(value, Expr | Predicate) else value


def _decided(condition: Predicate) -> bool | None:
    """Whether a comparison holds whatever is filed; None if that depends on what is filed.

    An infinite bound stands for a band that the profile does not have, so no value reaches it.
    """
    if not isinstance(condition, Compare) or not isinstance(condition.right, Const):
        return None
    if condition.op == ">=" and condition.right.value == inf:
        return False
    if condition.op == ">" and isinstance(condition.left, Const):
        return condition.left.value > condition.right.value
    return None
