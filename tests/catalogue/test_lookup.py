"""What is meant is found: short options, codes in any spelling, words, paths that were not quoted."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_cli import COMMANDS
from xltool import cli
from xltool.catalogue.explain import is_live
from xltool.rules.catalogue import RULES
from xltool.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Run = tuple[int, str, str]


@pytest.fixture
def xltool(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Run a command in this process; gives exit code, stdout and stderr."""

    def run(*arguments: object) -> Run:
        monkeypatch.setattr(sys, "argv", ["xltool", *map(str, arguments)])
        with pytest.raises(SystemExit) as done:
            cli.main()
        assert isinstance(done.value.code, int)
        return done.value.code, *capsys.readouterr()

    return run


@pytest.mark.parametrize("words", [(), *((name,) for name in COMMANDS)])
def test_h_is_help_on_every_command(words: tuple[str, ...], xltool: Callable[..., Run]) -> None:
    """-h shows what --help shows."""
    shown = xltool(*words, "-h")
    assert shown == xltool(*words, "--help")
    assert shown[0] == 0


def test_version_is_told(xltool: Callable[..., Run]) -> None:
    """--version gives name and version, and nothing else."""
    assert xltool("--version") == (0, f"xltool {VERSION}\n", "")


@pytest.mark.parametrize("spelling", ["A1-5", "a1-05", "A105", "a15", "Ａ１－０５", " A1_05 ", "A1—05"])
def test_a_code_is_found_however_it_is_written(spelling: str, xltool: Callable[..., Run]) -> None:
    """Small letters, missing zeros and dashes, and wide signs lead to the same page."""
    assert xltool("explain", spelling) == xltool("explain", "A1-05")


def test_a_word_lists_the_rules_about_it(xltool: Callable[..., Run]) -> None:
    """Code, severity and title of each; the word stands in its title, its message or one of its fields."""
    code, out, err = xltool("explain", "三公")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert 3 < len(lines) < len(RULES) / 2
    for line in lines:
        rule = RULES[line.split()[0]]
        assert line.split(maxsplit=2)[1:] == [rule.severity.label, rule.title]
    assert all(rule.code in out for rule in RULES.values() if "三公" in rule.title)


@pytest.mark.parametrize(("word", "near"), [("三公金费", "三公经费"), ("A9-99", "没有这条规则：A9-99")])
def test_a_word_nobody_knows_is_told_with_what_is_near(word: str, near: str, xltool: Callable[..., Run]) -> None:
    """Code 2 and one line."""
    code, out, err = xltool("explain", word)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert near in err


def test_rules_in_json_say_whether_the_form_itself_checks(xltool: Callable[..., Run]) -> None:
    """Each rule has the keys of the contract."""
    for rule in json.loads(xltool("rules", "--format", "json")[1]):
        assert {"code", "title", "severity", "forms", "sheet", "basis"} <= rule.keys()
        assert rule["sheet"] is is_live(RULES[rule["code"]])


def test_a_path_with_a_space_that_was_not_quoted_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, xltool: Callable[..., Run]
) -> None:
    """Two words that do not exist are one path that does; words that are none together are told as missing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "附件1 基础 表.xlsx").write_bytes(b"x")
    code, _, err = xltool("audit", "附件1", "基础", "表.xlsx")
    assert code == 2
    assert err == '找不到文件或文件夹：附件1；路径中有空格，两头请加英文引号："附件1 基础 表.xlsx"\n'
    assert xltool("audit", "甲", "乙.xlsx")[2] == "找不到文件或文件夹：甲\n"
