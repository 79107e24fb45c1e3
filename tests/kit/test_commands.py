"""What is asked of uv and pip, and what is refused before either is asked."""

from __future__ import annotations

import tomllib
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.kit import resolution
from tools.kit.__main__ import make
from tools.kit.errors import KitError
from tools.kit.resolution import PYTHON, Pin
from tools.kit.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """The commands that were to be run; uv answers with two pins."""
    commands: list[Sequence[str]] = []

    def run(command: Sequence[str], name: str) -> str:
        commands.append(command)
        return "typer==0.28.0\ncolorama==0.4.6\n" if name == "uv" else ""

    monkeypatch.setattr(resolution, "_run", run)
    return commands


def test_versions_are_resolved_for_the_target_and_not_for_this_machine(asked: list[Sequence[str]]) -> None:
    """By uv, within the committed list, from wheels alone."""
    pins = resolution.resolve(TARGETS["windows"])
    assert pins == [Pin("colorama", "0.4.6"), Pin("typer", "0.28.0")]
    words = " ".join(asked[0])
    assert "--python-platform x86_64-pc-windows-msvc" in words
    assert f"--python-version {PYTHON}" in words
    assert f"--constraint {resolution.LOCK}" in words
    assert "--only-binary :all:" in words


def test_wheels_are_fetched_as_they_were_resolved(asked: list[Sequence[str]], tmp_path: Path) -> None:
    """By pip, without resolving again, with their hashes, for a glibc that is old enough."""
    resolution.fetch(TARGETS["linux-aarch64"], tmp_path / "wanted.txt", tmp_path)
    words = " ".join(asked[0])
    assert "--no-deps --require-hashes" in words
    tags = [word for word in asked[0] if word.startswith("manylinux")]
    assert tags[0] == "manylinux_2_28_aarch64"
    assert "manylinux_2_17_aarch64" in tags
    assert "manylinux_2_29_aarch64" not in tags


def test_a_program_that_fails_says_why(tmp_path: Path) -> None:
    """In its own words: here pip, which finds no list of requirements."""
    with pytest.raises(KitError, match=r"^pip failed: .*absent\.txt"):
        resolution.fetch(TARGETS["windows"], tmp_path / "absent.txt", tmp_path)


def test_without_uv_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither beside this Python nor on the path."""
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KitError, match=r"uv is missing: pip install '\.\[kit\]'"):
        resolution.resolve(TARGETS["windows"])


def test_a_kit_for_windows_needs_its_python_and_the_published_hash(asked: list[Sequence[str]]) -> None:
    """Nothing is fetched before both are given."""
    for embeddable, sha256 in ((None, None), (Path("python.zip"), None)):
        with pytest.raises(KitError, match="needs --embeddable and --sha256"):
            make(Namespace(target="windows", embeddable=embeddable, sha256=sha256))
    assert asked == []


def test_the_list_is_as_new_as_what_xltool_depends_on() -> None:
    """Each dependency stands in it at a version that is accepted; `python -m tools.kit --lock` renews it."""
    settings = tomllib.loads((resolution.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = resolution.read_lock(resolution.LOCK.read_text(encoding="utf-8"))
    for dependency in map(Requirement, settings["project"]["dependencies"]):
        versions = [pin.version for pin in pins if pin.name == canonicalize_name(dependency.name)]
        assert versions, dependency.name
        assert all(dependency.specifier.contains(version) for version in versions), dependency.name
