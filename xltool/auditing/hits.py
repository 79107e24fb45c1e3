"""Rules on texts and whole forms: hits of their judges as findings."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from xltool.findings import Finding, Place
from xltool.reader.views import filing_view
from xltool.rules.words import BLANK, item_of, short, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.reader.records import Submission
    from xltool.rules import Rule
    from xltool.rules.views import FilingView, Hit, Spot
from xltool.auditing.drafts import RELATED_LIMIT, Draft, fill


def views_of(submissions: Sequence[Submission]) -> list[FilingView]:
    """The filings as frame rules see them."""
    filings: dict[str, list[Submission]] = defaultdict(list)
    for one in submissions:
        filings[one.filing].append(one)
    return [filing_view(same) for same in filings.values()]


def judged(rule: Rule, views: Sequence[FilingView], by_id: dict[str, Submission]) -> Iterator[Draft]:
    """Findings of a rule that is judged filing by filing."""
    for view in views:
        if rule.judge is not None:
            for hit in rule.judge(view):
                yield _from_hit(rule, hit, by_id)


def judged_together(rule: Rule, views: Sequence[FilingView], by_id: dict[str, Submission]) -> Iterator[Draft]:
    """Findings of a rule that is judged over all filings at once."""
    if rule.batch_judge is not None:
        for hit in rule.batch_judge(views):
            yield _from_hit(rule, hit, by_id)


def _from_hit(rule: Rule, hit: Hit, by_id: dict[str, Submission]) -> Draft:
    one = by_id[hit.at.view.submission]
    cell, value = _spot(hit.at, one)
    words = {"item": item_of(hit.at.field), "filed": value, "expected": hit.expected or BLANK, **hit.words}
    related = []
    for spot in hit.also:
        other = by_id[spot.view.submission]
        related.append(Place(other.path, *other.place(_spot(spot, other)[0])))
    finding = Finding(
        rule.code,
        hit.severity or rule.severity,
        one.path,
        fill(rule.message, words),
        rule.advice,
        rule.basis,
        one.id,
        *one.place(cell),
        hit.at.field.key,
        None if value == BLANK else value,
        hit.expected,
        tuple(place for place in dict.fromkeys(related) if place.cell is not None)[:RELATED_LIMIT],
    )
    return Draft(finding, rule, one.filing, [words["item"]])


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
