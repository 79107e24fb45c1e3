"""Edit the XML of an .xlsx in place: a call changes one thing, all other parts keep their bytes.

A library that loads and saves a workbook changes more than it was asked to; a test of a changed workbook needs the
one change only.
"""

from __future__ import annotations

import copy
import re
import zipfile
from typing import TYPE_CHECKING, Final, Self

from lxml import etree

from xltool.findings import address, row_column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lxml.etree import _Element

MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_STRINGS: Final = re.compile(r'("(?:[^"]|"")*")')
_CELL: Final = re.compile(r"(\$?[A-Z]{1,3}\$?)([0-9]+)(?![0-9(])")
_FIRST_OWN_FORMAT: Final = 900

Content = str | float | None


class WorkbookEditor:
    """An open workbook. The methods that change it return the editor, so that calls can be chained."""

    def __init__(self, path: Path) -> None:
        """Take the workbook at `path` apart."""
        with zipfile.ZipFile(path) as package:
            self._infos = package.infolist()
            self._parts = {info.filename: package.read(info) for info in self._infos}
        self._trees: dict[str, _Element] = {}

    def save(self, path: Path) -> Path:
        """Write the workbook; gives the path."""
        for name, root in self._trees.items():
            self._parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for info in self._infos:
                if info.filename in self._parts:
                    package.writestr(info, self._parts[info.filename])
        return path

    # --- cells --------------------------------------------------------------------------------

    def put(self, sheet: str, cell: str, value: Content) -> Self:
        """Type into a cell, over a formula if there is one; None clears it. The cell keeps its style."""
        element = self._cell(sheet, cell)
        self._empty(element)
        if isinstance(value, str):
            element.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(element, MAIN + "is"), MAIN + "t")
            text.text = value
            text.set(_SPACE, "preserve")
        elif value is not None:
            etree.SubElement(element, MAIN + "v").text = repr(value)
        return self

    def rewrite(self, sheet: str, cell: str, formula: str, shown: Content) -> Self:
        """Another formula in a cell, and what it shows."""
        element = self._cell(sheet, cell)
        self._empty(element)
        etree.SubElement(element, MAIN + "f").text = formula.removeprefix("=")
        self._show(element, shown)
        return self

    def show(self, sheet: str, cell: str, shown: Content) -> Self:
        """Another saved result of a formula; None takes it away."""
        element = self._cell(sheet, cell)
        if element.find(MAIN + "f") is None:
            msg = f"{sheet}!{cell} holds no formula"
            raise ValueError(msg)
        self._show(element, shown)
        return self

    def show_error(self, sheet: str, cell: str, error: str) -> Self:
        """An error value such as #DIV/0! as the result of the formula in a cell, or as what stands in it."""
        element = self._cell(sheet, cell)
        self._show(element, error)
        element.set("t", "e")
        return self

    def forget_results(self) -> Self:
        """No formula of the workbook has a result, as in a file that a program wrote and none has calculated."""
        for sheet in self.sheets:
            for formula in self._root(sheet).iter(MAIN + "f"):
                cell = formula.getparent()
                if cell is not None:
                    self._show(cell, None)
        return self

    def unlock(self, sheet: str, cell: str, *, locked: bool = False) -> Self:
        """Take the lock off a cell, or put it on."""

        def change(style: _Element) -> None:
            for protection in style.findall(MAIN + "protection"):
                style.remove(protection)
            etree.SubElement(style, MAIN + "protection").set("locked", str(int(locked)))
            style.set("applyProtection", "1")

        return self._restyle(sheet, cell, change)

    def reformat(self, sheet: str, cell: str, number_format: str) -> Self:
        """Another number format for a cell."""
        styles = self._tree("xl/styles.xml")
        formats = styles.find(MAIN + "numFmts")
        if formats is None:
            formats = etree.Element(MAIN + "numFmts")
            styles.insert(0, formats)
        number = str(_FIRST_OWN_FORMAT + len(formats))
        etree.SubElement(formats, MAIN + "numFmt", numFmtId=number, formatCode=number_format)
        formats.set("count", str(len(formats)))
        return self._restyle(sheet, cell, lambda style: style.set("numFmtId", number))

    # --- sheets -------------------------------------------------------------------------------

    @property
    def sheets(self) -> list[str]:
        """Names of the sheets in order, the manifest's too."""
        return [str(sheet.get("name")) for sheet in self._workbook.iter(MAIN + "sheet")]

    def unlocked_cells(self, sheet: str, *, held: bool) -> Iterator[str]:
        """Addresses of the unlocked cells, of those that hold something where `held`; of a merge, its first cell."""
        covered = {
            cell for merge in self._root(sheet).iter(MAIN + "mergeCell") for cell in _hidden(str(merge.get("ref")))
        }
        styles = self._tree("xl/styles.xml").findall(f"{MAIN}cellXfs/{MAIN}xf")
        for cell in self._root(sheet).iter(MAIN + "c"):
            protection = styles[int(cell.get("s", "0"))].find(MAIN + "protection")
            unlocked = protection is not None and protection.get("locked") == "0"
            if unlocked and (len(cell) or not held) and cell.get("r") not in covered:
                yield str(cell.get("r"))

    def unprotect(self, sheet: str) -> Self:
        """Take the protection off a sheet."""
        return self._without(sheet, "sheetProtection")

    def drop_validations(self, sheet: str, *cells: str) -> Self:
        """Remove the validations that begin at these cells, all of them if none is named."""
        root = self._root(sheet)
        for validation in list(root.iter(MAIN + "dataValidation")):
            parent = validation.getparent()
            if parent is not None and (not cells or str(validation.get("sqref")).partition(":")[0] in cells):
                parent.remove(validation)
                parent.set("count", str(len(parent)))
                if not len(parent):
                    root.remove(parent)
        return self

    def split(self, sheet: str, cell: str) -> Self:
        """Take apart the merge that begins at a cell."""
        for merge in list(self._root(sheet).iter(MAIN + "mergeCell")):
            parent = merge.getparent()
            if parent is not None and str(merge.get("ref")).partition(":")[0] == cell:
                parent.remove(merge)
                parent.set("count", str(len(parent)))
        return self

    def hide_row(self, sheet: str, row: int) -> Self:
        """Hide a row."""
        self._row(sheet, row).set("hidden", "1")
        return self

    def hide_column(self, sheet: str, column: int) -> Self:
        """Hide a column that has a width of its own."""
        for element in self._root(sheet).iter(MAIN + "col"):
            if element.get("min") == element.get("max") == str(column):
                element.set("hidden", "1")
                return self
        raise KeyError(column)

    def hide_sheet(self, sheet: str) -> Self:
        """Hide a sheet."""
        self._sheet(sheet).set("state", "hidden")
        return self

    def rename_sheet(self, sheet: str, name: str) -> Self:
        """Give a sheet another name, in the references to it too."""
        self._sheet(sheet).set("name", name)
        for defined in self._workbook.iter(MAIN + "definedName"):
            defined.text = str(defined.text).replace(f"'{sheet}'!", f"'{name}'!").replace(f"{sheet}!", f"'{name}'!")
        return self

    def drop_sheet(self, sheet: str) -> Self:
        """Delete a sheet with the names defined on it."""
        position = self.sheets.index(sheet)
        element, part = self._sheet(sheet), self._part(sheet)
        relation = element.get(_RELATION)
        self._detach(element)
        for defined in list(self._workbook.iter(MAIN + "definedName")):
            scope = int(defined.get("localSheetId", "-1"))
            if scope == position:
                self._detach(defined)
            elif scope > position:
                defined.set("localSheetId", str(scope - 1))
        for link in list(self._tree("xl/_rels/workbook.xml.rels")):
            if link.get("Id") == relation:
                self._detach(link)
        for entry in list(self._tree("[Content_Types].xml")):
            if entry.get("PartName") == f"/{part}":
                self._detach(entry)
        for name in (part, part.replace("worksheets/", "worksheets/_rels/") + ".rels"):
            self._parts.pop(name, None)
            self._trees.pop(name, None)
        return self

    def drop_manifest(self) -> Self:
        """Delete the hidden sheet that says what was issued."""
        return self.drop_sheet("xltool")

    def insert_row(self, sheet: str, at: int) -> Self:
        """Insert a row above row `at`, with the styles of the one above it; no other sheet may refer to this one."""

        def moved(match: re.Match[str]) -> str:
            return f"{match[1]}{int(match[2]) + (int(match[2]) >= at)}"

        def references(text: str) -> str:
            parts = _STRINGS.split(text)
            return "".join(part if index % 2 else _CELL.sub(moved, part) for index, part in enumerate(parts))

        root = self._root(sheet)
        new = copy.deepcopy(self._row(sheet, at - 1))
        for element in root.iter(MAIN + "row", MAIN + "c"):
            element.set("r", references("A" + str(element.get("r")))[1:])
        for element in root.iter(MAIN + "mergeCell"):
            element.set("ref", references(str(element.get("ref"))))
        for element in root.iter(MAIN + "dataValidation", MAIN + "conditionalFormatting"):
            element.set("sqref", references(str(element.get("sqref"))))
        formulas = ("f", "formula", "formula1", "formula2")
        scope = str(self.sheets.index(sheet))
        names = (name for name in self._workbook.iter(MAIN + "definedName") if name.get("localSheetId") == scope)
        for element in (*root.iter(*(MAIN + tag for tag in formulas)), *names):
            element.text = references(str(element.text))
        new.set("r", str(at))
        for cell in new:
            self._empty(cell)
            cell.set("r", str(cell.get("r")).rstrip("0123456789") + str(at))
        above = self._row(sheet, at - 1)
        above.addnext(new)
        return self

    # --- names --------------------------------------------------------------------------------

    def drop_name(self, sheet: str, *names: str) -> Self:
        """Delete names defined on a sheet."""
        for defined in self._names(sheet, names):
            self._detach(defined)
        return self

    def rename_name(self, sheet: str, name: str, new: str) -> Self:
        """Give a name defined on a sheet another name."""
        for defined in self._names(sheet, (name,)):
            defined.set("name", new)
        return self

    def place_of(self, sheet: str, name: str) -> str:
        """What a name defined on a sheet stands for, without sheet and $."""
        (defined,) = self._names(sheet, (name,))
        return str(defined.text).rpartition("!")[2].replace("$", "")

    # --- parts --------------------------------------------------------------------------------

    def add_part(self, name: str, content: bytes) -> Self:
        """A further part, whatever it is (a macro, an object)."""
        self._infos.append(zipfile.ZipInfo(name))
        self._parts[name] = content
        return self

    @property
    def _workbook(self) -> _Element:
        return self._tree("xl/workbook.xml")

    def _tree(self, part: str) -> _Element:
        if part not in self._trees:
            self._trees[part] = etree.fromstring(self._parts[part])
        return self._trees[part]

    def _sheet(self, sheet: str) -> _Element:
        return next(element for element in self._workbook.iter(MAIN + "sheet") if element.get("name") == sheet)

    def _part(self, sheet: str) -> str:
        relation = self._sheet(sheet).get(_RELATION)
        links = self._tree("xl/_rels/workbook.xml.rels")
        target = next(str(link.get("Target")) for link in links if link.get("Id") == relation)
        return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"

    def _root(self, sheet: str) -> _Element:
        return self._tree(self._part(sheet))

    def _row(self, sheet: str, row: int) -> _Element:
        return next(element for element in self._root(sheet).iter(MAIN + "row") if element.get("r") == str(row))

    def _cell(self, sheet: str, cell: str) -> _Element:
        number, column = row_column(cell)
        data = self._root(sheet).find(MAIN + "sheetData")
        if data is None:
            raise KeyError(sheet)
        row = _placed(data, "row", str(number), lambda element: int(str(element.get("r"))), number)
        return _placed(row, "c", cell, lambda element: row_column(str(element.get("r")))[1], column)

    def _names(self, sheet: str, names: tuple[str, ...]) -> list[_Element]:
        scope = str(self.sheets.index(sheet))
        defined = self._workbook.iter(MAIN + "definedName")
        matching = [
            element for element in defined if element.get("localSheetId") == scope and element.get("name") in names
        ]
        if len(matching) != len(names):
            raise KeyError(names)
        return matching

    def _without(self, sheet: str, tag: str) -> Self:
        for element in list(self._root(sheet).iter(MAIN + tag)):
            self._detach(element)
        return self

    def _restyle(self, sheet: str, cell: str, change: Callable[[_Element], None]) -> Self:
        element = self._cell(sheet, cell)
        styles = self._tree("xl/styles.xml").find(MAIN + "cellXfs")
        if styles is None:
            raise KeyError(cell)
        style = copy.deepcopy(styles[int(element.get("s", "0"))])
        styles.append(style)
        styles.set("count", str(len(styles)))
        change(style)
        element.set("s", str(len(styles) - 1))
        return self

    @staticmethod
    def _detach(element: _Element) -> None:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)

    @staticmethod
    def _empty(cell: _Element) -> None:
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", "")

    @staticmethod
    def _show(cell: _Element, shown: Content) -> None:
        for child in cell.findall(MAIN + "v"):
            cell.remove(child)
        cell.attrib.pop("t", "")
        if shown is not None:
            etree.SubElement(cell, MAIN + "v").text = shown if isinstance(shown, str) else repr(shown)
        if isinstance(shown, str):
            cell.set("t", "str")


def _hidden(merge: str) -> Iterator[str]:
    """The cells of a merged range that cannot be seen."""
    (top, left), (bottom, right) = (row_column(corner) for corner in merge.split(":"))
    cells = [address(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
    yield from cells[1:]


def _placed(parent: _Element, tag: str, name: str, position: Callable[[_Element], int], wanted: int) -> _Element:
    """The child at a position, made in its place if it is not there."""
    for index, child in enumerate(parent):
        if position(child) == wanted:
            return child
        if position(child) > wanted:
            element = etree.Element(MAIN + tag, r=name)
            parent.insert(index, element)
            return element
    return etree.SubElement(parent, MAIN + tag, r=name)
