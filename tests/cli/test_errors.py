"""Errors of the Python API: one root to catch, and the sentence that the command prints."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

import xltool
from tests.support.filled import filled
from xltool.batches.cluster.engines import engine_of
from xltool.findings import FileError, InputError, UnreachableError, XltoolError
from xltool.roster import RosterError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.cli.conftest import Command

CALLS: Final[dict[str, tuple[Callable[[], object], Sequence[str]]]] = {
    "read, no such file": (lambda: xltool.read("无.xlsx"), ("read", "无.xlsx")),
    "read, nothing to read": (lambda: xltool.read("空"), ("read", "空")),
    "audit, no such file": (lambda: xltool.audit("无.xlsx"), ("audit", "无.xlsx")),
    "audit, no such profile": (
        lambda: xltool.audit("附件1.xlsx", profile="火星"), ("audit", "附件1.xlsx", "--profile", "火星")),
    "audit, no such profile file": (
        lambda: xltool.audit("附件1.xlsx", profile="无.toml"), ("audit", "附件1.xlsx", "--profile", "无.toml")),
    "audit, a profile with mistakes": (
        lambda: xltool.audit("附件1.xlsx", profile="口径.toml"), ("audit", "附件1.xlsx", "--profile", "口径.toml")),
    "audit, no such exemptions": (
        lambda: xltool.audit("附件1.xlsx", exemptions="无.csv"), ("audit", "附件1.xlsx", "--exemptions", "无.csv")),
    "audit, exemptions with mistakes": (
        lambda: xltool.audit("附件1.xlsx", exemptions="豁免.csv"), ("audit", "附件1.xlsx", "--exemptions", "豁免.csv")),
    "audit, no last year": (lambda: xltool.audit("附件1.xlsx", prior="无"), ("audit", "附件1.xlsx", "--prior", "无")),
    "batch, no such folder": (lambda: xltool.batch("无", out="结果"), ("batch", "无", "--out", "结果")),
    "batch, out is the folder": (lambda: xltool.batch("报送", out="报送"), ("batch", "报送", "--out", "报送")),
    "batch, out is a file": (
        lambda: xltool.batch("报送", out="附件1.xlsx"), ("batch", "报送", "--out", "附件1.xlsx")),
    "batch, no such roster": (
        lambda: xltool.batch("报送", out="结果", roster="无.xlsx"),
        ("batch", "报送", "--out", "结果", "--roster", "无.xlsx")),
    "batch, no last review": (
        lambda: xltool.batch("报送", out="结果", prior_review="空"),
        ("batch", "报送", "--out", "结果", "--prior-review", "空")),
    "batch, no scheduler": (
        lambda: xltool.batch("报送", out="结果", engine="dask"),
        ("batch", "报送", "--out", "结果", "--engine", "dask")),
    "batch, no such store": (
        lambda: xltool.batch("nosuch://a/b", out="结果"), ("batch", "nosuch://a/b", "--out", "结果")),
    "generate, impossible year": (
        lambda: xltool.generate(year=1999, out="表样"), ("generate", "--year", "1999", "--out", "表样")),
    "generate, no such form": (
        lambda: xltool.generate(year=2024, out="表样", forms=["9"]),
        ("generate", "--year", "2024", "--out", "表样", "--form", "9")),
    "generate, too many rows": (
        lambda: xltool.generate(year=2024, out="表样", indicators=999),
        ("generate", "--year", "2024", "--out", "表样", "--indicators", "999")),
    "generate, last year of whom": (
        lambda: xltool.generate(year=2024, out="表样", prior="报送"),
        ("generate", "--year", "2024", "--out", "表样", "--prior", "报送")),
    "generate, out is a file": (
        lambda: xltool.generate(year=2024, out="附件1.xlsx"),
        ("generate", "--year", "2024", "--out", "附件1.xlsx")),
    "convert, no such file": (lambda: xltool.convert("无", out="转换"), ("convert", "无", "--out", "转换")),
    "convert, impossible year": (
        lambda: xltool.convert("附件1.xlsx", out="转换", year=3),
        ("convert", "附件1.xlsx", "--out", "转换", "--year", "3")),
    "convert, into its input": (lambda: xltool.convert("报送", out="报送"), ("convert", "报送", "--out", "报送")),
    "refile, into what there is": (
        lambda: xltool.refile("报送", "附件1.xlsx", out="报送"), ("refile", "报送", "附件1.xlsx", "--out", "报送")),
    "refile, no such file": (
        lambda: xltool.refile("报送", "无", out="重报"), ("refile", "报送", "无", "--out", "重报")),
    "merge, unknown ending": (lambda: xltool.merge("报送", out="汇总.doc"), ("merge", "报送", "--out", "汇总.doc")),
    "merge, no such year": (
        lambda: xltool.merge("报送", out="汇总.xlsx", year=1990),
        ("merge", "报送", "--out", "汇总.xlsx", "--year", "1990")),
    "merge, no such folder": (lambda: xltool.merge("无", out="汇总.xlsx"), ("merge", "无", "--out", "汇总.xlsx")),
}  # fmt: skip
"""Wrong calls of the API, each with the words of the same call as a command."""


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_call_raises_what_the_command_prints(
    name: str, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every wrong call raises an XltoolError whose text is the line that the command prints before it ends with 2."""
    monkeypatch.chdir(tmp_path)
    Path("空").mkdir()
    Path("报送").mkdir()
    filled(Path("附件1.xlsx"), "附件1")
    filled(Path("报送/附件1.xlsx"), "附件1")
    Path("口径.toml").write_text('名称 = "甲"\n["执行率"]\n分值 = 200\n', encoding="utf-8")
    Path("豁免.csv").write_text("单位,规则,理由,批准人,有效期至\n甲局,A9-99,无,某人,2099-12-31\n", encoding="utf-8")
    function, words = CALLS[name]
    with pytest.raises(xltool.XltoolError) as caught:
        function()
    assert isinstance(caught.value, ValueError | OSError)
    assert command(*words) == (2, "", f"{caught.value}\n")


def test_all_errors_of_xltool_have_one_root() -> None:
    """What callers rely on stays: wrong inputs are ValueErrors, files OSErrors, clusters ConnectionErrors."""
    assert xltool.XltoolError is XltoolError
    roots = {InputError: ValueError, RosterError: ValueError, FileError: OSError, UnreachableError: ConnectionError}
    assert all(issubclass(error, XltoolError) and issubclass(error, root) for error, root in roots.items())


def test_a_full_disk_keeps_its_number_and_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A FileError says in Chinese what the system said, and gives number and path to programs."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="读写失败：磁盘空间不足：") as caught:
        xltool.generate(year=2024, out=tmp_path, forms=["附件1"])
    assert caught.value.errno == errno.ENOSPC
    assert Path(str(caught.value.filename)).parent == tmp_path


@pytest.mark.parametrize("jobs", [0, -1])
def test_a_run_needs_a_process(jobs: int, tmp_path: Path) -> None:
    """The command line asks for at least one; so does the API."""
    options: dict[str, Any] = {"out": tmp_path / "结果", "jobs": jobs}
    with pytest.raises(xltool.XltoolError, match=f"不小于 1 的整数，填的是 {jobs}"):
        xltool.batch(tmp_path, **options)


def test_an_error_of_the_cluster_is_one_of_xltool() -> None:
    """An engine that does not exist is a wrong input, whoever asks for it."""
    with pytest.raises(xltool.XltoolError, match="没有这种运行方式：spark"):
        engine_of("spark", None)
