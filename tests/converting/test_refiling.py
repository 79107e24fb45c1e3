"""The folder of the next round: what came back takes its place, whatever it is called and wherever it lies."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

import xltool
from tests.support.workbook_editor import WorkbookEditor
from xltool.converting.refiling import Outcome
from xltool.findings import Finding, Severity
from xltool.outputs.returned.checked_file import CheckedFile
from xltool.outputs.returned.copy import list_workbook
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

DEPARTMENTS = ("某某县水利局", "某某县林业局")


@pytest.fixture
def last(tmp_path: Path) -> Path:
    """Last round: two departments with their forms as issued."""
    for name in DEPARTMENTS:
        xltool.generate(year=2024, out=tmp_path / "报送" / name, department=name, projects=["专项一", "专项二"])
    return tmp_path / "报送"


def form(folder: Path, department: str, part: str) -> Path:
    """A form of a department."""
    return next(path for path in (folder / department).iterdir() if part in path.name)


def changed(path: Path, target: Path, cell: str) -> Path:
    """A copy of a form, in which a cell was filled in."""
    target.parent.mkdir(parents=True, exist_ok=True)
    return WorkbookEditor(path).put(path.name[:3], cell, 7).save(target)


def test_what_came_back_replaces_what_was_filed(last: Path, tmp_path: Path) -> None:
    """A renamed form, and one in an archive, lie where the forms they replace lay; all else is as before."""
    water, forest = (form(last, name, part) for name, part in zip(DEPARTMENTS, ("附件1", "专项二"), strict=True))
    back = tmp_path / "收回"
    changed(water, back / "新建文件夹" / "1.xlsx", "C5")
    packed = changed(forest, tmp_path / "2.xlsx", "C20")
    with zipfile.ZipFile(back / "邮件.zip", "w") as archive:
        archive.write(packed, "附件3.xlsx")
    before = {path.relative_to(last): path.read_bytes() for path in last.rglob("*.xlsx")}
    placed = xltool.refile(last, back, out=tmp_path / "重报")
    after = {
        path.relative_to(tmp_path / "重报"): path.read_bytes()
        for path in (tmp_path / "重报").rglob("*")
        if path.is_file()
    }
    came = {
        water.relative_to(last): (back / "新建文件夹" / "1.xlsx").read_bytes(),
        forest.relative_to(last): packed.read_bytes(),
    }
    assert after == before | came
    assert sorted(file.outcome.value for file in placed) == sorted(["替换"] * 2 + ["照旧"] * (len(before) - 2))
    assert {path.relative_to(last): path.read_bytes() for path in last.rglob("*.xlsx")} == before


def test_a_new_form_lies_with_its_department_and_a_strange_file_aside(last: Path, tmp_path: Path) -> None:
    """A project that was not reported before, a picture, and the list of a file that could not be marked."""
    xltool.generate(year=2024, out=tmp_path / "收回", forms=["附件3"], department=DEPARTMENTS[0], projects=["专项三"])
    (tmp_path / "收回" / "扫描.pdf").write_bytes(b"%PDF-1.7\n")
    placed = xltool.refile(last, tmp_path / "收回", out=tmp_path / "重报")
    outcomes = {file.place: file.outcome for file in placed if file.outcome is not Outcome.KEPT}
    assert outcomes == {
        f"{DEPARTMENTS[0]}/附件3_2024年度项目支出绩效自评表_{DEPARTMENTS[0]}_专项三.xlsx": Outcome.ADDED,
        "没有对上/扫描.pdf": Outcome.UNKNOWN,
    }


def test_two_copies_of_a_form_are_both_kept(last: Path, tmp_path: Path) -> None:
    """Which of them counts is settled by `batch`, which knows the rule for it."""
    for number in (1, 2):
        changed(form(last, DEPARTMENTS[0], "附件1"), tmp_path / "收回" / f"{number}.xlsx", f"C{number + 4}")
    placed = xltool.refile(last, tmp_path / "收回", out=tmp_path / "重报")
    places = [file.place for file in placed if file.outcome is Outcome.REPLACED]
    assert [place.endswith("(2).xlsx") for place in places] == [False, True]


def test_a_list_with_an_explanation_goes_into_the_next_round(last: Path, tmp_path: Path) -> None:
    """The file it is about could not be marked: what the department wrote is not left behind; an empty list is."""
    back = tmp_path / "收回"
    back.mkdir()
    finding = Finding("A1-05", Severity.WARNING, "水利局/附件1.docx", "超编", "核对", "依据", sheet="附件1", cell="F5")
    about = CheckedFile(DEPARTMENTS[0], finding.path, datetime(2024, 6, 12, 9, 30))  # noqa: DTZ001 - of the run, no zone
    for name, answer in (("附件1.docx.问题清单.xlsx", {"a" * 16: "已批复"}), ("附件2.docx.问题清单.xlsx", {})):
        own = replace(about, explanations=answer)
        (back / name).write_bytes(list_workbook([finding], own, "不能标注。", keys=["a" * 16]))
    placed = xltool.refile(last, back, out=tmp_path / "重报")
    came = {file.place: file.outcome for file in placed if file.outcome is not Outcome.KEPT}
    assert came == {"整改说明/附件1.docx.问题清单.xlsx": Outcome.EXPLANATION}
    (record,) = (read_file(path, path.name) for path in (tmp_path / "重报" / "整改说明").iterdir())
    assert [each.text for each in record.explanations] == ["已批复"]
