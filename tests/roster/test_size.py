"""A province: rosters of ten thousand departments are read, looked up and issued in time that grows as they do."""

from __future__ import annotations

import csv
import os
import time
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from tests.support.bounds import bound
from xltool.forms import review
from xltool.issuing.plan import plan_roster
from xltool.outputs.officer_notes import load as load_review
from xltool.reader.records import Submission
from xltool.roster import Department, Roster, load
from xltool.roster.directory import Directory
from xltool.roster.inbox.owners import Owners
from xltool.template.order import Order
from xltool.workers.relaxed_gc import relaxed_gc

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANY = 10_000 if os.environ.get("XLTOOL_LONG") else 4_000
"""Growth shows with fewer; by hand with a whole province."""
FEW = MANY // 8
MOST_GROWTH = 20
"""Times the processor time for eight times as many: what grows with the square takes 64 times as long."""
HEADS = {
    "单位": ("单位编码", "单位名称", "简称", "编制数"),
    "项目": ("单位编码", "项目名称", "主管部门", "实施单位", "年初预算数"),
    "指标": ("单位编码", "项目名称", "一级指标", "二级指标", "三级指标", "年度指标值", "分值"),
}
PARTS = [(group.name, part) for group in review.GROUPS for part in group.parts][:9]


def folder_of(path: Path, departments: int) -> Path:
    """A roster as csv files: to each department two projects and nine indicators."""
    rows: dict[str, list[tuple[str, ...]]] = {key: [head] for key, head in HEADS.items()}
    for number in range(departments):
        code, name = f"{100_001 + number}", f"第{number}县民政局"
        rows["单位"].append((code, name, f"{number}县民政", "20"))
        rows["项目"] += [(code, f"{project}号项目", name, name, "100") for project in range(2)]
        rows["指标"] += [(code, "", *part, f"指标{at}", "≥1个", "10") for at, part in enumerate(PARTS)]
    path.mkdir()
    for key, lines in rows.items():
        with (path / f"{key}.csv").open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows(lines)
    return path


def province(departments: int) -> Roster:
    """Departments whose names have much in common."""
    names = [f"甲{number // 100}市乙{number % 100}县民政局" for number in range(departments)]
    return Roster(tuple(Department(f"{100_001 + at}", name) for at, name in enumerate(names)))


def growth(work: Callable[[int], object]) -> float:
    """How many times the processor time of `work` grows from few departments to eight times as many."""
    seconds = []
    for departments in (FEW, MANY):
        started = time.process_time()
        with relaxed_gc():  # among the objects of the tests: a worker has none of them
            work(departments)
        seconds.append(time.process_time() - started)
    return seconds[1] / seconds[0]


def test_a_roster_of_a_province_loads_in_linear_time(tmp_path: Path) -> None:
    """Each row of twelve has its department."""
    paths = {departments: folder_of(tmp_path / f"{departments}", departments) for departments in (FEW, MANY)}
    rosters: dict[int, Roster] = {}
    assert growth(lambda departments: rosters.update({departments: load(paths[departments])})) < MOST_GROWTH
    roster = rosters[MANY]
    assert len(roster.departments) == MANY
    assert {(len(department.projects), len(department.indicators)) for department in roster.departments} == {(2, 9)}


def test_a_roster_may_have_more_cells_than_a_filing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundredth of a province, 7,300 cells, at a hundredth of the limits."""
    bound(monkeypatch, filled_cells=5_000, roster_cells=10_000)
    folder = folder_of(tmp_path / "名册", 100)
    workbook = xlsxwriter.Workbook(tmp_path / "名册.xlsx")
    for key in HEADS:
        sheet = workbook.add_worksheet(key)
        with (folder / f"{key}.csv").open(encoding="utf-8-sig", newline="") as stream:
            for number, row in enumerate(csv.reader(stream)):
                sheet.write_row(number, 0, row)
    workbook.close()
    assert len(load(tmp_path / "名册.xlsx").departments) == 100


def test_a_review_may_have_more_cells_than_a_filing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the officer noted in them is not lost."""
    bound(monkeypatch, filled_cells=5_000, review_cells=20_000)
    workbook = xlsxwriter.Workbook(tmp_path / "review.xlsx", {"constant_memory": True})
    sheet = workbook.add_worksheet("问题清单")
    sheet.write_row(0, 0, ["处理状态", "处理备注", "问题编号", *("说明" for _ in range(13))])
    for number in range(1, 501):
        sheet.write_row(number, 0, ["待处理", "", f"编号{number}", *range(13)])
    workbook.close()
    assert len(load_review(tmp_path / "review.xlsx").notes) == 500


def test_unknown_codes_and_repeated_indicators_are_no_slower(tmp_path: Path) -> None:
    """An error is looked up as what is right is."""
    paths = {departments: folder_of(tmp_path / f"{departments}", departments) for departments in (FEW, MANY)}
    for departments, path in paths.items():
        with (path / "指标.csv").open("a", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows([("99", "", *PARTS[0], "甲", "1", "1")] * departments)
            csv.writer(stream).writerows([("100001", "", *PARTS[0], f"乙{at}", "1", "1") for at in range(departments)])

    def refuse(departments: int) -> None:
        with pytest.raises(ValueError, match="没有编码 99"):
            load(paths[departments])

    assert growth(refuse) < MOST_GROWTH


def test_departments_are_looked_up() -> None:
    """By name in whatever words, and by folder: a file a department, and some of names nobody knows."""

    def look_up(departments: int) -> None:
        roster = province(departments)
        owners, directory = Owners(roster), Directory(roster)
        for number, department in enumerate(roster.departments):
            name = department.name.replace("民政局", "民政局（本级）")
            submission = Submission(f"{number}", f"{name}/附件1.xlsx", "a", "附件1", "foreign", 2023, name, "", "")
            assert owners.of(submission).department is department
            assert directory.place(department) == number
            assert directory.coded(department.code) is department
        for number in range(20):
            assert directory.matching(f"没有听说过的{number}号单位") is None

    assert growth(look_up) < MOST_GROWTH


def test_forms_are_planned_for_a_province() -> None:
    """A task a department, also where last year's filings are looked for."""

    def plan(departments: int) -> None:
        assert len(plan_roster(Order(year=2024), province(departments), []).tasks) == departments

    assert growth(plan) < MOST_GROWTH
