"""Judging under supervision: what hangs, takes all memory or dies while it is judged costs itself, in every command.

Workers are poisoned by a `sitecustomize` of theirs: what they do with a form depends on the name of its file.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import xltool
from tests.batches.folders import FOREST, WATER, issued
from tests.support import seed
from tests.support.filled import filled
from xltool.api import merge
from xltool.batches import runs
from xltool.batches.dividing import FEW, NOT_COMPARED, divide
from xltool.batches.mailing import LETTER_BOOK
from xltool.batches.options import Options
from xltool.cli.commands import app
from xltool.reader.limits import MEMORY, SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from xltool.batches.runs import RunResult

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the poisons are POSIX ones")

ROOT = Path(__file__).parents[2]
LONG = bool(os.environ.get("XLTOOL_LONG"))
"""By hand: every way to fail, of which a run of tests takes one for each reason that is given."""
POISONED = """
from tests.support import poison
poison.poison_judging()
"""
REASONS = {
    "spin": "超过 3 秒仍未完成",
    "power": "超过 3 秒仍未完成",
    "memory": "需要的内存超过上限 512 MiB",
    "leave": "程序异常退出",
    "crash": "程序异常退出",
    "raises": "程序异常退出",
    "recursion": "出现意外错误（RecursionError）",
    "panic": "出现意外错误（BaseException）",
}


@pytest.fixture
def poisoned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Workers do with a form what the name of its file says; they have little memory."""
    place = tmp_path / "poisoned"
    place.mkdir()
    (place / "sitecustomize.py").write_text(POISONED, encoding="ascii")
    monkeypatch.setenv("PYTHONPATH", f"{place}:{ROOT}")
    monkeypatch.setenv(MEMORY, "512")
    return place


def one_filing(folder: Path, name: str) -> list[Path]:
    """A filing of three files, of which 附件2 has this name."""
    folder.mkdir(parents=True)
    paths = [folder / "附件1.xlsx", folder / f"{name}.xlsx", folder / "附件3.xlsx"]
    for path, form in zip(paths, ("附件1", "附件2", "附件3"), strict=True):
        filled(path, form)
    return paths


def said_by(findings: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    """What matters of findings here."""
    return [(Path(finding["path"]).name, finding["rule"], finding["cell"]) for finding in findings]


@pytest.mark.parametrize("kind", REASONS if LONG else ["spin", "memory", "leave", "recursion"])
@pytest.mark.usefixtures("poisoned")
def test_audit_names_the_form_that_cannot_be_judged_and_judges_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """As if it had been given the others alone: with what there is to find between them."""
    monkeypatch.setenv(SECONDS, "3" if kind in {"spin", "power"} else "60")
    paths = one_filing(tmp_path / "a", f"judge {kind}")
    result = CliRunner().invoke(app, ["audit", *map(str, paths), "--format", "json"])
    assert result.exit_code == 1
    findings = json.loads(result.stdout)["findings"]
    (unjudged,) = [finding for finding in findings if finding["rule"] == "W-27"]
    assert unjudged["severity"] == "error"
    assert unjudged["path"].endswith(f"judge {kind}.xlsx")
    assert unjudged["sheet"] == "附件2"
    assert unjudged["message"] == f"附件2未能核对：{REASONS[kind]}。"
    others = CliRunner().invoke(app, ["audit", str(paths[0]), str(paths[2]), "--format", "json"])
    assert said_by([finding for finding in findings if finding["rule"] != "W-27"]) == said_by(
        json.loads(others.stdout)["findings"]
    )


def departments(folder: Path, name: str) -> Path:
    """Two departments; a form of the first has this name."""
    issued(folder / "水利局" / f"{name}.xlsx", WATER, "附件1")
    issued(folder / "水利局" / "附件2.xlsx", WATER, "附件2")
    issued(folder / "林业局" / "全部.xlsx", FOREST, "附件1", "附件2")
    return folder


def findings_in(out: Path) -> list[dict[str, Any]]:
    """What a run says."""
    findings: list[dict[str, Any]] = json.loads((out / "findings.json").read_text(encoding="utf-8"))["findings"]
    return findings


def runs_of(folder: Path, out: Path, jobs: int = 2) -> RunResult:
    """A run over a folder."""
    return runs.run(folder, out, Options(jobs))


@pytest.mark.parametrize("kind", ["memory", "leave", "recursion"])
def test_batch_goes_on_and_a_second_run_mends_it(tmp_path: Path, poisoned: Path, kind: str) -> None:
    """All else is as if nothing was the matter; what failed is not kept for the next run, which has better workers."""
    folder, out = departments(tmp_path / "报送", f"judge {kind}"), tmp_path / "结果"
    outcome = runs_of(folder, out)
    findings = findings_in(out)
    assert [finding["path"] for finding in findings if finding["rule"] == "W-27"] == [f"水利局/judge {kind}.xlsx"]
    assert {path.name for path in outcome.written} >= {"review.xlsx", "review.html", "findings.json"}
    (poisoned / "sitecustomize.py").unlink()
    assert runs_of(folder, out).tally != outcome.tally
    whole = findings_in(out)
    assert not [finding for finding in whole if finding["rule"] == "W-27"]
    elsewhere = "水利局/judge"
    assert said_by([finding for finding in findings if not finding["path"].startswith(elsewhere)]) == said_by(
        [finding for finding in whole if not finding["path"].startswith(elsewhere)]
    )


@pytest.mark.usefixtures("poisoned")
def test_rules_whose_check_broke_off_are_not_called_kept(tmp_path: Path) -> None:
    """Of the filing with the form that cannot be judged; the other filing is checked as ever."""
    out = tmp_path / "结果"
    runs_of(departments(tmp_path / "报送", "judge leave"), out)
    coverage = json.loads((out / "findings.json").read_text(encoding="utf-8"))["coverage"]
    states = {entry["filing"].partition("（")[0]: entry for entry in coverage}
    assert "W-27" in states[WATER]["不符"]
    assert states[WATER]["无法判断"]["A1-01"] == states[WATER]["无法判断"]["X-03"] == "核对没有完成（W-27）"
    assert "W-27" in states[FOREST]["符合"]
    assert "核对没有完成（W-27）" not in states[FOREST]["无法判断"].values()


@pytest.mark.usefixtures("poisoned")
def test_what_is_said_does_not_depend_on_the_number_of_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1718150400")
    folder = departments(tmp_path / "报送", "judge leave")
    said = set()
    for jobs in (1, 3):
        runs_of(folder, tmp_path / str(jobs), jobs)
        said.add((tmp_path / str(jobs) / "findings.json").read_bytes())
    assert len(said) == 1


@pytest.mark.usefixtures("poisoned")
def test_merge_leaves_out_the_filing_that_cannot_be_judged(tmp_path: Path) -> None:
    """And sums the others; the reason stands among what is left out."""
    folder = tmp_path / "报送"
    filled(_folder(folder / "甲") / "附件3.xlsx", "附件3")
    issued(folder / "乙" / "judge leave.xlsx", FOREST, "附件1")
    errors = [exclusion.reason for exclusion in merge(folder, tmp_path / "汇总.xlsx").excluded]
    assert [reason for reason in errors if "W-27" in reason and "程序异常退出" in reason]


def _folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


@pytest.mark.parametrize("kind", ["leave", "recursion"])
@pytest.mark.usefixtures("poisoned")
def test_a_filing_that_breaks_comparing_is_left_out_of_it(tmp_path: Path, kind: str) -> None:
    """The others are compared, and it keeps the verdicts on itself."""
    folder, out = tmp_path / "报送", tmp_path / "结果"
    filled(_folder(folder / "水利局") / f"across {kind}.xlsx", "附件2")
    issued(folder / "林业局" / "全部.xlsx", FOREST, "附件1", "附件2")
    runs_of(folder, out)
    (unjudged,) = [finding for finding in findings_in(out) if finding["rule"] == "W-27"]
    assert unjudged["message"] == f"与其他单位的文字比对未能核对：{REASONS[kind]}。"
    assert unjudged["path"].startswith("水利局/")
    assert any(finding["rule"] != "W-27" and "across" in finding["path"] for finding in findings_in(out))
    coverage = json.loads((out / "findings.json").read_text(encoding="utf-8"))["coverage"]
    (entry,) = [entry for entry in coverage if "W-27" in entry["不符"]]
    assert entry["无法判断"]["X-16"] == "核对没有完成（W-27）"


def test_audit_and_batch_say_that_filings_were_not_compared(tmp_path: Path, poisoned: Path) -> None:
    """A comparison that fails whatever is compared is one line on stderr, once."""
    (poisoned / "sitecustomize.py").write_text("from tests.support import poison\npoison.poison_comparing()")
    issued(tmp_path / "报送" / "附件1.xlsx", FOREST, "附件1")
    line = NOT_COMPARED.format(reason=REASONS["leave"])
    for words in (["audit"], ["batch", "--out", str(tmp_path / "结果")]):
        result = CliRunner().invoke(app, [*words, str(tmp_path / "报送")])
        assert result.stderr.splitlines().count(line) == 1, words


@pytest.mark.parametrize(("name", "codes"), [("judge leave", {"W-27"}), ("附件2", {"W-24"})])
@pytest.mark.usefixtures("poisoned")
def test_an_exemption_of_an_unjudged_form_is_not_called_unused(tmp_path: Path, name: str, codes: set[str]) -> None:
    """What it covers may stand on the form that nobody has looked at; where all was judged, it is unused (W-24)."""
    paths = one_filing(tmp_path / "a", name)
    granted = tmp_path / "豁免.csv"
    granted.write_text(
        f"单位,表,规则,理由,批准人,有效期至\n{seed.DEPARTMENT},附件2,A2-05,专项,某人,2099-12-31\n", encoding="utf-8"
    )
    findings = xltool.audit(*paths, exemptions=granted).findings
    assert set(findings["rule"]) & {"W-24", "W-27"} == codes


@pytest.mark.usefixtures("poisoned")
def test_a_filing_that_cannot_be_judged_as_a_whole_is_judged_form_by_form(tmp_path: Path) -> None:
    """Each form has its verdict, and what was not looked at is named."""
    folder, out = departments(tmp_path / "报送", "together leave"), tmp_path / "结果"
    runs_of(folder, out)
    findings = findings_in(out)
    (unjudged,) = [finding for finding in findings if finding["rule"] == "W-27"]
    assert unjudged["message"] == "各表之间的关系未能核对：程序异常退出。"
    assert {Path(finding["path"]).name for finding in findings if finding["path"].startswith("水利局")} == {
        "together leave.xlsx",
        "附件2.xlsx",
    }


def test_what_nobody_has_looked_at_is_not_mended(tmp_path: Path, poisoned: Path) -> None:
    """A finding of the last round stands where its form cannot be judged in this one."""
    folder, sites = departments(tmp_path / "报送", "judge leave"), poisoned / "sitecustomize.py"
    sites.rename(poisoned / "later")
    runs_of(folder, tmp_path / "上次")
    (poisoned / "later").rename(sites)
    runs.run(folder, tmp_path / "结果", Options(2, tmp_path / "上次"))
    rounds = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))["rounds"]
    became = {(step["filing"], step["form"], step["became"]) for step in rounds if step["rule"] != "W-27"}
    assert ("某市水利局（2023）", "附件1", "未整改") in became
    assert ("某市水利局（2023）", "附件1", "已整改") not in became


@pytest.mark.parametrize("kind", ["leave", "recursion"])
def test_a_letter_that_cannot_be_written_costs_itself(tmp_path: Path, poisoned: Path, kind: str) -> None:
    """Nothing but that letter is missing, a line says so, and the next run tries again."""
    folder, out = departments(tmp_path / "报送", "附件1"), tmp_path / "结果"
    (poisoned / "sitecustomize.py").write_text(f"from tests.support import poison\npoison.poison_letters({kind!r})")
    outcome = runs_of(folder, out)
    letters = {path.name for path in outcome.written if path.suffix == ".docx"}
    assert len(letters - {Path(LETTER_BOOK).name}) == 1
    assert len([path for path in outcome.written if path.suffix == ".zip"]) == 1
    (line,) = outcome.messages
    assert line.startswith("notices/退回通知_")
    assert REASONS[kind] in line
    assert not [path for path in (out / "notices").iterdir() if path.name not in letters]
    (poisoned / "sitecustomize.py").unlink()
    again = runs_of(folder, out).written
    assert [len([path for path in again if path.suffix == end]) for end in (".docx", ".zip")] == [3, 2]


def test_a_report_that_cannot_be_written_costs_itself(tmp_path: Path, poisoned: Path) -> None:
    """The page is missing, and said to be."""
    folder, out = departments(tmp_path / "报送", "附件1"), tmp_path / "结果"
    (poisoned / "sitecustomize.py").write_text("from tests.support import poison\npoison.poison_page()")
    outcome = runs_of(folder, out)
    names = {path.name for path in outcome.written}
    assert "review.html" not in names
    assert {"review.xlsx", "findings.json", "values.parquet"} <= names
    assert outcome.messages[0].startswith("review.html 没有写出：程序异常退出")


@pytest.mark.parametrize("count", [1, 2, 3, FEW, FEW + 1, 67, 200, 1_000])
def test_dividing_comes_to_single_items_in_few_steps(count: int) -> None:
    """Nothing is lost, and no part is as large as the whole."""
    items, steps = list(range(count)), 0
    while len(items) > 1:
        parts = divide(items)
        assert [item for part in parts for item in part] == items
        items, steps = list(parts[0]), steps + 1
    assert steps <= 3


@pytest.mark.usefixtures("poisoned")
def test_frames_of_an_audit_have_what_could_be_judged(tmp_path: Path) -> None:
    """A form without a verdict has no score."""
    paths = one_filing(tmp_path / "a", "judge leave")
    result = xltool.audit(*paths)
    scores: Callable[[str], Any] = result.submissions.set_index("form")["score_recomputed"].get
    assert pd.isna(scores("附件2"))
    assert not pd.isna(scores("附件3"))
