"""Word documents of letters: upright A4, paragraphs and tables in a few fixed styles.

python-docx (MIT) needs 38 ms for a letter whose table it builds cell by cell, and a county of 10,000 files sends 3,000
letters. Here it builds a blank document, one paragraph for each style and one row for each table, once in a process;
lxml copies them for each letter and sets their texts: 1.8 ms. Only documented names of the two libraries are used;
`test_a_letter_has_what_python_docx_cannot_set` checks what lxml adds. docxtpl (LGPL) would parse and render its
template for each letter.
"""

from __future__ import annotations

import io
import zipfile
from copy import deepcopy
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Final, NamedTuple

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt
from docx.text.run import Run
from lxml import etree

from xltool.forms.manifest import AUTHOR
from xltool.outputs.sheets.texts import visible
from xltool.storage.files import universal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from docx.document import Document
    from docx.table import _Row
    from docx.text.paragraph import Paragraph
    from lxml.etree import _Element

SONG, HEI, KAI = "宋体", "黑体", "楷体"
LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BODY, _END = b"<w:body>", b"</w:body>"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_MAIN: Final = "word/document.xml"
_LEVEL: Final = 3
"""How hard a letter is packed: zlib's own 6 takes twice the time for letters a tenth smaller."""
_PLACEHOLDER: Final = "样"
"""The text of each run that is copied."""


class ParagraphStyle(NamedTuple):
    """How a paragraph looks: font, sizes and distances in points, alignment."""

    font: str
    size: float
    align: WD_ALIGN_PARAGRAPH = LEFT
    before: float = 0
    after: float = 0
    indent: bool = False
    keep: bool = False


class TableColumns(NamedTuple):
    """The columns of a table: heads, and widths in centimetres. The first column numbers the rows."""

    heads: tuple[str, ...]
    widths: tuple[float, ...]


class LetterDocument:
    """A letter that grows from top to bottom."""

    def __init__(self, made_at: datetime) -> None:
        """Start an empty page; `made_at` stands in the document properties."""
        self._template = _letter_template(made_at)
        self._root = deepcopy(self._template.root)
        self._end = self._root[0][-1]

    def add_paragraph(self, text: str, style: ParagraphStyle) -> None:
        """Add a paragraph of one style."""
        paragraph = deepcopy(self._template.paragraph(style))
        self._template.set_texts(paragraph, [text])
        self._end.addprevious(paragraph)

    def add_table(self, columns: TableColumns, rows: Sequence[Sequence[str]]) -> None:
        """Add a table of numbered rows; each row has a text for each column but the first."""
        head, blank_row = self._template.table(columns)
        table = deepcopy(head)
        for number, texts in enumerate(rows, start=1):
            row = deepcopy(blank_row)
            self._template.set_texts(row, [str(number), *map(visible, texts)])
            table.append(row)
        self._end.addprevious(table)

    def to_bytes(self) -> bytes:
        """Pack the document."""
        return self._template.pack(etree.tostring(self._root, encoding="UTF-8", standalone=True))

    def body(self, *, is_last: bool) -> bytes:
        """What its body holds, as bytes; unless it is the last letter, its last paragraph ends the section."""
        self._root.attrib.clear()
        etree.cleanup_namespaces(self._root)
        *_, last, section = self._root[0]
        if not is_last:
            last[0].append(section)
        whole = etree.tostring(self._root, encoding="UTF-8")
        return whole.partition(_BODY)[2].rpartition(_END)[0]


def write_letter_book(file: IO[bytes], made_at: datetime, letters: Iterable[LetterDocument]) -> None:
    """Write many letters as one document, each from a new page with numbers of its own; one letter is in memory."""
    template = _letter_template(made_at)
    root = template.root
    frame = etree.Element(root.tag, nsmap={prefix: root.nsmap[prefix] for prefix in ("w", "r")})
    etree.SubElement(frame, root[0].tag).text = ""
    above, end, below = etree.tostring(frame, encoding="UTF-8", standalone=True).partition(_END)
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in template.other_parts():
            archive.writestr(_entry(name), data)
        with archive.open(_entry(_MAIN), "w") as main:
            main.write(above)
            waiting: LetterDocument | None = None
            for letter in letters:
                if waiting is not None:
                    main.write(waiting.body(is_last=False))
                waiting = letter
            if waiting is not None:
                main.write(waiting.body(is_last=True))
            main.write(end + below)


@lru_cache(maxsize=1)
def _letter_template(made_at: datetime) -> _LetterTemplate:
    """The template of a run: all letters of a run have the same time."""
    return _LetterTemplate(made_at)


class _LetterTemplate:
    """The blank document, and the paragraphs and tables that letters are copied from, built when first asked for."""

    def __init__(self, made_at: datetime) -> None:
        self._document = _blank_document(made_at)
        self.root: _Element = deepcopy(self._document.element)
        self._paragraphs: dict[ParagraphStyle, _Element] = {}
        self._tables: dict[TableColumns, tuple[_Element, _Element]] = {}
        self._other_parts = _pack_other_parts(self._document)

    def paragraph(self, style: ParagraphStyle) -> _Element:
        """A paragraph of this style with one run."""
        if style not in self._paragraphs:
            self._paragraphs[style] = _build_paragraph(self._document, style)
        return self._paragraphs[style]

    def table(self, columns: TableColumns) -> tuple[_Element, _Element]:
        """A table with its head row only, and a row for it with one run in each cell."""
        if columns not in self._tables:
            self._tables[columns] = _build_table(self._document, columns)
        return self._tables[columns]

    def set_texts(self, element: _Element, texts: Sequence[str]) -> None:
        """Set the texts of the runs of a copied element, one text for each run.

        python-docx sets texts with tabs, and with a blank at either end of a line: Word has elements or an attribute
        of their own for them.
        """
        for node, text in zip(list(element.iter(f"{_W}t")), texts, strict=True):
            lines = text.split("\n")
            if "\t" in text or "\r" in text or any(not line or line != line.strip() for line in lines):
                Run(node.getparent(), self._document).text = text  # type: ignore[arg-type] # made by python-docx
            else:
                _set_lines(node, lines)

    def pack(self, main: bytes) -> bytes:
        """The document with this main part, behind all other parts."""
        buffer = io.BytesIO(self._other_parts)
        with zipfile.ZipFile(buffer, "a") as archive:
            archive.writestr(_entry(_MAIN), main, compresslevel=_LEVEL)
        return buffer.getvalue()

    def other_parts(self) -> list[tuple[str, bytes]]:
        """Name and content of all parts but the main one."""
        with zipfile.ZipFile(io.BytesIO(self._other_parts)) as archive:
            return [(name, archive.read(name)) for name in archive.namelist()]


def _set_lines(node: _Element, lines: Sequence[str]) -> None:
    """Set the lines of a text, with line breaks between them, as python-docx does."""
    node.text, *others = lines
    for line in reversed(others):
        text = etree.Element(f"{_W}t")
        text.text = line
        node.addnext(text)
        node.addnext(etree.Element(f"{_W}br"))


def _pack_other_parts(document: Document) -> bytes:
    """All parts of a document but the main one; their time is fixed, because python-docx takes that of the clock."""
    saved, packed = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            if name != _MAIN:
                target.writestr(_entry(name), source.read(name))
    return packed.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    """The entry of a part in the zip, with the same time in every letter."""
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _blank_document(made_at: datetime) -> Document:
    """Upright A4 as official letters are, with page numbers; the properties depend on `made_at` only."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin, section.bottom_margin = Cm(2.8), Cm(2.4)
    properties = document.core_properties
    properties.author = properties.last_modified_by = AUTHOR
    properties.created = properties.modified = universal(made_at)
    columns = document.element[0][-1].find(f"{_W}cols")
    columns.addprevious(etree.Element(f"{_W}pgNumType", {f"{_W}start": "1"}))  # python-docx has no such property
    footer = section.footer.paragraphs[0]
    footer.alignment = CENTRE
    _add_run(footer, "第 ", SONG, 9)
    _add_run(footer, " 页", SONG, 9)
    root: _Element = section.footer.part.element
    _set_chinese_fonts(root)
    _, behind_number = root.iter(f"{_W}r")
    behind_number.addprevious(etree.Element(f"{_W}fldSimple", {f"{_W}instr": "PAGE"}))  # python-docx has no fields
    return document


def _build_paragraph(document: Document, style: ParagraphStyle) -> _Element:
    """Build a paragraph in the document and take it out."""
    paragraph = document.add_paragraph()
    paragraph.alignment = style.align
    layout = paragraph.paragraph_format
    layout.space_before, layout.space_after, layout.line_spacing = Pt(style.before), Pt(style.after), 1.4
    layout.keep_with_next = style.keep
    if style.indent:
        layout.first_line_indent = Pt(2 * style.size)
    _add_run(paragraph, _PLACEHOLDER, style.font, style.size)
    return _detach_last_block(document)


def _build_table(document: Document, columns: TableColumns) -> tuple[_Element, _Element]:
    """Build a table in the document and take it out: the table with its heads, and a row for it."""
    heads, widths = columns
    table = document.add_table(rows=2, cols=len(heads))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    _fill_row(table.rows[0], heads, widths, HEI)
    _fill_row(table.rows[1], [_PLACEHOLDER] * len(heads), widths, SONG)
    element = _detach_last_block(document)
    head, row = element.iter(f"{_W}tr")
    # python-docx sets neither: the heads on every page, and no row on two pages.
    etree.SubElement(_row_properties(head), f"{_W}tblHeader", {f"{_W}val": "true"})
    etree.SubElement(_row_properties(row), f"{_W}cantSplit")
    element.remove(row)
    return element, row


def _row_properties(row: _Element) -> _Element:
    """Add the properties of a row, which stand before its cells."""
    properties = etree.Element(f"{_W}trPr")
    row.insert(0, properties)
    return properties


def _detach_last_block(document: Document) -> _Element:
    """Take the last paragraph or table out of a document; the section's properties stand behind it."""
    body: _Element = document.element[0]
    block = body[-2]
    body.remove(block)
    _set_chinese_fonts(block)
    return block


def _fill_row(row: _Row, texts: Sequence[str], widths: Sequence[float], font: str) -> None:
    """Fill a row; heads and numbers are centred."""
    for number, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
        cell.width = Cm(width)
        paragraph = cell.paragraphs[0]
        if number == 0 or font == HEI:
            paragraph.alignment = CENTRE
        _add_run(paragraph, text, font, 10)


def _add_run(paragraph: Paragraph, text: str, font: str, size: float) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), font


def _set_chinese_fonts(element: _Element) -> None:
    """Use each run's font for Chinese characters as well: python-docx sets it for Latin letters only."""
    for fonts in element.iter(f"{_W}rFonts"):
        fonts.set(f"{_W}eastAsia", fonts.get(f"{_W}ascii", SONG))
