"""A folder that a newer program has used is left alone; one that an older has used is taken over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from xltool.batches.run_lock import run_lock
from xltool.desk.settings import HIDDEN, Settings, load_settings, save_settings
from xltool.desk.workspace import Workspace
from xltool.findings import InputError
from xltool.storage.format import FORMAT, NAME, claim
from xltool.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path


def mark(hidden: Path, number: int) -> bytes:
    """Mark a folder as a program with another format does; returns the mark."""
    hidden.mkdir(parents=True, exist_ok=True)
    content = json.dumps({"format": number, "program": "9.8.7", "later": True}).encode()
    (hidden / NAME).write_bytes(content)
    return content


def test_a_folder_is_marked_with_the_format_and_the_program(tmp_path: Path) -> None:
    """Also where the mark of an older program or an unreadable one is there; its own mark stays as it is."""
    for before in (None, b"{", mark(tmp_path, FORMAT - 1)):
        if before is not None:
            (tmp_path / NAME).write_bytes(before)
        claim(tmp_path, tmp_path)
        assert json.loads((tmp_path / NAME).read_bytes()) == {"format": FORMAT, "program": VERSION}
    same = mark(tmp_path, FORMAT)
    claim(tmp_path, tmp_path)
    assert (tmp_path / NAME).read_bytes() == same


def test_results_of_a_newer_program_are_left_alone(tmp_path: Path) -> None:
    """The line names both versions and the folder; the lock is free afterwards."""
    content = mark(tmp_path / ".xltool", FORMAT + 1)
    for _ in range(2):
        with (
            pytest.raises(InputError, match=rf"（9\.8\.7）.*{VERSION}.*请用新版本打开"),
            run_lock(tmp_path / ".xltool", tmp_path),
        ):
            pytest.fail("the run goes on")
    assert (tmp_path / ".xltool" / NAME).read_bytes() == content


def test_the_desk_takes_over_a_folder_and_its_settings_unless_they_are_newer(tmp_path: Path) -> None:
    """What an older program kept is there; what a newer one kept is not opened, and can be opened by that one."""
    save_settings(tmp_path, Settings(year=2024, officer="张三"))
    workspace = Workspace(tmp_path)
    assert (workspace.settings.year, workspace.settings.officer) == (2024, "张三")
    workspace.close()
    mark(tmp_path / HIDDEN, FORMAT + 1)
    for _ in range(2):
        with pytest.raises(InputError, match="请用新版本打开"):
            Workspace(tmp_path)
    assert load_settings(tmp_path).year == 2024
