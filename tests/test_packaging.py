"""The source distribution holds everything that the tests need."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
ADDED_BY_HATCH: Final = frozenset({".gitignore", "LICENSE", "README.md", "pyproject.toml"})


def tracked() -> list[str]:
    """Paths of the files under version control; skips where there is no checkout."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)  # noqa: S607 - git is on the path of a checkout
    return [path for path in listing.stdout.decode().split("\0") if path]


def test_the_source_distribution_has_every_tracked_file() -> None:
    """Each file of the checkout lies in a folder that pyproject.toml includes, or is added by hatch itself."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = [pattern.strip("/") for pattern in settings["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]]
    missing = [path for path in tracked() if path.partition("/")[0] not in included and path not in ADDED_BY_HATCH]
    assert missing == []
    assert all((ROOT / name).exists() for name in included)


def test_public_runners_try_every_version_of_python_that_is_promised() -> None:
    """The versions of the workflow are those of the classifiers."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    promised = [
        mark.rpartition(" ")[2] for mark in settings["project"]["classifiers"] if re.search(r":: 3\.\d+$", mark)
    ]
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    tried = re.search(r"python: \[(.*)\]", workflow)
    assert tried is not None
    assert re.findall(r"[\d.]+", tried[1]) == promised
