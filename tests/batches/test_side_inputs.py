"""Files besides the filings: what aborts the process that reads them costs one line, at every command."""

from __future__ import annotations

import errno
import sys
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import pytest

from tests.support import poison
from tests.support.filled import filled
from xltool import cli
from xltool.auditing.exemptions.model import COLUMNS
from xltool.batches import side_inputs
from xltool.batches.side_inputs import SideInputs
from xltool.outputs.officer_notes import OfficerReview
from xltool.reader.limits import MEMORY, SECONDS
from xltool.roster import RosterError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the poisons are POSIX ones")
ROSTER, GRANTED = "名册.odt", "豁免.odt"
CRASHED = "读取时程序异常退出"
Call: TypeAlias = Callable[..., tuple[object, str, list[str]]]


@pytest.fixture
def deadly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of filings, one of them and lists beside it such that whoever reads them aborts.

    They are read through LibreOffice, whose place a program takes that aborts its group: the worker with it.
    """
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nkill -ABRT 0\n", encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setenv("XLTOOL_SOFFICE", str(program))
    folder = tmp_path / "报送"
    folder.mkdir()
    filled(folder / "附件1.xlsx", "附件1")
    for path in (folder / "坏.odt", tmp_path / ROSTER, tmp_path / GRANTED):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    return tmp_path


@pytest.fixture
def call(deadly: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Exit code, stdout and the lines on stderr of a command that is called in the folder; its workers are real."""
    monkeypatch.chdir(deadly)

    def run(*arguments: str) -> tuple[object, str, list[str]]:
        monkeypatch.setattr(sys, "argv", ["xltool", *arguments])
        with pytest.raises(SystemExit) as done:
            cli.main()
        out, err = capsys.readouterr()
        return done.value.code, out, err.splitlines()

    return run


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("read", "报送/坏.odt", "报送/附件1.xlsx"), 1),
        (("audit", "报送/坏.odt", "报送/附件1.xlsx"), 1),
        (("batch", "报送", "--out", "结果", "--jobs", "1"), 1),
        (("convert", "报送", "--out", "结果"), 1),
        (("merge", "报送", "--out", "汇总.xlsx"), 1),
        (("generate", "--year", "2024", "--out", "表样", "--department", "某局", "--prior", "报送"), 0),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_filing_that_aborts_costs_itself(deadly: Path, call: Call, arguments: tuple[str, ...], code: int) -> None:
    """At every command that reads filings: the other file is read, no traceback, no sign of the abort."""
    done, out, said = call(*arguments)
    assert (done, "Traceback" in "".join(said)) == (code, False)
    if arguments[0] in {"read", "audit"}:
        assert "坏.odt" in out
        assert "程序异常退出" in out
        assert "编制数" in out or arguments[0] == "audit"
    else:
        outputs = {"batch": "结果/findings.json", "convert": "结果/转换清单.xlsx", "merge": "汇总.xlsx"}
        assert (deadly / outputs.get(arguments[0], "表样/下发清单.xlsx")).is_file()


@pytest.mark.parametrize(
    "arguments",
    [
        ("generate", "--year", "2024", "--out", "结果", "--roster", ROSTER),
        ("batch", "报送", "--out", "结果", "--roster", ROSTER),
        ("batch", "报送", "--out", "结果", "--exemptions", GRANTED),
        ("audit", "报送/附件1.xlsx", "--exemptions", GRANTED),
        ("merge", "报送", "--out", "结果.xlsx", "--roster", ROSTER),
        ("merge", "报送", "--out", "结果.xlsx", "--exemptions", GRANTED),
    ],
    ids=lambda arguments: f"{arguments[0]} {arguments[-2]}",
)
def test_a_list_that_aborts_is_one_line_and_exit_code_2(deadly: Path, call: Call, arguments: tuple[str, ...]) -> None:
    """The file is named, and nothing is written."""
    done, out, said = call(*arguments)
    what = "名册" if arguments[-1] == ROSTER else "豁免清单"
    assert (done, out) == (2, "")
    assert said == [f"{what}无法读取：{arguments[-1]}：{CRASHED}，请用 WPS 或 Excel 另存后重新运行"]
    assert not list(deadly.glob("结果*"))


def side_input(kind: str, path: Path) -> side_inputs._SideInput[bytes]:
    """A file that is read so."""
    return side_inputs._SideInput("名册", path, POISONS[kind])  # noqa: SLF001 - reading that goes wrong in a given way


def _hangs(_: Path) -> bytes:
    return poison.work("spin")


def _aborts(_: Path) -> bytes:
    return poison.work("abort")


def _panics(_: Path) -> bytes:
    return poison.work("panic")


def _leaves(_: Path) -> bytes:
    return poison.work("raises")


def _swells(_: Path) -> bytes:
    return poison.work("memory")


def _recurses(path: Path) -> bytes:
    return _recurses(path)


def _refuses(path: Path) -> bytes:
    raise PermissionError(errno.EACCES, "Permission denied", str(path))


def _half(path: Path) -> bytes:
    raise RosterError(path.name, [f"{path}：\ud83d"])


def _answers(path: Path) -> bytes:
    return str(path).encode()


POISONS: dict[str, Callable[[Path], bytes]] = {
    "hang": _hangs, "abort": _aborts, "panic": _panics, "leave": _leaves, "memory": _swells, "recursion": _recurses,
    "refused": _refuses, "half": _half, "": _answers,
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("hang", "超过 3 秒仍未读完"),
        ("abort", CRASHED),
        ("leave", CRASHED),
        ("panic", "读取时程序出错（BaseException：panic）"),
        ("recursion", "读取时程序出错（RecursionError：maximum recursion"),
        ("memory", "需要的内存超过上限 256 MiB"),
    ],
)
def test_whatever_reading_does_is_a_line(kind: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hang, abort, exit, panic, recursion, memory; the next file is read all the same."""
    monkeypatch.setenv(SECONDS, "3" if kind == "hang" else "60")
    monkeypatch.setenv(MEMORY, "256")
    with SideInputs() as reading:
        with pytest.raises(ValueError, match="名册无法读取：") as caught:
            reading._read(side_input(kind, tmp_path), bytes)  # noqa: SLF001 - see aside
        assert said in str(caught.value)
        assert reading._read(side_input("", tmp_path), bytes) == str(tmp_path).encode()  # noqa: SLF001


def test_errors_come_out_as_what_they_were(tmp_path: Path) -> None:
    """Those of the system with their number and place, those of a roster with their lines, whatever the names."""
    path = tmp_path / "名\udcff册"
    with SideInputs() as reading:
        with pytest.raises(PermissionError) as refused:
            reading._read(side_input("refused", path), bytes)  # noqa: SLF001 - see aside
        assert (refused.value.errno, refused.value.filename) == (errno.EACCES, str(path))
        with pytest.raises(RosterError) as wrong:
            reading._read(side_input("half", path), bytes)  # noqa: SLF001 - see aside
        assert wrong.value.problems == (f"{path}：\ud83d",)


def test_a_field_without_end_is_a_line(tmp_path: Path) -> None:
    """The csv module has a limit of its own, whose error is no ValueError."""
    path = tmp_path / "豁免.csv"
    path.write_text(",".join(COLUMNS) + "\n" + "长" * 1_000_001, encoding="utf-8")
    with SideInputs() as reading, pytest.raises(ValueError, match=r"豁免清单无法读取.*第2行不是正确的 csv"):
        reading.exemptions(path)


def test_no_worker_is_started_for_nothing(tmp_path: Path) -> None:
    """A first run has no earlier review to read."""
    with SideInputs() as reading:
        assert reading.officer_review(tmp_path / "review.xlsx") == OfficerReview()
        assert "_pool" not in vars(reading)
