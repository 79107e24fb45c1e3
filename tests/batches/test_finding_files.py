"""The files of a run: what is found, what is skipped with a reason, where results may lie."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from tests.batches.folders import (
    STATES,
    tree,
    with_folder,
)
from tests.support.filled import filled
from xltool.reader.files.sources import NothingToCheckError, discover, sources_below
from xltool.reader.reading import read_file


def test_discover_keeps_order_and_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are relative to a folder given alone, else as given, and a file given twice is looked at once."""
    filings = tree(tmp_path / "报送")
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
    sources = discover([tmp_path])
    assert [source.unread.code for source in sources if source.unread] == ["unreadable"]
    assert len(sources) == 2


@pytest.mark.parametrize("wanted", ["没有", "空"])
def test_nothing_to_check_is_said(tmp_path: Path, wanted: str) -> None:
    """A path that is not there and a folder without a file are mistakes of the call."""
    (tmp_path / "空").mkdir()
    (tmp_path / "空" / ".DS_Store").write_bytes(b"")
    with pytest.raises(NothingToCheckError, match=r"找不到|没有可以检查"):
        discover([tmp_path / wanted])


def test_where_results_may_lie(tmp_path: Path) -> None:
    """Above the folder is fine and hides no input; the folder itself is refused with a reason."""
    filled(with_folder(tmp_path / "2023" / "附件1.xlsx"), "附件1")
    assert [source.name for source in sources_below(tmp_path / "2023", tmp_path)] == ["附件1.xlsx"]
    with pytest.raises(NothingToCheckError, match="另选一个文件夹"):
        sources_below(tmp_path / "2023", tmp_path / "2023")
    with pytest.raises(NothingToCheckError, match="找不到文件夹"):
        sources_below(tmp_path / "2023" / "附件1.xlsx", tmp_path)
    (tmp_path / "2023" / "附件1.xlsx").rename(with_folder(tmp_path / "2023" / "结果" / "附件1.xlsx"))
    with pytest.raises(NothingToCheckError, match="没有可以检查的文件"):
        sources_below(tmp_path / "2023", tmp_path / "2023" / "结果")
