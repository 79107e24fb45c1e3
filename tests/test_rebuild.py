"""blank_templates/ and samples/ are what the code gives now, part by part, and nothing else lies there."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from tools import rebuild
from tools.samples.folders import ROOT, YEARS, files, templates

if TYPE_CHECKING:
    from pathlib import Path

COMMITTED = sorted(rebuild.present())


def parts(content: bytes) -> dict[str, bytes]:
    """Members of a workbook by name: how they are compressed differs between machines."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_no_file_is_missing_and_none_is_extra() -> None:
    """What is committed are exactly the files a rebuild writes."""
    assert set(COMMITTED) == set(files())


@pytest.mark.parametrize("name", COMMITTED)
def test_the_committed_file_is_what_the_code_gives(name: str) -> None:
    """Run `python -m tools.rebuild` where this fails after a change that is meant."""
    committed, rebuilt = (ROOT / name).read_bytes(), files()[name]
    if name.endswith(".md"):
        assert committed.decode() == rebuilt.decode()
        return
    theirs, ours = parts(committed), parts(rebuilt)
    assert list(theirs) == list(ours)
    assert [part for part in ours if theirs[part] != ours[part]] == []


def test_the_generated_pages_of_docs_are_what_the_program_gives() -> None:
    """Run `python -m tools.rebuild` after a change of a rule or field, or of the tests that name a rule."""
    assert [path.name for path, content in rebuild.documents().items() if path.read_bytes() != content] == []


def test_the_guide_is_what_its_text_and_pictures_give() -> None:
    """Run `python -m tools.rebuild` after a change of its text, style or pictures, of a limit or a measured figure."""
    assert [path.name for path, content in rebuild.guide().items() if path.read_bytes() != content] == []


@pytest.mark.parametrize("year", YEARS)
def test_a_second_build_gives_the_same_bytes(year: int) -> None:
    """Nothing in a template depends on when it was made."""
    assert {name: files()[f"blank_templates/{year}/{name}"] for name in templates(year)} == templates(year)


def test_a_rebuild_writes_everything_and_removes_what_is_old(tmp_path: Path) -> None:
    """A renamed folder leaves nothing behind."""
    old = tmp_path / "samples" / "旧文件夹" / "附件1.xlsx"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"")
    assert rebuild.rebuild(tmp_path) == list(files())
    assert rebuild.present(tmp_path) == set(files())
    assert not old.parent.exists()
    assert all((tmp_path / name).read_bytes() == content for name, content in files().items())
