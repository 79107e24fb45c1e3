"""Active content of a file: noted by name, never run, opened or followed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from xltool.reader.guard import Refused
from xltool.reader.model import ActiveContent
from xltool.reader.ooxml.parts import local

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

    from xltool.reader.model import Sheet
    from xltool.reader.ooxml.parts import Package, Relation

_PARTS: Final = (
    ("/embeddings/", ActiveContent.OBJECTS),
    ("/activex/", ActiveContent.CONTROLS),
    ("/ctrlprops/", ActiveContent.CONTROLS),
    ("/connections.", ActiveContent.LINKS),
    ("vbaproject.bin", ActiveContent.MACROS),
)
"""Content that the names of the parts of an OOXML package show."""
LINKS: Final = "/externallinks/"
"""In the names of parts that lead to other workbooks, programs or objects."""
_MACRO_SHEETS: Final = frozenset({"vbaProject", "xlMacrosheet", "xlIntlMacrosheet"})
_LINKED: Final = {"ddeLink": ActiveContent.DDE, "oleLink": ActiveContent.OLE_LINKS}
_HARMLESS_RELATIONS: Final = frozenset({"hyperlink", "externalLinkPath", "externalLinkLongPath"})
"""Relations out of a package that only a click follows, or that belong to a part that is noted already."""
_TEMPLATE: Final = "attachedTemplate"
_OWN_DISK: Final = re.compile(r"(?:file:/*)?[A-Za-z]:|[^/\\:]*$")
"""Where every document says its template lies; a template on a server is another matter."""
_QUOTED: Final = re.compile(r'"[^"]*"')
_DDE_FORMULA: Final = re.compile(r"[\w.]\|['\w]")
_INSTRUCTIONS: Final = (
    (re.compile(r"\bDDE(?:AUTO)?\b", re.IGNORECASE), ActiveContent.DDE),
    (re.compile(r"\b(?:LINK|INCLUDETEXT|INCLUDEPICTURE)\b", re.IGNORECASE), ActiveContent.LINKS),
)


def in_package(package: Package, main: Iterable[Relation]) -> set[ActiveContent]:
    """Active content of an OOXML package, by its parts and the relations of its `main` part."""
    names = [f"/{name}" for name in package.names]
    contents = {content for name in names for mark, content in _PARTS if mark in name}
    if _MACRO_SHEETS & {relation.kind for relation in main}:
        contents.add(ActiveContent.MACROS)
    if any(_leads_out(package, name[1:]) for name in names if name.endswith(".rels")):
        contents.add(ActiveContent.LINKS)
    return contents.union(*(_linked(package, name[1:]) for name in names if LINKS in name and name.endswith(".xml")))


def _linked(package: Package, name: str) -> set[ActiveContent]:
    """What a part with external links leads to."""
    try:
        return {_LINKED.get(local(child), ActiveContent.LINKS) for child in package.root(name)} or {ActiveContent.LINKS}
    except Refused:
        return {ActiveContent.LINKS}


def _leads_out(package: Package, name: str) -> bool:
    """Whether by these relations a part lies elsewhere: a template, a picture or an object on a server."""
    try:
        relations = package.relations(name.replace("_rels/", "", 1).removesuffix(".rels"))
    except Refused:  # the relations of a part that is not read may be damaged
        return False
    outside = [
        relation for relation in relations.values() if relation.external and relation.kind not in _HARMLESS_RELATIONS
    ]
    return any(relation.kind != _TEMPLATE or _OWN_DISK.match(relation.target) is None for relation in outside)


def in_formulas(sheets: Iterable[Sheet]) -> set[ActiveContent]:
    """DDE, where a formula of a workbook asks a program: cmd|'/c calc'!A1."""
    # The copies of a shared formula ask whom that asks.
    formulas = [
        formula
        for sheet in sheets
        for cell in sheet.cells.values()
        if isinstance(formula := cell.stored_formula, str) and "|" in formula
    ]
    asking = any(_DDE_FORMULA.search(_QUOTED.sub("", each)) for each in formulas)
    return {ActiveContent.DDE} if asking else set()


def in_fields(elements: Iterable[_Element]) -> set[ActiveContent]:
    """Active content that the fields of a Word document fetch from elsewhere."""
    text = " ".join(_instructions(elements))
    return {content for pattern, content in _INSTRUCTIONS if pattern.search(text)}


def _instructions(elements: Iterable[_Element]) -> Iterator[str]:
    """Instructions of fields, each in one piece where it is cut into runs."""
    for element in elements:
        yield "".join(each.text or "" for each in element.iter("{*}instrText"))
        for simple in element.iter("{*}fldSimple"):
            yield next((str(value) for key, value in simple.attrib.items() if str(key).endswith("}instr")), "")
