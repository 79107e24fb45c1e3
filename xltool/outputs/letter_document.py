"""The paper letters are written on: A4 across, its lines and tables made by python-docx once a process and then copied.

python-docx takes its time over each cell, and packs with each letter twenty parts of which one has changed.
"""

from __future__ import annotations

import io
import zipfile
from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.oxml import serialize_part_xml
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Cm, Pt

from xltool.forms.manifest import AUTHOR
from xltool.outputs.sheets.texts import visible
from xltool.outputs.zip_members import packed, put
from xltool.storage.files import universal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docx.document import Document
    from docx.oxml.table import CT_Row, CT_Tbl
    from docx.table import _Cell, _Row
    from docx.text.paragraph import Paragraph
    from lxml.etree import _Element

SONG, HEI, KAI = "宋体", "黑体", "楷体"
LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_MAIN: Final = "word/document.xml"
_Made = TypeVar("_Made", bound="_Element")
_SAMPLE: Final = "样"
"""What stands in the runs of what is copied."""


class Look(NamedTuple):
    """What a line looks like: sizes and distances in points, the alignment python-docx's."""

    font: str
    size: float
    align: WD_ALIGN_PARAGRAPH = LEFT
    before: float = 0
    after: float = 0
    indent: bool = False
    keep: bool = False


class Columns(NamedTuple):
    """The columns of a table: heads and widths in centimetres; the first holds the number."""

    heads: tuple[str, ...]
    widths: tuple[float, ...]


class Letter:
    """A letter in the making."""

    def __init__(self, made_at: datetime) -> None:
        """A page with nothing on it yet; `made_at` stands in its properties."""
        self._paper = _paper(made_at)
        self._root = deepcopy(self._paper.root)
        self._end = self._root[0][-1]

    def line(self, text: str, look: Look) -> None:
        """A line below what is there."""
        line = deepcopy(self._paper.line(look))
        _say(line, [text])
        self._end.addprevious(line)

    def table(self, columns: Columns, rows: Sequence[Sequence[str]]) -> None:
        """A table of rows that are numbered, a text for each column behind the number."""
        table, blank = (deepcopy(one) for one in self._paper.table(columns))
        for number, texts in enumerate(rows, start=1):
            row = deepcopy(blank)
            _say(row, [str(number), *map(visible, texts)])
            table.append(row)
        self._end.addprevious(table)

    def finished(self) -> bytes:
        """The document."""
        return self._paper.document(serialize_part_xml(self._root))


@lru_cache(maxsize=1)
def _paper(made_at: datetime) -> _Paper:
    """The paper of a run, of which all letters have the same time."""
    return _Paper(made_at)


class _Paper:
    """What letters are copied from."""

    def __init__(self, made_at: datetime) -> None:
        self._page = _page(made_at)
        self.root: _Element = deepcopy(self._page.element)
        self._lines: dict[Look, _Element] = {}
        self._tables: dict[Columns, tuple[CT_Tbl, CT_Row]] = {}
        self._parts = _parts(self._page)

    def line(self, look: Look) -> _Element:
        """A line of this look."""
        if look not in self._lines:
            self._lines[look] = _line(self._page, look)
        return self._lines[look]

    def table(self, columns: Columns) -> tuple[CT_Tbl, CT_Row]:
        """A table with its heads alone, and a row for it."""
        if columns not in self._tables:
            self._tables[columns] = _table(self._page, columns)
        return self._tables[columns]

    def document(self, main: bytes) -> bytes:
        """The document with this main part, whose parts have one time: python-docx takes that of the clock."""
        result = io.BytesIO()
        with zipfile.ZipFile(result, "w") as target:
            for entry, data in self._parts:
                if entry.filename == _MAIN:
                    target.writestr(_fixed(_MAIN), main)
                else:
                    put(target, entry, data)
        return result.getvalue()


def _parts(page: Document) -> list[tuple[zipfile.ZipInfo, bytes]]:
    """The parts of a document, packed, as the directory of a zip has them."""
    saved, fixed = io.BytesIO(), io.BytesIO()
    page.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(fixed, "w") as new:
        for name in old.namelist():
            new.writestr(_fixed(name), old.read(name))
        return [(entry, packed(fixed.getvalue(), entry)) for entry in new.infolist()]


def _fixed(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, _EPOCH)
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def _say(element: _Element, texts: Sequence[str]) -> None:
    """Put texts into the runs of a copied element, one into each.

    What is more than a line, or begins or ends with a blank, python-docx makes into what Word has for it.
    """
    for shown, text in zip(list(element.iter(qn("w:t"))), texts, strict=True):
        if text and text == text.strip() and "\n" not in text and "\t" not in text:
            shown.text = text
        else:
            shown.getparent().text = text  # type: ignore[union-attr] # the run python-docx has made


def _page(made_at: datetime) -> Document:
    """A4 across, for the table; page numbers; the same properties for the same run."""
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2.1)
    section.top_margin = section.bottom_margin = Cm(2)
    properties = document.core_properties
    properties.author = properties.last_modified_by = AUTHOR
    properties.created = properties.modified = universal(made_at)
    footer = section.footer.paragraphs[0]
    footer.alignment = CENTRE
    _run(footer, "第 ", SONG, 9)
    _page_number(footer)
    _run(footer, " 页", SONG, 9)
    return document


def _page_number(paragraph: Paragraph) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001 - python-docx has no fields


def _line(page: Document, look: Look) -> _Element:
    """A line to copy, on no page."""
    paragraph = page.add_paragraph()
    paragraph.alignment = look.align
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after, shape.line_spacing = Pt(look.before), Pt(look.after), 1.4
    shape.keep_with_next = look.keep
    if look.indent:
        shape.first_line_indent = Pt(2 * look.size)
    _run(paragraph, _SAMPLE, look.font, look.size)
    return _taken_off(paragraph._p)  # noqa: SLF001 - python-docx copies nothing


def _table(page: Document, columns: Columns) -> tuple[CT_Tbl, CT_Row]:
    """A table to copy, on no page, with its heads; and a row of it."""
    heads, widths = columns
    table = page.add_table(rows=1, cols=len(heads))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    marked = OxmlElement("w:tblHeader")  # the heads on every page
    marked.set(qn("w:val"), "true")
    _fill(table.rows[0], heads, widths, marked, HEI)
    blank = table.add_row()
    _fill(blank, [_SAMPLE] * len(heads), widths, OxmlElement("w:cantSplit"), SONG)
    row = _taken_off(blank._tr)  # noqa: SLF001 - python-docx copies nothing
    return _taken_off(table._tbl), row  # noqa: SLF001 - likewise


def _taken_off(element: _Made) -> _Made:
    """An element without the page it was made on."""
    element.getparent().remove(element)  # type: ignore[union-attr] # it was made there
    return element


def _fill(row: _Row, texts: Sequence[str], widths: Sequence[float], mark: _Element, font: str) -> None:
    """Fill a row; cells are looked up once, as python-docx searches the whole table each time."""
    row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - python-docx has no door to it
    for number, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
        cell.width = Cm(width)
        _write(cell, text, font, centred=number == 0)


def _write(cell: _Cell, text: str, font: str, *, centred: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    if centred or font == HEI:
        paragraph.alignment = CENTRE
    _run(paragraph, text, font, 10)


def _run(paragraph: Paragraph, text: str, font: str, size: float) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()  # noqa: SLF001 - python-docx sets that of Latin letters
    fonts.set(qn("w:eastAsia"), font)
