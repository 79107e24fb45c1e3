"""The briefing for whoever decides: what came in, money, grades, the largest differences, the commonest problems."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING

from xltool.auditing.in_yuan import RULES_ON_YUAN, is_incredible
from xltool.auditing.rounds.outcomes import Outcome
from xltool.findings import Severity
from xltool.forms.tolerances import HALF_CENT
from xltool.outputs.model import OUTSIDE
from xltool.params.profile import GRADE_NAMES, LOWEST_GRADE
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.outputs.model import Review
    from xltool.outputs.reviewing.finding_order import FindingOrder


@dataclass(frozen=True)
class Funds:
    """全年预算数 and 全年执行数 in 万元, added up over the departments that filed both.

    `doubtful` are departments whose amounts may be in 元: they would outweigh all others, and are not in the sums.
    """

    departments: int
    budget: float
    executed: float
    doubtful: tuple[str, ...] = ()

    @property
    def rate(self) -> float | None:
        """The rate of execution, a fraction; None without a budget."""
        return self.executed / self.budget if self.budget else None


@dataclass(frozen=True)
class ScoreDifference:
    """A score that differs from the recomputed one; `filing` is the number of its filing in the review.

    `project` is "" for the score of the department itself.
    """

    filing: int
    department: str
    project: str
    filed: float
    recomputed: float
    difference: float


@dataclass(frozen=True)
class CommonProblem:
    """A rule that departments do not meet, in words, with the first message that says so."""

    code: str
    title: str
    filings: int
    hits: int
    example: str


@dataclass(frozen=True)
class Briefing:
    """What is said of a round on one page; all lists are ranked and whole.

    `owing` are the departments of the roster that did not file everything. `grades` has the number of departments by
    grade: by their own score, and by the recomputed one. `rounds` has the outcomes of the last review's findings, None
    without one.
    """

    owing: tuple[str, ...]
    funds: Funds
    grades: tuple[tuple[str, int, int], ...]
    differences: tuple[ScoreDifference, ...]
    rates: tuple[tuple[str, float], ...]
    staffing: tuple[tuple[str, float], ...]
    problems: tuple[CommonProblem, ...]
    rounds: tuple[tuple[str, int], ...] | None


def briefing_of(review: Review, order: FindingOrder) -> Briefing:
    """Put the briefing on a review together; `order` has the counts of its findings."""
    filings = review.filings
    names = department_names(review)
    rates = ((names[at], row.execution_rate) for at, row in enumerate(filings) if row.execution_rate is not None)
    staffing = ((names[at], row.control_rate) for at, row in enumerate(filings) if row.control_rate is not None)
    steps = review.context.steps
    outcomes = Counter(step.became for step in steps or ())
    return Briefing(
        owing=tuple(names[at] for at, row in enumerate(filings) if row.missing and row.status not in {"", OUTSIDE}),
        funds=_funds(review, order, names),
        grades=_grades(review),
        differences=tuple(sorted(_differences(review, names), key=lambda each: (-abs(each.difference), each.filing))),
        rates=tuple(sorted(rates, key=lambda pair: pair[1])),
        staffing=tuple(sorted(staffing, key=lambda pair: -pair[1])),
        problems=_problems(order),
        rounds=None if steps is None else tuple((outcome.value, outcomes[outcome]) for outcome in Outcome),
    )


def department_names(review: Review) -> list[str]:
    """The names of the departments of a review, with the id of the filing where two have the same name."""
    namesakes = Counter(filing.department for filing in review.filings)
    return [filing.department if namesakes[filing.department] == 1 else filing.id for filing in review.filings]


def _funds(review: Review, order: FindingOrder, names: list[str]) -> Funds:
    doubted = set().union(*(order.acted_on_in.get(rule, ()) for rule in RULES_ON_YUAN))
    doubtful, pairs = [], []
    for number, filing in enumerate(review.filings):
        if filing.budget is None or filing.executed is None:
            continue
        if number in doubted or is_incredible(filing.budget, filing.executed):
            doubtful.append(names[number])
        else:
            pairs.append((filing.budget, filing.executed))
    budget, executed = (fsum(column) for column in zip(*pairs, strict=True)) if pairs else (0.0, 0.0)
    return Funds(len(pairs), budget, executed, tuple(doubtful))


def _grades(review: Review) -> tuple[tuple[str, int, int], ...]:
    own = Counter(filing.grade_filed for filing in review.filings)
    recomputed = Counter(filing.grade for filing in review.filings)
    return tuple((grade, own[grade], recomputed[grade]) for grade in (*GRADE_NAMES, LOWEST_GRADE))


def _differences(review: Review, names: list[str]) -> Iterator[ScoreDifference]:
    """Every score of a department or a project that differs from the recomputed one."""
    for number, filing in enumerate(review.filings):
        scores = [("", filing.score_filed, filing.score_recomputed, filing.difference)]
        scores += [(each.project, each.filed, each.recomputed, each.difference) for each in filing.projects]
        for project, filed, recomputed, difference in scores:
            if filed is not None and recomputed is not None and difference is not None and abs(difference) > HALF_CENT:
                yield ScoreDifference(number, names[number], project, filed, recomputed, difference)


def _problems(order: FindingOrder) -> tuple[CommonProblem, ...]:
    """The problems that a desk acts on: those of most departments first."""
    problems = (
        CommonProblem(code, RULES[code].title if code in RULES else "", len(filings), order.acted_on[code], example)
        for code, filings in order.acted_on_in.items()
        for example in (order.examples[code],)
    )
    return tuple(sorted(problems, key=_rank))


def _rank(problem: CommonProblem) -> tuple[int, int, bool, str]:
    """The rank of a problem; of those that are as common, errors come first."""
    is_error = problem.code in RULES and RULES[problem.code].severity is Severity.ERROR
    return -problem.filings, -problem.hits, not is_error, problem.code
