"""A .docx as plain objects: one sheet whose rows are the paragraphs and table rows of the document, in their order.

Titles before a table and foot lines after it then stand where they stand in a workbook, so that forms are located in
the same way. Users see the place in the document instead of the row: ("表格2", "C5") or ("段落", "A12").

Read with lxml, not python-docx: that leaves out the text of tracked insertions and content controls, drops cells inside
content controls, and raises ValueError at a vertical merge where the row above has other cell borders (python-docx
1.2.0), all of which come from WPS daily. Call `guard.check` first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from xltool.findings import address
from xltool.reader.guard import Code, Refused
from xltool.reader.limits import LIMITS
from xltool.reader.model import Book, Cell, Sheet
from xltool.reader.ooxml.active_content import in_fields, in_package
from xltool.reader.ooxml.parts import Package, local

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml.etree import _Element

SHEET: Final = "正文"
PARAGRAPHS: Final = "段落"
TABLE: Final = "表格"
SLIVER: Final = 60
"""Twips (1 mm): two borders nearer than this are one border that was not drawn exactly, and no column."""

_WRAPPERS: Final = frozenset({"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"})
"""Elements around blocks, rows or cells that do not change them."""
_UNREAD: Final = frozenset(
    {
        "del", "moveFrom", "delText", "instrText", "delInstrText", "pPr", "rPr", "sdtPr", "sdtEndPr", "drawing", "pict",
        "object", "AlternateContent", "rt", "tbl",
    }
)  # fmt: skip
_BREAKS: Final = {"br": "\n", "cr": "\n", "tab": " ", "ptab": " ", "noBreakHyphen": "-"}
_SYMBOLS: Final = {
    ("Wingdings", "FE"): "☑", ("Wingdings", "A8"): "□", ("Wingdings", "6F"): "□", ("Wingdings", "FC"): "√",
    ("Wingdings 2", "52"): "☑", ("Wingdings 2", "A3"): "□", ("Wingdings 2", "50"): "√",
}  # fmt: skip


def open_document(path: Path) -> Book:
    """Read the document at `path` into a book of one sheet; `Refused` if it cannot be read whole."""
    with Package(path) as package:
        relations = package.relations("").values()
        part = next((each.target for each in relations if each.kind == "officeDocument"), None)
        if part is None:
            raise Refused(Code.CORRUPT, "文件已损坏：缺少文档主部件")
        flattener = _Flattener()
        active_content = in_package(package, package.relations(part).values())
        try:
            for word, element in package.pieces(part, "body", ("p", "tbl", *_WRAPPERS)):
                active_content |= in_fields([element])
                flattener.add_block(word, element)
        except ValueError as error:
            place = f"{TABLE}{flattener.tables}" if flattener.tables else f"第 {flattener.paragraphs} 段"
            raise Refused(Code.CORRUPT, f"文件已损坏：{place}附近内容无法解析（{error}）") from error
        saved, is_result = package.saved(), package.is_result()
    return Book([flattener.sheet], active_content=active_content, saved=saved, is_result=is_result)


@dataclass(slots=True)
class _TableCell:
    """A table cell: its grid columns, whether it continues the cell above, and its element."""

    column: int
    last: int
    continues: bool
    element: _Element


@dataclass(slots=True)
class _Flattener:
    """Writes the blocks of a document into a sheet; it counts the rows, tables and paragraphs so far."""

    sheet: Sheet = field(default_factory=lambda: Sheet(SHEET))
    rows: int = 0
    tables: int = 0
    paragraphs: int = 0
    table_cells: int = 0
    """Grid cells of all tables."""
    blocks: int = 0

    def add_block(self, word: str, element: _Element) -> None:
        """Add a paragraph, a table, or what an element around them holds."""
        self.blocks += 1
        if self.blocks > LIMITS.document_blocks:
            raise Refused(
                Code.TOO_MANY, f"文档的段落（含空段落）超过上限 {LIMITS.document_blocks:,} 个，请删去多余内容后重新报送"
            )
        if word == "p":
            self._add_paragraph(text_of(element))
        elif word == "tbl":
            self.tables += 1
            self._add_table(element, f"{TABLE}{self.tables}")
        elif word in _WRAPPERS:
            for child in element:
                self.add_block(local(child), child)

    def _add_paragraph(self, text: str) -> None:
        """Add a paragraph as a row of its own, unless it is blank."""
        if text.strip():
            self.rows += 1
            self.paragraphs += 1
            if self.paragraphs > LIMITS.paragraphs:
                reason = f"文档的段落超过上限 {LIMITS.paragraphs:,} 段，请只保留报告或附件后重新报送"
                raise Refused(Code.TOO_MANY, reason)
            self._put_text(self.rows, 1, text)
            self.sheet.places[self.rows, 1] = PARAGRAPHS, f"A{self.paragraphs}"

    def _add_table(self, table: _Element, name: str) -> None:
        """Add the rows of a table, then the rows of the tables inside its cells, named 表格2-1 and so on."""
        nested: list[_Element] = []
        opened: dict[int, list[int]] = {}
        first = self.rows + 1
        rows = [list(_cells(row)) for row in _within(table, "tr") if not _is_deleted(row)]
        _straighten(table, rows)
        for cells in rows:
            self.rows += 1
            self._add_row(cells, opened, name, first)
            nested += [inner for cell in cells for inner in _within(cell.element, "tbl")]
        self._close(opened, list(opened))
        for number, inner in enumerate(nested, 1):
            self._add_table(inner, f"{name}-{number}")

    def _add_row(self, cells: list[_TableCell], opened: dict[int, list[int]], name: str, first: int) -> None:
        """Add one table row; `opened` are the merges that may still grow, by first column."""
        for cell in cells:
            for column in range(cell.column, cell.last + 1):
                self._note_place(self.rows, column, name, first)
            self._put_text(self.rows, cell.column, _cell_text(cell.element))
            if cell.continues and cell.column in opened:
                opened[cell.column][2] = self.rows
                continue
            crossed = [each for each, span in opened.items() if each <= cell.last and span[3] >= cell.column]
            for each in crossed:
                opened[each][2] = min(opened[each][2], self.rows - 1)
            self._close(opened, crossed)
            opened[cell.column] = [self.rows, cell.column, self.rows, cell.last]
        self._close(opened, [column for column, span in opened.items() if span[2] < self.rows])

    def _close(self, opened: dict[int, list[int]], columns: list[int]) -> None:
        """End these merges, which grow no further; a merge of a single cell is none."""
        for column in columns:
            top, left, bottom, right = opened.pop(column)
            if (top, left) != (bottom, right):
                self.sheet.merges.append((top, left, bottom, right))

    def _note_place(self, row: int, column: int, name: str, first: int) -> None:
        """Note where a grid cell stands in its table."""
        self.sheet.places[row, column] = name, address(row - first + 1, column)
        self.table_cells += 1
        if self.table_cells > LIMITS.table_cells:
            most = LIMITS.table_cells
            raise Refused(Code.TOO_LARGE, f"文档中的表格单元格超过上限 {most:,} 个，请只保留附件后重新报送")

    def _put_text(self, row: int, column: int, text: str) -> None:
        """Put a text into a cell, if there is any."""
        if text:
            self.sheet.cells[row, column] = Cell(text)


def _within(element: _Element, word: str) -> Iterator[_Element]:
    """Children of this name, also inside content controls and the like."""
    for child in element:
        name = local(child)
        if name == word:
            yield child
        elif name in _WRAPPERS:
            yield from _within(child, word)


def _property(element: _Element | None, word: str) -> _Element | None:
    """A property by its local name; None if there is none."""
    return None if element is None else next((child for child in element if local(child) == word), None)


def _value(element: _Element | None, default: str) -> str:
    """The attribute `val` of a property, whatever its namespace; `default` if there is none."""
    return default if element is None else _attributes(element).get("val", default)


def _attributes(element: _Element) -> dict[str, str]:
    """Attributes by local name."""
    return {str(key).rpartition("}")[2]: str(value) for key, value in element.attrib.items()}


def _number(properties: _Element | None, word: str, default: int) -> int:
    """A count from 0 to the widest table; ValueError if it is no number."""
    return min(max(int(_value(_property(properties, word), str(default))), 0), LIMITS.table_columns)


def _is_deleted(row: _Element) -> bool:
    """Whether the whole row is a tracked deletion."""
    return _property(_property(row, "trPr"), "del") is not None


def _cells(row: _Element) -> Iterator[_TableCell]:
    """Cells of a row on the grid; a horizontal merge of the old kind widens the cell it began with."""
    column = 1 + _number(_property(row, "trPr"), "gridBefore", 0)
    waiting: _TableCell | None = None
    for element in _within(row, "tc"):
        properties = _property(element, "tcPr")
        last = column + max(_number(properties, "gridSpan", 1), 1) - 1
        if last > LIMITS.table_columns:
            raise ValueError(last)
        if waiting is not None and _value(_property(properties, "hMerge"), "") == "continue":
            waiting.last = last
        else:
            if waiting is not None:
                yield waiting
            vertical = _property(properties, "vMerge")
            goes_on = vertical is not None and _value(vertical, "continue") == "continue"
            waiting = _TableCell(column, last, goes_on, element)
        column = last + 1
    if waiting is not None:
        yield waiting


def _straighten(table: _Element, rows: list[list[_TableCell]]) -> None:
    """Count columns without the slivers between borders that should be one border.

    Programs that store positions of borders (.doc and .rtf do, and WPS after a border was dragged) leave grid columns a
    hair wide. Where a cell is no wider than a sliver, or the grid says nothing, the columns stay as they are.
    """
    widths = [_width(column) for grid in _within(table, "tblGrid") for column in _within(grid, "gridCol")]
    numbers, since = [0], 0
    for width in widths:
        since += width
        numbers.append(numbers[-1] + (since >= SLIVER))
        since = since if since < SLIVER else 0
    cells = [cell for row in rows for cell in row]
    if any(cell.last >= len(numbers) or numbers[cell.column - 1] == numbers[cell.last] for cell in cells):
        return
    for cell in cells:
        cell.column, cell.last = numbers[cell.column - 1] + 1, numbers[cell.last]


def _width(column: _Element) -> int:
    """Width of a grid column in twips; 0 if it is not given."""
    text = _attributes(column).get("w", "0")
    return int(text) if text.isdecimal() else 0


def _cell_text(cell: _Element) -> str:
    """The paragraphs of a cell, a line each; blank lines around them are dropped, padding stays."""
    return "\n".join(text_of(paragraph) for paragraph in _within(cell, "p")).strip("\n")


def text_of(element: _Element) -> str:
    """Text of a paragraph with all tracked changes accepted, without text cells and field codes."""
    return "".join(_runs(element))


def _runs(element: _Element) -> Iterator[str]:
    """Pieces of text in their order."""
    for child in element:
        word = local(child)
        if word in _UNREAD:
            continue
        if word == "t":
            yield child.text or ""
        elif word in _BREAKS:
            yield _BREAKS[word]
        elif word == "sym":
            yield _symbol(child)
        else:
            yield from _runs(child)


def _symbol(element: _Element) -> str:
    """A character of a symbol font: the check marks forms use, else a mark for an unknown character."""
    attributes = _attributes(element)
    return _SYMBOLS.get(
        (attributes.get("font", ""), attributes.get("char", "").upper()[-2:]), "\N{REPLACEMENT CHARACTER}"
    )
