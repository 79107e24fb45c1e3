"""Type a form into the workbook that was issued, as a department does with a spreadsheet program.

The values come from a twin that xltool writes with everything filled in. Only cells that differ are typed, and formulas
get the results that a program would calculate. Everything else in the issued file stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lxml import etree

from tests.support.workbook_editor import MAIN, Content, WorkbookEditor
from xltool.template.order import SheetOrder
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tools.samples.sample import Paper
    from xltool.issuing.prefill import FormFile

_MODIFIED: Final = "{http://purl.org/dc/terms/}modified"


@dataclass(frozen=True)
class CellContent:
    """The content of a cell, and whether a formula calculated it."""

    content: Content
    calculated: bool


class FormTyper(WorkbookEditor):
    """An open workbook that a department types into."""

    def type_in(self, twin: WorkbookEditor, sheet: str) -> FormTyper:
        """Type the contents of the twin into a sheet; gives the editor."""
        mine, wanted = contents_of(self, sheet), contents_of(twin, sheet)
        nothing = CellContent(None, calculated=False)
        for cell in mine | wanted:
            before, after = mine.get(cell, nothing), wanted.get(cell, nothing)
            if after.calculated and before.calculated:
                if after.content != before.content:
                    self.show(sheet, cell, after.content)
            elif after.content != before.content:
                self.put(sheet, cell, after.content)
        return self

    def saved_at(self, moment: datetime) -> FormTyper:
        """Set the time at which the program saved the file; gives the editor."""
        for element in self._tree("docProps/core.xml").iter(_MODIFIED):
            element.text = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        return self


def contents_of(book: WorkbookEditor, sheet: str) -> dict[str, CellContent]:
    """The contents of the cells of a sheet that are not empty, by address."""
    strings = _strings(book)
    contents = {}
    for cell in book._root(sheet).iter(MAIN + "c"):  # noqa: SLF001 - a clerk's parts
        formula, value = cell.find(MAIN + "f"), cell.find(MAIN + "v")
        inline = cell.find(MAIN + "is")
        kind, text = cell.get("t", "n"), "" if value is None else str(value.text or "")
        content: Content = None
        if kind == "s":
            content = strings[int(text)]
        elif kind == "inlineStr" and inline is not None:
            content = "".join(map(str, inline.itertext()))
        elif kind == "n" and text:
            content = float(text)
        elif kind != "n":
            content = text
        if formula is not None or content is not None:
            contents[str(cell.get("r"))] = CellContent(content, formula is not None)
    return contents


def _strings(book: WorkbookEditor) -> list[str]:
    part = "xl/sharedStrings.xml"
    if part not in book._parts:  # noqa: SLF001 - a clerk's parts
        return []
    root = etree.fromstring(book._parts[part])  # noqa: SLF001 - a clerk's parts
    return ["".join(map(str, item.itertext(MAIN + "t"))) for item in root.iter(MAIN + "si")]


def twin(issued_form: FormFile, paper: Paper, folder: Path) -> WorkbookEditor:
    """The issued workbook as xltool would write it with a paper filled in."""
    (issued,) = issued_form.sheets
    filled = paper.sheet(issued_form.order)
    sheet = SheetOrder(issued.form, issued.project, {**issued.prefill, **filled.prefill}, approved=issued.approved)
    path = folder / "twin.xlsx"
    path.write_bytes(write_workbook(issued_form.order, [sheet]))
    return WorkbookEditor(path)


def form_sheet(book: WorkbookEditor) -> str:
    """The name of the only sheet with a form; 问题清单 and the manifest hold none."""
    (name,) = (name for name in book.sheets if name.startswith("附件"))
    return name


def fill_in(issued: Path, issued_form: FormFile, paper: Paper, scratch: Path) -> FormTyper:
    """Type a paper into an issued (or returned) workbook."""
    hand = FormTyper(issued)
    return hand.type_in(twin(issued_form, paper, scratch), form_sheet(hand))


__all__ = ["CellContent", "FormTyper", "contents_of", "fill_in", "form_sheet", "twin"]
