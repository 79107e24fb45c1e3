"""Forms of the seed with other labels, made in memory and read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.reader.files.sent_files import compare, seed_rows, seed_values
from tests.support.documents import (
    Form,
    as_sheet,
)
from xltool.reader.model import Book
from xltool.reader.reading import read_book
from xltool.reader.records import FileRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xltool.reader.model import Sheet
    from xltool.reader.records import Note, Submission


def record_of(*sheets: Sheet) -> FileRecord:
    """The sheets read as a workbook."""
    return read_book(Book(list(sheets)), FileRecord("表.xlsx", "read"))


def read(*filed: Form) -> list[Submission]:
    """The forms read, a sheet each."""
    return record_of(*(as_sheet(form) for form in filed)).submissions


def only(form: Form) -> Submission:
    """The one form read."""
    (submission,) = read(form)
    return submission


def unchanged(*filed: Form) -> None:
    """Every value of the seed is read, from the form it belongs to, without a doubt."""
    for submission in read(*filed):
        compare(submission, seed_values()[submission.form], seed_rows(submission.form))
        assert submission.values.keys() == seed_values()[submission.form].keys()
        assert [note.rule for note in submission.notes if note.rule in {"W-10", "W-20", "W-22"}] == []


def notes(submission: Submission, rule: str) -> list[Note]:
    """Its notes of a rule."""
    return [note for note in submission.notes if note.rule == rule]


def relabelled(form: Form, change: Callable[[str], str]) -> Form:
    """The form with the text of each box and line changed."""
    form.boxes = [replace(box, text=change(box.text)) for box in form.boxes]
    return form


def put(form: Form, spellings: Mapping[str, str]) -> Form:
    """The form with these labels replaced; each must be there."""
    there = {re.sub(r"\s", "", box.text) for box in form.boxes}
    assert spellings.keys() <= there
    return relabelled(form, lambda text: spellings.get(re.sub(r"\s", "", text), text))
