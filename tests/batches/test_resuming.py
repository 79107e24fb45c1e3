"""Runs that are killed: the same command goes on where they stopped, and nothing stale is left."""

from __future__ import annotations

import os
import random
import time
from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.batches.folders import InlinePool, call, hashes
from xltool.batches import reading as workers
from xltool.batches import runs
from xltool.batches.options import HIDDEN

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.usefixtures("epoch")

LONG = bool(os.environ.get("XLTOOL_LONG"))
KILLS = 100 if LONG else 5


def test_a_run_killed_at_any_moment_is_resumed(folder: Path, tmp_path: Path) -> None:
    """After any number of kills the same command gives the same bytes as a run nobody disturbed, and no litter."""
    temporary = tmp_path / "temp"
    temporary.mkdir()
    whole, out = tmp_path / "完整", tmp_path / "中断"
    started = time.monotonic()
    call(folder, whole, temporary).communicate()
    lasted = time.monotonic() - started
    chance = random.Random(9)  # noqa: S311 - moments of a kill
    for number in range(KILLS):
        if number % 10 == 9:
            (out / HIDDEN / "run.json").unlink(missing_ok=True)
        run = call(folder, out, temporary)
        time.sleep(lasted * chance.random())
        run.kill()
        run.communicate()
    _, said = call(folder, out, temporary).communicate()
    assert said == b""
    expected = hashes(whole)
    resumed = hashes(out)
    assert resumed.pop(".xltool/run.json") != expected.pop(".xltool/run.json")  # they tell of their own folder
    assert resumed == expected
    assert list(temporary.iterdir()) == []


def test_only_unfinished_files_are_read_again(
    folder: Path, tmp_path: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before the end of a broken-off run is not read again, in the archive neither."""

    def stop(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    class Killed(InlinePool):
        def run(self, work, tasks, **_):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN003, ANN202 - as the one it replaces
            for done, answer in enumerate(super().run(work, tasks)):
                if done == 15:
                    stop()
                yield answer

    with monkeypatch.context() as patch:
        patch.setattr(workers, "Pool", Killed)
        with pytest.raises(KeyboardInterrupt):
            runs.run(folder, tmp_path / "结果")
    assert len(counted) == 15 or len(counted) == 16
    first = set(counted[:15])
    counted.clear()
    outcome = runs.run(folder, tmp_path / "结果")
    assert not first & set(counted)
    assert first | set(counted) | {"打包.zip"} == {record.path for record in outcome.audit.records}
