"""Write blank_templates/, samples/, the user guide and the generated documents: `python -m tools.rebuild`.

The same code gives the same files; tests/test_rebuild.py compares what is committed with what it gives.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tools.docs import fields, layers, rules, speed
from tools.guide.page import page, sources
from tools.samples.folders import FOLDERS, ROOT, files
from xltool.catalogue.guide import DEPARTMENTS_PAGE, PAGE, PARTS
from xltool.storage.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path


def documents() -> dict[Path, bytes]:
    """The documents that are generated, in whole (rules, fields) or between marks (rooms, table of speed)."""
    docs, readme = ROOT / "docs", ROOT / "README.md"
    architecture, measured = (docs / name for name in ("architecture.md", "speed.md"))
    pages = {
        docs / "fields.md": fields.page(),
        docs / "rules.md": rules.page(),
        architecture: layers.put_into(architecture.read_text(encoding="utf-8")),
        readme: speed.put_into(readme.read_text(encoding="utf-8"), measured.read_text(encoding="utf-8")),
    }
    return {path: text.encode() for path, text in pages.items()}


def guide() -> dict[Path, bytes]:
    """The user guide: its texts with today's tables, and the pages made of them with the committed pictures."""
    texts = sources()
    pages = {PAGE: page(texts), DEPARTMENTS_PAGE: page({PARTS[0]: texts[PARTS[0]]})}
    return {PAGE.with_name(name): text.encode() for name, text in texts.items()} | {
        path: text.encode() for path, text in pages.items()
    }


def present(root: Path = ROOT) -> set[str]:
    """Paths of all files in the generated folders, below the root."""
    paths = (path for folder in FOLDERS for path in (root / folder).rglob("*"))
    return {path.relative_to(root).as_posix() for path in paths if path.is_file()}


def rebuild(root: Path = ROOT) -> list[str]:
    """Write every template and sample, remove what the code no longer gives, return the paths written."""
    contents = files()
    for name in present(root) - contents.keys():
        (root / name).unlink()
    for name, content in contents.items():
        write_whole(root / name, content)
    for folder in FOLDERS:
        _remove_empty_folders(root / folder)
    return list(contents)


def _remove_empty_folders(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


if __name__ == "__main__":
    for path, content in (guide() | documents()).items():
        write_whole(path, content)
    sys.stdout.write("".join(f"{name}\n" for name in rebuild()))
