"""An .xlsx or .xlsm file as plain objects, in one pass over its parts.

Call `guard.check` first: it bounds what is inflated here. Nothing is calculated; values are those the file stores.
Read are both OOXML dialects (strict and transitional) with any namespace prefixes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.reader.guard import Code, Refused
from xltool.reader.limits import LIMITS
from xltool.reader.model import Book, DefinedName, Sheet, Visibility
from xltool.reader.ooxml import cell_scanner
from xltool.reader.ooxml.active_content import in_formulas, in_package
from xltool.reader.ooxml.parts import Package, decoded, is_on, text_of
from xltool.reader.ooxml.sheet import SheetReader, WorkbookContext
from xltool.reader.ooxml.styles import DEFAULT, styles_in

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    from lxml.etree import _Element

    from xltool.reader.guard import InflatedParts
    from xltool.reader.ooxml.parts import Relation


def open_workbook(
    path: Path, kept: InflatedParts | None = None, *, sheets: Container[str] | None = None, filled: int | None = None
) -> Book:
    """Read the workbook at `path`; `Refused` if it cannot be read as a whole.

    `kept` are the parts that the guard has inflated. `sheets` names the sheets to read (None: all), `filled` is how
    many cells may hold something (None: as in `LIMITS`).
    """
    most = LIMITS.filled_cells if filled is None else filled
    with Package(path, kept) as package:
        part = _workbook_part(package)
        root = package.root(part)
        relations = package.relations(part)
        space = root.tag.removesuffix("workbook")
        settings = root.find(f"{space}workbookPr")
        book = Book(date1904=settings is not None and is_on(settings.get("date1904")))
        context = _context(package, relations, most, date1904=book.date1904)
        listed = root.findall(f"{space}sheets/{space}sheet")
        for element in listed:
            identity, name = _relation_id(element), element.get("name", "")
            if identity == "":  # older programs list modules of Visual Basic among the sheets
                continue
            relation = relations.get(identity or "")
            if relation is None:
                raise Refused(Code.CORRUPT, f"文件已损坏：工作表“{name}”没有对应的部件")
            if relation.kind == "worksheet" and (sheets is None or name in sheets):
                sheet = Sheet(name, _state(element))
                book.sheets.append(SheetReader(sheet, context).read(package, relation.target))
        titles = [element.get("name", "") for element in listed]
        book.names = [_name(element, titles) for element in root.iterfind(f"{space}definedNames/{space}definedName")]
        book.saved, book.is_result = package.saved(), package.is_result()
        book.active_content = in_package(package, relations.values()) | in_formulas(book.sheets)
    return book


def _workbook_part(package: Package) -> str:
    """Name of the main part; `Refused` if the package names none."""
    for relation in package.relations("").values():
        if relation.kind == "officeDocument":
            return relation.target
    raise Refused(Code.CORRUPT, "文件已损坏：缺少工作簿主部件")


def _context(package: Package, relations: dict[str, Relation], filled: int, *, date1904: bool) -> WorkbookContext:
    """Shared strings and styles; a workbook without these parts has no strings and one plain style."""
    parts = {relation.kind: relation.target for relation in relations.values()}
    strings, styles = [], [DEFAULT]
    if parts.get("sharedStrings", "") in package:
        strings = _strings(package, parts["sharedStrings"], filled)
    if parts.get("styles", "") in package:
        styles = package.parsed(parts["styles"], styles_in)
    return WorkbookContext(strings, styles, date1904, filled=filled)


def _strings(package: Package, part: str, most: int) -> list[str]:
    """The shared strings, in order; `Refused` where there are more than `most`."""
    plain = None if package.is_large(part) else cell_scanner.scan_strings(package.content(part))
    if plain is not None:
        return [decoded(text) for text in plain]
    strings: list[str] = []
    for word, item in package.pieces(part, "", ("si",)):
        if word == "si":
            strings.append(text_of(item))
            if len(strings) > most:
                raise Refused(Code.TOO_MANY, f"共享字符串超过上限 {most:,} 个，请另存为新的 .xlsx 后重新报送")
    return strings


def _relation_id(sheet: _Element) -> str | None:
    """The relation id of a sheet: the one attribute `id` that has a namespace, whichever dialect's it is."""
    return next((str(value) for key, value in sheet.attrib.items() if str(key).endswith("}id")), None)


def _state(sheet: _Element) -> Visibility:
    """Visibility; anything unknown counts as visible."""
    state = sheet.get("state")
    if state == "hidden":
        return "hidden"
    return "veryHidden" if state == "veryHidden" else "visible"


def _name(element: _Element, titles: list[str]) -> DefinedName:
    """A defined name; `Refused` if its scope is a sheet that does not exist."""
    scope = element.get("localSheetId")
    try:
        sheet = None if scope is None else titles[int(scope)]
    except (ValueError, IndexError) as error:
        raise Refused(Code.CORRUPT, f"文件已损坏：名称 {element.get('name')} 所属的工作表不存在") from error
    return DefinedName(element.get("name", ""), sheet, element.text or "", is_on(element.get("hidden")))
