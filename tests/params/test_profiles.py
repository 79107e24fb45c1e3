"""Scoring profiles that come with the program, and what they mean for scores and rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.trust.defects.limits import LIMITED
from tests.params.audits import audited, fires
from tests.support.filled import filled
from tests.support.reports import BUREAU_REPORT, write_report
from xltool.auditing.terms import NO_TERMS, Terms
from xltool.expr.frame import Values, evaluate
from xltool.expr.nodes import Param, walk
from xltool.findings import Severity
from xltool.forms import FORMS, project, review, self_review
from xltool.params import DEFAULT, PARAMETERS, profile_named, profile_names, profile_of
from xltool.rules.catalogue import RULES
from xltool.rules.indicators.scoring import EARNED
from xltool.rules.samples import scored_row
from xltool.template.filling import RowValues, indicator_columns
from xltool.template.order import Order, SheetOrder
from xltool.template.workbook import write_files, write_workbook

if TYPE_CHECKING:
    from pathlib import Path

OTHERS = [name for name in profile_names() if name != "默认"]


def test_the_default_comes_first_and_is_what_the_forms_print() -> None:
    """The default gives 10 points to execution and 50, 30 and 10 to the indicators, all linear."""
    assert profile_names()[0] == DEFAULT.name == "默认"
    names = ("execution_weight", "output_weight", "benefit_weight", "satisfaction_weight", "indicator_weight")
    assert [DEFAULT[name] for name in names] == [10, 50, 30, 10, 90]
    assert (DEFAULT["execution_banded"], DEFAULT["reverse_by_ratio"]) == (0, 0)
    assert [DEFAULT.grade(score) for score in (90, 89.99, 80, 79.99, 60, 59.99)] == ["优", "良", "良", "中", "中", "差"]


def test_profiles_are_those_of_the_regions() -> None:
    """Each profile differs from the default exactly where the notes of its region do."""
    said = {
        name: {(change.section, change.key): change.after for change in profile_named(name).changes(DEFAULT)}
        for name in OTHERS
    }
    assert said["湖北"]["执行率", "分值"] == "20分"
    assert said["湖北"]["指标分值", "产出指标"] == "单位自定"
    assert said["四川"].keys() == {("指标分值", key) for key in ("分配", "产出指标", "效益指标", "满意度指标")}
    assert said["永德"] == {("指标分值", "产出指标"): "40分", ("指标分值", "满意度指标"): "20分"}
    assert said["江西"]["执行率", "档次"] == "100%起 10分，80%起 7分，60%起 5分，0%起 0分"
    assert said["旧版80/50"] == {("定性指标", "部分达成"): "50%"}
    assert said["江西"]["反向指标", "算法"] == said["湖北"]["反向指标", "算法"] == "比例"


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_says_what_it_rests_on(name: str) -> None:
    """Each section of a profile has a basis, and each parameter of the rules a number."""
    profile = profile_named(name)
    assert all(re.search(r"[\u4e00-\u9fff]", entry.basis) for entry in profile.shown())
    assert profile.numbers.keys() == PARAMETERS.keys()
    assert profile.region
    assert profile.since >= 2017


def test_every_parameter_is_used_and_every_used_one_is_known() -> None:
    """Expressions use all parameters of a profile and no others."""
    trees = [part for rule in RULES.values() for check in rule.checks for part in (check.test, check.expected) if part]
    trees += [field.formula for form in FORMS.values() for field in form.fields.values() if field.formula]
    used = {node.name for tree in trees for node in walk(tree) if isinstance(node, Param)}
    printed = {"indicator_weight", *(group.weight.name for group in review.GROUPS)}
    assert used | printed == set(PARAMETERS)


def test_a_year_takes_the_version_in_force() -> None:
    """A year is judged by the newest version not later than it, or by the first."""
    assert profile_named("湖北", 2024) is profile_named("湖北", 1999) is profile_named("湖北")
    with pytest.raises(ValueError, match="没有这个评分口径：湖北省（是不是“湖北”？可选 默认、"):
        profile_named("湖北省")


@pytest.mark.parametrize(
    ("executed", "score"), [(200, 10), (199.9, 7), (160, 7), (159.9, 5), (120, 5), (119.9, 0), (0, 0), (300, 10)]
)
@pytest.mark.parametrize("year", [self_review.year, project.year], ids=["附件2", "附件3"])
def test_execution_by_bands(year: review.YearFunds, executed: float, score: float) -> None:
    """In 江西 execution earns 10 points at 100%, 7 from 80%, 5 from 60%, and none below."""
    spent: dict[Any, float] = (
        {year.executed: executed} if year is self_review.year else {project.appropriation.executed: executed}
    )
    budget: dict[Any, float] = {year.budget: 200} if year is self_review.year else {project.appropriation.budget: 200}
    assert year.score.formula is not None
    values = Values(spent | budget, profile=profile_named("江西"))
    assert evaluate(year.score.formula, values)[0] == score


def test_execution_of_twenty_points() -> None:
    """In 湖北 execution has twenty points; ten are wrong there, as twenty are elsewhere."""
    hubei, year = profile_named("湖北"), self_review.year
    assert year.score.formula is not None
    assert evaluate(year.score.formula, Values({year.budget: 200, year.executed: 152}, profile=hubei))[0] == 15.2
    assert not fires("A2-06", {year.weight: 20}, hubei)
    assert fires("A2-06", {year.weight: 10}, hubei)
    assert fires("A2-06", {year.weight: 20}, DEFAULT)


def test_points_of_the_categories() -> None:
    """永德 gives output 40 points, 四川 leaves them free; there S-07 compares the heading with its rows."""
    output = {review.category: ["产出指标"], review.weight: [40]}
    assert fires("S-04", output, DEFAULT)
    assert not fires("S-04", output, profile_named("永德"))
    assert not fires("S-04", output, profile_named("四川"))
    printed = {review.printed_weight["产出指标"]: 50, review.category: ["产出指标"], review.weight: [40]}
    assert not fires("S-07", printed, DEFAULT)
    assert fires("S-07", printed, profile_named("四川"))
    assert fires("S-07", printed, profile_named("永德"))


def test_qualitative_bands() -> None:
    """Half the points for 部分达成 are too few, except where the old bands hold."""
    half = {review.actual_value: "部分达成", review.weight: 10, review.score: 5}
    assert fires("S-22", half, DEFAULT)
    assert not fires("S-22", half, profile_named("旧版80/50"))
    assert fires("S-22", half | {review.score: 4.9}, profile_named("旧版80/50"))


def test_reverse_indicators_by_ratio() -> None:
    """The formula of the profile gives the score, and the score of the other formula is accepted too."""
    row = scored_row(100, 125, 5, 4, "反向")
    assert [evaluate(EARNED, Values(row, profile=profile))[0] for profile in (DEFAULT, profile_named("江西"))] == [
        3.75,
        4,
    ]
    for profile in (DEFAULT, profile_named("江西")):
        assert not fires("S-18", row, profile)
        assert not fires("S-18", row | {review.score: 3.75}, profile)
        assert fires("S-18", row | {review.score: 1}, profile)


@pytest.mark.parametrize(
    ("rate", "highest"),
    [(0.8, 100), (0.7999, 89), (0.7, 89), (0.6999, 79), (0.6, 79), (0.5999, 69), (0.5, 69), (0, 59)],
)
def test_a_low_execution_caps_the_total(rate: float, highest: float) -> None:
    """A profile may cap the total by the rate of execution; the default and the regions known do not."""
    year = self_review.year
    assert not fires("S-36", {year.rate: rate, year.total_score: highest}, LIMITED)
    above = {year.rate: rate, year.total_score: highest + 0.01}
    assert fires("S-36", above, LIMITED) is (highest < 100)
    assert not any(fires("S-36", above, profile_named(name)) for name in profile_names())


def test_far_more_than_the_target_costs_points() -> None:
    """A profile may deduct 2 points above 130% of the target; then full marks are too many, and 3 of 5 are all."""
    over, full = scored_row(10, 14, 5, 3), scored_row(10, 14, 5, 5)
    assert fires("S-37", full, LIMITED)
    assert not fires("S-37", over, LIMITED)
    assert not fires("S-37", scored_row(10, 13, 5, 5), LIMITED)
    assert not fires("S-37", full, DEFAULT)
    assert fires("S-16", over, DEFAULT)
    assert not fires("S-16", over, LIMITED)
    assert [evaluate(EARNED, Values(full, profile=profile))[0] for profile in (DEFAULT, LIMITED)] == [5, 3]


def test_a_capped_total_is_recomputed_as_capped(tmp_path: Path) -> None:
    """The total that is computed for a form with little spent is at most the limit of the profile."""
    path, year = tmp_path / "附件2.xlsx", self_review.year
    texts: RowValues = {"二级指标": "数量指标", "三级指标": "培训人次", "年度指标值": "9人次", "实际完成值": "9人次"}
    rows: list[RowValues] = [{**texts, "分值": 90, "得分": 90}]
    prefill = {year.budget: 100, year.executed: 75} | indicator_columns(rows, 3)
    path.write_bytes(write_workbook(Order(2023, "某局"), [SheetOrder(self_review.FORM, prefill=prefill)]))
    scores = [audited(path, Terms(profile=profile)).scores for profile in (LIMITED, DEFAULT)]
    assert [next(iter(own.values())).recomputed for own in scores] == [89, 97.5]


def test_the_seed_under_other_profiles(tmp_path: Path) -> None:
    """By ratio 预算控制数 of the seed earns 5 × 1200 ÷ 10716.16; under 湖北 its points of execution are a finding."""
    path = filled(tmp_path / "附件2.xlsx", "附件2")
    usual = audited(path)
    other = audited(path, Terms(profile=profile_named("江西")))
    assert [score.recomputed for score in usual.scores.values()] == [95]
    assert [score.recomputed for score in other.scores.values()] == [95.56]
    hubei = audited(path, Terms(profile=profile_named("湖北")))
    (finding,) = [finding for finding in hubei.findings if finding.rule == "A2-06"]
    assert (finding.actual, finding.expected, finding.severity) == ("10分", "20分", Severity.WARNING)
    assert "A2-06" not in {finding.rule for finding in usual.findings}


def test_grades_of_a_profile(tmp_path: Path) -> None:
    """If 优 begins at 96, a score of 95 is 良."""
    strict = profile_of('名称 = "严"\n[等级]\n优 = 96\n依据 = "某文件"', "严.toml")
    result = audited(filled(tmp_path / "附件2.xlsx", "附件2"), Terms(profile=strict))
    assert [score.grade for score in result.scores.values()] == ["良"]
    printed = {review.grade: "优", self_review.year.total_score: 95}
    assert fires("S-35", printed, strict)
    assert not fires("S-35", printed, DEFAULT)


def test_a_report_is_graded_as_its_forms_are(tmp_path: Path) -> None:
    """By the profile asked for, else by that of 附件2, else, with no form beside it, by the roster's."""
    lines = [line.replace("99.59分", "85分") if isinstance(line, str) else line for line in BUREAU_REPORT]
    path = write_report(lines, tmp_path / "自评报告.docx")
    lenient = profile_of('名称 = "宽"\n[等级]\n优 = 85\n依据 = "某文件"', "宽.toml")

    def graded(terms: Terms, *others: Path) -> list[str | None]:
        return [finding.expected for finding in audited(path, terms, *others).findings if finding.rule == "R-08"]

    assert graded(NO_TERMS) == ["良"]
    assert graded(Terms(profile=lenient)) == []
    (issued,) = write_files(Order(2023, "示范县水利局", ("附件2",), profile=lenient), tmp_path, combined=False)
    assert graded(NO_TERMS, issued) == []
