"""Scoring profiles: what comes with the program, files of one's own, and what an audit and a template make of them."""

from __future__ import annotations

import json
import math
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from tests.attacks.profiles import HOSTILE
from tests.support.filled import filled
from tests.support.reports import BUREAU_REPORT, write_report
from xltool import cli, params
from xltool.auditing import audit
from xltool.auditing.tables.scopes import FormScope
from xltool.auditing.terms import NO_TERMS, Terms
from xltool.batches.grouping import as_one_set
from xltool.catalogue import profiles
from xltool.expr.bind import bind_params
from xltool.expr.frame import Values, evaluate, violations
from xltool.expr.nodes import Param, walk
from xltool.findings import Severity
from xltool.forms import FORMS, project, review, self_review
from xltool.params import DEFAULT, PARAMETERS, Profile, chosen, profile_named, profile_names, profile_of, written
from xltool.reader.reading import read_file
from xltool.rules.catalogue import RULES
from xltool.rules.indicators.scoring import EARNED
from xltool.rules.samples import scored_row
from xltool.template.order import Order
from xltool.template.workbook import write_files

if TYPE_CHECKING:
    from xltool.auditing.audit import Audit

OTHERS = [name for name in profile_names() if name != "默认"]
OWN = """
名称 = "某某县"
[执行率]
分值 = 20
依据 = "某某县文件"
[指标分值]
分配 = "固定"
产出指标 = 40
依据 = "某某县文件"
"""


def audited(path: Path, terms: Terms = NO_TERMS, *others: Path) -> Audit:
    """A file by itself or with others, on these terms."""
    records = [read_file(one, one.name) for one in (path, *others)]
    as_one_set(records)
    return audit.audit(records, terms)


def fires(code: str, example: dict[Any, Any], profile: Profile) -> bool:
    """Whether a rule speaks of an example under a profile."""
    return any(violations(check.test, Values(example, profile=profile))[0] for check in RULES[code].checks)


# --- what comes with the program ----------------------------------------------------------------


def test_the_default_comes_first_and_is_what_the_forms_print() -> None:
    """10 points of execution, 50, 30 and 10 of the indicators, linear throughout."""
    assert profile_names()[0] == DEFAULT.name == "默认"
    names = ("execution_weight", "output_weight", "benefit_weight", "satisfaction_weight", "indicator_weight")
    assert [DEFAULT[name] for name in names] == [10, 50, 30, 10, 90]
    assert (DEFAULT["execution_banded"], DEFAULT["reverse_by_ratio"]) == (0, 0)
    assert [DEFAULT.grade(score) for score in (90, 89.99, 80, 79.99, 60, 59.99)] == ["优", "良", "良", "中", "中", "差"]


def test_profiles_are_those_of_the_regions() -> None:
    """Each as its notes have it; whatever they do not say is as in the default."""
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
    """Each section has a basis, and each parameter of the rules a number."""
    profile = profile_named(name)
    assert all(re.search(r"[\u4e00-\u9fff]", entry.basis) for entry in profile.shown())
    assert profile.numbers.keys() == PARAMETERS.keys()
    assert profile.region
    assert profile.since >= 2017


def test_every_parameter_is_used_and_every_used_one_is_known() -> None:
    """No expression names a number no profile has, and no profile keeps one that nothing asks for."""
    trees = [part for rule in RULES.values() for check in rule.checks for part in (check.test, check.expected) if part]
    trees += [field.formula for form in FORMS.values() for field in form.fields.values() if field.formula]
    used = {node.name for tree in trees for node in walk(tree) if isinstance(node, Param)}
    printed = {"indicator_weight", *(group.weight.name for group in review.GROUPS)}
    assert used | printed == set(PARAMETERS)


def test_a_year_takes_the_version_in_force() -> None:
    """The newest not later than the year; before the first, the first."""
    assert profile_named("湖北", 2024) is profile_named("湖北", 1999) is profile_named("湖北")
    with pytest.raises(ValueError, match="没有这个评分口径：湖北省（是不是“湖北”？可选 默认、"):
        profile_named("湖北省")


# --- what it means for scores and rules ---------------------------------------------------------


@pytest.mark.parametrize(
    ("executed", "score"), [(200, 10), (199.9, 7), (160, 7), (159.9, 5), (120, 5), (119.9, 0), (0, 0), (300, 10)]
)
@pytest.mark.parametrize("year", [self_review.year, project.year], ids=["附件2", "附件3"])
def test_execution_by_bands(year: review.YearFunds, executed: float, score: float) -> None:
    """江西: all of it at 100%, 7 from 80%, 5 from 60%, nothing below."""
    spent: dict[Any, float] = (
        {year.executed: executed} if year is self_review.year else {project.appropriation.executed: executed}
    )
    budget: dict[Any, float] = {year.budget: 200} if year is self_review.year else {project.appropriation.budget: 200}
    assert year.score.formula is not None
    values = Values(spent | budget, profile=profile_named("江西"))
    assert evaluate(year.score.formula, values)[0] == score


def test_execution_of_twenty_points() -> None:
    """湖北: twenty times the rate; ten points there are as wrong as twenty elsewhere."""
    hubei, year = profile_named("湖北"), self_review.year
    assert year.score.formula is not None
    assert evaluate(year.score.formula, Values({year.budget: 200, year.executed: 152}, profile=hubei))[0] == 15.2
    assert not fires("A2-06", {year.weight: 20}, hubei)
    assert fires("A2-06", {year.weight: 10}, hubei)
    assert fires("A2-06", {year.weight: 20}, DEFAULT)


def test_points_of_the_categories() -> None:
    """永德 wants 40 and 20, 四川 leaves them free; a heading with other points than its rows is told of there."""
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
    """The formula of the profile gives the score; either is accepted."""
    row = scored_row(100, 125, 5, 4, "反向")
    assert [evaluate(EARNED, Values(row, profile=one))[0] for one in (DEFAULT, profile_named("江西"))] == [3.75, 4]
    for profile in (DEFAULT, profile_named("江西")):
        assert not fires("S-18", row, profile)
        assert not fires("S-18", row | {review.score: 3.75}, profile)
        assert fires("S-18", row | {review.score: 1}, profile)


def test_the_seed_under_other_profiles(tmp_path: Path) -> None:
    """By ratio 预算控制数 of the seed earns 5 × 1200 ÷ 10716.16; under 湖北 its points of execution are told of."""
    path = filled(tmp_path / "附件2.xlsx", "附件2")
    usual = audited(path)
    other = audited(path, Terms(profile=profile_named("江西")))
    assert [score.recomputed for score in usual.scores.values()] == [95]
    assert [score.recomputed for score in other.scores.values()] == [95.56]
    hubei = audited(path, Terms(profile=profile_named("湖北")))
    (found,) = [finding for finding in hubei.findings if finding.rule == "A2-06"]
    assert (found.actual, found.expected, found.severity) == ("10分", "20分", Severity.WARNING)
    assert "A2-06" not in {finding.rule for finding in usual.findings}


def test_grades_of_a_profile(tmp_path: Path) -> None:
    """Where 优 begins at 96, 95 is 良."""
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


# --- files of one's own -------------------------------------------------------------------------


@pytest.mark.parametrize("name", profile_names())
def test_a_written_profile_reads_back_as_it_was(name: str) -> None:
    """The file to start from says the same as the profile it was written from, and how to fill it in."""
    text = written(profile_named(name))
    again = profile_of(text, "自定.toml")
    assert again.changes(profile_named(name)) == []
    assert again.name == f"自定（据{name}）"
    assert "# 线性：分值 × 执行率；分档：按下面的档次" in text


def test_an_own_file_says_only_what_differs(tmp_path: Path) -> None:
    """Chinese keys without quotes are read; a number given makes the points fixed again; so are files of Notepad."""
    parted = OWN.replace('名称 = "某某县"', '名称 = "某某县"\n基于 = "四川"').replace('分配 = "固定"\n', "")
    parted = parted.replace("产出指标 = 40", "产出指标 = 40\n效益指标 = 30\n满意度指标 = 10")
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        path = tmp_path / f"{encoding}.TOML"
        path.write_text(parted, encoding=encoding)
        own = chosen(str(path))
        assert (own["execution_weight"], own["output_weight"], own["benefit_weight"]) == (20, 40, 30)
        assert own["qualitative_partial"] == DEFAULT["qualitative_partial"]


def test_quotes_in_texts_and_remarks_stay_as_they_are() -> None:
    """Only keys get quotes: a text or remark that looks like an entry is left alone."""
    text = OWN.replace('依据 = "某某县文件"', '依据 = "见“分值 = 5”, [旧]" # 分值 = 9', 1)
    assert profile_of(text, "x").basis["执行率"] == "见“分值 = 5”, [旧]"


MISTAKES = {
    "名称 = 某某": ["第 1 行：写法不对"],
    '名称 = "甲': ["第 1 行：写法不对"],
    '地区 = "乙"': ["第 1 行：没有写“名称”"],
    '名称 = "甲"\n名称 = "乙"': ["第 2 行：同一项写了两次"],
    '名称 = "甲"\n[等级]\n优 = 95\n依据 = "丙"\n[等级]': ["第 5 行：同一项写了两次"],
    '名称 = "甲"\n分制 = 5': ["第 2 行：不认识“分制”"],
    '名称 = "甲"\n执行率 = 5': ["第 2 行：“执行率”是一个部分"],
    '名称 = "甲"\n自年度 = "2023"': ["第 2 行：“自年度”应为整数，写的是 2023"],
    '名称 = "甲"\n自年度 = 23': ["第 2 行：“自年度”应在 2000 到 2099 之间，写的是 23"],
    '名称 = "甲"\n地区 = 5': ["第 2 行：“地区”应为加引号的文字，写的是 5"],
    '名称 = "甲"\n基于 = "河南"': ["第 2 行：没有这个评分口径：河南"],
    '名称 = "甲"\n基于 = 5': ["第 2 行：“基于”应为加引号的文字"],
    '名称 = "甲"\n[执行率]\n分值 = 10': ["第 2 行：“执行率”没有写“依据”"],
    '名称 = "甲"\n[执行率]\n分值 = 10\n依据 = " "': ["第 4 行：“执行率”没有写“依据”"],
    '名称 = "甲"\n[执行率]\n分直 = 10\n依据 = "丙"': ["第 3 行：不认识“分直”，是不是“分值”？"],
    '名称 = "甲"\n[执行率]\n分值 = "10"\n依据 = "丙"': ["第 3 行：“分值”应为数字，写的是 10"],
    '名称 = "甲"\n[执行率]\n分值 = true\n依据 = "丙"': ["第 3 行：“分值”应为数字"],
    '名称 = "甲"\n[执行率]\n分值 = 120\n依据 = "丙"': ["第 3 行：“分值”应在 1 到 99 之间，写的是 120"],
    '名称 = "甲"\n[执行率]\n分值 = 20\n依据 = "丙"': [
        "第 3 行：执行率和产出、效益、满意度指标的分值合计应为 100，现为 20 + 50 + 30 + 10 = 110"
    ],
    '名称 = "甲"\n[执行率]\n算法 = "阶梯"\n依据 = "丙"': ["第 3 行：“算法”应为线性或分档，写的是 阶梯"],
    '名称 = "甲"\n[执行率]\n算法 = "分档"\n依据 = "丙"': ["第 2 行：“算法”为分档的，应写“档次”"],
    '名称 = "甲"\n[执行率]\n档次 = [100, 10]\n依据 = "丙"': ["第 3 行：“档次”应写成 [[100, 10], [80, 7], [0, 0]]"],
    '名称 = "甲"\n[执行率]\n档次 = [[100, 10]]\n依据 = "丙"': ["第 3 行：“档次”应为 2 到 5 档，写了 1 档"],
    '名称 = "甲"\n[执行率]\n算法 = "分档"\n档次 = [[80, 7], [100, 10]]\n依据 = "丙"': [
        "第 4 行：“档次”应从高到低排列：80%（7分）之后写了 100%（10分）",
        "第 4 行：“档次”的最后一档应从 0 起，写的是 100",
        "第 4 行：“档次”最高一档为 7 分，应与执行率分值 10 分一致",
    ],
    '名称 = "甲"\n[指标分值]\n产出指标 = 60\n依据 = "丙"': [
        "第 2 行：执行率和产出、效益、满意度指标的分值合计应为 100，现为 10 + 60 + 30 + 10 = 110"
    ],
    '名称 = "甲"\n[定性指标]\n达成 = 60\n依据 = "丙"': ["第 3 行：“达成”（60）应高于“部分达成”（60）"],
    '名称 = "甲"\n[等级]\n优 = 70\n良 = 85\n依据 = "丙"': ["第 4 行：“优”（70）应高于“良”（85）"],
    '名称 = "甲"\n"等级"."优" = 50\n等级.依据 = "丙"': ["第 2 行：“优”（50）应高于“良”（80）"],
}


@pytest.mark.parametrize(("text", "told"), MISTAKES.items(), ids=map(str, range(len(MISTAKES))))
def test_a_mistake_is_told_with_its_line(text: str, told: list[str]) -> None:
    """What is wrong, and where to mend it."""
    with pytest.raises(ValueError, match=r"^口径文件有误：某县\.toml：第 \d+ 行：") as error:
        profile_of(text, "某县.toml")
    for part in told:
        assert part in str(error.value)
    assert str(error.value).count("第 ") == len(told)


def test_all_mistakes_are_told_at_once() -> None:
    """In the order of the lines."""
    text = '分制 = 5\n[执行率]\n分值 = "10"\n[等级]\n良 = 95\n依据 = "丙"'
    with pytest.raises(ValueError, match="口径") as error:
        profile_of(text, "x")
    assert re.findall(r"第 (\d+) 行", str(error.value)) == ["1", "1", "2", "3", "5"]


def test_a_file_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    """No text, and none that fits into a template."""
    (tmp_path / "图.toml").write_bytes(b"\xff\x00\x81")
    with pytest.raises(ValueError, match="不是文字文件"):
        chosen(str(tmp_path / "图.toml"))
    with pytest.raises(ValueError, match="太长"):
        profile_of(OWN + "#" * 40_000, "长.toml")
    with pytest.raises(FileNotFoundError):
        chosen(str(tmp_path / "没有.toml"))


# --- templates, and who decides -----------------------------------------------------------------


def issued(folder: Path, profile: Profile | None = None) -> Path:
    """附件2 issued for a profile."""
    (path,) = write_files(Order(2023, "某局", ("附件2",), profile=profile), folder, combined=False)
    return path


def test_a_template_carries_its_profile(tmp_path: Path) -> None:
    """By name, or an own one as a whole; what it prints and asks for is judged right by a known one."""
    own = profile_of(OWN, "某某县.toml")
    for profile, terms in ((profile_named("湖北"), NO_TERMS), (own, Terms(profile=own))):
        result = audited(issued(tmp_path / profile.name, profile), terms)
        (judged,) = result.profiles.values()
        assert (judged.name, judged.changes(profile)) == (profile.name, [])
        assert "A2-06" not in {finding.rule for finding in result.findings}
        assert not {finding.rule for finding in result.findings if finding.rule.startswith("W-")}


def test_option_before_roster_before_template_before_default(tmp_path: Path) -> None:
    """Whoever stands first in this order decides."""
    hubei, plain = issued(tmp_path / "湖北", profile_named("湖北")), issued(tmp_path / "未指定")
    usual = issued(tmp_path / "默认", DEFAULT)

    def judged(path: Path, terms: Terms) -> str:
        return next(iter(audited(path, terms).profiles.values())).name

    records = [read_file(plain, plain.name)]
    as_one_set(records)
    rostered = {records[0].submissions[0].filing: "四川"}
    own = profile_of(OWN, "某某县.toml")
    assert judged(hubei, Terms(profile=profile_named("江西"), rostered=rostered)) == "江西"
    assert judged(hubei, Terms(profile=own)) == "某某县"
    assert judged(hubei, Terms(rostered=rostered)) == "四川"
    assert judged(usual, Terms(rostered=rostered)) == "四川"
    assert judged(hubei, NO_TERMS) == "湖北"
    assert judged(plain, Terms(rostered=rostered)) == "四川"
    assert judged(plain, NO_TERMS) == "默认"
    with pytest.raises(ValueError, match="没有这个评分口径：河南"):
        judged(plain, Terms(rostered=dict.fromkeys(rostered, "河南")))


def test_a_manifest_that_names_nothing_usable_is_passed_over(tmp_path: Path) -> None:
    """Then the default holds, as without a manifest."""
    records = [read_file(issued(tmp_path), "附件2.xlsx")]
    records[0].submissions[0].profile = "某年某口径"
    assert [one.name for one in audit.audit(records).profiles.values()] == ["默认"]


def test_departments_of_different_profiles_in_one_audit(tmp_path: Path) -> None:
    """Each is judged by its own, in one pass."""
    paths = [issued(tmp_path / name, profile_named(name)) for name in ("默认", "湖北", "江西")]
    records = [read_file(path, path.as_posix()) for path in paths]
    for record in records:
        record.submissions[0].filing = record.path
    result = audit.audit(records)
    scope = FormScope(
        FORMS["附件2"], result.submissions, [result.profiles[submission.id] for submission in result.submissions]
    )
    assert scope.param("execution_weight").tolist() == [10, 20, 10]
    assert scope.param("execution_banded").tolist() == [0, 0, 1]
    assert math.isnan(scope.param("output_weight")[1])
    assert "A2-06" not in {finding.rule for finding in result.findings}


def manifest_says(path: Path, profile: str, terms: Terms = NO_TERMS) -> Audit:
    """The audit of a form whose manifest says this of its profile."""
    records = [read_file(path, path.name)]
    for submission in records[0].submissions:
        submission.profile = profile
    as_one_set(records)
    return audit.audit(records, terms)


_USED = re.compile("本文件按“(.*?)”口径审核")


def unused(result: Audit) -> list[tuple[str, str | None, str]]:
    """Severity of each finding on a profile that was not judged by, the profile carried and the one used."""
    findings = [finding for finding in result.findings if finding.rule == "W-26"]
    return [(finding.severity.value, finding.actual, "、".join(_USED.findall(finding.message))) for finding in findings]


def test_a_forged_profile_takes_no_finding_away_in_silence(tmp_path: Path) -> None:
    """The roster and the option hold in full; without them its place is taken by an error that says what is open."""
    path = filled(tmp_path / "附件2.xlsx", "附件2")
    strict = profile_of('名称 = "严"\n[等级]\n优 = 99\n良 = 98\n中 = 97\n依据 = "某文件"', "严.toml")
    lax = '名称 = "四川"\n[超额完成]\n比例 = 1000\n依据 = "某文件"'
    records = [read_file(path, path.name)]
    as_one_set(records)
    usual = audit.audit(records)
    rostered = Terms(rostered={records[0].submissions[0].filing: "默认"})
    forged = manifest_says(path, lax, rostered)
    assert [finding for finding in forged.findings if finding.rule != "W-26"] == list(usual.findings)
    assert unused(forged) == [("warning", "四川", "默认")]
    assert unused(manifest_says(path, lax, Terms(profile=strict))) == [("warning", "四川", "严")]
    assert unused(manifest_says(path, lax)) == [("error", "四川", "默认")]
    (told,) = [finding for finding in manifest_says(path, lax).findings if finding.rule == "W-26"]
    assert "超额完成比例" in told.message
    assert "--profile" in told.advice


def test_an_honest_county_that_forgets_its_profile_is_told_so_and_accused_of_nothing(tmp_path: Path) -> None:
    """Exactly that finding: neither an all-clear nor the points that the county printed itself."""
    own = profile_of(OWN, "某某县.toml")
    path = issued(tmp_path, own)
    given, forgotten = audited(path, Terms(profile=own)), audited(path)
    assert unused(given) == []
    assert [finding for finding in forgotten.findings if finding.rule != "W-26"] == list(given.findings)
    assert unused(forgotten) == [("error", "某某县", "默认")]
    (told,) = [finding for finding in forgotten.findings if finding.rule == "W-26"]
    for words in ("执行率分值", "产出指标分值", "“某某县”不是已知的口径"):
        assert words in told.message
    assert [(score.recomputed, score.grade) for score in forgotten.scores.values()] == [(None, None)]


def test_a_profile_that_says_the_same_as_a_known_one_is_that_one(tmp_path: Path) -> None:
    """What a bureau wrote out and did not change is no profile of its own."""
    result = manifest_says(issued(tmp_path), written(profile_named("湖北")))
    assert [one.name for one in result.profiles.values()] == ["湖北"]
    assert unused(result) == []


def test_a_known_profile_of_a_template_gives_way_to_the_roster_and_the_option(tmp_path: Path) -> None:
    """And it is said that it did."""
    path = issued(tmp_path, profile_named("湖北"))
    assert unused(audited(path)) == []
    assert unused(audited(path, Terms(profile=profile_named("湖北")))) == []
    assert unused(audited(path, Terms(profile=profile_named("江西")))) == [("info", "湖北", "江西")]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_profile_is_refused_at_once(name: str, tmp_path: Path) -> None:
    """In a line that can be shown, as an option and in a manifest, where it costs its file no more than a finding."""
    begun = time.process_time()
    with pytest.raises(ValueError, match=r"^口径文件有误：") as error:
        profile_of(HOSTILE[name], "恶.toml")
    assert time.process_time() - begun < 0.5  # seconds
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 2_500
    result = manifest_says(issued(tmp_path), HOSTILE[name])
    ((severity, _, used),) = unused(result)
    assert (severity, used) == ("warning", "默认")
    (finding,) = [finding for finding in result.findings if finding.rule == "W-26"]
    assert "无法读取" in finding.message
    assert finding.message.isprintable()


def test_a_hostile_profile_given_as_an_option_is_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and nothing of a traceback; of a file that is too large no more is read than shows it."""
    form, bad = filled(tmp_path / "附件2.xlsx", "附件2"), tmp_path / "恶.toml"
    for text in (HOSTILE["600 brackets"], HOSTILE["a key of many parts"], "#" * 10_000_000):
        bad.write_text(text, encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["xltool", "audit", str(form), "--profile", str(bad)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert "口径文件有误" in told.err
        assert len(told.err.strip().splitlines()) == 1


# --- the commands -------------------------------------------------------------------------------


def run(*words: object) -> tuple[int, str]:
    """A command; exit code and what it printed."""
    done = CliRunner().invoke(cli.app, [*map(str, words)])
    return done.exit_code, done.stdout


def test_rules_of_a_profile_show_what_changes() -> None:
    """Entries old and new with their basis, and the rules that judge otherwise."""
    code, text = run("rules", "--profile", "湖北")
    assert code == 0
    assert "分值：10分 → 20分" in text
    assert "湖北省2020年表注" in text
    assert re.findall(r"^  ([A-Z]\d?-\d\d) ", text, re.MULTILINE) == [
        "A2-06", "S-04", "S-05", "S-06", "S-07", "S-17", "S-18", "S-22",
    ]  # fmt: skip
    data = json.loads(run("rules", "--profile", "江西", "--format", "json")[1])
    assert [rule["code"] for rule in data["rules"]] == ["A2-04", "A3-07", "S-17", "S-18", "S-22"]
    assert "0.7" in "".join(data["rules"][0]["after"])
    assert data["changes"][0] == {
        "section": "执行率", "key": "算法", "before": "线性", "after": "分档",
        "basis": profile_named("江西").basis["执行率"],
    }  # fmt: skip
    assert "| 执行率·分值 | 10分 | 20分 |" in run("rules", "--profile", "湖北", "--format", "md")[1]


def test_rules_of_the_default_show_all_of_it(tmp_path: Path) -> None:
    """Every entry; as a file it can be changed and chosen."""
    text = run("rules", "--profile", "默认")[1]
    assert "满意度指标：10分" in text
    assert "受影响" not in text + run("rules", "--profile", "默认", "--format", "md")[1]
    data = json.loads(run("rules", "--profile", "默认", "--format", "json")[1])
    assert (data["compared_with"], data["rules"]) == (None, [])
    path = tmp_path / "自定.toml"
    path.write_text(run("rules", "--format", "toml")[1], encoding="utf-8")
    assert "与默认口径相同。" in run("rules", "--profile", path)[1]


def test_explain_under_a_profile() -> None:
    """The formula has the numbers of the profile; one left open is said to be so."""
    assert "年度资金总额_分值 = 10" in run("explain", "A2-06")[1]
    assert "应当成立（湖北口径）" in run("explain", "A2-06", "--profile", "湖北")[1]
    assert "年度资金总额_分值 = 20" in run("explain", "A2-06", "--profile", "湖北")[1]
    assert "〔单位自定〕" in run("explain", "S-04", "--profile", "湖北")[1]


def test_a_bare_parameter_is_said_by_its_name() -> None:
    """For whoever prints a tree that no profile has settled."""
    from xltool.expr.words import describe  # noqa: PLC0415 - the one test that needs it

    assert describe(Param("execution_weight")) == "〔执行率分值〕"
    assert profiles.affected(DEFAULT) == []
    assert bind_params(Param("execution_weight"), params.DEFAULT.__getitem__) is not None


def test_commands_take_a_profile(tmp_path: Path) -> None:
    """generate, audit and batch; the name stands in the JSON, in the text and in the review."""
    code, printed = run("generate", "--year", 2023, "--out", tmp_path / "表样", "--form", 2, "--profile", "永德")
    assert code == 0
    path = Path(printed.strip())
    _, text = run("audit", path, "--format", "json")
    assert {one["profile"] for one in json.loads(text)["submissions"]} == {"永德"}
    seed = filled(tmp_path / "附件2.xlsx", "附件2")
    assert "（江西口径）" in run("audit", seed, "--profile", "江西")[1]
    assert "口径）" not in run("audit", seed)[1]
    run("batch", tmp_path / "表样", "--out", tmp_path / "结果")
    overview = CalamineWorkbook.from_path(tmp_path / "结果" / "review.xlsx").get_sheet_by_index(0).to_python()
    assert "评分口径：永德（1 个单位）" in str(overview)
    told = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    assert {one["profile"] for one in told["submissions"]} == {"永德"}


def test_the_roster_names_profiles(tmp_path: Path) -> None:
    """A template prints what the 评分口径 has, batch judges plain ones by it; an option goes before both."""
    roster = tmp_path / "名册.csv"
    roster.write_text("单位编码,单位名称,评分口径\n001,某局,湖北\n002,别局,\n", encoding="utf-8")
    words = ("generate", "--year", 2023, "--form", 2, "--roster", roster, "--out")
    run(*words, tmp_path / "表样")
    run(*words, tmp_path / "永德", "--profile", "永德")
    run(*words, tmp_path / "默认", "--profile", "默认")
    asked = {name: {"某局": name, "别局": name} for name in ("永德", "默认")}
    for folder, names in ({"表样": {"某局": "湖北", "别局": ""}} | asked).items():
        ones = [read_file(path, path.name).submissions[0] for path in (tmp_path / folder).rglob("附件2*.xlsx")]
        assert {one.issued_to: one.profile for one in ones} == names
    (plain,) = write_files(Order(2023, "某局", ("附件2",)), tmp_path / "报送", combined=False)
    assert plain.exists()
    run("batch", tmp_path / "报送", "--out", tmp_path / "结果", "--roster", roster)
    told = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    assert [one["profile"] for one in told["submissions"]] == ["湖北"]
    assert "A2-06" in {finding["rule"] for finding in told["findings"]}
    run("batch", tmp_path / "默认", "--out", tmp_path / "结果", "--roster", roster)
    told = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    assert {one["profile"] for one in told["submissions"]} == {"湖北", "默认"}
    (unused,) = [finding for finding in told["findings"] if finding["rule"] == "W-26"]
    assert (unused["severity"], unused["actual"]) == ("info", "默认")
    assert "本文件按“湖北”口径审核" in unused["message"]
