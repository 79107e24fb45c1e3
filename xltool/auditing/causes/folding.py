"""Fold findings with one cause: the finding to mend stays, and names those that its correction settles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

from xltool.auditing.causes.corrections import corrections, into_ten_thousand
from xltool.auditing.causes.overtyping import OVERTYPED, overtyped, saved_as_values
from xltool.auditing.causes.shared import Folding, numbers_in, open_by_filing, place_of
from xltool.auditing.causes.trials import Suspicion, Trials, compares, is_foldable
from xltool.auditing.causes.units import UNIT, in_yuan
from xltool.auditing.drafts import RELATED_LIMIT
from xltool.auditing.filings import by_filing
from xltool.findings import Consequence, Place, Severity
from xltool.forms.tolerances import HALF_CENT
from xltool.forms.words import BLANK, item_of, listing, show
from xltool.rules.model import Scope
from xltool.rules.recomputed import RECOMPUTATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xltool.auditing.causes.corrections import Correction
    from xltool.auditing.drafts import DraftFinding
    from xltool.auditing.rule_inputs import RuleInputs
    from xltool.findings import Finding
    from xltool.reader.records import Submission

MOST_COPIES: Final = 3_000
"""Copies of forms that are tried for one filing; beyond that its findings stay apart."""
LISTED: Final = 6
UNREADABLE = "W-05"
EXPLAINING: Final = frozenset({UNIT, UNREADABLE})
"""Rules that say why a cell is wrong: such a finding stays and takes in what follows, with the gravest severity."""
_SEVERITIES: Final = tuple(Severity)


@dataclass
class _Cause:
    """Findings that one corrected cell settles, and each correction that does so."""

    corrections: list[Correction]
    drafts: list[DraftFinding]

    @property
    def correction(self) -> Correction | None:
        """The correction, where only one cell explains the findings."""
        first, *others = self.corrections
        return None if any(other.place != first.place for other in others) else first

    @property
    def main(self) -> DraftFinding:
        """The finding that stays: the gravest, at the cell to correct, else one that names this cell."""
        places = {correction.place for correction in self.corrections}
        return min(
            self.drafts,
            key=lambda draft: (
                draft.rule.code not in EXPLAINING or place_of(draft.finding) not in places,
                _gravity(draft.finding),
                place_of(draft.finding) not in places,
                draft.rule.code not in RECOMPUTATIONS,
                places.isdisjoint(draft.finding.related),
                draft.check is None or draft.check.scope is Scope.FILING,
                draft.finding.order,
            ),
        )


def fold_causes(drafts: Sequence[DraftFinding], inputs: RuleInputs) -> list[DraftFinding]:
    """Fold the findings of each filing that have one cause; exempted findings stay as they are."""
    kept = {id(draft): draft for draft in drafts}
    folded_into: dict[int, int] = {}
    foldings = (*in_yuan(drafts, inputs), *_causes(drafts, inputs), *overtyped(drafts), *saved_as_values(drafts))
    for main, others, sentence in foldings:
        # A wrong result that was folded into a finding before takes its formula along.
        root = folded_into.get(id(main), id(main))
        more = [draft for draft in others if id(draft) in kept and not kept[id(draft)].finding.consequences]
        if more:
            kept[root] = replace(kept[root], finding=_with_consequences(kept[root].finding, more, sentence))
            for draft in more:
                del kept[id(draft)]
                folded_into[id(draft)] = root
    return list(kept.values())


def _with_consequences(main: Finding, others: Sequence[DraftFinding], sentence: str) -> Finding:
    others = sorted(others, key=lambda draft: draft.finding.order)
    places = [
        place
        for finding in (draft.finding for draft in others)
        for place in (*([place_of(finding)] if finding.cell else []), *finding.related)
        if place != place_of(main)
    ]
    return replace(
        main,
        severity=min((main, *(draft.finding for draft in others)), key=_gravity).severity,
        message=main.message + sentence,
        related=tuple(dict.fromkeys((*main.related, *places)))[:RELATED_LIMIT],
        consequences=(*main.consequences, *(Consequence.of(draft.finding, draft.key) for draft in others)),
    )


def _gravity(finding: Finding) -> int:
    return _SEVERITIES.index(finding.severity)


def _causes(drafts: Sequence[DraftFinding], inputs: RuleInputs) -> Iterator[Folding]:
    members = by_filing([form for scope in inputs.scopes.values() for form in scope.submissions])
    groups = {filing: same for filing, same in open_by_filing(drafts).items() if _may_share_a_cause(same)}
    trials = Trials(inputs.profiles)
    planned = {filing: _planned(same, members[filing], inputs, trials) for filing, same in groups.items()}
    for filing, same in groups.items():
        unchanged, tried = planned[filing]
        suspects = [_Suspect.of(draft) for draft in same if draft.rule.code not in OVERTYPED]
        causes = [
            cause
            for trial, correction in tried
            if len((cause := _Cause([correction], _settled(trial, correction, suspects, trials))).drafts) > 1
            if not trials.spoils(trial, unchanged, members[filing])
        ]
        yield from _chosen(causes, same)
    trials.release()


def _may_share_a_cause(drafts: Sequence[DraftFinding]) -> bool:
    checks = [draft.check for draft in drafts if draft.check is not None and is_foldable(draft.check)]
    return len(drafts) > 1 and (any(map(compares, checks)) or any(draft.rule.code == UNIT for draft in drafts))


def _planned(
    drafts: Sequence[DraftFinding], members: Sequence[Submission], inputs: RuleInputs, trials: Trials
) -> tuple[str, list[tuple[str, Correction]]]:
    """The trials of a filing: as it is, and with each correction."""
    distinct: dict[tuple[Place, float], Correction] = {}
    for draft in drafts:
        for correction in _corrections(draft, members, inputs):
            distinct.setdefault((correction.place, round(correction.value, 2)), correction)
    if len(distinct) * len(members) > MOST_COPIES:
        distinct.clear()
    return trials.add(members), [(trials.add(members, correction), correction) for correction in distinct.values()]


def _corrections(draft: DraftFinding, members: Sequence[Submission], inputs: RuleInputs) -> Iterable[Correction]:
    check, own = draft.check, next((form for form in members if form.id == draft.finding.submission), None)
    if own is not None and draft.rule.code == UNIT:
        return into_ten_thousand(own, draft.finding.cell)
    if check is None or own is None or not is_foldable(check) or not compares(check):
        return ()
    scope = inputs.filings[own.form]
    index = next(number for number, form in enumerate(scope.base.submissions) if form is own)
    return corrections(check.test, scope if check.scope is Scope.FILING else scope.base, index, members)


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A finding that a correction may settle: its place, the other places it names, and the check that it violates."""

    draft: DraftFinding
    place: Place
    related: set[Place]
    suspicion: Suspicion | None

    @classmethod
    def of(cls, draft: DraftFinding) -> Self:
        """Look these up once for all corrections."""
        check, submission = draft.check, draft.finding.submission
        asked = check is not None and submission is not None and is_foldable(check)
        suspicion = Suspicion(check, submission) if asked and check and submission is not None else None
        return cls(draft, place_of(draft.finding), set(draft.finding.related), suspicion)


def _settled(trial: str, correction: Correction, suspects: Sequence[_Suspect], trials: Trials) -> list[DraftFinding]:
    """The findings that a correction settles: checks that hold in the trial, and texts that name both its values."""
    return [
        suspect.draft
        for suspect in suspects
        if (suspect.suspicion is not None and trials.settles(trial, suspect.suspicion))
        or _names_both(suspect, correction)
        or _explains(suspect.draft, correction)
    ]


def _explains(draft: DraftFinding, correction: Correction) -> bool:
    """Whether a finding says why the cell is wrong: its amount is in 元, or no number can be read from it."""
    if draft.rule.code not in EXPLAINING or place_of(draft.finding) != correction.place:
        return False
    old = correction.filed.value
    return old is None if draft.rule.code == UNREADABLE else isinstance(old, float) and old > correction.value


def _names_both(suspect: _Suspect, correction: Correction) -> bool:
    """Whether a finding says that the cell of a correction should hold its new value, or that another place does."""
    is_here = suspect.place == correction.place
    if not is_here and correction.place not in suspect.related:
        return False
    finding, filed = suspect.draft.finding, correction.filed.value
    old, new = (filed if isinstance(filed, float) else 0.0), correction.value
    here, there = (new, old) if is_here else (old, new)
    return _says(finding.expected, here) and _says(finding.actual, there)


def _says(text: str | None, value: float) -> bool:
    return any(abs(number - value) < HALF_CENT for number in numbers_in(text))


def _chosen(causes: Sequence[_Cause], drafts: Sequence[DraftFinding]) -> Iterator[Folding]:
    """The causes that settle most, one after another, until no two findings are left that one correction settles."""
    left = {id(draft) for draft in drafts}
    while True:
        settled = [(cause, [draft for draft in cause.drafts if id(draft) in left]) for cause in causes]
        most = max((len(drafts) for _, drafts in settled), default=0)
        if most < 2:  # noqa: PLR2004 - a finding is not folded into itself
            return
        best = min(
            ([draft for draft in drafts if len(drafts) == most] for _, drafts in settled if len(drafts) == most),
            key=lambda same: sorted(draft.finding.order for draft in same),
        )
        ids = set(map(id, best))
        same = [cause.corrections[0] for cause, drafts in settled if set(map(id, drafts)) == ids]
        cause = _Cause(same, best)
        main = cause.main
        others = [draft for draft in best if draft is not main]
        yield Folding(main, others, _sentence(cause.correction, main.finding, [draft.finding for draft in others]))
        left -= ids


def _sentence(correction: Correction | None, main: Finding, others: Sequence[Finding]) -> str:
    """What has the same cause, and the cell to correct where only one explains all of it."""
    listed = listing([_named(other, main) for other in others], LISTED)
    if correction is None:
        return f"同一原因还引起 {listed}，请一并核对。"
    if correction.place == place_of(main):
        return f"同一原因还引起 {listed}，改正这一处即可。"
    kind, filed = correction.field.kind, correction.filed.value
    old = show(filed, kind) if isinstance(filed, float) else BLANK
    place = correction.place
    is_beside = (place.path, place.sheet) == (main.path, main.sheet)
    at = str(place.cell) if is_beside else f"{correction.submission.form}的 {place.cell}"
    return (
        f"同一原因还引起 {listed}：{at}（{item_of(correction.field)}）若由 {old} 改为 {show(correction.value, kind)}，"
        "这几处都一致。"
    )


def _named(finding: Finding, main: Finding) -> str:
    """A finding by its rule and cell, with the sheet or file where that is another one."""
    if (finding.path, finding.sheet) == (main.path, main.sheet):
        return f"{finding.rule}（{finding.cell}）"
    return f"{finding.rule}（{finding.sheet or finding.path.rpartition('/')[2]} {finding.cell or ''}）".replace(
        " ）", "）"
    )
