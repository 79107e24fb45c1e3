"""Which profile judges a form: option, roster, template, default; and profiles that are not trusted."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import pytest

from tests.attacks.profiles import HOSTILE
from tests.params.audits import OWN, audited, issued, manifest_says, unused
from tests.support.filled import filled
from xltool import cli
from xltool.auditing import audit
from xltool.auditing.tables.scopes import FormScope
from xltool.auditing.terms import NO_TERMS, Terms
from xltool.batches.grouping import as_one_set
from xltool.forms import FORMS
from xltool.params import DEFAULT, profile_named, profile_of
from xltool.params.writing import written
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path


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
    """The option decides before the roster, the roster before the template, the template before the default."""
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
    """An unknown profile in a manifest is ignored: the default judges."""
    records = [read_file(issued(tmp_path), "附件2.xlsx")]
    records[0].submissions[0].profile = "某年某口径"
    assert [profile.name for profile in audit.audit(records).profiles.values()] == ["默认"]


def test_departments_of_different_profiles_in_one_audit(tmp_path: Path) -> None:
    """Departments of three profiles are each judged by their own, in one audit."""
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


def test_a_forged_profile_takes_no_finding_away_in_silence(tmp_path: Path) -> None:
    """Roster and option judge as without it; with neither, an error says what was left open."""
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
    (finding,) = [finding for finding in manifest_says(path, lax).findings if finding.rule == "W-26"]
    assert "超额完成比例" in finding.message
    assert "--profile" in finding.advice


def test_an_honest_county_that_forgets_its_profile_gets_that_finding_only(tmp_path: Path) -> None:
    """W-26 is the only finding: there is neither an all-clear nor a finding on the points the county printed."""
    own = profile_of(OWN, "某某县.toml")
    path = issued(tmp_path, own)
    given, forgotten = audited(path, Terms(profile=own)), audited(path)
    assert unused(given) == []
    assert [finding for finding in forgotten.findings if finding.rule != "W-26"] == list(given.findings)
    assert unused(forgotten) == [("error", "某某县", "默认")]
    (finding,) = [finding for finding in forgotten.findings if finding.rule == "W-26"]
    for words in ("执行率分值", "产出指标分值", "“某某县”不是已知的口径"):
        assert words in finding.message
    assert [(score.recomputed, score.grade) for score in forgotten.scores.values()] == [(None, None)]


def test_a_profile_that_says_the_same_as_a_known_one_is_that_one(tmp_path: Path) -> None:
    """A profile that a bureau wrote out and did not change is the known one."""
    result = manifest_says(issued(tmp_path), written(profile_named("湖北")))
    assert [profile.name for profile in result.profiles.values()] == ["湖北"]
    assert unused(result) == []


def test_a_known_profile_of_a_template_gives_way_to_the_roster_and_the_option(tmp_path: Path) -> None:
    """A template's profile that was not used is reported as a hint."""
    path = issued(tmp_path, profile_named("湖北"))
    assert unused(audited(path)) == []
    assert unused(audited(path, Terms(profile=profile_named("湖北")))) == []
    assert unused(audited(path, Terms(profile=profile_named("江西")))) == [("info", "湖北", "江西")]


@pytest.mark.timeout(30)  # one that is not refused at once takes minutes
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_profile_is_refused_at_once(name: str, tmp_path: Path) -> None:
    """A hostile profile is refused in one printable line as an option, and gives one finding in a manifest."""
    with pytest.raises(ValueError, match=r"^口径文件有误：") as error:
        profile_of(HOSTILE[name], "恶.toml")
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
    """The command ends with exit code 2 and one line, without a traceback, also for a file that is too large."""
    form, bad = filled(tmp_path / "附件2.xlsx", "附件2"), tmp_path / "恶.toml"
    for text in (HOSTILE["600 brackets"], HOSTILE["a key of many parts"], "#" * 10_000_000):
        bad.write_text(text, encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["xltool", "audit", str(form), "--profile", str(bad)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert "口径文件有误" in captured.err
        assert len(captured.err.strip().splitlines()) == 1
