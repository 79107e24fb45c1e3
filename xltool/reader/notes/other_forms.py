"""Notes on forms that are no self-evaluation: each is named as what it is, and not audited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.findings import Severity
from xltool.forms.words import shorten
from xltool.reader.labels.booklets import read_booklet
from xltool.reader.labels.kinds import OtherKind
from xltool.reader.notes.registry import noted
from xltool.reader.records import Note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xltool.reader.labels.kinds import OtherForm
    from xltool.reader.model import Sheet

_LONGEST_TITLE = 40


def other_forms(others: Iterable[tuple[Sheet, OtherForm]], *, is_all: bool) -> list[Note]:
    """A note for each form of another kind; a warning where the file has nothing else, so nothing of it was audited."""
    return [name_other_form(sheet, other, Severity.WARNING if is_all else Severity.INFO) for sheet, other in others]


@noted("W-28")
def name_other_form(sheet: Sheet, other: OtherForm, severity: Severity) -> Note:
    """A note on a form of another kind, with what could be read of a booklet."""
    name, cell = sheet.place(*other.position)
    entries = read_booklet(other.area) if other.kind is OtherKind.BOOKLET else []
    listed = "、".join(f"{label} {text}" for label, text, _ in entries)
    words = {
        "标题": shorten(other.title, _LONGEST_TITLE) or sheet.name,
        "种类": other.kind.value,
        "内容": f"；其中读到：{listed}" if listed else "",
    }
    note = Note("W-28", cell, words=words, actual=other.kind.value, severity=severity, sheet=name)
    note.related = tuple(sheet.place(*position)[1] for _, _, position in entries)
    return note
