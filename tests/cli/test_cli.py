"""The command line: Chinese, quiet, strict about its streams and its exit codes."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import typer.main

from tests.batches.folders import EPOCH
from tests.support import seed
from tests.support.filled import cell_of, filled
from tests.support.workbook_editor import WorkbookEditor
from xltool import api
from xltool.batches import file_set, judging
from xltool.cli import terminal
from xltool.cli.commands import app
from xltool.reader import reading
from xltool.storage import files

if TYPE_CHECKING:
    from tests.cli.conftest import Command

ROOT: Final = Path(__file__).resolve().parents[2]
COMMANDS = (
    "desk",
    "generate",
    "roster",
    "read",
    "audit",
    "batch",
    "convert",
    "refile",
    "merge",
    "rules",
    "explain",
    "forms",
    "guide",
)
HEAVY = ("pandas", "numpy", "openpyxl", "xlsxwriter", "lxml", "pyarrow", "multiprocessing")
FINDING = {
    "rule", "severity", "submission", "path", "sheet", "cell", "field", "actual", "expected", "message", "advice",
    "basis", "related", "key", "exemption",
}  # fmt: skip


def process(*arguments: object, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command as users do."""
    words = [sys.executable, "-m", "xltool", *map(str, arguments)]
    known = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(words, cwd=cwd, env=known, capture_output=True, check=False, timeout=120)  # noqa: S603 - the project's own program


def strict(text: str) -> Any:  # noqa: ANN401 - JSON
    """JSON read as strictly as the standard has it."""

    def refuse(constant: str) -> object:
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


def is_chinese(text: str) -> bool:
    """Whether a text holds a Chinese character."""
    return any("一" <= letter <= "鿿" for letter in text)


# --- help -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_chinese_and_has_an_example(name: str, command: Command) -> None:
    """Every command explains itself with an example that begins with its own call."""
    code, out, err = command(name, "--help")
    assert (code, err) == (0, "")
    assert f"例：xltool {name}" in out
    assert "用法：" in out
    assert "显示本帮助" in out
    assert "。." not in out
    assert not {"Usage", "Options", "Arguments", "Show this message"} & set(out.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_help_leaves_no_word_out(name: str, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence too long for its column goes on in the next line, and no type of Python's is named."""
    monkeypatch.setenv("COLUMNS", "80")
    out = "".join(command(name, "--help")[1].replace("│", " ").split())
    known = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined] # a group
    texts = [text for param in known.params if (text := param.help)]
    assert texts
    assert [text for text in texts if "".join(text.split()) not in out] == []
    assert not {"<bool>", "<str>", "<path>"} & set(re.findall(r"<\w+>", out))


def test_program_help_lists_every_command(command: Command) -> None:
    """--help names all commands; called without anything the program shows the same."""
    code, out, err = command("--help")
    assert (code, err) == (0, "")
    assert all(f" {name} " in out for name in COMMANDS)
    assert "。." not in out
    assert command() == (code, out, err)


def test_help_loads_nothing_heavy() -> None:
    """Help comes at once: no frame, spreadsheet or XML library is imported for it."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "xltool", "--help"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=60,
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines() if "|" in line}
    assert "typer" in imported
    assert not imported & set(HEAVY)


# --- exit codes and streams -------------------------------------------------------------------


def test_audit_exit_codes(tmp_path: Path, command: Command) -> None:
    """0 without errors, 1 with one; a file that could not be read is one."""
    fine = filled(tmp_path / "附件1.xlsx", "附件1")
    bad = WorkbookEditor(fine).put("附件1", cell_of("附件1", "三公经费_本年决算数"), 30).save(tmp_path / "错.xlsx")
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 broken")
    assert command("audit", fine)[0] == 0
    assert command("audit", bad)[0] == 1
    assert command("audit", tmp_path / "坏.xlsx")[0] == 1
    # Without options the command line is not imported; nothing of it shows.
    assert command("audit", bad, fine) == command("audit", bad, fine, "--format", "text")


def test_read_exit_codes(tmp_path: Path, command: Command) -> None:
    """0, or 1 where a file could not be read; what could be read is printed all the same."""
    fine = filled(tmp_path / "附件1.xlsx", "附件1")
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 broken")
    code, out, err = command("read", fine)
    assert (code, err) == (0, "")
    assert len(strict(out)["submissions"]) == 1
    code, out, err = command("read", fine, tmp_path / "坏.xlsx")
    assert (code, err) == (1, f"未能审核 1 个文件：{tmp_path / '坏.xlsx'}\n")
    assert [line["status"] for line in strict(out)["files"]] == ["read", "refused"]
    assert [problem["rule"] for problem in strict(out)["problems"]] == ["W-19"]


def test_batch_exit_codes(tmp_path: Path, command: Command) -> None:
    """0 and 1 as audit; what was written is said on stdout, nothing on stderr where nobody looks."""
    folder = tmp_path / "报送"
    folder.mkdir()
    fine = filled(folder / "附件1.xlsx", "附件1")
    code, out, err = command("batch", folder, "--out", tmp_path / "结果")
    assert (code, err) == (0, "")
    assert "共 1 个文件：读取 1，跳过 0，无法读取 0；1 个单位的报送，1 张表。" in out
    assert str(tmp_path / "结果" / "review.xlsx") in out
    WorkbookEditor(fine).put("附件1", cell_of("附件1", "三公经费_本年决算数"), 30).save(folder / "附件1.xlsx")
    code, out, _ = command("batch", folder, "--out", tmp_path / "结果", "--jobs", "2")
    assert code == 1
    assert "下一步：打开 review.xlsx 看“问题清单”；核对无误后，把 parcels 里的 1 个压缩包发给单位。" in out


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes them")
def test_a_job_without_streams_does_its_work(tmp_path: Path) -> None:
    """Nobody is told anything; the exit code and what is written are what they are on a terminal."""
    (tmp_path / "报送").mkdir()
    filled(tmp_path / "报送" / "附件1.xlsx", "附件1")
    command = ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', sys.executable, "-m", "xltool", "batch"]
    asked = [*command, str(tmp_path / "报送"), "--out", str(tmp_path / "结果")]
    assert subprocess.run(asked, check=False).returncode == 0  # noqa: S603 - this project
    assert (tmp_path / "结果" / "findings.json").is_file()


def test_generate_says_what_it_wrote(tmp_path: Path, command: Command) -> None:
    """A path a line, each a file; a wrong year or form leaves nothing."""
    code, out, err = command("generate", "--year", 2023, "--out", tmp_path / "表样", "--form", "1", "--form", "附件2")
    assert (code, err) == (0, "")
    assert [Path(line).is_file() for line in out.splitlines()] == [True, True]
    assert [Path(line).name[:3] for line in out.splitlines()] == ["附件1", "附件2"]
    assert command("generate", "--year", 1999, "--out", tmp_path / "无")[0] == 2
    assert not (tmp_path / "无").exists()


def _calls(folder: Path) -> dict[str, tuple[tuple[object, ...], str]]:
    """Wrong calls by name: the words, and what their one line must say."""
    form = filled(folder / "附件1.xlsx", "附件1")
    (folder / "空").mkdir()
    (folder / "挡路").write_text("", encoding="utf-8")
    inner = folder / "报送"
    inner.mkdir()
    filled(inner / "附件1.xlsx", "附件1")
    blocked = folder / "挡路" / "结果"
    return {
        "unknown option": (("audit", form, "--colour"), "没有这个选项：--colour"),
        "unknown command": (("adit", form), "没有这个命令：adit（是不是 audit？"),
        "no file named": (("audit",), "缺少必填的参数：文件"),
        "missing path": (("audit", folder / "没有.xlsx"), "找不到文件或文件夹："),
        "missing path, read": (("read", folder / "没有.xlsx"), "找不到文件或文件夹："),
        "missing folder, batch": (("batch", folder / "没有", "--out", folder / "结果"), "找不到文件夹："),
        "file for a folder": (("batch", form, "--out", folder / "结果"), "找不到文件夹："),
        "no out": (("batch", inner), "缺少必填的参数：--out"),
        "empty folder": (("audit", folder / "空"), "没有可以检查的文件："),
        "empty folder, batch": (("batch", folder / "空", "--out", folder / "结果"), "没有可以检查的文件："),
        "out is the folder": (("batch", inner, "--out", inner), "另选一个文件夹"),
        "year in words": (("generate", "--year", "去年", "--out", folder / "表样"), "--year，应填整数"),
        "year out of range": (("generate", "--year", 1023, "--out", folder / "表样"), "2000 到 2099"),
        "no such form": (("generate", "--year", 2023, "--out", folder / "表样", "--form", "9"), "没有这张表：附件9"),
        "same project twice": (
            ("generate", "--year", 2023, "--out", folder / "表样", "--project", "甲", "--project", "甲"), "不能重复"),
        "too many rows": (("generate", "--year", 2023, "--out", folder / "表样", "--indicators", 999), "1 到 50"),
        "no jobs": (("batch", inner, "--out", folder / "结果", "--jobs", 0), "--jobs，应填不小于 1 的整数"),
        "bad format": (("read", form, "--format", "xml"), "可选 json、csv、parquet、xlsx"),
        "csv to nowhere": (("read", form, "--format", "csv"), "--out"),
        "unknown rule": (("explain", "A9-99"), "没有这条规则：A9-99"),
        "too many words": (("explain", "A1-05", "A1-06"), "多余的参数 A1-06；路径中有空格的，两头请加英文引号"),
        "templates into a file": (("generate", "--year", 2023, "--out", blocked), "读写失败：路径中有一段不是文件夹"),
        "json into a file": (("read", form, "--out", blocked / "a.json"), "读写失败："),
        "csv into a file": (("read", form, "--format", "csv", "--out", blocked), "读写失败："),
        "review into a file": (("batch", inner, "--out", folder / "挡路"), "读写失败："),
    }  # fmt: skip


@pytest.mark.parametrize("wrong", [
    "unknown option", "unknown command", "no file named", "missing path", "missing path, read", "missing folder, batch",
    "file for a folder", "no out", "empty folder", "empty folder, batch", "out is the folder", "year in words",
    "year out of range", "no such form", "same project twice", "too many rows", "no jobs", "bad format",
    "csv to nowhere", "unknown rule", "too many words", "templates into a file", "json into a file", "csv into a file",
    "review into a file",
])  # fmt: skip
def test_wrong_call_is_one_chinese_line(wrong: str, tmp_path: Path, command: Command) -> None:
    """Code 2, nothing on stdout, one Chinese line on stderr that says what is wrong; no traceback."""
    words, said = _calls(tmp_path)[wrong]
    code, out, err = command(*words)
    assert (code, out) == (2, ""), err
    assert err.count("\n") == 1
    assert said in err
    assert is_chinese(err)
    assert "Traceback" not in err


def test_debug_shows_where_it_happened(tmp_path: Path, command: Command) -> None:
    """--debug, before or behind the command, prints the traceback; the code and the last line stay."""
    for words in (("--debug", "audit", tmp_path / "没有"), ("audit", tmp_path / "没有", "--debug")):
        code, out, err = command(*words)
        assert (code, out) == (2, "")
        assert "Traceback" in err
        assert err.splitlines()[-1].startswith("找不到文件或文件夹：")
    assert "Traceback" not in command("audit", tmp_path / "没有")[2]


def test_last_years_filings_are_told_on_stderr(tmp_path: Path, command: Command) -> None:
    """How the matching went is a notice, what was found the result; a folder that is not there ends the call."""
    path = filled(tmp_path / "附件1.xlsx", "附件1")
    before = tmp_path / "往年"
    before.mkdir()
    filled(before / "附件1.xlsx", "附件1")
    code, out, err = command("audit", path, "--prior", before, "--format", "json")
    assert (code, err) == (0, f"上年报送：1 个单位中找到 0 个（没有找到：{seed.DEPARTMENT}）\n")
    assert strict(out)["summary"]["error"] == 0
    folder = tmp_path / "今年"
    folder.mkdir()
    path.rename(folder / path.name)
    code, _, err = command("batch", folder, "--prior", before, "--out", tmp_path / "结果")
    assert (code, err.count("\n")) == (0, 1)
    for words in (("audit", folder), ("batch", folder, "--out", tmp_path / "结果")):
        code, out, err = command(*words, "--prior", tmp_path / "没有")
        assert (code, out) == (2, "")
        assert err.startswith("找不到文件或文件夹：")


def test_an_error_nobody_foresaw_is_one_line(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a fault of the program is told in a line, with how to find out more."""

    def fail(*_: object, **__: object) -> None:
        msg = "第一行\n第二行"
        raise RuntimeError(msg)

    monkeypatch.setattr(file_set, "audit_given", fail)
    code, out, err = command("audit", filled(tmp_path / "附件1.xlsx", "附件1"))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "程序内部错误（RuntimeError：第一行 第二行）" in err
    assert "--debug" in err


def test_merge_says_what_could_not_be_judged(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of the audit on what no finding names are lines on stderr of the command."""

    def audit(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as it is
        return replace(judging.audit_in_memory(*arguments, **options), messages=("未能比对",))

    monkeypatch.setattr(api, "audit_in_memory", audit)
    (tmp_path / "报送").mkdir()
    filled(tmp_path / "报送" / "附件1.xlsx", "附件1")
    _, _, err = command("merge", tmp_path / "报送", "--out", tmp_path / "汇总.xlsx")
    assert "未能比对" in err.splitlines()


def test_interrupted(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with a line, not with a traceback."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(file_set, "audit_given", interrupt)
    assert command("audit", filled(tmp_path / "附件1.xlsx", "附件1")) == (130, "", "已中断\n")


# --- the same everywhere ----------------------------------------------------------------------


def test_same_bytes_wherever_it_runs(tmp_path: Path) -> None:
    """Hash seed, time zone, locale and working folder do not show in the results, which are UTF-8."""
    path = filled(tmp_path / "全部.xlsx", "附件1", "附件2", "附件3")
    other = tmp_path / "别处"
    other.mkdir()
    first = process("audit", path, "--format", "json", SOURCE_DATE_EPOCH=EPOCH, PYTHONHASHSEED="1", TZ="UTC")
    second = process(
        "audit", path, "--format", "json", cwd=other, SOURCE_DATE_EPOCH=EPOCH, PYTHONHASHSEED="77", TZ="Asia/Shanghai",
        LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING="ascii",
    )  # fmt: skip
    assert (first.returncode, first.stderr, second.returncode, second.stderr) == (1, b"", 1, b"")
    assert first.stdout == second.stdout
    assert seed.DEPARTMENT in first.stdout.decode("utf-8")
    assert strict(first.stdout.decode("utf-8"))["summary"]["error"] == 3


def test_wrong_call_of_the_real_program(tmp_path: Path) -> None:
    """The installed program says it in one line too, in UTF-8, on a C locale."""
    done = process("audit", tmp_path / "没有.xlsx", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (done.returncode, done.stdout) == (2, b"")
    line = done.stderr.decode("utf-8")
    assert line == f"找不到文件或文件夹：{tmp_path / '没有.xlsx'}\n"
    assert line.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="pipes end differently on Windows")
def test_reader_that_has_seen_enough() -> None:
    """A closed pipe is no error and leaves no trace on stderr."""
    command = [sys.executable, "-m", "xltool", "rules", "--format", "json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:  # noqa: S603 - the project's own program
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.read(1)
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(timeout=60) == 0


def test_a_file_that_may_not_be_read_is_a_finding(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a wrong call: the file is named, with what the system says in Chinese."""
    path = filled(tmp_path / "附件1.xlsx", "附件1")

    def denied(*_: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    monkeypatch.setattr(reading, "fingerprint", denied)
    code, out, said = command("audit", path)
    assert (code, said) == (1, "")
    assert "文件打不开（没有权限）" in out


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOSPC, errno.EIO, errno.ELOOP])
def test_the_system_speaks_chinese(number: int) -> None:
    """What it says in English has Chinese words; what has none is said as it comes."""
    assert not files.words_of(OSError(number, "English")).isascii()
    assert files.words_of(OSError(9_999, "English")) == "English"
    assert files.words_of(OSError("no number")) == "no number"


def test_a_file_another_program_has_open_is_told_as_that() -> None:
    """Windows gives it the number of a permission that is missing."""
    error = PermissionError(errno.EACCES, "The process cannot access the file")
    error.winerror = 32  # type: ignore[attr-defined,unused-ignore] # only there
    assert files.words_of(error) == "文件正被其他程序占用"


def test_no_text_of_a_file_steers_the_terminal(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Escape sequences, bells and turned writing in cells and names are shown as signs, on both streams."""
    editor = WorkbookEditor(filled(tmp_path / "附件2.xlsx", "附件2"))
    editor.put("附件2", cell_of("附件2", "部门名称"), "甲_x001B_[2J局\u202e_x0007_乙")
    editor.save(tmp_path / "附\u202e件2.xlsx")
    (tmp_path / "附件2.xlsx").unlink()
    _, out, _ = command("audit", tmp_path)
    assert "甲␛[2J局\ufffd␇乙" in out
    assert "附\ufffd件2.xlsx" in out
    assert not set(out) & {"\x1b", "\x07", "\u202e"}
    terminal.tell("名册：\x1b[31m甲\n\u202e乙")
    assert capsys.readouterr().err == "名册：␛[31m甲 \ufffd乙\n"
