"""Departments that stand out among like departments of other counties."""

from __future__ import annotations

import pytest

from xltool.outputs.levels.facts import CountyFacts, DepartmentFacts
from xltool.outputs.levels.outliers import kind_of, outliers_of
from xltool.outputs.levels.totals import CountyResult
from xltool.roster.counties import County
from xltool.roster.model import Region

CITY = Region("430600", "岳阳市")


def _county(number: int, *departments: DepartmentFacts) -> CountyResult:
    county = County(CITY, Region("", f"第{number}县"))
    return CountyResult(county, county.name, CountyFacts(1, 0, departments, ()))


def _spending(name: str, rate: float, **more: float) -> DepartmentFacts:
    return DepartmentFacts(name, "已报齐", budget=100.0, executed=100.0 * rate, **more)  # type: ignore[arg-type] # counts are whole


@pytest.mark.parametrize(
    ("name", "kind"),
    [("岳阳市岳阳县教育局", "教育局"), ("岳阳县教育局", "教育局"), ("县教育局", "教育局"), ("教育局", "教育局"),
     ("市场监督管理局", "市场监督管理局"), ("城市管理局", "城市管理局")],
)  # fmt: skip
def test_the_kind_is_the_name_without_the_place(name: str, kind: str) -> None:
    """All 教育局 are of one kind, whatever stands before."""
    assert kind_of(name, County(CITY, Region("", "岳阳县"))) == kind


def test_who_stands_out_is_ranked_with_the_reason() -> None:
    """The farthest first; nobody stands out for two points, nor for few problems."""
    rates = [0.90, 0.91, 0.92, 0.93, 0.94, 0.50, 0.20]
    results = [_county(number, _spending("教育局", rate, score=95.0, errors=1)) for number, rate in enumerate(rates)]
    results.append(_county(9, _spending("教育局", 0.92, score=95.0, errors=0)))
    outliers = outliers_of(results)
    assert [(each.county.county.name, each.measure.name) for each in outliers] == [
        ("第6县", "预算执行率"), ("第5县", "预算执行率")]  # fmt: skip
    assert outliers[0].reason == ("预算执行率为 20.0%，低于同类 8 个单位的中位数 91.5%，偏离是一般差距的 24.1 倍")


def test_few_departments_or_one_county_are_no_kind() -> None:
    """A median of four says nothing, and like departments lie in several counties."""
    four = [_county(number, _spending("教育局", rate)) for number, rate in enumerate((0.9, 0.9, 0.9, 0.1))]
    assert outliers_of(four) == []
    assert outliers_of([_county(1, *(_spending("教育局", rate) for rate in (0.9, 0.9, 0.9, 0.9, 0.9, 0.1)))]) == []
