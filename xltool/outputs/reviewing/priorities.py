"""Which findings a desk acts on, and in which order: wrong figures first, then money and staff, then the rest."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from xltool.expr.nodes import Kind
from xltool.findings import Severity
from xltool.forms import FORMS

if TYPE_CHECKING:
    from xltool.findings import Finding


class Priority(IntEnum):
    """What a desk does about a finding; the members stand in the order in which it does it."""

    WRONG = 0
    DOUBTFUL = 1
    MONEY = 2
    OTHER = 3
    MINOR = 4

    @property
    def label(self) -> str:
        """The word that users read."""
        return ("填报有误", "数据存疑", "资金人员", "其他问题", "次要事项")[self]


ACTED_ON: Final = tuple(priority for priority in Priority if priority is not Priority.MINOR)
"""What a desk acts on; the rest is for reference."""
FORMAL: Final = frozenset(
    {
        "A1-34",  # the foot of a form: the paper is signed
        "T-05",  # punctuation of a number that was read all the same
        *("W-02", "W-13", "W-14", "W-16"),  # version, protection, validation, calculation: values are checked anyway
    }
)
"""Warnings about form only: they change no figure, and the department sees them in its copy."""
IN_DOUBT: Final = frozenset(
    {
        "A1-32",  # figures in 元 instead of 万元
        *("W-21", "W-22"),  # it is not sure which form, or which column, counts
        "X-01",  # a form of another department may be among them
    }
)
"""Warnings that put the figures of a filing in doubt and have no expected value."""
_OF_MONEY_OR_STAFF: Final = frozenset({Kind.MONEY, Kind.AREA, Kind.COUNT, Kind.RATE})
_KINDS: Final = {
    item.key: item.kind for form in FORMS.values() for item in (*form.fields.values(), *form.columns.values())
}


def priority_of(finding: Finding) -> Priority:
    """The priority of a finding, by its severity, its rule, what it expects, and the kind of its cell."""
    if finding.severity is Severity.ERROR:
        return Priority.WRONG
    if finding.severity is Severity.INFO or finding.rule in FORMAL:
        return Priority.MINOR
    if finding.expected and finding.expected == finding.actual:  # a formula was overtyped by its own result
        return Priority.MINOR
    kind = _KINDS.get(finding.field or "")
    if finding.expected or finding.rule in IN_DOUBT or kind is Kind.SCORE:
        return Priority.DOUBTFUL
    return Priority.MONEY if kind in _OF_MONEY_OR_STAFF else Priority.OTHER
