"""The forms of a returned template beside what was issued: formulas that are gone, and what they should be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from xltool.reader.issued import IssuedWorkbook, issued_names, read_manifest, read_values
from xltool.reader.locate import locate_forms
from xltool.reader.records import FileRecord

if TYPE_CHECKING:
    from collections.abc import Container

    from xltool.forms.manifest import IssuedSheet
    from xltool.reader.a1 import Position
    from xltool.reader.locate import LocatedForm
    from xltool.reader.model import Book
    from xltool.reader.records import Submission

_STRINGS: Final = re.compile(r'("(?:[^"]|"")*")')
_NAME: Final = re.compile(r"[^\W\d][\w.]*(?![\w.(])")


@dataclass(frozen=True)
class IssuedForm:
    """A form as it came back, and what the manifest of its workbook says of its sheet."""

    located: LocatedForm
    issued: IssuedSheet
    submission: Submission

    @property
    def sheet(self) -> str:
        """The name of its sheet."""
        return self.located.sheet.name

    @cached_property
    def replaced(self) -> dict[Position, str]:
        """The cells whose formula is gone or was rewritten, with their fields."""
        values = self.submission.values
        return {
            position: key
            for key, position in self.located.cells.items()
            if key in self.issued.formulas and not values[key].intact
        }

    def formula(self, key: str) -> str | None:
        """The formula of a calculated field as it is to be entered; None where a field that it needs is gone."""
        references = self._references
        parts = _STRINGS.split(self.issued.formulas[key])
        names = {name for part in parts[::2] for name in _NAME.findall(part)}
        if not all(name in references or name in {"TRUE", "FALSE"} for name in names):
            return None
        return "=" + "".join(
            part if index % 2 else _NAME.sub(lambda match: references.get(match[0], match[0]), part)
            for index, part in enumerate(parts)
        )

    @cached_property
    def _references(self) -> dict[str, str]:
        """References by defined name, of the names that are still there or can be told from their places."""
        return {name.upper(): reference for reference, name in self.located.by_reference.items()}


def issued_forms(book: Book, sheets: Container[str]) -> list[IssuedForm]:
    """The forms on these sheets of a template whose manifest knows them; none where the workbook has no manifest."""
    manifest = read_manifest(book)
    if manifest is None:
        return []
    located = [form for form in locate_forms(book) if form.is_template]
    workbook = IssuedWorkbook(manifest, issued_names(located, manifest))
    record = FileRecord("", "read")
    return [
        IssuedForm(form, manifest.sheets[workbook.names[form.sheet.name]], read_values(form, record, workbook))
        for form in located
        if form.sheet.name in workbook.names and form.sheet.name in sheets
    ]
