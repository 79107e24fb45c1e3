"""Read sheets, names, texts and styles of an .xlsx straight from the XML, without a spreadsheet library."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
X14: Final = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
_REL: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Sheet:
    """A worksheet: its name and the root of its part."""

    name: str
    root: etree._Element

    def each(self, tag: str) -> Iterator[etree._Element]:
        """Elements of the main namespace with this tag."""
        return self.root.iter(MAIN + tag)


@dataclass(frozen=True)
class Book:
    """The parts of a workbook that the lint checks."""

    sheets: list[Sheet]
    names: list[etree._Element]
    texts: list[str]
    styles: int


def read_book(path: Path | IO[bytes]) -> Book:
    """The parts of a workbook; KeyError or an lxml error where it is not even a package."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    workbook = _parse(parts["xl/workbook.xml"])
    rels = _parse(parts["xl/_rels/workbook.xml.rels"])
    targets = {rel.get("Id"): posixpath.join("xl", rel.get("Target", "")) for rel in rels}
    sheets = [
        Sheet(sheet.get("name", ""), _parse(parts[targets[sheet.get(_REL)].replace("xl//xl/", "xl/")]))
        for sheet in workbook.iter(MAIN + "sheet")
    ]
    texts = _parse(parts["xl/sharedStrings.xml"]) if "xl/sharedStrings.xml" in parts else []
    styles = _parse(parts["xl/styles.xml"]).find(MAIN + "cellXfs")
    return Book(
        sheets,
        list(workbook.iter(MAIN + "definedName")),
        [text_of(item) for item in texts],
        0 if styles is None else len(styles),
    )


def text_of(element: etree._Element) -> str:
    """The text of a shared or inline string, runs joined, phonetic hints left out."""
    return "".join(
        node.text or ""
        for node in element.iter(MAIN + "t")
        if (up := node.getparent()) is None or up.tag != MAIN + "rPh"
    )


def _parse(data: bytes) -> etree._Element:
    """Root of a part; `huge_tree` because an over-long text has to be seen to be reported."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, huge_tree=True))
