"""Forms filled in in 元 instead of 万元: what follows from it is one finding, not one at each amount."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Final

from msgspec import structs

from xltool.auditing.causes.corrections import MOST_FORMS, TEN_THOUSAND, copy_into
from xltool.auditing.causes.shared import Folding, numbers_in, open_by_filing, places_of
from xltool.auditing.causes.trials import Suspicion, Trials, is_foldable
from xltool.auditing.filings import by_filing
from xltool.expr.nodes import Kind
from xltool.forms import FORMS, base_data, project, review, self_review

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from xltool.auditing.drafts import DraftFinding
    from xltool.auditing.rule_inputs import RuleInputs
    from xltool.expr.nodes import Field
    from xltool.findings import Finding
    from xltool.reader.records import FiledCell, Submission

UNIT: Final = "A1-32"
"""The rule that calls an amount 元 by its size alone."""
FEWEST: Final = 3
"""Fewer findings than these are no sign of whole forms in 元."""
_SMALLEST: Final = 100.0
"""In 元 hardly any amount is smaller."""
_MOST_SMALLER: Final = 0.1
"""The largest share of amounts below it that a form in 元 has."""
_NEAR: Final = 0.01
"""How far a ratio may be off the factor of 元 and 万元: amounts are rounded to two decimals."""
APPROVED: Final = frozenset(
    (
        *(line.initial.key for line in (self_review.year, project.year, *project.breakdown)),
        base_data.project_budget.key,
        base_data.project_spending.budget.key,
    )
)
"""Keys of the amounts that a roster fills in and locks, in 万元: the budgets of the beginning of the year."""
_DERIVED: Final = (review.budget_stand_in.key, self_review.spent_in_parts.key)


@dataclass(frozen=True)
class InTenThousand:
    """Another reading of whole forms: all of their amounts are in 元."""

    forms: tuple[Submission, ...]
    kept: frozenset[str] = frozenset()
    """Keys of amounts that are in 万元 nevertheless."""

    def changes(self, form: Submission) -> bool:
        """Whether a form is one of them."""
        return any(form is other for other in self.forms)

    def apply(self, form: Submission, filing: str) -> Submission:
        """The form with its amounts in 万元, as part of another filing."""
        result, declared = copy_into(form, filing), FORMS[form.form]
        fields = {key: field for key, field in declared.fields.items() if key not in self.kept}
        columns = {key: field for key, field in declared.columns.items() if key not in self.kept}
        result.values = {key: _scaled(filed, fields.get(key)) for key, filed in form.values.items()}
        result.rows = [
            replace(row, cells={key: _scaled(filed, columns.get(key)) for key, filed in row.cells.items()})
            for row in form.rows
        ]
        result.derived = dict(form.derived)
        for key in _DERIVED:
            amount = form.derived.get(key)
            if isinstance(amount, float):
                result.derived[key] = amount / TEN_THOUSAND
        return result


def _scaled(filed: FiledCell, field: Field | None) -> FiledCell:
    if field is None or field.kind is not Kind.MONEY or not isinstance(filed.value, float):
        return filed
    return structs.replace(filed, value=filed.value / TEN_THOUSAND)


def in_yuan(drafts: Sequence[DraftFinding], inputs: RuleInputs) -> Iterator[Folding]:
    """Fold the findings of each filing that come from forms in 元, where most of them are settled by 万元."""
    filings = open_by_filing(drafts).items()
    groups = {filing: same for filing, same in filings if sum(map(_points_to_yuan, same)) >= FEWEST}
    if not groups:
        return
    members = by_filing([form for scope in inputs.scopes.values() for form in scope.submissions])
    trials = Trials(inputs.profiles)
    planned = {filing: _planned(members[filing], trials) for filing in groups}
    for filing, same in groups.items():
        folding = _folded(same, members[filing], planned[filing], trials)
        if folding is not None:
            yield folding
    trials.release()


def _points_to_yuan(draft: DraftFinding) -> bool:
    """Whether a finding says that an amount is in 元, or ten thousand times another."""
    return draft.rule.code == UNIT or _says_factor(draft.finding)


def _says_factor(finding: Finding) -> bool:
    actual, expected = (numbers_in(text) for text in (finding.actual, finding.expected))
    ratios = (max(a, b) / min(a, b) for a in actual for b in expected if min(a, b) > 0)
    return any(abs(ratio / TEN_THOUSAND - 1) < _NEAR for ratio in ratios)


def _planned(members: Sequence[Submission], trials: Trials) -> tuple[str, Mapping[str, InTenThousand]]:
    """The trial of a filing as it is, and those with some of its forms in 元."""
    kinds: dict[str, list[Submission]] = defaultdict(list)
    for form in members:
        kinds[form.form].append(form)
    chosen = [tuple(kinds[key] for key in keys) for count in (1, 2, 3) for keys in combinations(kinds, count)]
    sets = [tuple(form for kind in groups for form in kind) for groups in chosen]
    sets += [(form,) for kind in kinds.values() if len(kind) > 1 for form in kind[:MOST_FORMS]]
    readings = [InTenThousand(forms, kept) for kept in (frozenset[str](), APPROVED) for forms in sets]
    likely = [reading for reading in readings if all(_may_be_in_yuan(form, reading.kept) for form in reading.forms)]
    unchanged = trials.add(members)
    return unchanged, {trials.add(members, reading): reading for reading in likely}


def _may_be_in_yuan(form: Submission, kept: frozenset[str]) -> bool:
    """Whether hardly any amount of a form, but those kept, is smaller than amounts in 元 are."""
    fields = {key: field for key, field in FORMS[form.form].fields.items() if key not in kept}
    filed = [filed.value for key, filed in form.values.items() if key in fields and fields[key].kind is Kind.MONEY]
    amounts = [value for value in filed if isinstance(value, float) and value]
    return sum(value < _SMALLEST for value in amounts) <= _MOST_SMALLER * len(amounts)


def _folded(
    drafts: Sequence[DraftFinding],
    members: Sequence[Submission],
    planned: tuple[str, Mapping[str, InTenThousand]],
    trials: Trials,
) -> Folding | None:
    """The findings that the likeliest set of forms in 元 settles: that which settles most, and has the fewest forms."""
    unchanged, corrections = planned
    best: list[DraftFinding] = []
    reading = InTenThousand(())
    for trial, correction in sorted(corrections.items(), key=lambda pair: len(pair[1].forms)):
        if trials.spoils(trial, unchanged, members):
            continue
        settled = [draft for draft in drafts if _settles(draft, trial, correction, trials)]
        if len(settled) > len(best):
            best, reading = settled, correction
    if len(best) < FEWEST:
        return None
    own = {form.id for form in reading.forms}
    main = min(
        best,
        key=lambda draft: (draft.rule.code != UNIT, draft.finding.submission not in own, draft.finding.order),
    )
    others = [draft for draft in best if draft is not main]
    return Folding(main, others, _sentence(reading, main.finding, [draft.finding for draft in others]))


def _settles(draft: DraftFinding, trial: str, correction: InTenThousand, trials: Trials) -> bool:
    """Whether a finding is settled: its check holds, or it names an amount of these forms and a ten-thousandth."""
    check, submission = draft.check, draft.finding.submission
    is_on = any(form.id == submission for form in correction.forms)
    if draft.rule.code == UNIT:
        return is_on
    if check is not None and submission is not None and is_foldable(check):
        return trials.settles(trial, Suspicion(check, submission))
    return _says_factor(draft.finding) and (is_on or _names(draft.finding, correction.forms))


def _names(finding: Finding, forms: Iterable[Submission]) -> bool:
    """Whether a finding names a place on one of these forms."""
    sheets = {(form.path, form.sheet) for form in forms}
    return any((place.path, place.sheet) in sheets for place in places_of(finding))


def _sentence(reading: InTenThousand, main: Finding, others: Sequence[Finding]) -> str:
    """Which forms are in 元, what follows from it, and what to do."""
    names = "、".join(sorted({form.form for form in reading.forms}))
    but = "（年初预算数除外）" if reading.kept else ""
    codes = "、".join(dict.fromkeys(other.rule for other in others if other.rule != main.rule)) or main.rule
    all_of = f"同一原因共 {len(others) + 1} 处（还有 {codes}），都改按万元填报后一并消除。"
    return f"{names}的金额像是都按“元”填报{but}：{all_of}"
