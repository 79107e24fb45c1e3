"""Fixtures of runs; a test module may define its own `folder`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.batches.folders import EPOCH, InlinePool, with_other_bytes
from tests.reader.files.test_archives import packed
from tests.support.filled import filled
from xltool.batches import reading as workers
from xltool.batches import side_inputs
from xltool.reader import reading
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.reader.records import FileRecord


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No processes: the work itself is the same."""
    monkeypatch.setattr(workers, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two dozen filings, one of them in an archive, and a broken one; nobody may write into it."""
    place = tmp_path_factory.mktemp("报送")
    form = filled(place / "附件1.xlsx", "附件1").read_bytes()
    for number in range(20):
        unit = place / f"单位{number:02d}" / "附件1.xlsx"
        unit.parent.mkdir()
        unit.write_bytes(with_other_bytes(form, number))
    (place / "坏.xlsx").write_bytes(form[:3000])
    packed(place / "打包.zip", {"附件1.xlsx": with_other_bytes(form, 99), "说明.txt": b"text"})
    return place


@pytest.fixture
def epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of every run."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that are read; no processes."""
    read: list[str] = []

    def count(path: Path, name: str) -> FileRecord:
        read.append(name)
        return read_file(path, name)

    monkeypatch.setattr(workers, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)
    monkeypatch.setattr(reading, "read_file", count)
    return read
