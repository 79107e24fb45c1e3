"""Reading in workers: a worker that is lost, or a reader that fails, costs its file only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.batches.folders import (
    InlinePool,
)
from tests.support.bars import progress_of
from tests.support.filled import filled
from xltool.batches import reading as workers
from xltool.batches import side_inputs
from xltool.reader import reading
from xltool.reader.files.archives import Source
from xltool.reader.reading import read_file
from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.reader.records import FileRecord


@pytest.mark.parametrize("lost", list(Lost))
def test_a_worker_that_is_lost_costs_its_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: Lost) -> None:
    """Its file is refused with the reason and the limit; the others are read, and all are counted."""
    monkeypatch.setattr(workers, "Pool", type("Pool", (InlinePool,), {"deadly": {"2.xlsx": lost}}))
    paths = [filled(tmp_path / f"{number}.xlsx", "附件1") for number in range(5)]
    done: list[int] = []
    records = workers.read_sources(
        [Source(path, path.name) for path in paths], jobs=2, progress=progress_of(done.append)
    )
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
