"""Judge the rules that are expressions: each violated row of a frame becomes a finding with cell and message."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from xltool.auditing.coverage.asked import AskedCheck
from xltool.auditing.coverage.operands import stated_in_parts
from xltool.auditing.printed_points import has_own_points, has_unadjusted_budget
from xltool.auditing.tables.scopes import FilingScope, FormScope, RowScope
from xltool.auditing.tables.unreadable import rests_on_unreadable
from xltool.expr import frame
from xltool.expr.nodes import Expr, Field, Kind
from xltool.findings import Finding, Place, Severity
from xltool.forms.words import BLANK, item_of, line_of, shorten, show
from xltool.rules.model import Check, Rule, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    import numpy.typing as npt

    from xltool.auditing.coverage.asked import Asked
    from xltool.reader.records import Submission, TableRow
from xltool.auditing.drafts import RELATED_LIMIT, DraftFinding, fill_message, placeholders_of

SUMMED = "合计"
"""The word of a check on a whole column: its filed value is the sum of the column."""


def judge_expressions(rule: Rule, filings: Mapping[str, FilingScope], asked: Asked) -> Iterator[DraftFinding]:
    """Findings of a rule over all submissions at once; `filings` are frames by their base form.

    `asked` is added what the rule was asked, and where the answer is known.
    """
    for check in rule.checks:
        for form in check.asked_of:
            filing = filings[form.key]
            if len(filing):
                scope = _scope(check, filing)
                truth = _truth(check, scope)
                needed = [item for item in check.fields if item not in check.excuses]
                partly = stated_in_parts(filing.base, needed) | has_own_points(filing.base, check)
                partly |= has_unadjusted_budget(filing.base, check) | rests_on_unreadable(filing, check)
                known = truth.known & ~(partly[scope.owners] if isinstance(scope, RowScope) else partly)
                asked.checks.append(AskedCheck(rule, check, filing, scope, known))
                yield from _findings_of(rule, check, scope, filing.base, known & ~truth.holds)


def _scope(check: Check, filing: FilingScope) -> AnyScope:
    """The frame a check is evaluated on."""
    if check.scope is Scope.FILING:
        return filing
    return filing.base if check.table is None else filing.base.rows(check.table)


def _truth(check: Check, scope: AnyScope) -> frame.Truth:
    """Where a check holds; not known where the form has no cell for what it would ask to mend.

    A column that a form never had, and a number that it prints, are no fault of the department.
    """
    truth = frame.truth(check.test, scope)
    if check.at.table is None and check.at in check.read:
        return frame.Truth(truth.holds, truth.known & scope.present(check.at))
    return truth


AnyScope = FormScope | RowScope | FilingScope


def _findings_of(
    rule: Rule, check: Check, scope: AnyScope, base: FormScope, hits: frame.Booleans
) -> Iterator[DraftFinding]:
    (violated,) = hits.nonzero()
    if not len(violated):
        return
    phrasing = _Phrasing(rule, check, _ShownValues(scope, violated))
    owners = scope.owners[violated] if isinstance(scope, RowScope) else violated
    for number, (index, owner) in enumerate(zip(violated.tolist(), owners.tolist(), strict=True)):
        row = scope.rows[index] if isinstance(scope, RowScope) else None
        yield phrasing.draft(_Violation(base.submissions[owner], row, phrasing.shown, index, number))


@dataclass(slots=True)
class _Violation:
    """One violation: submission, table row, index in the frame, and number among the violations."""

    submission: Submission
    row: TableRow | None
    values: _ShownValues
    index: int
    number: int

    @property
    def scope(self) -> AnyScope:
        """The frame the check was evaluated on."""
        return self.values.scope

    def shown(self, expr: Expr, kind: Kind) -> str:
        """Value of an expression in this case, with its unit."""
        return self.values.show(expr, kind, self.number)


@dataclass(slots=True)
class _ShownValues:
    """Values for messages: each expression is evaluated once over the frame, however many violations."""

    scope: AnyScope
    violated: npt.NDArray[np.intp]
    _numbers: dict[Expr, list[float]] = field(default_factory=dict)
    _texts: dict[Expr, list[str]] = field(default_factory=dict)

    def show(self, expr: Expr, kind: Kind, number: int) -> str:
        """Value of an expression in a violation, with its unit."""
        if isinstance(expr, Field) and not expr.kind.numeric:
            if expr not in self._texts:
                self._texts[expr] = self.scope.text(expr)[self.violated].tolist()
            return shorten(str(self._texts[expr][number]), 40) or BLANK
        if expr not in self._numbers:
            self._numbers[expr] = frame.evaluate(expr, self.scope)[self.violated].tolist()
        return show(self._numbers[expr][number], kind)


class _Phrasing:
    """Writes the findings of a check; what all its violations have in common is looked up once."""

    def __init__(self, rule: Rule, check: Check, shown: _ShownValues) -> None:
        """Look up what the violations have in common."""
        self.rule, self.check, self.shown = rule, check, shown
        self.template = check.message or rule.message
        self.severity = check.severity or rule.severity
        self.asked = {item.key for item in check.fields}
        at, asked = check.at, placeholders_of(self.template)
        self.item, self.line = item_of(at), line_of(at)
        words = {name: word for name, word in check.words.items() if name in asked or name == SUMMED}
        own = {"item", "line", "filed", "expected", *words}
        fields = {item.key: (item, item.kind) for item in check.fields if item.key in asked and item.key not in own}
        self.words = [(name, expr, kind) for name, (expr, kind) in (words | fields).items()]
        self.others = [(item, item in check.summed and item.table is None) for item in check.fields[1:]]

    def draft(self, case: _Violation) -> DraftFinding:
        """The draft finding on one violation."""
        submission, check, at = case.submission, self.check, self.check.at
        cell = _cell(check, case)
        expected = None if check.expected is None else case.shown(check.expected, at.kind)
        words = {name: case.shown(expr, kind) for name, expr, kind in self.words}
        filed = words.get(SUMMED, BLANK) if at.table is not None and case.row is None else _filed(at, case)
        words |= {"item": self.item, "line": self.line, "filed": filed, "expected": expected or BLANK}
        sheet, address = submission.place(cell)
        finding = Finding(
            rule=self.rule.code,
            severity=self._severity_for(case, cell),
            path=submission.path,
            message=fill_message(self.template, words),
            advice=self.rule.advice,
            basis=self.rule.basis,
            submission=submission.id,
            sheet=sheet,
            cell=address,
            field=at.key,
            actual=None if filed == BLANK else filed,
            expected=expected,
            related=self._related(case, cell),
        )
        return DraftFinding(finding, self.rule, submission.filing, [self.item], check=check)

    def _severity_for(self, case: _Violation, cell: str | None) -> Severity:
        """The severity of a finding: a warning at most where a value that the check asks for was read with a doubt."""
        forms = [case.submission]
        if isinstance(case.scope, FilingScope):
            filing = case.submission.filing
            forms += [other for form in case.scope.others for other in case.scope.of_filing(form, filing)]
        doubts = (form.doubtful for form in forms)
        is_doubtful = cell in case.submission.doubtful or not all(map(self.asked.isdisjoint, doubts))
        return self.severity.without_error if is_doubtful else self.severity

    def _related(self, case: _Violation, cell: str | None) -> tuple[Place, ...]:
        places: dict[Place, None] = {}
        for item, over_forms in self.others:
            places |= dict.fromkeys(_places(item, case, over_forms=over_forms))
        places.pop(Place(case.submission.path, *case.submission.place(cell)), None)
        return tuple(islice(places, RELATED_LIMIT))


def _filed(at: Field, case: _Violation) -> str:
    filed = case.row.cells.get(at.key) if case.row is not None else case.submission.values.get(at.key)
    if filed is None:
        return case.shown(at, at.kind) if not at.table else BLANK
    if filed.formula is not None and filed.value is None:
        # Never calculated, or not counting a number kept as text: the rule judged the recomputed value.
        return case.shown(at, at.kind)
    if isinstance(filed.value, float):
        return show(filed.value, at.kind)
    if filed.value is None and filed.typed not in (None, ""):
        return shorten(str(filed.typed), 40)
    return shorten(str(filed.value), 40) if filed.value else BLANK


def _cell(check: Check, case: _Violation) -> str | None:
    at = check.at
    if case.row is not None and at.table is not None:
        filed = case.row.cells.get(at.key)
        return None if filed is None else filed.cell
    if at.table is not None:
        return _first_of_group(check, case.submission)
    return case.submission.cell(at.key) or _first_summed(check, case.submission)


def _first_summed(check: Check, submission: Submission) -> str | None:
    """The first summed cell, which a check marks where the form has no cell for the total."""
    columns = {item.key for item in check.summed if item.table}
    return next((row.cells[key].cell for row in submission.rows for key in columns if key in row.cells), None)


def _first_of_group(check: Check, submission: Submission) -> str | None:
    """The first row of a 一级指标, which a check on the sum of that 一级指标 marks."""
    group = next((node.group for node in check.sums if node.group), None)
    for row in submission.rows:
        if row.table == check.at.table and group in (None, row.value(frame.GROUP_COLUMN)):
            return row.cells[check.at.key].cell
    return None


def _places(item: Field, case: _Violation, *, over_forms: bool) -> Iterator[Place]:
    submission = case.submission
    if item.table is not None:
        filed = case.row.cells.get(item.key) if case.row is not None else None
        if filed is not None:
            yield Place(submission.path, *submission.place(filed.cell))
        return
    for other in _elsewhere(item, case, over_forms=over_forms):
        cell = other.cell(item.key)
        if cell is not None:
            yield Place(other.path, *other.place(cell))


def _elsewhere(item: Field, case: _Violation, *, over_forms: bool) -> list[Submission]:
    """The submissions of the filing in which a field of the check stands."""
    if not isinstance(case.scope, FilingScope) or (case.scope.base.form.has(item) and not over_forms):
        return [case.submission]
    form = case.scope.form_of(item)
    if over_forms:
        return case.scope.of_filing(form, case.submission.filing)
    at = case.scope.matching(form)[case.index]
    return [case.scope.others[form].submissions[at]] if at >= 0 else []
