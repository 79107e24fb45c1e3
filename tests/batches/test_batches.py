"""A folder of filings: every file has its line, sets are made right, outputs are whole, inputs untouched."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import struct
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import openpyxl
import pandas as pd
import pytest

from tests.support import seed
from tests.support.filled import cell_of, filled
from tests.support.workbook_editor import WorkbookEditor
from xltool.auditing import audit
from xltool.auditing.tables import tidy
from xltool.batches import reading as workers
from xltool.batches import runs, side_inputs
from xltool.batches.grouping import as_filings, as_one_set
from xltool.batches.options import Options
from xltool.forms import base_data, project, self_review
from xltool.outputs import json_output
from xltool.reader import reading
from xltool.reader.files.archives import Source
from xltool.reader.files.sources import NothingToCheckError, discover, sources_below
from xltool.reader.reading import read_file
from xltool.reader.records import FileRecord, Submission
from xltool.template.order import Order, sheet_orders
from xltool.template.workbook import write_workbook
from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

EPOCH = "1718150400"
WATER, FOREST, SCHOOL = "某市水利局", "某市林业局", "某市教育局"


Answers = Iterator[tuple[int, bytes | Lost]]
"""What a pool answers, by the number of the task."""


class InlinePool:
    """A pool that works in this process, for tests of what is done with the results."""

    deadly: Mapping[str, Lost] = {}
    """Names of files that are lost, and how."""

    def __init__(self, *_: object) -> None:
        """Take the place of a pool of processes."""

    def __enter__(self) -> Self:
        """Nothing to start."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to stop."""

    def run(self, work: Callable[[Any], bytes], tasks: Sequence[Any], **_: object) -> Answers:
        """Do it at once, the last first: workers answer in no order."""
        for number, task in reversed(list(enumerate(tasks))):
            yield number, self.deadly.get(getattr(task, "name", "")) or work(task)


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No processes: the work itself is the same."""
    monkeypatch.setattr(workers, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)


def issued(path: Path, department: str, *forms: str, projects: tuple[str, ...] = (), named: bool = True) -> Path:
    """A template of a department; without `named` the manifest does not say whose it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    order = Order(2023, department if named else "", forms, projects)
    sheets = sheet_orders(order)
    if not named:
        whose = {base_data.unit: department, self_review.department: department, project.implementer: department}
        sheets = [
            replace(sheet, prefill={field: text for field, text in whose.items() if sheet.form.has(field)})
            for sheet in sheets
        ]
    path.write_bytes(write_workbook(order, sheets))
    return path


def tree(folder: Path) -> Path:
    """Filings of three departments among what lies about in a folder of the bureau."""
    water = folder / "水利局"
    filled(_made(water / "附件1.xlsx"), "附件1")
    filled(water / "附件2.xlsx", "附件2")
    filled(_made(water / "项目" / "附件3.xlsx"), "附件3")
    issued(folder / "林业局" / "全部.xlsx", FOREST, "附件1", "附件2", "附件3")
    issued(folder / "教育局" / "报送" / "附件2.xlsx", SCHOOL, "附件2", named=False)
    below = WorkbookEditor(issued(folder / "教育局" / "报送" / "下属.xlsx", "", "附件3"))
    below.put("附件3", cell_of("附件3", "实施单位"), "某市第一中学").put("附件3", cell_of("附件3", "主管部门"), SCHOOL)
    below.put("附件3", cell_of("附件3", "项目支出名称"), "校舍维修").save(folder / "教育局" / "报送" / "下属.xlsx")
    WorkbookEditor(water / "附件1.xlsx").drop_name("附件1", "编制数").save(folder / "水利局" / "缺栏目.xlsx")
    (water / "~$附件1.xlsx").write_bytes(b"\x05lock")
    (water / "说明.pdf").write_bytes(b"%PDF-1.7\n")
    (water / "说明.txt").write_text("文字", encoding="utf-8")
    (water / "坏.xlsx").write_bytes((water / "附件1.xlsx").read_bytes()[:3000])
    (water / "加密.xlsx").write_bytes(ole("EncryptedPackage"))
    (water / "旧.xls").write_bytes(ole("Workbook"))
    (water / "空.xlsx").write_bytes(b"")
    other = openpyxl.Workbook()
    other["Sheet"]["A1"] = "通讯录"
    other.save(water / "通讯录.xlsx")
    (water / ".隐藏.xlsx").write_bytes(b"x")
    filled(_made(folder / ".旧文件" / "附件1.xlsx"), "附件1")
    (folder / "链接.xlsx").symlink_to(water / "附件1.xlsx")
    (folder / "链接夹").symlink_to(water)
    (water / "旧.rar").write_bytes(b"Rar!\x1a\x07\x01\0")
    (water / "换\n行.txt").write_text("文字", encoding="utf-8")
    os.mkfifo(folder / "管道.xlsx")
    return folder


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def ole(stream: str) -> bytes:
    """An OLE container whose directory names one stream."""
    header = bytearray(512)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<HHHH", header, 24, 0x3E, 3, 0xFFFE, 9)
    struct.pack_into("<I", header, 48, 0)
    struct.pack_into("<I", header, 76, 1)
    name = stream.encode("utf-16-le") + b"\0\0"
    entry = bytearray(512)
    entry[: len(name)] = name
    struct.pack_into("<H", entry, 64, len(name))
    table = struct.pack("<2I", 0xFFFFFFFE, 0xFFFFFFFD).ljust(512, b"\xff")
    return bytes(header) + bytes(entry) + table


STATES = {
    "林业局/全部.xlsx": ("read", None),
    "教育局/报送/下属.xlsx": ("read", None),
    "教育局/报送/附件2.xlsx": ("read", None),
    "水利局/附件1.xlsx": ("read", None),
    "水利局/附件2.xlsx": ("read", None),
    "水利局/缺栏目.xlsx": ("read", None),
    "水利局/项目/附件3.xlsx": ("read", None),
    "水利局/~$附件1.xlsx": ("skipped", "lock_file"),
    "水利局/说明.pdf": ("refused", "not_a_workbook"),
    "水利局/说明.txt": ("refused", "not_a_workbook"),
    "水利局/通讯录.xlsx": ("refused", "no_form"),
    "水利局/.隐藏.xlsx": ("skipped", "hidden"),
    ".旧文件": ("skipped", "hidden"),
    "链接.xlsx": ("skipped", "link"),
    "链接夹": ("skipped", "link"),
    "管道.xlsx": ("skipped", "special"),
    "水利局/旧.rar": ("refused", "foreign_archive"),
    "水利局/换␊行.txt": ("refused", "not_a_workbook"),
    "水利局/坏.xlsx": ("refused", "corrupt"),
    "水利局/加密.xlsx": ("refused", "encrypted"),
    "水利局/旧.xls": ("refused", "corrupt"),
    "水利局/空.xlsx": ("refused", "empty"),
}


@pytest.fixture(scope="module")
def filings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree, made once; nobody may write into it."""
    return tree(tmp_path_factory.mktemp("报送"))


@pytest.fixture(scope="module")
def outcome(filings: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, runs.RunResult]]:
    """The tree checked once, in processes of its own."""
    out = tmp_path_factory.mktemp("结果") / "深" / "结果"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", EPOCH)
        yield out, runs.run(filings, out, Options(jobs=2))


def prints(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Hash, time and mode of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.lstat().st_mtime_ns,
            path.lstat().st_mode,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".xltool" not in path.parts
    }


# --- files ------------------------------------------------------------------------------------


def test_every_file_has_its_line(outcome: tuple[Path, runs.RunResult]) -> None:
    """Each file below the folder is read, skipped or refused, with the reason in Chinese, hidden ones and pipes too."""
    out, _ = outcome
    lines = json.loads((out / "findings.json").read_text(encoding="utf-8"))["files"]
    assert {line["path"]: (line["status"], line["code"]) for line in lines} == STATES
    assert len(lines) == len(STATES)
    for line in lines:
        assert set(line) == {"path", "status", "code", "reason"}
        assert (line["reason"] is None) is (line["status"] == "read")
        assert line["reason"] is None or any("一" <= letter <= "鿿" for letter in line["reason"])


def test_refused_files_are_errors_and_skipped_ones_are_not(outcome: tuple[Path, runs.RunResult]) -> None:
    """An unreadable file is a finding of severity error at that file."""
    _, result = outcome
    errors = {finding.path for finding in result.audit.findings if finding.rule == "W-19"}
    assert errors == {path for path, (status, _) in STATES.items() if status == "refused"}
    silent = {path for path, (status, _) in STATES.items() if status == "skipped"}
    assert not silent & {finding.path for finding in result.audit.findings}
    assert result.errors >= len(errors)


def test_discover_keeps_order_and_names(filings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are relative to a folder given alone, else as given, and a file given twice is looked at once."""
    names = [source.name for source in discover([filings])]
    assert set(names) == set(STATES)
    assert len(names) == len(STATES)
    monkeypatch.chdir(filings)
    both = discover([Path("林业局"), Path("林业局/全部.xlsx"), Path("水利局/附件1.xlsx")])
    assert [source.name for source in both] == ["林业局/全部.xlsx", "水利局/附件1.xlsx"]
    (link,) = discover([Path("链接.xlsx")])
    assert read_file(link.path, link.name).status == "read"


def test_folders_that_may_not_be_entered_are_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in them was not checked, and the desk has to know."""
    scandir = os.scandir

    def closed(path: str) -> Any:  # noqa: ANN401 - what os.scandir gives
        if path.endswith("锁"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scandir(path)

    (tmp_path / "锁").mkdir()
    monkeypatch.setattr(os, "scandir", closed)
    (source,) = discover([tmp_path])
    assert source.unread is not None
    assert (source.name, source.unread.status, source.unread.code) == ("锁", "refused", "unreadable")
    assert source.unread.reason == "文件夹打不开（没有权限），里面的文件没有检查"
    assert [note.rule for note in source.unread.notes] == ["W-19"]


def test_a_file_that_goes_while_the_folder_is_looked_at_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was there, so it has its line."""
    (tmp_path / "附件1.xlsx").write_bytes(b"x")

    def gone(self: Path) -> os.stat_result:
        raise FileNotFoundError(errno.ENOENT, "No such file", str(self))

    monkeypatch.setattr(Path, "lstat", gone)
    (source,) = discover([tmp_path])
    assert source.unread is not None
    assert source.unread.code == "unreadable"


def test_trees_may_be_deep(tmp_path: Path) -> None:
    """200 folders deep a file is found; what lies deeper than the system can name is told, not fatal."""
    (deep := tmp_path.joinpath(*"a" * 200)).mkdir(parents=True)
    (deep / "附件1.xlsx").write_bytes(b"x")
    (source,) = discover([tmp_path])
    assert source.name.count("/") == 200
    at = os.open(deep, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("b" * 250, dir_fd=at)
        below = os.open("b" * 250, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    found = discover([tmp_path])
    assert [one.unread.code for one in found if one.unread] == ["unreadable"]
    assert len(found) == 2


@pytest.mark.parametrize("wanted", ["没有", "空"])
def test_nothing_to_check_is_said(tmp_path: Path, wanted: str) -> None:
    """A path that is not there and a folder without a file are mistakes of the call."""
    (tmp_path / "空").mkdir()
    (tmp_path / "空" / ".DS_Store").write_bytes(b"")
    with pytest.raises(NothingToCheckError, match=r"找不到|没有可以检查"):
        discover([tmp_path / wanted])


# --- sets -------------------------------------------------------------------------------------


def test_filings_are_made_by_manifest_name_and_folder(outcome: tuple[Path, runs.RunResult]) -> None:
    """Manifest first, the department as filed next; the project of a unit below goes to its department."""
    _, result = outcome
    sets: dict[str, set[str]] = {}
    for submission in result.audit.submissions:
        sets.setdefault(submission.filing, set()).add(submission.path)
    assert sets == {
        f"{seed.DEPARTMENT}(2023)".replace("(", "（").replace(")", "）"): {
            path for path, (status, _) in STATES.items() if status == "read" and path.startswith("水利局")
        },
        f"{FOREST}（2023）": {"林业局/全部.xlsx"},
        f"{SCHOOL}（2023）": {"教育局/报送/附件2.xlsx", "教育局/报送/下属.xlsx"},
    }


def _one(path: str, form: str, department: str = "", year: int | None = 2023, issued_to: str = "") -> Submission:
    one = Submission(f"{path}#{form}", path, form, form, "template", year, department, "", "")
    one.issued_to = issued_to
    return one


def _grouped(*ones: Submission) -> list[str]:
    as_filings([FileRecord(one.path, "read", submissions=[one]) for one in ones])
    return [one.filing for one in ones]


def test_grouping() -> None:
    """The manifest beats the name, brackets and spaces do not divide, years do, the folder takes in the nameless."""
    assert (
        _grouped(_one("a/1", "附件1", "乙局", issued_to="甲局"), _one("a/2", "附件2", "甲局")) == ["甲局（2023）"] * 2
    )
    assert len(set(_grouped(_one("1", "附件1", "某局(本级)"), _one("2", "附件2", "某 局（本级）")))) == 1
    assert _grouped(_one("1", "附件1", "甲局"), _one("2", "附件1", "甲局", 2022)) == ["甲局（2023）", "甲局（2022）"]
    assert _grouped(_one("a/1", "附件1", "甲局"), _one("a/2", "附件2")) == ["甲局（2023）"] * 2
    assert _grouped(_one("a/1", "附件1", "甲局"), _one("a/2", "附件1", "乙局"), _one("a/3", "附件2"))[2] == "文件夹 a"
    assert _grouped(_one("2", "附件2")) == ["文件夹 ."]


def test_one_set_is_named_by_its_first_department() -> None:
    """All that is given together is one set, whatever the departments."""
    records = [
        FileRecord(
            "1", "read", submissions=[_one("1", "附件1"), _one("1", "附件2", "甲局"), _one("1", "附件2", "乙局")]
        )
    ]
    as_one_set(records)
    assert {submission.filing for submission in records[0].submissions} == {"甲局（2023）"}
    nameless = [FileRecord("1", "read", submissions=[_one("1", "附件1")])]
    as_one_set(nameless)
    assert nameless[0].submissions[0].filing == "本次检查"


# --- outputs ----------------------------------------------------------------------------------


def test_outputs_are_there_and_nothing_else(outcome: tuple[Path, runs.RunResult]) -> None:
    """The run says what it wrote, and that is all there is."""
    out, result = outcome
    written = {path.relative_to(out).as_posix() for path in result.written}
    names = ("submissions", "values", "projects", "indicators", "spot_checks")
    letters = {name for name in written if name.startswith("notices/")}
    assert {"notices/退回通知_某市教育局.docx", "notices/退回通知_某市林业局.docx"} <= letters
    returned = {name for name in written if name.startswith("returned/")}
    assert {"returned/林业局/全部.xlsx", "returned/水利局/坏.xlsx.问题清单.xlsx"} <= returned
    frames = {f"frames/{name}.parquet" for name in names}
    assert written - letters - returned == {"findings.json", "review.xlsx", "review.html", *frames}
    assert set(prints(out)) == written
    assert {path.name for path in (out / ".xltool").iterdir()} == {"lock", "records.bin", "returned.txt", "run.json"}


def test_frames_have_the_columns_of_the_contract(outcome: tuple[Path, runs.RunResult]) -> None:
    """Each frame has its columns in order, a row a thing, and values for the ids of the submissions."""
    out, result = outcome
    read = {
        name: pd.read_parquet(out / "frames" / f"{name}.parquet")
        for name in ("submissions", "values", "projects", "indicators")
    }
    assert list(read["submissions"].columns) == list(tidy.SUBMISSION_COLUMNS)
    assert list(read["values"].columns) == list(tidy.VALUE_COLUMNS)
    assert list(read["projects"].columns) == list(tidy.PROJECT_COLUMNS)
    assert list(read["indicators"].columns) == list(tidy.INDICATOR_COLUMNS)
    records = result.audit.records
    assert len(read["submissions"]) == len(tidy.submissions(records)) == 9
    assert len(read["values"]) == len(tidy.values(records))
    assert len(read["indicators"]) == len(tidy.indicators(records)) == 46
    assert set(read["values"]["submission"]) == set(read["submissions"]["id"])


def test_review_opens_with_its_rows(outcome: tuple[Path, runs.RunResult]) -> None:
    """The workbook has its sheets, a row a filing, a finding and a file."""
    out, result = outcome
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of what it does not know
        book = openpyxl.load_workbook(out / "review.xlsx")
    assert {"总览", "问题清单", "附件1", "附件2", "附件3", "项目明细", "指标明细", "规则统计", "文件清单"} <= set(
        book.sheetnames
    )
    problems = [row for row in book["问题清单"].iter_rows(values_only=True) if isinstance(row[0], int)]
    heads = [cell.value for cell in book["问题清单"][1]]
    for head, wanted in (("规则", "rule"), ("问题", "message")):
        shown_there = [row[heads.index(head)] for row in problems]
        assert shown_there == [getattr(finding, wanted) for finding in result.audit.findings]
    listed = {str(cell) for row in book["文件清单"].iter_rows(values_only=True) for cell in row}
    assert set(STATES) <= listed
    shown = {str(cell) for row in book["总览"].iter_rows(values_only=True) for cell in row}
    assert {seed.DEPARTMENT, FOREST, SCHOOL} <= shown


@pytest.mark.usefixtures("inline")
def test_findings_of_one_filing_are_those_of_audit(tmp_path: Path) -> None:
    """A folder with one department's files gives the findings that `audit` gives for that folder."""
    folder = tmp_path / "报送"
    for form in ("附件1", "附件2", "附件3"):
        filled(_made(folder / f"{form}.xlsx"), form)
    runs.run(folder, tmp_path / "结果", Options(jobs=1))
    records = workers.read_sources(discover([folder]))
    as_one_set(records)
    expected = json.loads(json_output.dumps(json_output.audit_json(audit.audit(records))))
    written = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    assert {key: value for key, value in written.items() if key != "spot_checks"} == expected
    assert [one["filing"] for one in written["spot_checks"]] == [f"{seed.DEPARTMENT}（2023）"]
    assert expected["summary"]["error"] == 3


def test_inputs_are_untouched(filings: Path, outcome: tuple[Path, runs.RunResult], tmp_path: Path) -> None:
    """Reading changes neither content nor time nor mode of a file, and leaves nothing beside it."""
    assert outcome[0].is_dir()
    before = prints(filings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "Pool", InlinePool)
        patch.setattr(side_inputs, "Pool", InlinePool)
        runs.run(filings, tmp_path / "结果", Options(jobs=1))
    assert prints(filings) == before


def test_same_bytes_again_and_for_any_number_of_jobs(
    filings: Path, outcome: tuple[Path, runs.RunResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process or two, today or tomorrow: the same input gives the same bytes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    monkeypatch.setattr(workers, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)
    # Beside the first, since the workbook's links are relative to where it lies.
    again = outcome[0].with_name("再次")
    runs.run(filings, again, Options(jobs=1))
    first = {name: mark[0] for name, mark in prints(outcome[0]).items()}
    assert {name: mark[0] for name, mark in prints(again).items()} == first
    assert first
    assert not (tmp_path / "结果").exists()


@pytest.mark.usefixtures("inline")
def test_results_inside_the_folder_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run with the results inside the folder looks at the same files and writes the same bytes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    filled(tmp_path / "附件1.xlsx", "附件1")
    first = runs.run(tmp_path, tmp_path / "结果", Options(jobs=1))
    before = {name: mark[0] for name, mark in prints(tmp_path / "结果").items()}
    second = runs.run(tmp_path, tmp_path / "结果", Options(jobs=1))
    assert [record.path for record in second.audit.records] == ["附件1.xlsx"]
    assert first.audit.findings == second.audit.findings
    assert {name: mark[0] for name, mark in prints(tmp_path / "结果").items()} == before


def test_where_results_may_lie(tmp_path: Path) -> None:
    """Above the folder is fine and hides no input; the folder itself is refused with a reason."""
    filled(_made(tmp_path / "2023" / "附件1.xlsx"), "附件1")
    assert [source.name for source in sources_below(tmp_path / "2023", tmp_path)] == ["附件1.xlsx"]
    with pytest.raises(NothingToCheckError, match="另选一个文件夹"):
        sources_below(tmp_path / "2023", tmp_path / "2023")
    with pytest.raises(NothingToCheckError, match="找不到文件夹"):
        sources_below(tmp_path / "2023" / "附件1.xlsx", tmp_path)
    (tmp_path / "2023" / "附件1.xlsx").rename(_made(tmp_path / "2023" / "结果" / "附件1.xlsx"))
    with pytest.raises(NothingToCheckError, match="没有可以检查的文件"):
        sources_below(tmp_path / "2023", tmp_path / "2023" / "结果")


@pytest.mark.usefixtures("inline")
def test_results_that_cannot_be_written(tmp_path: Path) -> None:
    """A file in the way is an OSError, and no half-written file is left."""
    filled(_made(tmp_path / "报送" / "附件1.xlsx"), "附件1")
    (tmp_path / "结果").write_text("在此", encoding="utf-8")
    with pytest.raises(OSError, match="结果"):
        runs.run(tmp_path / "报送", tmp_path / "结果", Options(jobs=1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["报送", "结果"]
    assert (tmp_path / "结果").read_text(encoding="utf-8") == "在此"


# --- workers that die -------------------------------------------------------------------------


@pytest.mark.parametrize("lost", list(Lost))
def test_a_worker_that_is_lost_costs_its_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: Lost) -> None:
    """Its file is refused with the reason and the limit; the others are read, and all are counted."""
    monkeypatch.setattr(workers, "Pool", type("Pool", (InlinePool,), {"deadly": {"2.xlsx": lost}}))
    paths = [filled(tmp_path / f"{number}.xlsx", "附件1") for number in range(5)]
    done: list[int] = []
    records = workers.read_sources([Source(path, path.name) for path in paths], jobs=2, progress=done.append)
    assert [(record.path, record.status) for record in records] == [
        (f"{number}.xlsx", "refused" if number == 2 else "read") for number in range(5)
    ]
    assert sum(done) == 5
    assert records[2].code == lost.value
    word = {Lost.CRASHED: "异常退出", Lost.TIMEOUT: "超过 60 秒", Lost.MEMORY: "超过上限 2048 MiB"}[lost]
    assert word in records[2].reason
    assert [note.rule for note in records[2].notes] == ["W-19"]


def test_a_file_the_reader_fails_on_costs_itself_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error nobody foresaw is a refusal of that file, with what went wrong."""

    def fail(path: Path, name: str) -> FileRecord:
        if name == "0.xlsx":
            raise KeyError(name)
        return read_file(path, name)

    monkeypatch.setattr(workers, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)
    monkeypatch.setattr(reading, "read_file", fail)
    paths = [filled(tmp_path / f"{number}.xlsx", "附件1") for number in range(2)]
    records = workers.read_sources([Source(path, path.name) for path in paths])
    assert [(record.status, record.code) for record in records] == [("refused", "failed"), ("read", "")]
    assert "KeyError" in records[0].reason
