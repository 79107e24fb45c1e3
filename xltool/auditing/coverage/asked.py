"""What rules were asked while they ran: the state of each rule in each filing follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.auditing.tables.scopes import FilingScope, FormScope, RowScope
    from xltool.expr.frame import Booleans
    from xltool.rules.model import Check, Rule
    from xltool.rules.needs import Gap


class AskedCheck(NamedTuple):
    """A check that was evaluated on a frame, with the rows of the frame on which it is known."""

    rule: Rule
    check: Check
    filing: FilingScope
    """The frame of its base form, with the other forms of the filing."""
    scope: FormScope | RowScope | FilingScope
    known: Booleans


@dataclass(slots=True)
class Asked:
    """What rules were asked of some filings: their checks, and what filings lack for rules that are functions."""

    checks: list[AskedCheck] = field(default_factory=list)
    gaps: dict[str, dict[int, Sequence[Gap]]] = field(default_factory=dict)
    """By filing, and by the identity of `Rule.needs`: many rules have the same needs."""
