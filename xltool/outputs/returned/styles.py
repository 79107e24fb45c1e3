"""Marks as cell styles: a copy of the cell's own style with another fill, so that format, lock and borders stay."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from lxml import etree

from xltool.findings import Severity
from xltool.outputs.returned.package import NotEditableError
from xltool.reader.ooxml.parts import local

if TYPE_CHECKING:
    from lxml.etree import _Element

MARKS: Final = {Severity.ERROR: "FFFFC9C4", Severity.WARNING: "FFFFE48C"}
"""Fill of a marked cell by severity: shades nobody picks from a palette, so that they are known again."""
MOST_STYLES: Final = 64_000
_LAST_BUILTIN: Final = 163
"""Formats up to this number need no entry."""
_ORDER: Final = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors",
    "extLst",
)  # fmt: skip
_FIRST: Final[dict[str, tuple[str, ...]]] = {
    "numFmts": (),
    "fonts": ('<font><sz val="11"/><name val="宋体"/></font>',),
    "fills": ('<fill><patternFill patternType="none"/></fill>', '<fill><patternFill patternType="gray125"/></fill>'),
    "borders": ("<border><left/><right/><top/><bottom/><diagonal/></border>",),
    "cellXfs": ('<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',),
}


def solid(rgb: str) -> str:
    """A solid fill as XML."""
    return f'<fill><patternFill patternType="solid"><fgColor rgb="{rgb}"/><bgColor indexed="64"/></patternFill></fill>'


class CellStyles:
    """The styles of a workbook; whatever is added is shared where the same is there already."""

    def __init__(self, root: _Element) -> None:
        """Take the root of the styles part, which is changed in place."""
        if local(root) != "styleSheet":
            msg = "样式部件的结构不认识"
            raise NotEditableError(msg)
        self._space = str(root.tag).removesuffix("styleSheet")
        self._root = root
        self._known: dict[str, dict[bytes, int]] = {}
        self._collections: dict[str, _Element] = {}
        self._formats = self._collection("cellXfs")
        self._made: dict[tuple[int, Severity], int] = {}

    def add(self, collection: str, xml: str) -> int:
        """Index of an element (font, fill, border, xf) given as XML, added if there is none like it."""
        key = _key_of(self._space, xml)
        at = self._index(collection).get(key)
        return self._appended(collection, _parsed(self._space, xml), key) if at is None else at

    def add_number_format(self, code: str) -> str:
        """Id of a number format, added if there is none like it."""
        formats = self._collection("numFmts")
        found = next((one.get("numFmtId") for one in formats if one.get("formatCode") == code), None)
        if found is None:
            taken = [int(one.get("numFmtId", "0")) for one in formats]
            found = str(max([_LAST_BUILTIN, *taken]) + 1)
            etree.SubElement(formats, f"{self._space}numFmt", numFmtId=found, formatCode=code)
            formats.set("count", str(len(formats)))
        return found

    def marked(self, style: int, severity: Severity) -> int:
        """The style that looks like this one but for the fill of a mark."""
        if (style, severity) not in self._made:
            made = deepcopy(self._format(style))
            made.set("fillId", str(self.add("fills", solid(MARKS[severity]))))
            made.set("applyFill", "1")
            self._made[style, severity] = self._add("cellXfs", made)
        return self._made[style, severity]

    def marks(self) -> set[int]:
        """The styles that are marks, also after another program has number_findings all styles anew."""
        fills = {at for at, fill in enumerate(self._collection("fills")) if self._is_mark(fill)}
        return {at for at, one in enumerate(self._formats) if int(one.get("fillId", "0")) in fills}

    def unmarked(self, style: int, before: int | None) -> int:
        """The style a marked cell gets back: its own, with the fill of the style it had before the mark.

        Where that is not known: the one style that differs in its fill alone, else no fill.
        """
        if before is None:
            alike = self._alike(style)
            if len(alike) == 1:
                return alike[0]
        wanted = deepcopy(self._format(style))
        old = self._format(before) if before is not None else None
        wanted.set("fillId", "0" if old is None else old.get("fillId", "0"))
        wanted.attrib.pop("applyFill", "")
        if old is not None and old.get("applyFill") is not None:
            wanted.set("applyFill", old.get("applyFill", ""))
        if old is not None and before is not None and _key(wanted) == _key(old):
            return before
        return self._add("cellXfs", wanted)

    def _alike(self, style: int) -> list[int]:
        """CellStyles that differ from a mark in nothing but the fill."""
        marks = self.marks()
        wanted = _without_fill(self._format(style))
        return [at for at, one in enumerate(self._formats) if at not in marks and _without_fill(one) == wanted]

    def _is_mark(self, fill: _Element) -> bool:
        colours = [each.get("rgb", "").upper() for each in fill.iter("{*}fgColor")]
        return len(colours) == 1 and colours[0][-6:] in {rgb[-6:] for rgb in MARKS.values()}

    def _format(self, style: int) -> _Element:
        if not 0 <= style < len(self._formats):
            msg = f"样式 {style} 不存在"
            raise NotEditableError(msg)
        return self._formats[style]

    def _add(self, collection: str, element: _Element) -> int:
        key = _key(element)
        at = self._index(collection).get(key)
        return self._appended(collection, element, key) if at is None else at

    def _appended(self, collection: str, element: _Element, key: bytes) -> int:
        parent = self._collection(collection)
        at = self._index(collection)[key] = len(parent)
        if at >= MOST_STYLES:
            msg = f"工作簿的样式已有 {at:,} 种，不能再加"
            raise NotEditableError(msg)
        parent.append(element)
        parent.set("count", str(len(parent)))
        return at

    def _index(self, collection: str) -> dict[bytes, int]:
        """Where each of a list's elements first stands in it."""
        if collection not in self._known:
            known = self._known[collection] = {}
            for at, child in enumerate(self._collection(collection)):
                known.setdefault(_key(child), at)
        return self._known[collection]

    def _collection(self, name: str) -> _Element:
        """A list of the part; made with its first entries, at its place in the schema's order, where missing."""
        if name not in self._collections:
            self._collections[name] = self._found(name)
        return self._collections[name]

    def _found(self, name: str) -> _Element:
        found = self._root.find(f"{self._space}{name}")
        if found is None:
            found = etree.Element(f"{self._space}{name}")
            found.extend(_parsed(self._space, xml) for xml in _FIRST[name])
            found.set("count", str(len(found)))
            later = _ORDER[_ORDER.index(name) + 1 :]
            behind = next((child for child in self._root.iterchildren("{*}*") if local(child) in later), None)
            if behind is None:
                self._root.append(found)
            else:
                behind.addprevious(found)
        return found


def _parsed(space: str, xml: str) -> _Element:
    """Our own XML in the namespace of the part."""
    return etree.fromstring(f'<x xmlns="{space.strip("{}")}">{xml}</x>')[0]


@lru_cache(maxsize=1_024)  # the same few hundred for all files made of one template
def _key_of(space: str, xml: str) -> bytes:
    return _key(_parsed(space, xml))


def _key(element: _Element) -> bytes:
    """What makes two elements the same."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def _without_fill(style: _Element) -> bytes:
    plain = deepcopy(style)
    for name in ("fillId", "applyFill"):
        plain.attrib.pop(name, "")
    return _key(plain)
