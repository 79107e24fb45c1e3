"""returned/: what a run over a folder gives back, and that it is cleared up."""

from __future__ import annotations

import hashlib
import zipfile
from shutil import copyfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.batches.folders import EPOCH, Answers, InlinePool
from tests.support.documents import forms, write_docx
from tests.support.filled import cell_of, filled
from tests.support.workbook_editor import WorkbookEditor
from tools.samples import clean
from tools.samples.folders import ROOT
from xltool.batches import reading, returned_copies, runs
from xltool.batches.options import Options
from xltool.outputs.returned import copy as copying
from xltool.outputs.returned.checked_file import CheckedFile
from xltool.outputs.returned.package import NotEditableError
from xltool.reader.reading import read_file
from xltool.storage import files
from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

WRONG = ("附件1", cell_of("附件1", "三公经费_本年决算数"), 30)
"""A total that is not the sum of its items."""


@pytest.fixture(autouse=True)
def _inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No processes, and a day that stays the same."""
    monkeypatch.setattr(reading, "Pool", InlinePool)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of filings: fine ones, a wrong one, a document, a broken file, an archive with another wrong one."""
    folder = tmp_path / "报送"
    for name in ("水利局", "农业农村局"):
        (folder / name).mkdir(parents=True)
    for path in (ROOT / "samples" / clean.sample().folder).iterdir():
        copyfile(path, folder / "农业农村局" / path.name)
    seed = filled(tmp_path / "附件1.xlsx", "附件1")
    WorkbookEditor(seed).put(*WRONG).save(folder / "水利局" / "附件1.xlsx")
    write_docx(forms()[:1], folder / "水利局" / "附件1.docx")
    (folder / "坏.xlsx").write_bytes(b"PK\x03\x04")
    with zipfile.ZipFile(folder / "报送.zip", "w") as archive:
        archive.writestr(
            "林业局/附件1?.xlsx", WorkbookEditor(seed).put(*WRONG).save(tmp_path / "附件1.xlsx").read_bytes()
        )
    return folder


def left(out: Path) -> set[str]:
    """Files below returned/, relative to it."""
    base = out / "returned"
    return {path.relative_to(base).as_posix() for path in base.rglob("*") if path.is_file()}


def notes(path: Path) -> str:
    """The third line of a list: how to use it, or why it stands alone."""
    return str(openpyxl.load_workbook(path).worksheets[0]["A3"].value)


def test_files_with_errors_or_warnings_are_returned_in_the_same_tree(folder: Path, tmp_path: Path) -> None:
    """Workbooks as annotated copies, the rest as lists alone that say why; what is in an archive below its name."""
    out = tmp_path / "结果"
    before = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}
    outcome = runs.run(folder, out, Options(jobs=1))
    assert left(out) == {
        "水利局/附件1.xlsx", "水利局/附件1.docx.问题清单.xlsx", "坏.xlsx.问题清单.xlsx", "报送.zip/林业局/附件1_.xlsx",
    }  # fmt: skip
    assert {out / "returned" / name for name in left(out)} <= set(outcome.written)
    for name in ("水利局/附件1.xlsx", "报送.zip/林业局/附件1_.xlsx"):
        copy = openpyxl.load_workbook(out / "returned" / name)
        assert copy.sheetnames[:2] == ["问题清单", "附件1"]
        comment = copy["附件1"][WRONG[1]].comment
        assert comment is not None
        assert "重算应为" in comment.text
    assert notes(out / "returned" / "水利局" / "附件1.docx.问题清单.xlsx") == returned_copies.NO_WORKBOOK.format(
        ".docx"
    )
    assert notes(out / "returned" / "坏.xlsx.问题清单.xlsx") == returned_copies.UNREAD
    assert before == {
        path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()
    }
    assert {path.name for path in (out / ".xltool").iterdir()} == {
        "format.json", "lock", "records.bin", "returned.txt", "run.json", "times.json",
    }  # fmt: skip


def test_the_same_folder_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """Wherever the results lie."""
    for name in ("一", "二"):
        runs.run(folder, tmp_path / name, Options(jobs=1))
    assert left(tmp_path / "一") == left(tmp_path / "二")
    for name in left(tmp_path / "一"):
        assert (tmp_path / "一/returned" / name).read_bytes() == (tmp_path / "二/returned" / name).read_bytes()


def test_what_is_mended_is_not_returned_again(folder: Path, tmp_path: Path) -> None:
    """Only what an earlier run wrote is cleared away; a file somebody else put there stays."""
    out = tmp_path / "结果"
    runs.run(folder, out, Options(jobs=1))
    (out / "returned" / "便条.txt").write_text("某某", encoding="utf-8")
    next((folder / "农业农村局").glob("附件1*")).replace(folder / "水利局" / "附件1.xlsx")
    (folder / "水利局" / "附件1.docx").unlink()
    (folder / "报送.zip").unlink()
    runs.run(folder, out, Options(jobs=1))
    assert left(out) == {"坏.xlsx.问题清单.xlsx", "便条.txt"}
    assert not (out / "returned" / "报送.zip").exists()
    (folder / "坏.xlsx").unlink()
    runs.run(folder, out, Options(jobs=1))
    assert left(out) == {"便条.txt"}


def test_a_list_gives_way_to_a_copy(folder: Path, tmp_path: Path) -> None:
    """A file that could not be read and now can has a copy and no list beside it."""
    out = tmp_path / "结果"
    runs.run(folder, out, Options(jobs=1))
    (folder / "坏.xlsx").write_bytes((folder / "水利局" / "附件1.xlsx").read_bytes())
    runs.run(folder, out, Options(jobs=1))
    assert {name for name in left(out) if "坏" in name} == {"坏.xlsx"}


def test_names_that_lead_elsewhere_are_not_cleared_away(folder: Path, tmp_path: Path) -> None:
    """Whatever stands in the state of an earlier run."""
    out = tmp_path / "结果"
    (out / ".xltool").mkdir(parents=True)
    (out / ".xltool" / "returned.txt").write_text(f"../../重要.txt\n{tmp_path}/重要.txt\n", encoding="utf-8")
    (tmp_path / "重要.txt").write_text("x", encoding="utf-8")
    runs.run(folder, out, Options(jobs=1))
    assert (tmp_path / "重要.txt").exists()


def test_a_copy_sent_again_is_the_same_submission(folder: Path, tmp_path: Path) -> None:
    """Put back in its place, it has the findings of the file it replaces, and is returned as the same copy."""
    out, second, path = tmp_path / "结果", tmp_path / "二次", folder / "水利局" / "附件1.xlsx"
    WorkbookEditor(filled(path, "附件1")).put("附件1", cell_of("附件1", "编制数"), 10.5).save(path)
    first = runs.run(folder, out, Options(jobs=1))
    assert {finding.rule for finding in first.audit.findings} >= {"A1-02"}
    copy = (out / "returned" / "水利局" / "附件1.xlsx").read_bytes()
    path.write_bytes(copy)
    again = runs.run(folder, second, Options(jobs=1))
    assert again.audit.findings == first.audit.findings
    assert [submission.id for submission in again.audit.submissions] == [
        submission.id for submission in first.audit.submissions
    ]
    assert (second / "returned" / "水利局" / "附件1.xlsx").read_bytes() == copy


def test_a_replaced_formula_is_over_when_the_copy_comes_back(folder: Path, tmp_path: Path) -> None:
    """Whoever gets the copy need not mend the formula, nor get a fresh form: filed again, nothing is wrong with it."""
    path = folder / "水利局" / "附件1.xlsx"
    WorkbookEditor(path).unprotect("附件1").save(path)
    first = runs.run(folder, tmp_path / "一", Options(jobs=1))
    codes = {finding.rule for finding in first.audit.findings if finding.path == "水利局/附件1.xlsx"}
    assert {"A1-07"} <= codes
    path.write_bytes((tmp_path / "一" / "returned" / "水利局" / "附件1.xlsx").read_bytes())
    again = runs.run(folder, tmp_path / "二", Options(jobs=1))
    left_over = {finding.rule for finding in again.audit.findings if finding.path == "水利局/附件1.xlsx"}
    assert not left_over & {"A1-07", "W-04", "W-09", "W-13", "W-16"}


def _task(path: Path, sha256: str | None = None) -> returned_copies.CopyTask:
    record = read_file(path, path.name)
    about = CheckedFile("某单位", path.name, files.run_time())
    return returned_copies.CopyTask(
        path, record.sha256 if sha256 is None else sha256, (), (), about, path.with_name("退回件.xlsx")
    )


def test_a_file_changed_after_it_was_read_is_not_marked(folder: Path) -> None:
    """Findings are about other bytes; the guard has not seen these."""
    path = folder / "水利局" / "附件1.xlsx"
    assert not returned_copies.make_returned(_task(path)).is_list
    assert returned_copies.make_returned(_task(path, "0" * 64)) == returned_copies.list_only(
        _task(path, "0" * 64), returned_copies.CHANGED
    )


def test_whatever_goes_wrong_costs_the_copy_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be kept, is gone, or trips something nobody foresaw has its list with the reason."""
    task = _task(folder / "水利局" / "附件1.xlsx")
    for error, reason in (
        (NotEditableError("工作簿没有样式部件"), "工作簿没有样式部件"),
        (KeyError("x"), "程序出错：KeyError"),
    ):

        def fail(*_: object, error: Exception = error, **__: object) -> bytes:
            raise error

        monkeypatch.setattr(copying, "returned_copy", fail)
        assert returned_copies.make_returned(task) == returned_copies.list_only(
            task, returned_copies.UNEDITABLE.format(reason)
        )
    gone = _task(folder / "坏.xlsx", "0" * 64)
    (folder / "坏.xlsx").unlink()
    assert returned_copies.make_returned(gone).is_list


class _Dying(InlinePool):
    """A pool whose workers die over every copy."""

    def run(self, work: Callable[[Any], bytes], tasks: Sequence[Any], **_: object) -> Answers:
        """Do it, unless it is a copy."""
        for number, answer in super().run(work, tasks):
            copy = getattr(tasks[number], "work", None) is returned_copies.write_returned
            if copy:
                files.half_written(tasks[number].task.place).write_bytes(b"half")
            yield number, Lost.CRASHED if copy else answer


def test_a_worker_that_dies_costs_the_copy_only(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list says what happened; what it had written of the copy is gone."""
    monkeypatch.setattr(reading, "Pool", _Dying)
    runs.run(folder, tmp_path / "结果", Options(jobs=1))
    assert list((tmp_path / "结果").rglob("*.part")) == []
    assert "程序异常退出" in notes(tmp_path / "结果" / "returned" / "水利局" / "附件1.xlsx.问题清单.xlsx")


def test_names_on_disk_can_be_written_anywhere() -> None:
    """Signs Windows does not take, names too long, names that become alike; the tree stays."""
    long = "很" * 90 + ".xlsx"
    places = returned_copies.places_of(
        ["a:b/附件1?.xlsx", "a:b/附件1*.xlsx", "甲/" + long, "x /..", "A.xlsx", "a.XLSX"]
    )
    assert list(places.values()) == [
        "a_b/附件1_.xlsx", "a_b/附件1_(2).xlsx", "甲/" + "很" * 65 + ".xlsx", "x/_", "A.xlsx", "a(2).XLSX",
    ]  # fmt: skip
    assert max(len(part.encode()) for place in places.values() for part in place.split("/")) <= returned_copies.LONGEST


def test_no_place_is_too_long_for_windows() -> None:
    """Folders that go too deep become one, the same wherever results lie; each place still has one file."""
    names = [
        "深/" * 400 + "附件1.xlsx",
        "深/" * 401 + "附件1.xlsx",
        "甲" * 80 + "/" + "乙" * 70 + "/" + "丙" * 60 + ".xlsx",
    ]
    places = returned_copies.places_of(names)
    assert max(map(len, places.values())) <= returned_copies.LONGEST_PLACE
    assert len(set(places.values())) == len(names)
    assert list(places.values())[2].startswith("甲" * 66 + "/~")
    assert [place.rpartition("/")[2] for place in places.values()] == ["附件1.xlsx", "附件1.xlsx", "丙" * 60 + ".xlsx"]
    assert returned_copies.places_of(names[:1]) == {names[0]: places[names[0]]}
    assert returned_copies.places_of(["a/附件1.xlsx"]) == {"a/附件1.xlsx": "a/附件1.xlsx"}


def test_no_place_is_in_the_way_of_another() -> None:
    """A file where another needs a folder, a list beside it, names that are one on some systems, names of devices."""
    names = [
        "a",
        "a/b.xlsx",
        "c/d.xlsx",
        "C",
        "a.问题清单.xlsx",
        "e\u0301.xlsx",
        "\u00e9.xlsx",
        "con.xlsx",
        "x\u202e.xlsx",
    ]
    assert list(returned_copies.places_of(names).values()) == [
        "a", "a(2)/b.xlsx", "c/d.xlsx", "C(2)", "a.问题清单(2).xlsx", "e\u0301.xlsx", "\u00e9(2).xlsx",
        "_con.xlsx", "x_.xlsx",
    ]  # fmt: skip


def test_an_archive_of_deep_folders_costs_nothing_else(tmp_path: Path) -> None:
    """Names longer than any system's paths, a file that is a folder too: every file is returned."""
    whole = filled(tmp_path / "附件1.xlsx", "附件1").read_bytes()
    (tmp_path / "报送").mkdir()
    with zipfile.ZipFile(tmp_path / "报送" / "包.zip", "w") as archive:
        for name in ("深/" * 1_500 + "附件1.xlsx", "a.xlsx", "a.xlsx/b.xlsx", "con.xlsx", "好/附件1.xlsx"):
            archive.writestr(name, whole)
    runs.run(tmp_path / "报送", tmp_path / "结果", Options(jobs=1))
    returned = [path for path in (tmp_path / "结果" / "returned").rglob("*") if path.is_file()]
    assert len(returned) == 5
