"""The seed filing: exactly the listed findings, each at its cell, and no finding of the listed silent rules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from tests.support.programs.office import needs_office, recalculate
from tools.samples import junshan
from tools.samples.checking import audited, expected_findings, placed_findings, write
from tools.samples.sample import CellFinder
from xltool.cli.commands import app
from xltool.findings import Severity
from xltool.forms import project
from xltool.outputs import json_output
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.auditing.result import Audit

FILED = junshan.as_filed()
HONEST = junshan.honestly_filed()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The filing, a file a form."""
    path = tmp_path_factory.mktemp("seed")
    write(FILED.files, path)
    return path


@pytest.fixture(scope="module")
def result(folder: Path) -> Audit:
    """Its audit."""
    return audited(folder.iterdir())


def test_exactly_the_listed_findings(result: Audit) -> None:
    """The listed findings and those of overtyping: rule, severity, sheet and cell of each."""
    assert placed_findings(result) == expected_findings(
        (*junshan.MUST_FLAG, *junshan.OVERTYPED), CellFinder(FILED.files)
    )


def test_the_other_cells_of_a_finding_are_named(result: Audit) -> None:
    """Both sides of a comparison, and each cell of a finding that stands for several."""
    cells = CellFinder(FILED.files)
    for expected in FILED.expected:
        (match,) = (
            finding
            for finding in result.findings
            if finding.rule == expected.rule
            and (finding.path, finding.sheet, finding.cell) == cells.address(expected.at)
        )
        named = {(place.path, place.sheet, place.cell) for place in match.related}
        assert {cells.address(ref) for ref in expected.also} <= named


def test_one_cause_is_one_finding(result: Audit) -> None:
    """A3-02 covers A3-03, A3-12 covers X-13, ten rows of 100分 are one finding a form."""
    codes = [finding.rule for finding in result.findings]
    assert "A3-03" in RULES["A3-02"].aliases
    assert "X-13" not in codes
    assert [len(finding.related) for finding in result.findings if finding.rule == "S-28"] == [9, 9]
    assert [finding.rule for finding in result.findings if finding.severity is Severity.ERROR] == ["A3-02", "A3-12"]


def test_what_is_found_in_the_wrong_column_says_so(result: Audit) -> None:
    """The words an accountant needs to mend it: both figures and the column they belong to."""
    (total,) = (finding for finding in result.findings if finding.rule == "A3-02")
    assert (total.actual, total.expected) == ("10459.37万元", "996.72万元")
    assert "全年预算数 10459.37万元" in total.message
    assert "填错了栏次" in total.message
    (copied,) = (finding for finding in result.findings if finding.rule == "A3-12")
    assert (copied.actual, copied.expected) == ("1200万元", "996.72万元 / 10459.37万元")


@pytest.mark.parametrize("code", sorted(junshan.MUST_NOT_FLAG))
def test_a_trap_is_not_fallen_into(result: Audit, code: str) -> None:
    """The rule gives no finding, for the reason given in the data."""
    assert [finding for finding in result.findings if finding.rule == code] == [], junshan.MUST_NOT_FLAG[code]


def test_a_trap_is_one_only_where_the_rule_exists() -> None:
    """Silence proves nothing for a rule that is not there."""
    assert set(junshan.MUST_NOT_FLAG) <= {*RULES, *(alias for rule in RULES.values() for alias in rule.aliases)}


def test_both_forms_score_95_and_are_graded_you(result: Audit) -> None:
    """As filed and as recomputed."""
    assert [(score.filed, score.recomputed, score.grade) for score in result.scores.values()] == [(95, 95, "优")] * 2


def _printed(*paths: Path) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(app, ["audit", *map(str, paths), "--format", "json"])
    return done.exit_code, json.loads(done.stdout)


def test_the_command_says_the_same(folder: Path, result: Audit) -> None:
    """`xltool audit --format json` gives these findings and scores, and ends with 1."""
    code, data = _printed(folder)
    ours = json_output.audit_json(result)
    assert code == 1
    assert data["findings"] == ours["findings"]
    assert data["summary"] == ours["summary"] == {"error": 2, "warning": 31, "info": 17, "exempted": 0}
    scores = [
        (submission["form"], submission["score_filed"], submission["score_recomputed"], submission["grade"])
        for submission in data["submissions"]
    ]
    assert scores == [("附件1", None, None, None), ("附件2", 95.0, 95.0, "优"), ("附件3", 95.0, 95.0, "优")]


@pytest.mark.parametrize("form", ["text", "json"])
def test_two_runs_print_the_same_bytes(folder: Path, form: str) -> None:
    """Whatever order sets and dictionaries of the process have."""
    command = [sys.executable, "-m", "xltool", "audit", str(folder), "--format", form]
    environ = os.environ | {"SOURCE_DATE_EPOCH": "1718150400"}
    first, second = (
        subprocess.run(command, env=environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=False)  # noqa: S603 - our own program
        for seed in ("1", "2")
    )
    assert (first.returncode, first.stderr) == (1, b"")
    assert first.stdout == second.stdout != b""


def test_findings_stand_in_the_order_of_the_contract(result: Audit) -> None:
    """Path, sheet, row, column, rule."""
    assert [finding.order for finding in result.findings] == sorted(finding.order for finding in result.findings)


def test_the_order_of_the_paths_does_not_matter(folder: Path) -> None:
    """The same three files in another order: the same findings."""
    paths = sorted(folder.iterdir())
    assert _printed(*paths)[1]["findings"] == _printed(*reversed(paths))[1]["findings"]


def test_one_workbook_with_all_forms_says_the_same(tmp_path: Path) -> None:
    """The combined workbook: the same findings, on its sheets."""
    combined = audited(write(FILED.combined, tmp_path))
    assert placed_findings(combined) == expected_findings(FILED.expected, CellFinder(FILED.combined))
    assert [(score.filed, score.recomputed, score.grade) for score in combined.scores.values()] == [(95, 95, "优")] * 2


def test_filed_honestly_the_template_lets_less_happen(tmp_path: Path) -> None:
    """Nothing is overtyped (no W), the total is what the breakdown makes it (no A3-02); blank columns are told."""
    honest = audited(write(HONEST.files, tmp_path))
    assert placed_findings(honest) == expected_findings(HONEST.expected, CellFinder(HONEST.files))
    codes = {finding.rule for finding in honest.findings}
    assert not {code for code in codes if code.startswith("W-")}
    assert codes & {"A3-02", "A3-04", "A2-14"} == {"A3-04"}
    (form,) = (submission for submission in honest.submissions if submission.form == "附件3")
    assert form.value(project.year.initial.key) == honest.recomputed(form, project.year.initial) == 10459.37


@needs_office
def test_saved_again_by_libreoffice_it_says_the_same(folder: Path, tmp_path: Path) -> None:
    """Another program in between changes nothing: not the findings, not the scores."""
    saved = recalculate(sorted(folder.iterdir()), tmp_path)
    again = audited(saved)
    assert placed_findings(again) == expected_findings(FILED.expected, CellFinder(FILED.files))
    assert [(score.filed, score.recomputed) for score in again.scores.values()] == [(95, 95)] * 2
