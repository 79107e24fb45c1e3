"""Never an all-clear for what was not read: each such file is an error and is named in the last line."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final

import openpyxl
import pytest

import xltool as api
from tests.attacks.unreadable import UNREADABLE
from tests.batches.folders import InlinePool
from tests.support.filled import filled
from xltool import cli
from xltool.batches import reading, side_inputs
from xltool.batches.grouping import filings_with_unread_files
from xltool.forms.manifest import AUTHOR, TEMPLATE
from xltool.outputs.summary import NAMED
from xltool.reader.records import FileRecord, Submission

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl's, of data bars
ALL_CLEAR: Final = "没有发现问题"
HARMLESS: Final = {
    "Thumbs.db": b"\xd0\xcf\x11\xe0",
    "desktop.ini": b"[x]",
    ".DS_Store": b"\0",
    "~$附件1.xlsx": b"lock",
    "README.md": b"# x",
}
Run = tuple[int, str, str]


@pytest.fixture
def xltool(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Run a command in this process; gives exit code, stdout and stderr."""
    monkeypatch.setattr(reading, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)

    def run(*arguments: object) -> Run:
        monkeypatch.setattr(sys, "argv", ["xltool", *map(str, arguments)])
        with pytest.raises(SystemExit) as done:
            cli.main()
        assert isinstance(done.value.code, int)
        return done.value.code, *capsys.readouterr()

    return run


def put(folder: Path, *names: str) -> Path:
    """The folder with these unreadable files in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(UNREADABLE[name][0])
    return folder


def last_line(text: str) -> str:
    """What a terminal shows last."""
    return text.splitlines()[-1]


# --- audit ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(UNREADABLE))
def test_a_named_file_that_cannot_be_read_is_an_error(name: str, tmp_path: Path, xltool: Callable[..., Run]) -> None:
    """Whatever it is: its finding says what it is, the last line names it, the code is 1, nothing is cleared."""
    path = put(tmp_path, name) / name
    code, out, _ = xltool("audit", path)
    assert code == 1
    assert last_line(out) == f"未能审核 1 个文件：{path.as_posix()}"
    assert ALL_CLEAR not in out
    assert UNREADABLE[name][1] in out


@pytest.mark.parametrize("name", sorted(UNREADABLE))
def test_json_has_a_line_and_an_error_for_it(name: str, tmp_path: Path, xltool: Callable[..., Run]) -> None:
    """The file stands in `files` as refused, and in `findings` with severity error; stderr ends with its name."""
    code, out, err = xltool("audit", put(tmp_path, name) / name, "--format", "json")
    data = json.loads(out)
    assert code == 1
    assert [file["status"] for file in data["files"]] == ["refused"]
    assert [(finding["rule"], finding["severity"]) for finding in data["findings"]] == [("W-19", "error")]
    assert last_line(err).endswith(name)


def test_the_last_line_keeps_the_rest_apart(tmp_path: Path, xltool: Callable[..., Run]) -> None:
    """Errors of the files that were read are counted without those of the files that were not."""
    sample = filled(tmp_path / "附件1.xlsx", "附件1")
    before = json.loads(xltool("audit", sample, "--format", "json")[1])["summary"]
    put(tmp_path, "扫描件.pdf", "照片.jpg")
    code, out, _ = xltool("audit", tmp_path)
    counts = "错误 {error}，警告 {warning}，提示 {info}".format(**before)
    assert code == 1
    assert last_line(out) == f"未能审核 2 个文件：扫描件.pdf、照片.jpg；其余 1 个文件：{counts}"
    assert ALL_CLEAR not in out


def test_a_last_line_does_not_grow_without_end(tmp_path: Path, xltool: Callable[..., Run]) -> None:
    """It names the first files and gives the number of all; each has its finding above."""
    for number in range(NAMED + 3):
        (tmp_path / f"{number:02}.pdf").write_bytes(b"%PDF-1.7")
    out = xltool("audit", tmp_path)[1]
    assert last_line(out).startswith(f"未能审核 {NAMED + 3} 个文件：00.pdf、")
    assert last_line(out).endswith("等")
    assert out.count("W-19") == NAMED + 3


def test_what_systems_leave_in_a_folder_is_no_error(tmp_path: Path, xltool: Callable[..., Run]) -> None:
    """Lock files and the like are passed over beside a form; alone they are nothing to check."""
    for name, content in HARMLESS.items():
        (tmp_path / name).write_bytes(content)
    code, out, err = xltool("audit", tmp_path)
    assert (code, out) == (2, "")
    assert "没有可以检查的文件" in err
    filled(tmp_path / "附件1.xlsx", "附件1")
    code, out, _ = xltool("audit", tmp_path)
    assert code == 0
    assert "未能审核" not in out


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_what_is_harmless_in_a_folder_is_told_when_named(name: str, tmp_path: Path, xltool: Callable[..., Run]) -> None:
    """Whoever names a file wants it read, also where its folder is named before it."""
    form = filled(tmp_path / "附件1.xlsx", "附件1")
    (tmp_path / name).write_bytes(HARMLESS[name])
    for paths in ((form, tmp_path / name), (tmp_path, tmp_path / name)):
        code, out, _ = xltool("audit", *paths)
        assert code == 1
        assert last_line(out).startswith(f"未能审核 1 个文件：{(tmp_path / name).as_posix()}；其余 1 个文件：")


def test_our_own_files_in_a_folder_are_no_error(tmp_path: Path, xltool: Callable[..., Run]) -> None:
    """A roster and the results of a batch beside the forms are skipped; a roster that is named is told."""
    filled(tmp_path / "附件1.xlsx", "附件1")
    assert xltool("batch", tmp_path, "--out", tmp_path / "结果")[0] == 0
    assert xltool("roster", "--init", tmp_path / "名册.xlsx")[0] == 0
    (tmp_path / "又.xlsx").write_bytes((tmp_path / "结果" / "review.xlsx").read_bytes())
    data = json.loads(xltool("audit", tmp_path, "--format", "json")[1])
    assert {file["path"]: file["code"] for file in data["files"]} == {
        "附件1.xlsx": None, "名册.xlsx": "result", "又.xlsx": "result", "结果": "results",
    }  # fmt: skip
    assert not [finding for finding in data["findings"] if finding["rule"] == "W-19"]
    assert xltool("audit", tmp_path / "名册.xlsx")[0] == 1


@pytest.mark.parametrize("left", [(".xltool",), ("review.xlsx", "findings.json")])
def test_results_inside_the_filings_are_no_filings(
    tmp_path: Path, xltool: Callable[..., Run], left: tuple[str, ...]
) -> None:
    """Results of another run are known by the run's state, or by their outputs where the state was deleted."""
    filled(tmp_path / "附件1.xlsx", "附件1")
    old = tmp_path / "上次"
    (old / "returned").mkdir(parents=True)
    filled(old / "returned" / "附件1.xlsx", "附件1")
    for name in left:
        (old / name).mkdir() if name == ".xltool" else (old / name).write_bytes(b"")
    code, _, _ = xltool("batch", tmp_path, "--out", tmp_path / "结果")
    data = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    assert {file["path"]: file["code"] for file in data["files"]} == {"附件1.xlsx": None, "上次": "results"}
    assert (code, len(data["submissions"])) == (0, 1)


def test_a_template_whose_forms_are_gone_is_an_error(tmp_path: Path, xltool: Callable[..., Run]) -> None:
    """That xltool wrote the file does not excuse it: a template is to be filled in and audited."""
    book = openpyxl.Workbook()
    book.properties.creator, book.properties.description = AUTHOR, TEMPLATE
    book.save(tmp_path / "附件1.xlsx")
    code, out, _ = xltool("audit", tmp_path)
    assert code == 1
    assert last_line(out) == "未能审核 1 个文件：附件1.xlsx"


def test_python_gets_the_error_too(tmp_path: Path, xltool: Callable[..., Run]) -> None:
    """`xltool.audit` gives a finding of severity error for a picture."""
    assert xltool is not None  # reads in this process
    findings = api.audit(put(tmp_path, "照片.jpg") / "照片.jpg").findings
    assert list(findings["rule"]) == ["W-19"]
    assert list(findings["severity"]) == ["error"]


# --- the other commands -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["扫描件.pdf", "通讯录.xlsx", "空包.zip"])
def test_the_other_commands_name_it_too(name: str, tmp_path: Path, xltool: Callable[..., Run]) -> None:
    """`read`, `convert` and `merge` do what they can with the rest, end with 1 and name the file last."""
    folder = put(tmp_path / "报送", name)
    filled(folder / "附件1.xlsx", "附件1")
    for words in (
        ("read", folder),
        ("convert", folder, "--out", tmp_path / "转换"),
        ("merge", folder, "--out", tmp_path / "汇总.xlsx"),
    ):
        code, _, err = xltool(*words)
        assert code == 1
        assert last_line(err) == f"未能审核 1 个文件：{name}"
    assert (tmp_path / "汇总.xlsx").is_file()


# --- batch ------------------------------------------------------------------------------------


def test_batch_names_what_it_could_not_read_and_goes_on(tmp_path: Path, xltool: Callable[..., Run]) -> None:
    """Every kind of unreadable file is an error beside an honest form, which is judged as if they were not there."""
    folder = put(tmp_path / "报送" / "水务局", *UNREADABLE)
    filled(folder / "附件1.xlsx", "附件1")
    code, out, _ = xltool("batch", tmp_path / "报送", "--out", tmp_path / "结果")
    data = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    assert code == 1
    assert last_line(out).startswith(f"未能审核 {len(UNREADABLE)} 个文件：水务局/")
    assert ALL_CLEAR not in out
    refused = {finding["path"] for finding in data["findings"] if finding["rule"] == "W-19"}
    assert refused == {f"水务局/{name}" for name in UNREADABLE}
    assert [submission["form"] for submission in data["submissions"]] == ["附件1"]


def test_a_batch_of_nothing_it_can_read_gives_no_all_clear(tmp_path: Path, xltool: Callable[..., Run]) -> None:
    """Our own results alone are no filing that was found to be right."""
    (tmp_path / "报送").mkdir()
    xltool("roster", "--init", tmp_path / "报送" / "名册.xlsx")
    _, out, _ = xltool("batch", tmp_path / "报送", "--out", tmp_path / "结果")
    assert last_line(out).startswith("没有审核任何文件")


def test_a_scanned_form_counts_as_received_and_not_audited(tmp_path: Path, xltool: Callable[..., Run]) -> None:
    """Its department is neither 未报 without a word nor cleared: 报送情况, 催报清单 and 收件清单 say what came."""
    put(tmp_path / "报送" / "示范县水务局", "扫描件.pdf", "照片.jpg")
    filled(tmp_path / "报送" / "附件1.xlsx", "附件1")
    roster = tmp_path / "名册.csv"
    roster.write_text("单位编码,单位名称\n002,示范县水务局\n003,示范县教育局\n", encoding="utf-8")
    assert xltool("batch", tmp_path / "报送", "--out", tmp_path / "结果", "--roster", roster)[0] == 1
    data: dict[str, Any] = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    accounts = {account["department"]: account for account in data["inbox"]["accounts"]}
    assert accounts["示范县水务局"]["status"] == "收到、未能审核"
    assert accounts["示范县水务局"]["unread"] == ["示范县水务局/扫描件.pdf", "示范县水务局/照片.jpg"]
    assert accounts["示范县教育局"]["status"] == "未报"
    states = {receipt["path"]: (receipt["department"], receipt["state"]) for receipt in data["inbox"]["receipts"]}
    assert states["示范县水务局/扫描件.pdf"] == ("示范县水务局", "收到、未能审核")
    book = openpyxl.load_workbook(tmp_path / "结果" / "review.xlsx")
    assert book["报送情况"]["A1"].value == "应报单位 2 个：已报齐 0，部分报送 0，收到、未能审核 1，未报 1"
    reminders = {row[2]: str(row[6]) for row in book["催报清单"].iter_rows(min_row=2, values_only=True)}
    assert reminders["示范县水务局"].startswith("全部（收到 2 个文件未能审核：示范县水务局/扫描件.pdf、")
    assert reminders["示范县教育局"] == "全部"


def declared_targets(path: Path) -> Path:
    """A declaration of targets, which is named for what it is and is no self-evaluation."""
    book = openpyxl.Workbook()
    heads = ("一级指标", "二级指标", "三级指标", "指标值")
    rows = (
        ("2023年度项目支出绩效目标申报表",),
        ("项目名称", "河道治理"),
        ("主管部门", "某县水利局"),
        heads,
        ("产出指标", "数量指标", "河道", "5公里"),
    )
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr] # a new book has a sheet
    book.save(path)
    return path


def test_a_file_that_holds_no_self_evaluation_was_not_audited(tmp_path: Path, xltool: Callable[..., Run]) -> None:
    """It is named as what it is and accused of nothing; the last line says that nothing was audited."""
    path = declared_targets(tmp_path / "目标.xlsx")
    code, out, _ = xltool("audit", path)
    assert (code, out.splitlines()[-1][:8]) == (1, "没有审核任何文件")
    assert "W-28" in out
    assert "错误" not in out
    form = filled(tmp_path / "附件1.xlsx", "附件1")
    code, out, _ = xltool("audit", form, path)
    assert (code, "W-28" in out) == (0, True)


def test_a_folder_in_which_nothing_was_audited_is_not_clear(tmp_path: Path, xltool: Callable[..., Run]) -> None:
    """A folder may hold such files beside the forms, but not instead of them."""
    declared_targets(tmp_path / "目标.xlsx")
    code, out, _ = xltool("audit", tmp_path)
    assert (code, out.splitlines()[-1][:8]) == (1, "没有审核任何文件")
    filled(tmp_path / "附件1.xlsx", "附件1")
    assert "未能审核" not in xltool("audit", tmp_path)[1]


def test_coverage_says_that_a_missing_form_may_be_in_a_file_that_was_not_read(
    tmp_path: Path, xltool: Callable[..., Run]
) -> None:
    """收到、未能审核 beside a scan; 未报 where nothing else came in. A scan among several filings is nobody's."""
    sample = filled(tmp_path / "附件1.xlsx", "附件1").read_bytes()
    reasons = {}
    for name in ("单独", "有扫描件"):
        folder = tmp_path / name / "某局"
        folder.mkdir(parents=True)
        (folder / "附件1.xlsx").write_bytes(sample)
    put(tmp_path / "有扫描件" / "某局", "扫描件.pdf")
    for name in ("单独", "有扫描件"):
        xltool("batch", tmp_path / name, "--out", tmp_path / f"{name}结果")
        data = json.loads((tmp_path / f"{name}结果" / "findings.json").read_text(encoding="utf-8"))
        (filing,) = data["coverage"]
        reasons[name] = filing["无法判断"]["A2-01"]
    assert reasons == {"单独": "未报附件2", "有扫描件": "附件2可能在收到、未能审核的文件里"}


def test_a_file_that_was_not_read_belongs_to_the_only_filing_of_its_folder() -> None:
    """Beside several filings, or in a folder of its own beside several, it is nobody's."""

    def form(path: str, filing: str) -> FileRecord:
        submission = Submission(path, path, "表", "附件1", "foreign", 2023, filing, "", "", filing=filing)
        return FileRecord(path, "read", submissions=[submission])

    forms = [
        form("甲局/1.xlsx", "甲局"),
        form("乙局/1.xlsx", "乙局"),
        form("同放/1.xlsx", "丙局"),
        form("同放/2.xlsx", "丁局"),
    ]
    unread = [FileRecord(path, "refused", "scan") for path in ("甲局/2.pdf", "同放/3.pdf", "别处/4.pdf")]
    assert filings_with_unread_files([*forms, *unread]) == {"甲局"}
    assert filings_with_unread_files([forms[1], unread[2]]) == {"乙局"}
