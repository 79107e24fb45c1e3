"""Totals of counties, of cities and of all: returns, money, execution, grades, findings; and the commonest problems."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from xltool.roster.model import NO_REGION, Region

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xltool.outputs.levels.facts import CountyFacts
    from xltool.roster.counties import County

GRADES: Final = ("优", "良", "中", "差")


@dataclass(frozen=True)
class CountyResult:
    """A county and what came of it: its facts, the place of its results below the summary, what else is to be said."""

    county: County
    place: str
    """With `/`; "" for a county of which nothing came in."""
    facts: CountyFacts
    remark: str = ""


@dataclass(frozen=True)
class Unplaced:
    """A file that belongs to no county, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Summary:
    """What is summed up: counties in the order of the roster, and files that belong to none of them."""

    title: str
    results: tuple[CountyResult, ...]
    unplaced: tuple[Unplaced, ...] = ()

    @property
    def cities(self) -> list[Region]:
        """The cities in their order; one without a name where the roster gives none."""
        return list(dict.fromkeys(result.county.city for result in self.results))


@dataclass
class Totals:
    """Counts and sums; money in 万元."""

    owing: int = 0
    """Departments of the roster."""
    complete: int = 0
    partial: int = 0
    unaudited: int = 0
    absent: int = 0
    late: int = 0
    files: int = 0
    unread: int = 0
    first_budget: float = 0.0
    budget: float = 0.0
    executed: float = 0.0
    hospitality_budget: float = 0.0
    hospitality: float = 0.0
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    in_yuan: int = 0
    """Departments whose amounts may be in 元, and are in no sum."""
    grades: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float | None:
        """Execution of the budget of the year."""
        return self.executed / self.budget if self.budget else None

    @property
    def return_rate(self) -> float | None:
        """The share of departments that filed everything."""
        return self.complete / self.owing if self.owing else None


_COUNTED: Final = {"已报齐": "complete", "部分报送": "partial", "收到、未能审核": "unaudited", "未报": "absent"}
_SUMMED: Final = ("first_budget", "budget", "executed", "hospitality_budget", "hospitality")


def totals_of(results: Iterable[CountyResult]) -> Totals:
    """The totals of some counties together."""
    totals = Totals()
    for result in results:
        totals.files += result.facts.files
        totals.unread += result.facts.unread
        for rule in result.facts.rules:
            name = f"{rule.severity}s"
            setattr(totals, name, getattr(totals, name) + rule.findings)
        for department in result.facts.departments:
            status = _COUNTED.get(department.status)
            if status is not None:
                totals.owing += 1
                setattr(totals, status, getattr(totals, status) + 1)
            totals.late += bool(department.late)
            totals.in_yuan += department.in_yuan
            for name in () if department.in_yuan else _SUMMED:
                setattr(totals, name, getattr(totals, name) + (getattr(department, name) or 0.0))
            totals.grades[department.grade] += bool(department.grade)
    return totals


@dataclass(frozen=True)
class Line:
    """A line of the table of regions: all together, a city, or a county."""

    city: str
    county: str
    totals: Totals
    place: str = ""
    remark: str = ""
    level: int = 2
    """0 for all together, 1 for a city, 2 for a county."""


def lines_of(summary: Summary) -> list[Line]:
    """All together, then each city with its counties below it."""
    lines = [Line("合计", "", totals_of(summary.results), level=0)]
    for city in summary.cities:
        own = [result for result in summary.results if result.county.city == city]
        if city != NO_REGION and len(summary.cities) > 1:
            lines.append(Line(str(city), "小计", totals_of(own), level=1))
        lines += [
            Line(str(city), result.county.folders[-1], totals_of([result]), place=result.place, remark=result.remark)
            for result in own
        ]
    return lines


def remark_of(line: Line) -> str:
    """What is to be said of a line besides its figures."""
    count = line.totals.in_yuan
    return "；".join(filter(None, (line.remark, f"{count} 个单位金额疑似按元填报，未计入合计" if count else "")))


@dataclass(frozen=True)
class Problem:
    """A rule that spoke: its findings, filings and counties, and where it spoke most."""

    code: str
    severity: str
    findings: int
    filings: int
    counties: int
    most: tuple[tuple[str, int], ...]
    """Counties with the most filings concerned, and their number."""


MOST_NAMED: Final = 3


def problems_of(results: Sequence[CountyResult]) -> list[Problem]:
    """The rules that spoke, those that concern the most filings first."""
    filings: dict[tuple[str, str], Counter[str]] = {}
    findings: Counter[tuple[str, str]] = Counter()
    for result in results:
        for rule in result.facts.rules:
            key = rule.code, rule.severity
            filings.setdefault(key, Counter())[result.county.name] += rule.filings
            findings[key] += rule.findings
    problems = [
        Problem(*key, findings[key], sum(own.values()), len(own), tuple(own.most_common(MOST_NAMED)))
        for key, own in filings.items()
    ]
    return sorted(problems, key=lambda problem: (-problem.filings, -problem.findings, problem.code))
