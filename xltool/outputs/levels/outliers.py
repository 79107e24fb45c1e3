"""Departments that stand out among like departments of other counties: all 教育局, all 水利局.

A figure stands out where it lies far from the median of its kind, measured in median deviations (the modified z-score
of Iglewicz and Hoaglin, 1993, whose limit is 3.5). A few odd departments do not move the median.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

from xltool.normalize import fold
from xltool.reader.files.counties import REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from xltool.outputs.levels.facts import DepartmentFacts
    from xltool.outputs.levels.totals import CountyResult
    from xltool.roster.counties import County

FEWEST: Final = 5
"""Fewest like departments that a median is taken of."""
LIMIT: Final = 3.5
_LEVEL: Final = re.compile(r"^(?:[县区州旗]|市(?!场|政|容|监))(?=..)")
"""The level of a department before its name: 县教育局, but not 市场监督管理局."""
_SCALE: Final = 1.4826
"""Times the median deviation is the standard deviation, where figures are spread normally."""


@dataclass(frozen=True)
class Measure:
    """A figure that like departments are compared by."""

    name: str
    value_of: Callable[[DepartmentFacts], float | None]
    style: str
    """The style of its cells: rate, score, money or count."""
    least: float
    """A smaller median deviation counts as this: nobody stands out for next to nothing."""
    relative: float = 0.0
    """The same as a share of the median."""
    only_above: bool = False


def _quotient(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def _problems(department: DepartmentFacts) -> float | None:
    return None if department.score is None else float(department.errors + department.warnings)


MEASURES: Final = (
    Measure("预算执行率", lambda each: _quotient(each.executed, each.budget), "rate", 0.02),
    Measure("重算得分", lambda each: each.score, "score", 1.0),
    Measure("人均公用经费（万元）", lambda each: _quotient(each.running_costs, each.staff), "money", 0.1, 0.1),
    Measure("三公经费决算÷预算", lambda each: _quotient(each.hospitality, each.hospitality_budget), "rate", 0.05),
    Measure("错误和警告（条）", _problems, "count", 2.0, only_above=True),
)


@dataclass(frozen=True)
class Outlier:
    """A department that stands out by a measure among the departments of its kind."""

    county: County
    department: str
    kind: str
    measure: Measure
    value: float
    middle: float
    like: int
    """Number of like departments with this figure."""
    distance: float
    """From the median, in median deviations."""

    @property
    def reason(self) -> str:
        """Why it is listed, in words."""
        side = "高于" if self.value > self.middle else "低于"
        value, middle = show(self.value, self.measure.style), show(self.middle, self.measure.style)
        return (
            f"{self.measure.name}为 {value}，{side}同类 {self.like} 个单位的中位数 {middle}，"
            f"偏离是一般差距的 {self.distance:.1f} 倍"
        )


def show(value: float, style: str) -> str:
    """A figure in words.

    >>> show(0.352, "rate"), show(93, "score"), show(12, "count")
    ('35.2%', '93.00', '12')
    """
    return f"{value:.1%}" if style == "rate" else f"{value:,.0f}" if style == "count" else f"{value:,.2f}"


def kind_of(department: str, county: County) -> str:
    """The kind of a department: its name without the place before it."""
    name = fold(department)
    for place in (county.city.name, county.county.name, county.city.name):
        name = name.removeprefix(fold(place)) or name
    while (match := REGION.match(name)) and match.end() < len(name):
        name = name[match.end() :]
    return _LEVEL.sub("", name)


def outliers_of(results: Sequence[CountyResult]) -> list[Outlier]:
    """The departments that stand out, the farthest first."""
    kinds: dict[str, list[tuple[County, DepartmentFacts]]] = defaultdict(list)
    for result in results:
        for department in result.facts.departments:
            kinds[kind_of(department.name, result.county)].append((result.county, department))
    outliers = [outlier for kind, same in kinds.items() for measure in MEASURES for outlier in _of(kind, same, measure)]
    return sorted(outliers, key=lambda each: (-each.distance, each.county.name, each.department, each.measure.name))


def _of(kind: str, same: Sequence[tuple[County, DepartmentFacts]], measure: Measure) -> Iterator[Outlier]:
    valued = [(*pair, value) for pair in same if (value := measure.value_of(pair[1])) is not None]
    counties = {county for county, _, _ in valued}
    if len(valued) < FEWEST or len(counties) < 2:  # noqa: PLR2004 - of several counties
        return
    middle = median(value for _, _, value in valued)
    spread = median(abs(value - middle) for _, _, value in valued)
    scale = _SCALE * max(spread, measure.least, measure.relative * abs(middle))
    for county, department, value in valued:
        distance = (value - middle) / scale
        if distance >= LIMIT or (distance <= -LIMIT and not measure.only_above):
            yield Outlier(
                county, department.name, kind, measure, value=value, middle=middle, like=len(valued),
                distance=abs(distance),
            )  # fmt: skip
