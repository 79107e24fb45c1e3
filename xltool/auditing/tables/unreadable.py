"""Cells that hold what could not be read: a sum passes them over and 0 stands for them, so neither proves anything.

W-05 or S-10 reports such a cell. What else depends on it is left open until it is mended.
"""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from xltool.expr.nodes import Agrees, OrZero, Sum, Total, fields_of, walk
from xltool.reader.notation.tokens import State
from xltool.rules.model import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.auditing.tables.scopes import FilingScope, FormScope
    from xltool.expr.frame import Booleans
    from xltool.expr.nodes import Expr, Field, Predicate
    from xltool.reader.records import Submission
    from xltool.rules.model import Check


def rests_on_unreadable(filing: FilingScope, check: Check) -> Booleans:
    """On which forms a check adds up, or takes as 0 where it is blank, a cell that could not be read."""
    result = np.zeros(len(filing), dtype=np.bool_)
    if check.scope is not Scope.FILING:
        result[list(_unread(filing.base, check))] = True
        return result
    scopes = {filing.form_of(item): item for item, _ in _added(check)}
    for key in scopes:
        scope = filing.base if key == filing.base.form.key else filing.others[key]
        filings = {scope.submissions[index].filing for index in _unread(scope, check)}
        result |= np.array([form.filing in filings for form in filing.base.submissions], dtype=np.bool_)
    return result


def has_unreadable(form: Submission) -> bool:
    """Whether a form has a cell that could not be read."""
    cells = chain(form.values.values(), *(row.cells.values() for row in form.rows))
    return any(cell.state is State.UNPARSED for cell in cells)


def _unread(scope: FormScope, check: Check) -> Iterator[int]:
    """The forms of a frame on which a check would pass over such a cell."""
    added = [(item, group) for item, group in _added(check) if scope.form.has(item.prior_of or item)]
    for index in scope.unread if added else ():
        if any(_is_unread(scope.submissions[index], item.key, group) for item, group in added):
            yield index


def _is_unread(form: Submission, key: str, group: str | None) -> bool:
    """Whether the cell of a field could not be read, or one of a column in the rows of a 一级指标."""
    cell = form.values.get(key)
    if cell is not None and cell.state is State.UNPARSED and cell.formula is None:
        return True
    rows = (row for row in form.rows if group is None or row.value("一级指标") == group)
    return any((cell := row.cells.get(key)) is not None and cell.state is State.UNPARSED for row in rows)


@cache
def _added(check: Check) -> tuple[tuple[Field, str | None], ...]:
    """The fields that a check adds up or takes as 0 where they are blank, each with the group it is added up for."""
    formulas = [node.field.formula for node in walk(check.test) if isinstance(node, Agrees)]
    trees: list[Expr | Predicate] = [check.test, *(formula for formula in formulas if formula is not None)]
    result: dict[tuple[Field, str | None], None] = {}
    for node in (node for tree in trees for node in walk(tree)):
        if isinstance(node, Sum):
            result[node.column, node.group] = None
        elif isinstance(node, Total | OrZero):
            result |= dict.fromkeys((item, None) for item in fields_of(node) if item.table is None)
    return tuple(added for added in result if added[0] not in check.excuses)
