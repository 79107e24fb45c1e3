"""Writes blank_templates/, samples/, the user guide and the rule table of the README anew: `python -m tools.rebuild`.

The same code gives the same files; tests/test_rebuild.py compares what is committed with what it gives.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tools.guide.page import page, sources
from tools.samples.folders import FOLDERS, ROOT, files
from xltool.catalogue.explain import table
from xltool.catalogue.guide import PAGE
from xltool.storage.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path


RULES_START, RULES_END = "<!-- rules:start -->\n", "<!-- rules:end -->"


def readme(text: str) -> str:
    """The README with the catalogue of today between its marks."""
    before, _, rest = text.partition(RULES_START)
    _, _, after = rest.partition(RULES_END)
    return f"{before}{RULES_START}{table()}{RULES_END}{after}"


def guide() -> dict[Path, bytes]:
    """The user guide: its texts with today's tables, and the page made of them with the committed pictures."""
    texts = sources()
    return {PAGE.with_name(name): text.encode() for name, text in texts.items()} | {PAGE: page(texts).encode()}


def present(root: Path = ROOT) -> set[str]:
    """Paths of all files that are there, below the root."""
    paths = (path for folder in FOLDERS for path in (root / folder).rglob("*"))
    return {path.relative_to(root).as_posix() for path in paths if path.is_file()}


def rebuild(root: Path = ROOT) -> list[str]:
    """Write every file, remove those that are no longer made; gives the paths written."""
    contents = files()
    for name in present(root) - contents.keys():
        (root / name).unlink()
    for name, content in contents.items():
        write_whole(root / name, content)
    for folder in FOLDERS:
        _without_empty(root / folder)
    return list(contents)


def _without_empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


if __name__ == "__main__":
    README = ROOT / "README.md"
    write_whole(README, readme(README.read_text(encoding="utf-8")).encode())
    for path, content in guide().items():
        write_whole(path, content)
    sys.stdout.write("".join(f"{name}\n" for name in rebuild()))
