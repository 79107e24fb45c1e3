"""The command `audit` starts its workers before it is imported itself: that is most of what a user waits for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from tests.batches.folders import Answers, InlinePool
from tests.support.filled import filled
from xltool.batches.file_set import audit_given
from xltool.reader.limits import SECONDS
from xltool.workers import head_start
from xltool.workers.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """附件1 as issued, filled in."""
    return filled(tmp_path / "附件1.xlsx", "附件1")


class NotingPool(InlinePool):
    """A pool that notes what it does, by the modules that its workers import."""

    work: ClassVar[dict[tuple[str, ...], list[str]]] = {}

    def __init__(self, *_: object, modules: tuple[str, ...] = ()) -> None:
        """Note its modules."""
        self._modules = modules
        self.work.setdefault(modules, [])

    def run(self, work: Callable[[Any], bytes], tasks: Sequence[Any], **_: object) -> Answers:
        """Note the function."""
        self.work[self._modules] += re.findall("read_file_packed|judge_files", repr(work))
        return super().run(work, tasks)


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, ...], list[str]]:
    """What the workers that are started ahead do; there are two processors."""
    monkeypatch.setattr(head_start, "Pool", NotingPool)
    monkeypatch.setattr(NotingPool, "work", {})
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    return NotingPool.work


def test_a_worker_reads_and_another_judges(path: Path, noted: dict[tuple[str, ...], list[str]]) -> None:
    """Each has imported what it needs, while the command was imported. The findings are those of a call without."""
    with head_start.head_start([str(path)]):
        result, _ = audit_given([path])
    assert {modules: set(work) for modules, work in noted.items()} == {
        (): {"read_file_packed"},
        head_start.JUDGING: {"judge_files"},
    }
    assert head_start.AHEAD.get() is None
    assert [finding.rule for finding in result.findings] == [
        finding.rule for finding in audit_given([path])[0].findings
    ]


@pytest.mark.usefixtures("noted")
def test_on_a_single_processor_a_worker_does_both(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second would only take its time from the first."""
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with head_start.head_start([str(path)]):
        audit_given([path])
    assert [set(work) for work in NotingPool.work.values()] == [{"read_file_packed", "judge_files"}]


@pytest.mark.parametrize("words", [[], ["--help"], ["没有.xlsx"]])
def test_a_call_that_audits_nothing_starts_nothing(words: list[str], noted: dict[tuple[str, ...], list[str]]) -> None:
    """It is answered without waiting for workers to end."""
    with head_start.head_start(words):
        assert head_start.AHEAD.get() is None
    assert noted == {}


def test_what_keeps_workers_from_starting_is_for_the_command_to_say(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its own words: here it is not even imported."""
    monkeypatch.setenv(SECONDS, "viel")
    with head_start.head_start([str(path)]):
        assert head_start.AHEAD.get() is None


def test_other_commands_import_nothing_that_starts_workers() -> None:
    """Their own start is what counts."""
    code = (
        "import sys; from xltool.__main__ import _head_start\n"
        "with _head_start(['--help']): print('xltool.workers' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)  # noqa: S603 - ours
    assert shown.stdout == "False\n"


@pytest.mark.parametrize("name", ["judge", "read"])
def test_a_worker_that_dies_costs_no_more_than_ever(path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Real processes, whose first worker is killed while it starts: another takes its place."""
    start, killed = Pool.start_ahead, []

    def start_and_kill(pool: Pool) -> None:
        start(pool)
        if (pool._modules == head_start.JUDGING) == (name == "judge"):  # noqa: SLF001 - which of the two
            killed.append(pool._workers[0].process)  # noqa: SLF001 - likewise
            killed[0].kill()

    monkeypatch.setattr(Pool, "start_ahead", start_and_kill)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with head_start.head_start([str(path)]):
        result, _ = audit_given([path])
    assert [record.status for record in result.records] == ["read"]
    assert killed[0].poll() is not None


def test_the_program_leaves_no_process_and_no_file_behind(path: Path, tmp_path: Path) -> None:
    """Whether the call was right or not."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for words, code in (([str(path)], 0), ([str(path), "--colour"], 2)):
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "xltool", "audit", *words],
            env=os.environ | {"TMPDIR": str(temporary), "TEMP": str(temporary)},
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == code, done.stderr.decode()
        assert list(temporary.iterdir()) == []
