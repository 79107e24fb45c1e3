"""The order in which findings are shown: what a desk does first comes first, then by department and form.

A large review has more findings than fit into memory. So runs of findings are sorted instead: findings of a form that
follow each other in the review.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from xltool.forms import key_of
from xltool.forms.model import FORM_ROLES
from xltool.outputs.model import SubmissionOrigin
from xltool.outputs.reviewing.priorities import ACTED_ON, Priority, priority_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.findings import Finding, Severity
    from xltool.outputs.model import Review

FORMS: Final = tuple(map(key_of, FORM_ROLES))
NO_FORM: Final = -1
NO_ORIGIN: Final = SubmissionOrigin("", "")


class FindingRun(NamedTuple):
    """A run of findings of one form: the keys it is sorted by, its place in the findings of the review, its counts.

    `filing` is the number of the filing, that of a run without a filing the number after the last. `priorities` counts
    the findings by priority.
    """

    filing: int
    form: int
    project: str
    path: str
    start: int
    stop: int
    priorities: tuple[int, ...]


@dataclass
class FindingOrder:
    """The runs of a review in their order, and counts from the one pass through all findings that gives both.

    Filings go by their number in the review; findings without a filing have the number after the last.
    """

    runs: list[FindingRun] = field(default_factory=list)
    severities: Counter[Severity] = field(default_factory=Counter)
    by_filing: defaultdict[int, Counter[Severity]] = field(default_factory=lambda: defaultdict(Counter))
    hits: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Findings by rule for each filing."""
    acted_on: Counter[str] = field(default_factory=Counter)
    """Findings that a desk acts on, by rule."""
    acted_on_in: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """The filings with such findings, by rule."""
    examples: dict[str, str] = field(default_factory=dict)
    """The first message of such a finding, by rule."""
    has_exempted: bool = False
    """Whether an exemption covers any finding."""

    @classmethod
    def of(cls, review: Review) -> FindingOrder:
        """Count the findings of a review and sort its runs."""
        order, start = cls(), 0
        filings = {filing.id: number for number, filing in enumerate(review.filings)}
        for _, same in groupby(review.findings, key=attrgetter("submission", "path")):
            run = order._run(review, same, filings, start=start)
            order.runs.append(run)
            start = run.stop
        order.runs.sort()
        return order

    def _run(self, review: Review, same: Iterator[Finding], filings: dict[str, int], *, start: int) -> FindingRun:
        """Count the findings of a run that begins at `start`."""
        first = next(same)
        number = filings.get(review.filing_of(first) or "", len(filings))
        priorities = [0] * len(Priority)
        for finding in chain([first], same):
            priority = priority_of(finding)
            priorities[priority] += 1
            if priority is not Priority.MINOR:
                self.acted_on[finding.rule] += 1
                self.acted_on_in[finding.rule].add(number)
                self.examples.setdefault(finding.rule, finding.message)
            self.severities[finding.severity] += 1
            self.by_filing[number][finding.severity] += 1
            self.hits[number][finding.rule] += 1
            self.has_exempted = self.has_exempted or finding.exemption is not None
        origin = review.submissions.get(first.submission or "", NO_ORIGIN)
        form = FORMS.index(origin.form) if origin.form in FORMS else NO_FORM
        stop = start + sum(priorities)
        return FindingRun(number, form, origin.project or "", first.path, start, stop, tuple(priorities))

    def places(self, *priorities: Priority) -> Iterator[tuple[Priority, FindingRun]]:
        """The runs that have findings of each of these priorities, in the order of the priorities."""
        return ((priority, run) for priority in priorities for run in self.runs if run.priorities[priority])

    def count(self, *priorities: Priority) -> int:
        """The number of findings of these priorities."""
        return sum(run.priorities[priority] for priority, run in self.places(*priorities))

    @cached_property
    def first_acted_on(self) -> dict[int, int]:
        """The place of each filing's first finding among those that a desk acts on, counted from 1."""
        rows: dict[int, int] = {}
        count = 0
        for priority, run in self.places(*ACTED_ON):
            rows.setdefault(run.filing, count + 1)
            count += run.priorities[priority]
        return rows

    @cached_property
    def first_minor(self) -> dict[int, int]:
        """The place of each filing's line in the list of minor findings, where it stands above the findings."""
        rows: dict[int, int] = {}
        count = 0
        for priority, run in self.places(Priority.MINOR):
            rows.setdefault(run.filing, count + len(rows) + 1)
            count += run.priorities[priority]
        return rows


def acted_on(review: Review, order: FindingOrder) -> Iterator[tuple[int, Finding]]:
    """The findings that a desk acts on, the most urgent first, each with its number in the review."""
    for priority, run in order.places(*ACTED_ON):
        yield from findings_in(review, run, priority)


def findings_in(review: Review, run: FindingRun, priority: Priority) -> Iterator[tuple[int, Finding]]:
    """The findings of a priority in a run, each with its number in the review."""
    for number in range(run.start, run.stop):
        finding = review.findings[number]
        if priority_of(finding) is priority:
            yield number, finding
