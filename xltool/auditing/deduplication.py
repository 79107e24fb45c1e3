"""One cause, one finding: merge findings that belong together, and drop those whose cause another one names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from xltool.auditing.causes.shared import places_of
from xltool.auditing.drafts import RELATED_LIMIT, DraftFinding
from xltool.findings import Finding, Place, Severity
from xltool.forms.words import listing
from xltool.rules.model import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LISTED = 6


def merge_grouped(drafts: Iterable[DraftFinding]) -> list[DraftFinding]:
    """Merge, for each grouped rule, all findings on one form with one severity into one."""
    kept: list[DraftFinding] = []
    groups: dict[tuple[str, str | None, Severity], list[DraftFinding]] = defaultdict(list)
    for draft in drafts:
        finding = draft.finding
        group = groups[finding.rule, finding.submission, finding.severity] if draft.rule.grouped else kept
        group.append(draft)
    return kept + [_as_one(same) if len(same) > 1 else same[0] for same in groups.values()]


def _as_one(same: list[DraftFinding]) -> DraftFinding:
    same = sorted(same, key=lambda draft: draft.finding.order)
    first, rule = same[0].finding, same[0].rule
    cells = [Place(draft.finding.path, draft.finding.sheet, draft.finding.cell) for draft in same]
    elsewhere = [place for draft in same for place in draft.finding.related if place.path != first.path]
    places = dict.fromkeys((*cells[1:], *elsewhere))
    places.pop(cells[0], None)
    items = list(dict.fromkeys(item for draft in same for item in draft.items))
    message = first.message
    if "{item}" in rule.message and len(items) > 1:
        message = message.replace(same[0].items[0], listing(items, LISTED), 1)
    else:
        listed = listing([place.cell for place in cells], LISTED)
        message = f"{message}（同类问题共 {len(cells)} 处：{listed}）"
    merged = replace(first, message=message, related=tuple(places)[:RELATED_LIMIT])
    return DraftFinding(merged, rule, same[0].filing, items)


def drop_silenced(drafts: Sequence[DraftFinding]) -> list[DraftFinding]:
    """Drop findings whose cause another finding already names."""
    by_rule: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for draft in drafts:
        by_rule[draft.filing, draft.rule.code].append(draft.finding)
    return [draft for draft in drafts if not _is_silenced(draft, by_rule)]


def _is_silenced(draft: DraftFinding, by_rule: dict[tuple[str, str], list[Finding]]) -> bool:
    others = [other for code in draft.rule.silenced_by for other in by_rule.get((draft.filing, code), ())]
    if not others:
        return False
    mine = places_of(draft.finding)
    across = draft.rule.checks and draft.rule.checks[0].scope is Scope.FILING
    return bool(across) or not all(mine.isdisjoint(places_of(other)) for other in others)
