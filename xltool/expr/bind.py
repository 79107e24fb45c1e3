"""A tree as one scoring profile has it: numbers for its parameters, and only the sides it chooses."""

from __future__ import annotations

from dataclasses import replace
from math import inf, isnan
from typing import TYPE_CHECKING, TypeVar, cast

from xltool.expr.nodes import Agrees, Choose, Compare, Const, Expr, Field, OrZero, Param, Predicate

if TYPE_CHECKING:
    from collections.abc import Callable

_Node = TypeVar("_Node", bound="Expr | Predicate")


def bind_params(node: _Node, number: Callable[[str], float]) -> _Node:
    """The tree as one profile has it: its numbers for the parameters, and only the sides it chooses.

    `number` gives the number of a parameter by its name. A calculated field stays a leaf, but for one
    whose filed value is compared with its formula.
    """
    if isinstance(node, Param):
        return cast("_Node", Const(number(node.name)))
    if isinstance(node, Field):
        return node
    if isinstance(node, Agrees) and node.field.formula is not None:
        pinned = replace(node.field, formula=bind_params(node.field.formula, number))
        return cast("_Node", replace(node, field=pinned))
    parts = {name: _bound_part(value, number) for name, value in vars(node).items()}
    made = node if parts == vars(node) else replace(node, **parts)  # type: ignore[type-var] # every node is a dataclass
    if isinstance(made, OrZero) and isinstance(made.value, Const):
        return cast("_Node", Const(0) if isnan(made.value.value) else made.value)
    if isinstance(made, Choose):
        taken = _decided(made.condition)
        if taken is not None:
            return cast("_Node", made.then if taken else made.otherwise)
    return made


def _bound_part(value: object, number: Callable[[str], float]) -> object:
    return bind_params(value, number) if isinstance(value, Expr | Predicate) else value


def _decided(condition: Predicate) -> bool | None:
    """Whether a comparison holds whatever is filed; None where that depends on what is filed.

    No value reaches a bound that is infinite: a band that a profile does not have.
    """
    if not isinstance(condition, Compare) or not isinstance(condition.right, Const):
        return None
    if condition.op == ">=" and condition.right.value == inf:
        return False
    if condition.op == ">" and isinstance(condition.left, Const):
        return condition.left.value > condition.right.value
    return None
