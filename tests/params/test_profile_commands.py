"""The commands with a scoring profile: rules, explain, generate, audit and batch."""

from __future__ import annotations

import json
import re
from pathlib import Path

from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from tests.support.filled import filled
from xltool import params
from xltool.catalogue import profiles
from xltool.cli.commands import app
from xltool.expr.bind import bind_params
from xltool.expr.nodes import Param
from xltool.params import DEFAULT, profile_named
from xltool.reader.reading import read_file
from xltool.template.order import Order
from xltool.template.workbook import write_files


def run(*words: object) -> tuple[int, str]:
    """A command; exit code and what it printed."""
    done = CliRunner().invoke(app, [*map(str, words)])
    return done.exit_code, done.stdout


def test_rules_of_a_profile_show_what_changes() -> None:
    """Rules --profile lists changed entries with their basis, and the rules that judge differently."""
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
    """Rules shows every entry of the default; written to a file, the default can be changed and chosen."""
    text = run("rules", "--profile", "默认")[1]
    assert "满意度指标：10分" in text
    assert "受影响" not in text + run("rules", "--profile", "默认", "--format", "md")[1]
    data = json.loads(run("rules", "--profile", "默认", "--format", "json")[1])
    assert (data["compared_with"], data["rules"]) == (None, [])
    path = tmp_path / "自定.toml"
    path.write_text(run("rules", "--format", "toml")[1], encoding="utf-8")
    assert "与默认口径相同。" in run("rules", "--profile", path)[1]


def test_explain_under_a_profile() -> None:
    """Explain shows the formula with the numbers of the profile, or that a number is left open."""
    assert "年度资金总额_分值 = 10" in run("explain", "A2-06")[1]
    assert "应当成立（湖北口径）" in run("explain", "A2-06", "--profile", "湖北")[1]
    assert "年度资金总额_分值 = 20" in run("explain", "A2-06", "--profile", "湖北")[1]
    assert "〔口径未定〕" in run("explain", "S-04", "--profile", "湖北")[1]


def test_an_unbound_parameter_is_described_by_its_name() -> None:
    """A tree whose parameters are not bound is described with their names."""
    from xltool.expr.words import describe  # noqa: PLC0415 - the one test that needs it

    assert describe(Param("execution_weight")) == "〔执行率分值〕"
    assert profiles.affected(DEFAULT) == []
    assert bind_params(Param("execution_weight"), params.DEFAULT.__getitem__) is not None


def test_commands_take_a_profile(tmp_path: Path) -> None:
    """generate, audit and batch take a profile and name it in the JSON, in the text and in the review."""
    code, printed = run("generate", "--year", 2023, "--out", tmp_path / "表样", "--form", 2, "--profile", "永德")
    assert code == 0
    path = Path(printed.strip())
    _, text = run("audit", path, "--format", "json")
    assert {submission["profile"] for submission in json.loads(text)["submissions"]} == {"永德"}
    seed = filled(tmp_path / "附件2.xlsx", "附件2")
    assert "（江西口径）" in run("audit", seed, "--profile", "江西")[1]
    assert "口径）" not in run("audit", seed)[1]
    run("batch", tmp_path / "表样", "--out", tmp_path / "结果")
    overview = CalamineWorkbook.from_path(tmp_path / "结果" / "review.xlsx").get_sheet_by_index(0).to_python()
    assert "评分口径：永德（1 个单位）" in str(overview)
    audited = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    assert {submission["profile"] for submission in audited["submissions"]} == {"永德"}


def test_the_roster_names_profiles(tmp_path: Path) -> None:
    """Templates and batch follow 评分口径 of the roster; an option goes before it."""
    roster = tmp_path / "名册.csv"
    roster.write_text("单位编码,单位名称,评分口径\n001,某局,湖北\n002,别局,\n", encoding="utf-8")
    words = ("generate", "--year", 2023, "--form", 2, "--roster", roster, "--out")
    run(*words, tmp_path / "表样")
    run(*words, tmp_path / "永德", "--profile", "永德")
    run(*words, tmp_path / "默认", "--profile", "默认")
    asked = {name: {"某局": name, "别局": name} for name in ("永德", "默认")}
    for folder, names in ({"表样": {"某局": "湖北", "别局": ""}} | asked).items():
        submissions = [read_file(path, path.name).submissions[0] for path in (tmp_path / folder).rglob("附件2*.xlsx")]
        assert {submission.issued_to: submission.profile for submission in submissions} == names
    (plain,) = write_files(Order(2023, "某局", ("附件2",)), tmp_path / "报送", combined=False)
    assert plain.exists()
    run("batch", tmp_path / "报送", "--out", tmp_path / "结果", "--roster", roster)
    audited = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    assert [submission["profile"] for submission in audited["submissions"]] == ["湖北"]
    assert "A2-06" in {finding["rule"] for finding in audited["findings"]}
    run("batch", tmp_path / "默认", "--out", tmp_path / "结果", "--roster", roster)
    audited = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    assert {submission["profile"] for submission in audited["submissions"]} == {"湖北", "默认"}
    (unused,) = [finding for finding in audited["findings"] if finding["rule"] == "W-26"]
    assert (unused["severity"], unused["actual"]) == ("info", "默认")
    assert "本文件按“湖北”口径审核" in unused["message"]
