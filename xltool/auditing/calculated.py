"""The verdict on each calculated cell: what stands there, and what that means.

A cell may be overtyped with a right or a wrong value, rewritten, stale or never calculated: each case has its own rule
and advice.
"""

from __future__ import annotations

from functools import cache
from math import isnan, nan
from typing import TYPE_CHECKING

from xltool.expr.nodes import Field, fields_of
from xltool.findings import Severity
from xltool.forms.tolerances import equal_as_written
from xltool.forms.words import BLANK, UNCOUNTED, item_of, shorten, show
from xltool.reader.notation.tokens import State
from xltool.reader.records import FiledCell, Note, Submission

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xltool.auditing.tables.scopes import FormScope
    from xltool.forms.model import Form

CLEARED = "{field}的公式已被清除，单元格为空；{结论}"


def verdicts(scope: FormScope) -> Iterator[tuple[Submission, Note]]:
    """Notes on the calculated cells of every submission of a form."""
    templates = [
        (index, submission) for index, submission in enumerate(scope.submissions) if submission.layout == "template"
    ]
    calculated = [item for item in scope.form.fields.values() if item.formula is not None]
    results = [(item, _needed(item, scope.form), scope.recomputed(item).tolist()) for item in calculated]
    for index, submission in templates:
        expected = {item: values[index] for item, needed, values in results if _are_known(needed, submission)}
        yield from ((submission, note) for note in _of_form(scope, submission, expected))


@cache
def _parts(item: Field) -> tuple[Field, ...]:
    """The fields a calculated field rests on."""
    return () if item.formula is None else fields_of(item.formula)


@cache
def _needed(item: Field, form: Form) -> tuple[Field, ...]:
    """The field and all fields that its value is calculated from, directly or not."""
    parts = _parts(item)
    own = (form.fields[part.key] for part in parts if part.table is None and part.key in form.fields)
    return tuple(dict.fromkeys((item, *parts, *(needed for part in own for needed in _needed(part, form)))))


def _are_known(needed: Iterable[Field], submission: Submission) -> bool:
    """Whether a form has a cell for each of these fields; without one the result is unknown, not wrong."""
    for part in needed:
        if part.table is None:
            if part.key not in submission.values:
                return False
        elif any(part.key not in row.cells for row in submission.rows if row.table == part.table):
            return False
    return True


def _of_form(scope: FormScope, submission: Submission, expected: dict[Field, float]) -> Iterator[Note]:
    stale: list[FiledCell] = []
    uncounted: dict[str, FiledCell] = {}
    for item, value in expected.items():
        cell = submission.values[item.key]
        if cell.state is State.NOT_CALCULATED:
            # Nothing is lost where the formula gives nothing: a blank template is not stale.
            stale += [] if isnan(value) else [cell]
            continue
        note = _verdict(item, cell, value, known=bool(submission.issue))
        texts = _text_inputs(item, scope, submission) if note is not None and note.rule == "W-09" else []
        uncounted |= {text.cell: text for text in texts}
        if note is not None and not texts:
            yield note
    if stale:
        yield _never_calculated(stale)
    yield from (_uncounted(cell) for cell in uncounted.values())


def _verdict(item: Field, cell: FiledCell, recomputed: float, *, known: bool) -> Note | None:
    agrees = _agrees(item, cell, recomputed)
    if cell.formula is not None and (cell.intact or not known) and (agrees or cell.state is State.UNPARSED):
        return None
    expected = show(recomputed, item.kind)
    shown = show(cell.value, item.kind) if isinstance(cell.value, float) else shorten(str(cell.typed or BLANK), 40)
    words = {"field": item_of(item)}
    conclusion = "数值与重算结果一致。" if agrees else f"重算结果为 {expected}。"
    if isnan(recomputed):
        conclusion = "参与计算的单元格没有填全，无法重算。" if not agrees else "参与计算的单元格也没有填全。"
    if cell.formula is None:
        if cell.state is State.BLANK:
            note = Note("W-04", cell.cell, item.key, words | {"结论": conclusion}, expected=expected, message=CLEARED)
            return note if known else None
        return Note("W-04", cell.cell, item.key, words | {"结论": conclusion}, actual=shown, expected=expected)
    if not cell.intact and known:
        severity = Severity.WARNING if agrees else Severity.ERROR
        words |= {"公式": shorten(cell.formula, 60), "结论": conclusion}
        return Note("W-15", cell.cell, item.key, words, actual=shown, expected=expected, severity=severity)
    return Note("W-09", cell.cell, item.key, words, actual=shown, expected=expected)


def _agrees(item: Field, cell: FiledCell, recomputed: float) -> bool:
    filed = cell.value if isinstance(cell.value, float) else nan
    if isnan(filed) or isnan(recomputed):
        return isnan(filed) and isnan(recomputed)
    is_typed = cell.formula is None and item.tolerance is None
    return equal_as_written(filed, recomputed, item.kind, (cell.step or 0) if is_typed else 0)


def _text_inputs(item: Field, scope: FormScope, submission: Submission) -> list[FiledCell]:
    """Numbers stored as text that the formula of a field, or of one it rests on, does not count."""
    inputs = []
    for part in _parts(item):
        own = scope.form.fields.get(part.key)
        if own is not None and own.formula is not None:
            inputs += _text_inputs(own, scope, submission)
        if part.table is not None:
            inputs += [
                cell for row in submission.rows if (cell := row.cells.get(part.key)) is not None and cell.as_text
            ]
        elif (cell := submission.values.get(part.key)) is not None and cell.as_text:
            inputs.append(cell)
    return inputs


def _never_calculated(cells: list[FiledCell]) -> Note:
    words = {"个数": str(len(cells))}
    return Note("W-16", cells[0].cell, cells[0].field, words, tuple(cell.cell for cell in cells[1:]), "未重算")


def _uncounted(cell: FiledCell) -> Note:
    words = {"field": cell.field.replace("_", "")}
    typed = str(cell.typed)
    return Note("W-05", cell.cell, cell.field, words, actual=typed, severity=Severity.WARNING, message=UNCOUNTED)
