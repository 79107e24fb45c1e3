"""Notes on a workbook as a whole: what it carries besides cells, sheets that are gone, its version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.reader.model import ActiveContent
from xltool.reader.notes.registry import noted
from xltool.reader.records import Note
from xltool.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Collection

    from xltool.forms.manifest import Manifest
    from xltool.reader.model import Book


def notes_on_workbook(book: Book, manifest: Manifest | None, present: Collection[str]) -> list[Note]:
    """Notes on the workbook; `present` are the issued sheets that are there, whatever they are called now."""
    notes = active_content(book)
    if manifest is not None:
        notes += missing_sheets(manifest, present)
        notes += other_version(manifest)
    return notes


@noted("W-07")
def active_content(book: Book) -> list[Note]:
    """Macros, links, objects or controls in the workbook."""
    contents = [content.value for content in ActiveContent if content in book.active_content]
    return [Note("W-07", words={"内容": "、".join(contents)})] if contents else []


@noted("W-01")
def missing_sheets(manifest: Manifest, present: Collection[str]) -> list[Note]:
    """Issued sheets that are not in the workbook any more."""
    missing = "、".join(name for name in manifest.sheets if name not in present)
    return [Note("W-01", words={"缺少": missing}, actual="缺少", expected=missing)] if missing else []


@noted("W-02")
def other_version(manifest: Manifest) -> list[Note]:
    """A template of another major version of xltool."""
    if not manifest.version or manifest.version.split(".")[0] == VERSION.split(".")[0]:
        return []
    return [Note("W-02", words={"版本": manifest.version, "当前": VERSION})]
