"""A run of issuing: workers, the command, and folders that must not be written to."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.batches.folders import Answers, InlinePool
from tests.cli.test_cli import ROOT
from tests.issuing.county import ALL, OLD, UNITS, WATER, Command, issue, last_year, lines
from tests.support.bars import progress_of
from tests.support.sheets import book
from xltool.batches import reading
from xltool.issuing.issue import LIST, issue_plan
from xltool.issuing.plan import plan_roster
from xltool.roster import load
from xltool.roster.counties import CountyFinder, counties_of
from xltool.template.order import Order
from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def test_an_input_is_never_written_over(roster: Path, tmp_path: Path) -> None:
    """Issuing into the folder of last year's filings, or over the roster, is refused before anything is written."""
    prior = last_year(tmp_path / "上年" / f"012 {WATER}")
    listed = shutil.copy(roster, tmp_path / LIST)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.xlsx")}
    for out, given in ((tmp_path / "上年", tmp_path / "上年"), (tmp_path / "上年", prior), (prior, tmp_path / "上年")):
        with pytest.raises(ValueError, match="不能写入放有上年报送文件的文件夹"):
            issue(out, roster=roster, prior=given)
    with pytest.raises(ValueError, match="不能与要写出的下发清单同名"):
        issue(tmp_path, roster=listed)
    with pytest.raises(ValueError, match="找不到文件或文件夹"):
        issue(tmp_path / "下发", roster=roster, prior=tmp_path / "没有")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.xlsx")} == before


def test_issued_again_below_last_years_filings(roster: Path, tmp_path: Path) -> None:
    """What was issued into a folder below is not read as last year's; nor does a folder above stand in the way."""
    prior = last_year(tmp_path / "上年" / "水利局").parent
    first = issue(prior / "下发", roster=roster, prior=prior)
    assert [path.name for path in issue(prior / "下发", roster=roster, prior=prior)] == [path.name for path in first]
    assert [line["项目"] for line in lines(prior / "下发", "上年未采用")] == [OLD]
    issue(tmp_path, roster=roster, prior=last_year(tmp_path / "另一年"))
    assert lines(tmp_path)[0]["上年文件"] == "附件1.xlsx"
    empty = tmp_path / "空"
    (empty / "下发").mkdir(parents=True)
    (empty / "下发" / LIST).write_bytes(b"")
    with pytest.raises(ValueError, match="上年报送的文件夹里没有文件"):
        issue(empty / "下发", roster=roster, prior=empty)


def test_departments_of_several_counties_lie_in_folders_of_their_counties(tmp_path: Path) -> None:
    """So `batch` knows whose a filing is that comes back in these folders; the list names them with their folders."""
    units: list[list[Any]] = [
        ["单位编码", "单位名称", "县", "市"],
        ["1", "水利局", "430621岳阳县", "岳阳市"],
        ["2", "水利局", "华容县", "岳阳市"],
        ["3", "水利局", None, "岳阳市"],
    ]
    roster = load(book(tmp_path / "名册.xlsx", 单位=units))
    plan = plan_roster(Order(2024), roster, None)
    assert [task.folder for task in plan.tasks] == [
        "岳阳市/430621岳阳县/1 水利局",
        "岳阳市/华容县/2 水利局",
        "岳阳市/本级/3 水利局",
    ]
    finder = CountyFinder(roster)
    assert [finder.place(f"{task.folder}/附件1.xlsx").county for task in plan.tasks] == counties_of(roster)


def test_same_bytes_whatever_the_jobs(roster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One process and several real ones write the same bytes."""
    issue(tmp_path / "一", roster=roster)
    monkeypatch.undo()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1718150400")
    plan = plan_roster(Order(2024), load(roster), None)
    done: list[int] = []
    issue_plan(plan, tmp_path / "二", jobs=2, progress=progress_of(done.append))
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.xlsx")}
        for folder in (tmp_path / "一", tmp_path / "二")
    )
    assert first == second
    assert (sum(done), len(done), plan.forms) == (14, 4, 14)


def test_a_worker_that_dies_costs_nothing(roster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its department is written by the parent."""

    class Dying(InlinePool):
        def run(self, work: Callable[[Any], bytes], tasks: Sequence[Any], **_: object) -> Answers:
            for number, task in enumerate(tasks):
                yield number, Lost.CRASHED if task.folder.startswith("013") else work(task)

    monkeypatch.setattr(reading, "Pool", Dying)
    plan = plan_roster(Order(2024), load(roster), None)
    issued = issue_plan(plan, tmp_path, jobs=2)
    assert len(issued.paths) == 15
    assert all(path.is_file() for path in issued.paths)


def test_command(roster: Path, tmp_path: Path, command: Command) -> None:
    """Paths on stdout, the list last; the number on stderr."""
    out = tmp_path / "下发"
    code, stdout, stderr = command(
        "generate", "--year", 2024, "--out", out, "--roster", roster, "--prior", ROOT / "samples"
    )
    assert code == 0
    assert stdout.splitlines()[-1] == str(out / LIST)
    assert stderr == f"4 个单位，14 张表；详见{LIST}\n"


def test_command_tells_every_error_and_writes_nothing(
    tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    """A line for each error on stderr, then their number; exit code 2; the folder is not created."""
    bad = book(tmp_path / "r.xlsx", **{**ALL, "单位": [*UNITS, ["012", "x", -1]]})
    out = tmp_path / "下发"
    code, stdout, stderr = command("generate", "--year", 2024, "--out", out, "--roster", bad)
    assert (code, stdout) == (2, "")
    assert stderr.splitlines() == [
        "单位表 第6行 单位编码列：与第2行重复（012）。每个单位一个编码，请改正其中一个",
        "单位表 第6行 编制数列：“-1”应为不小于 0 的整数（人）",
        "名册 r.xlsx 有 2 处错误，改正后重新运行；没有写出任何文件",
    ]
    assert not out.exists()


def test_command_roster(tmp_path: Path, command: Command) -> None:
    """An empty roster is written where there is no file; an existing file is never overwritten."""
    path = tmp_path / "名册" / "roster.xlsx"
    assert command("roster", "--init", path) == (0, f"{path}\n", "")
    content = path.read_bytes()
    assert command("roster", "--init", path) == (2, "", f"已有这个文件，没有覆盖：{path}；请换一个文件名\n")
    assert path.read_bytes() == content
    code, _, stderr = command("roster", "--init", tmp_path / "名册.csv")
    assert (code, stderr) == (2, "名册是 .xlsx 文件，请把文件名写作 名册.xlsx\n")


def test_a_folder_that_cannot_be_written_to(
    roster: Path, tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    """One line, exit code 2."""
    (tmp_path / "文件").write_bytes(b"")
    code, _, stderr = command("generate", "--year", 2024, "--out", tmp_path / "文件", "--roster", roster)
    assert code == 2
    assert stderr.startswith("读写失败：")
    assert len(stderr.splitlines()) == 1
