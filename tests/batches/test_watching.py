"""A folder that is watched: checked again when something arrives, never mistaken about what is still on its way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.batches.folders import EPOCH, InlinePool
from tests.support.filled import filled
from xltool import cli
from xltool.batches import reading, runs, side_inputs, watching
from xltool.batches.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xltool.batches.watching import WatchRound


WITHIN = 60.0
"""Seconds a machine that tests may take for a round."""


QUIET = 0.5
PROGRAM = f"""
from xltool.__main__ import main
from xltool.batches import watching
watching.LISTING, watching.QUIET = 1.0, {QUIET}
main()
"""


@dataclass
class Watch:
    """The command at work, and what it said."""

    process: subprocess.Popen[str]
    said: deque[str] = field(default_factory=deque)

    def line(self, words: str) -> str:
        """The next line on stderr with these words."""
        end = time.monotonic() + WITHIN
        while time.monotonic() < end:
            while self.said:
                if words in (line := self.said.popleft()):
                    return line
            time.sleep(0.05)
        pytest.fail(f"nothing said of: {words}")


@contextmanager
def watch(folder: Path, out: Path) -> Iterator[Watch]:
    """`xltool batch --watch`, as a user runs it, but that it waits for less long."""
    command = [sys.executable, "-c", PROGRAM, "batch", str(folder), "--out", str(out), "--jobs", "1", "--watch"]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a run of tests in the background ignores Ctrl-C
    with subprocess.Popen(  # noqa: S603 - this project
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        watch_process = Watch(process)
        assert process.stderr is not None
        Thread(target=lambda: watch_process.said.extend(iter(process.stderr.readline, "")), daemon=True).start()  # type: ignore[union-attr]
        try:
            yield watch_process
        finally:
            process.kill()


def paths(out: Path) -> list[str]:
    """The files a review tells of."""
    return sorted(file["path"] for file in json.loads((out / "findings.json").read_bytes())["files"])


def test_a_file_is_checked_when_it_has_arrived(tmp_path: Path) -> None:
    """Half a file is waited for, the whole one is checked, results inside set nothing off, Ctrl-C ends it."""
    folder = tmp_path / "报送"
    folder.mkdir()
    form = filled(folder / "甲.xlsx", "附件1").read_bytes()
    out = folder / "结果"
    with watch(folder, out) as watched:
        assert "等候新的文件" in watched.line("已检查 1 个文件")
        assert paths(out) == ["甲.xlsx"]
        arriving = folder / "乙.xlsx"
        arriving.write_bytes(form[:4000])
        (folder / "丙.xlsx").write_bytes(form)
        assert "1 个文件还在复制" in watched.line("已检查 2 个文件")
        assert paths(out) == ["丙.xlsx", "甲.xlsx"]
        arriving.write_bytes(form)
        assert "新到或改动 1 个" in watched.line("已检查 3 个文件")
        assert paths(out) == ["丙.xlsx", "乙.xlsx", "甲.xlsx"]
        time.sleep(QUIET + 1)
        assert not watched.said
        watched.process.send_signal(signal.SIGINT)
        watched.line("已中断")
        assert watched.process.wait(WITHIN) == 130
    assert list(out.rglob("*.part")) == []


# --- without a process -------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting, no events, no processes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    monkeypatch.setattr(reading, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)
    monkeypatch.setattr(watching, "find_spec", lambda _: None)
    monkeypatch.setattr(watching, "LISTING", 0.01)
    monkeypatch.setattr(watching, "QUIET", 0.01)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one form, filed some time ago."""
    place = tmp_path / "报送"
    place.mkdir()
    aged(filled(place / "甲.xlsx", "附件1"))
    return place


def aged(path: Path, seconds: float = 3600) -> Path:
    """The same file, last changed some time ago."""
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


def watched_rounds(folder: Path, out: Path) -> Iterator[WatchRound]:
    """The rounds of a watch."""
    return watching.watch_folder(folder, out, Options(), run=runs.run)


@pytest.mark.usefixtures("quick")
def test_half_a_file_that_stays_half_is_broken(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was broken before anybody watched, or does not become whole in time, is reported like any other."""
    whole = (folder / "甲.xlsx").read_bytes()
    aged(folder / "旧.xlsx") if (folder / "旧.xlsx").write_bytes(whole[:4000]) else None
    rounds = watched_rounds(folder, tmp_path / "结果")
    first = next(rounds)
    assert first.result is not None
    assert first.result.tally.refused == 1
    monkeypatch.setattr(watching, "SETTLING", 0.3)
    (folder / "新.xlsx").write_bytes(whole[:4000])
    assert (
        next(
            watch_round.result.tally.refused
            for watch_round in rounds
            if watch_round.result and watch_round.result.tally.refused > 1
        )
        == 2
    )


@pytest.mark.usefixtures("quick")
def test_a_review_that_is_open_elsewhere_is_written_later(folder: Path, tmp_path: Path) -> None:
    """A review nobody may write over is told of once and written when it is free; so is a share that is away."""
    hindered = [PermissionError(13, "Permission denied", "review.xlsx")] * 3

    def run(path: Path, other: Path, options: Options) -> runs.RunResult:
        if hindered:
            raise hindered.pop()
        return runs.run(path, other, options)

    rounds = watching.watch_folder(folder, tmp_path / "结果", Options(), run=run)
    assert "review.xlsx 正被其他程序打开" in next(rounds).line
    assert "已检查 1 个文件" in next(rounds).line
    away = folder.rename(tmp_path / "别处")
    assert "找不到文件夹" in next(rounds).line
    filled(away / "乙.xlsx", "附件1")
    away.rename(folder)
    assert "新到或改动 2 个" in next(rounds).line


@pytest.mark.usefixtures("quick")
def test_a_folder_may_be_empty_at_first_and_lose_files_later(folder: Path, tmp_path: Path) -> None:
    """An empty folder is waited for; a file that is taken away is told."""
    form = (folder / "甲.xlsx").rename(tmp_path / "甲.xlsx")
    rounds = watched_rounds(folder, tmp_path / "结果")
    assert "没有可以检查的文件" in next(rounds).line
    for name in ("甲.xlsx", "乙.xlsx"):
        aged(folder / name) if (folder / name).write_bytes(form.read_bytes()) else None
    assert next(rounds).result is not None
    (folder / "乙.xlsx").unlink()
    assert "移走 1 个" in next(rounds).line


@pytest.mark.usefixtures("quick")
def test_only_what_matters_sets_off_a_round(folder: Path, tmp_path: Path) -> None:
    """Lock files, hidden files, files being written and results do not; a roster that changes does."""
    roster = tmp_path / "名册.csv"
    roster.write_text("单位编码,单位名称\n001,某市水利局\n", encoding="utf-8")
    out = folder / "结果"
    watcher = watching._Watcher(folder, out, Options(roster=roster), runs.run)  # noqa: SLF001 - a step of the loop
    assert watcher.round().result is not None
    for name in ("~$甲.xlsx", ".隐藏", "下载.xlsx.part"):
        (folder / name).write_bytes(b"x")
    (out / "笔记.txt").write_bytes(b"x")
    assert not watcher.has_changes()
    aged(roster)
    assert watcher.has_changes()


def test_a_url_is_not_watched(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A store tells nobody of what arrives in it: the call is wrong, and says so."""
    words = ["xltool", "batch", "memory://bucket/报送", "--out", str(tmp_path / "结果"), "--watch"]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "--watch 只能等候本机或共享盘上的文件夹，不能等候网络地址\n"


@pytest.mark.usefixtures("quick")
def test_a_wrong_call_ends_the_watch_at_once(folder: Path, tmp_path: Path) -> None:
    """No such folder, results into the folder itself, a faulty roster: as without --watch."""
    with pytest.raises(ValueError, match="找不到文件夹"):
        next(watched_rounds(tmp_path / "没有", tmp_path / "结果"))
    with pytest.raises(ValueError, match="不能写入被检查的文件夹本身"):
        next(watched_rounds(folder, folder))
    (tmp_path / "名册.csv").write_text("别的\n", encoding="utf-8")
    options = Options(roster=tmp_path / "名册.csv")
    with pytest.raises(ValueError, match="单位"):
        next(watching.watch_folder(folder, tmp_path / "结果", options, run=runs.run))
