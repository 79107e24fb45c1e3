"""The audit: records × rules → findings.

Rules run over all submissions at once; only where one is violated are cells looked up and words
put together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from xltool import frame, params
from xltool.expr import Expr, Field, Kind, Sum, walk
from xltool.findings import Finding, Place, Severity
from xltool.forms import FORMS, review
from xltool.reader import calculated
from xltool.reader.records import FileRecord, Note, Submission, TableRow
from xltool.reader.scopes import FilingScope, FormScope, RowScope
from xltool.reader.views import filing_view
from xltool.rules import RULES, Check, Rule, Scope
from xltool.rules.scoring import EARNED
from xltool.rules.words import BLANK, PLACEHOLDER, item_of, line_of, short, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xltool.rules.views import FilingView, Hit, Spot

RELATED_LIMIT = 40
LISTED = 6
SUMMED = "合计"
"""Word of a check on a column as a whole: what was filed there is its sum."""
QUOTED = re.compile(r"“\{([^{}]+)\}”")
INNER_QUOTES = str.maketrans("“”", "‘’")
STORED_AS_TEXT = "W-05"
NONE_AT_ALL = "等于"
"""Direction of an indicator with target 0: full points where nothing happened, else none (S-19)."""


@dataclass(slots=True)
class Score:
    """Total score of a form as filed and as recomputed, and the grade of the latter."""

    filed: float | None
    recomputed: float | None
    grade: str | None


@dataclass(slots=True)
class Audit:
    """What an audit gives: findings in the order of the contract, and scores by submission id."""

    records: Sequence[FileRecord]
    findings: list[Finding]
    scores: dict[str, Score]
    scopes: dict[str, FormScope]

    def recomputed(self, one: Submission, item: Field) -> float | None:
        """What the formula of a calculated field gives for a submission; None where blank."""
        scope = self.scopes[one.form]
        index = next(index for index, other in enumerate(scope.submissions) if other is one)
        value = float(scope.recomputed(item)[index])
        return None if np.isnan(value) else value

    @property
    def submissions(self) -> list[Submission]:
        """All submissions in the order of their files."""
        return [one for record in self.records for one in record.submissions]


@dataclass(slots=True)
class _Draft:
    """A finding in the making."""

    finding: Finding
    rule: Rule
    filing: str
    items: list[str] = field(default_factory=list)


def audit(records: Sequence[FileRecord]) -> Audit:
    """Check everything that was read; forms with one `filing` are one set."""
    submissions = [one for record in records for one in record.submissions]
    scopes = {key: FormScope(form, [one for one in submissions if one.form == key]) for key, form in FORMS.items()}
    views = _views(submissions)
    by_id = {one.id: one for one in submissions}
    drafts = [*_noted(records, scopes)]
    for rule in RULES.values():
        drafts += _merged(rule, _judged(rule, views, by_id) if rule.judge else _evaluated(rule, scopes))
    kept = _without_silenced(drafts)
    findings = sorted((draft.finding for draft in kept), key=lambda finding: finding.order)
    return Audit(records, findings, _scores(scopes), scopes)


def noticed(records: Sequence[FileRecord]) -> list[Finding]:
    """What reading alone noticed (integrity of the workbook, notation), in the order of the contract."""
    submissions = [one for record in records for one in record.submissions]
    scopes = {key: FormScope(form, [one for one in submissions if one.form == key]) for key, form in FORMS.items()}
    return sorted((draft.finding for draft in _noted(records, scopes)), key=lambda finding: finding.order)


# --- what reading noticed ---------------------------------------------------------------------


def _noted(records: Sequence[FileRecord], scopes: dict[str, FormScope]) -> Iterator[_Draft]:
    verdicts = [pair for scope in scopes.values() for pair in calculated.verdicts(scope)]
    uncounted = {(one.id, note.cell) for one, note in verdicts if note.rule == STORED_AS_TEXT}
    for record in records:
        for note in record.notes:
            yield _from_note(note, record.path, None)
        for one in record.submissions:
            for note in one.notes:
                if not _is_told(note, one, uncounted):
                    yield _from_note(note, record.path, one)
    for one, note in verdicts:
        yield _from_note(note, one.path, one)
    yield from _filed_twice(records)


def _is_told(note: Note, one: Submission, uncounted: set[tuple[str, str | None]]) -> bool:
    """Whether all cells of a note on numbers stored as text are warned of one by one, as no formula counts them."""
    if note.rule != STORED_AS_TEXT or note.severity is not None:
        return False
    return all((one.id, cell) in uncounted for cell in (note.cell, *note.related))


def _from_note(note: Note, path: str, one: Submission | None) -> _Draft:
    rule = RULES[note.rule]
    words = {"filed": note.actual or BLANK, "expected": note.expected or BLANK, **note.words}
    sheet = note.sheet or (one.sheet if one else None)
    finding = Finding(
        rule.code,
        note.severity or rule.severity,
        path,
        _fill(note.message or rule.message, words),
        rule.advice,
        rule.basis,
        one.id if one else None,
        sheet,
        note.cell,
        note.field,
        note.actual,
        note.expected,
        tuple(Place(path, sheet, cell) for cell in note.related[:RELATED_LIMIT]),
    )
    return _Draft(finding, rule, one.filing if one else "")


def _filed_twice(records: Sequence[FileRecord]) -> Iterator[_Draft]:
    """One form twice in one filing, of one department and year: for 附件3, twice for one project."""
    groups: dict[tuple[str, str, str, int | None, str], list[Submission]] = defaultdict(list)
    for record in records:
        for one in record.submissions:
            whose = "" if one.form == "附件3" else frame.fold(one.department)
            groups[one.filing, one.form, frame.fold(one.project), one.year, whose].append(one)
    for (_, form, project, _, _), same in groups.items():
        if len(same) > 1 and (form != "附件3" or project):
            name = f"{form}（{same[0].project}）" if project else form
            files = "、".join(one.path + (f"〔{one.sheet}〕" if one.sheet != form else "") for one in same)
            words = {"表": name, "份数": str(len(same)), "文件": short(files, 200)}
            for one in same[1:]:
                yield _from_note(Note("W-21", words=words, actual=f"{len(same)} 份", expected="1 份"), one.path, one)


# --- rules that are expressions ---------------------------------------------------------------


def _evaluated(rule: Rule, scopes: dict[str, FormScope]) -> Iterator[_Draft]:
    for check in rule.checks:
        if check.scope is Scope.FILING:
            form = next(form for form in FORMS.values() if form.has(check.at))
            yield from _hits(rule, check, FilingScope(scopes[form.key], scopes), scopes[form.key])
            continue
        for form in check.forms():
            base = scopes[form.key]
            if not len(base):
                continue
            if check.scope is Scope.ROW:
                table = next(item.table for item in check.loose if item.table)
                yield from _hits(rule, check, _rows(base, table), base)
            else:
                yield from _hits(rule, check, base, base)


def _rows(base: FormScope, table: str) -> RowScope:
    if table not in base.row_scopes:
        base.row_scopes[table] = RowScope(base, table)
    return base.row_scopes[table]


AnyScope = FormScope | RowScope | FilingScope


def _hits(rule: Rule, check: Check, scope: AnyScope, base: FormScope) -> Iterator[_Draft]:
    shown = _Shown(scope)
    for index in np.flatnonzero(frame.violations(check.test, scope)):
        row = scope.rows[index] if isinstance(scope, RowScope) else None
        one = base.submissions[int(scope.owners[index] if isinstance(scope, RowScope) else index)]
        yield _draft(rule, check, _Case(one, row, shown, int(index)))


@dataclass(frozen=True, slots=True)
class _Case:
    """One violation: whose, in which row, and where its values stand in the scope."""

    one: Submission
    row: TableRow | None
    values: _Shown
    index: int

    @property
    def scope(self) -> AnyScope:
        """The frame the check was evaluated on."""
        return self.values.scope

    def shown(self, expr: Expr, kind: Kind) -> str:
        """Value of an expression in this case, with its unit."""
        return self.values.show(expr, kind, self.index)


@dataclass(slots=True)
class _Shown:
    """Values for messages: each expression is evaluated once over the frame, however many hits."""

    scope: AnyScope
    _numbers: dict[Expr, frame.Numbers] = field(default_factory=dict)

    def show(self, expr: Expr, kind: Kind, index: int) -> str:
        """Value of an expression at a row, with its unit."""
        if isinstance(expr, Field) and not expr.kind.numeric:
            return short(str(self.scope.text(expr)[index]), 40) or BLANK
        if expr not in self._numbers:
            self._numbers[expr] = frame.evaluate(expr, self.scope)
        return show(float(self._numbers[expr][index]), kind)


def _draft(rule: Rule, check: Check, case: _Case) -> _Draft:
    one, at = case.one, check.at
    cell = _cell(check, case)
    expected = None if check.expected is None else case.shown(check.expected, at.kind)
    words = {"item": item_of(at), "line": line_of(at), "filed": _filed(at, case), "expected": expected or BLANK}
    words |= {name: case.shown(expr, kind) for name, (expr, kind) in check.words.items()}
    if at.table is not None and case.row is None:
        words["filed"] = words.get(SUMMED, BLANK)
    words |= {item.key: case.shown(item, item.kind) for item in check.fields if item.key not in words}
    finding = Finding(
        rule.code,
        check.severity or rule.severity,
        one.path,
        _fill(check.message or rule.message, words),
        rule.advice,
        rule.basis,
        one.id,
        one.sheet,
        cell,
        at.key,
        None if words["filed"] == BLANK else words["filed"],
        expected,
        _related(check, case, cell),
    )
    return _Draft(finding, rule, one.filing, [words["item"]])


def _fill(template: str, words: dict[str, str]) -> str:
    """Put the words in; what stands between quotation marks has its own turned into inner ones."""
    inner = {name: text.translate(INNER_QUOTES) for name, text in words.items()}
    template = QUOTED.sub(lambda match: f"“{inner.get(match[1], match[1].join('{}'))}”", template)
    return PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), template)


def _filed(at: Field, case: _Case) -> str:
    filed = case.row.cells.get(at.key) if case.row is not None else case.one.values.get(at.key)
    if filed is None:
        return case.shown(at, at.kind) if not at.table else BLANK
    if isinstance(filed.value, float):
        return show(filed.value, at.kind)
    if filed.value is None and filed.raw not in (None, ""):
        return short(str(filed.raw), 40)
    return short(str(filed.value), 40) if filed.value else BLANK


def _cell(check: Check, case: _Case) -> str | None:
    at = check.at
    if case.row is not None and at.table is not None:
        filed = case.row.cells.get(at.key)
        return None if filed is None else filed.cell
    if at.table is not None:
        return _first_of_group(check, case.one)
    return case.one.cell(at.key)


def _first_of_group(check: Check, one: Submission) -> str | None:
    """A check on the sum of a 一级指标 is marked at the first row of it."""
    group = next((node.group for node in walk(check.test) if isinstance(node, Sum) and node.group), None)
    for row in one.rows:
        if row.table == check.at.table and group in (None, row.value(frame.GROUP_COLUMN)):
            return row.cells[check.at.key].cell
    return None


def _related(check: Check, case: _Case, cell: str | None) -> tuple[Place, ...]:
    places: dict[Place, None] = {}
    summed = {node.column for node in walk(check.test) if isinstance(node, Sum)}
    for item in check.fields[1:]:
        for place in _places(item, case, over_forms=item in summed and item.table is None):
            places.setdefault(place)
    places.pop(Place(case.one.path, case.one.sheet, cell), None)
    return tuple(places)[:RELATED_LIMIT]


def _places(item: Field, case: _Case, *, over_forms: bool) -> Iterator[Place]:
    one = case.one
    if item.table is not None:
        filed = case.row.cells.get(item.key) if case.row is not None else None
        if filed is not None:
            yield Place(one.path, one.sheet, filed.cell)
        return
    for other in _elsewhere(item, case, over_forms=over_forms):
        cell = other.cell(item.key)
        if cell is not None:
            yield Place(other.path, other.sheet, cell)


def _elsewhere(item: Field, case: _Case, *, over_forms: bool) -> list[Submission]:
    """The submissions of the filing in which a field of the check stands."""
    if not isinstance(case.scope, FilingScope) or (case.scope.base.form.has(item) and not over_forms):
        return [case.one]
    form = next(key for key, form in FORMS.items() if form.has(item))
    same = [other for other in case.scope.others[form].submissions if other.filing == case.one.filing]
    return same if over_forms else same[:1]


# --- rules on texts and whole forms -----------------------------------------------------------


def _views(submissions: Sequence[Submission]) -> list[FilingView]:
    filings: dict[str, list[Submission]] = defaultdict(list)
    for one in submissions:
        filings[one.filing].append(one)
    return [filing_view(same) for same in filings.values()]


def _judged(rule: Rule, views: Sequence[FilingView], by_id: dict[str, Submission]) -> Iterator[_Draft]:
    for view in views:
        if rule.judge is not None:
            for hit in rule.judge(view):
                yield _from_hit(rule, hit, by_id)


def _from_hit(rule: Rule, hit: Hit, by_id: dict[str, Submission]) -> _Draft:
    one = by_id[hit.at.view.submission]
    cell, value = _spot(hit.at, one)
    words = {"item": item_of(hit.at.field), "filed": value, "expected": hit.expected or BLANK, **hit.words}
    related = []
    for spot in hit.also:
        other = by_id[spot.view.submission]
        related.append(Place(other.path, other.sheet, _spot(spot, other)[0]))
    finding = Finding(
        rule.code,
        hit.severity or rule.severity,
        one.path,
        _fill(rule.message, words),
        rule.advice,
        rule.basis,
        one.id,
        one.sheet,
        cell,
        hit.at.field.key,
        None if value == BLANK else value,
        hit.expected,
        tuple(place for place in dict.fromkeys(related) if place.cell is not None)[:RELATED_LIMIT],
    )
    return _Draft(finding, rule, one.filing, [words["item"]])


def _spot(spot: Spot, one: Submission) -> tuple[str | None, str]:
    if spot.row is None:
        filed = one.values.get(spot.field.key)
    else:
        table = spot.field.table
        filed = [row for row in one.rows if row.table == table][spot.row].cells.get(spot.field.key)
    if filed is None:
        return None, BLANK
    shown = (
        show(filed.value, spot.field.kind) if isinstance(filed.value, float) else short(str(filed.value or BLANK), 40)
    )
    return filed.cell, shown


# --- one cause, one finding -------------------------------------------------------------------


def _merged(rule: Rule, drafts: Iterable[_Draft]) -> list[_Draft]:
    """For a grouped rule, all hits on one form with one severity as one finding."""
    drafts = list(drafts)
    if not rule.grouped:
        return drafts
    groups: dict[tuple[str | None, Severity], list[_Draft]] = defaultdict(list)
    for draft in drafts:
        groups[draft.finding.submission, draft.finding.severity].append(draft)
    return [_as_one(rule, same) if len(same) > 1 else same[0] for same in groups.values()]


def _as_one(rule: Rule, same: list[_Draft]) -> _Draft:
    same = sorted(same, key=lambda draft: draft.finding.order)
    first = same[0].finding
    cells = [Place(draft.finding.path, draft.finding.sheet, draft.finding.cell) for draft in same]
    places = dict.fromkeys(place for place in cells[1:] if place != cells[0])
    items = list(dict.fromkeys(item for draft in same for item in draft.items))
    message = first.message
    if "{item}" in rule.message and len(items) > 1:
        message = message.replace(
            same[0].items[0], "、".join(items[:LISTED]) + ("等" if len(items) > LISTED else ""), 1
        )
    else:
        listed = "、".join(str(place.cell) for place in cells[:LISTED]) + ("等" if len(cells) > LISTED else "")
        message = f"{message}（同类问题共 {len(cells)} 处：{listed}）"
    merged = replace(first, message=message, related=tuple(places)[:RELATED_LIMIT])
    return _Draft(merged, rule, same[0].filing, items)


def _without_silenced(drafts: Sequence[_Draft]) -> list[_Draft]:
    """Drop findings whose cause another finding already names."""
    by_rule: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for draft in drafts:
        by_rule[draft.filing, draft.rule.code].append(draft.finding)
    return [draft for draft in drafts if not _is_silenced(draft, by_rule)]


def _is_silenced(draft: _Draft, by_rule: dict[tuple[str, str], list[Finding]]) -> bool:
    finding = draft.finding
    across = draft.rule.checks and draft.rule.checks[0].scope is Scope.FILING
    mine = {(finding.path, finding.sheet, finding.cell), *((p.path, p.sheet, p.cell) for p in finding.related)}
    for code in draft.rule.silenced_by:
        for other in by_rule.get((draft.filing, code), ()):
            theirs = {(other.path, other.sheet, other.cell), *((p.path, p.sheet, p.cell) for p in other.related)}
            if across or mine & theirs:
                return True
    return False


# --- scores -----------------------------------------------------------------------------------


def _scores(scopes: dict[str, FormScope]) -> dict[str, Score]:
    """Total scores: execution as recomputed, indicators by the scoring rules where they can be compared."""
    scores = {}
    for key in ("附件2", "附件3"):
        scope = scopes[key]
        if not len(scope):
            continue
        execution = scope.recomputed(scope.form.fields["年度资金总额_得分"])
        filed = scope.number(scope.form.fields["总分_得分"])
        rows = _rows(scope, review.INDICATORS)
        points = _points(rows)
        sums = np.zeros(len(scope))
        np.add.at(sums, rows.owners, np.nan_to_num(points))
        counted = np.bincount(rows.owners, weights=~np.isnan(points), minlength=len(scope)) > 0
        totals = frame.round_half_away(np.nan_to_num(execution) + sums, 2)
        for index, one in enumerate(scope.submissions):
            total = float(totals[index]) if counted[index] else None
            policy = params.load(one.year or params.BASE_YEAR)
            claim = None if np.isnan(filed[index]) else float(filed[index])
            scores[one.id] = Score(claim, total, None if total is None else policy.grade(total))
    return scores


def _points(rows: RowScope) -> frame.Numbers:
    """Points of each indicator: by the scoring rules, as filed where its target and actual cannot be compared."""
    earned = frame.evaluate(EARNED, rows)
    actual = rows.number(review.actual)
    none_wanted = (rows.text(review.direction) == NONE_AT_ALL) & ~np.isnan(actual)
    earned = np.where(none_wanted, np.where(actual > 0, 0.0, rows.number(review.weight)), earned)
    return np.where(np.isnan(earned), rows.number(review.score), earned)
