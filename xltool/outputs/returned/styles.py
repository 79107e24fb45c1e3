"""Marks as cell styles: a copy of the cell's style with another fill, so that number format, lock and borders stay."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from lxml import etree

from xltool.findings import Severity
from xltool.outputs.returned.package import PARSER, NotEditableError
from xltool.reader.ooxml.parts import local

if TYPE_CHECKING:
    from lxml.etree import _Element

MARKS: Final = {Severity.ERROR: "FFFFC9C4", Severity.WARNING: "FFFFE48C"}
"""Fill of a marked cell by severity; no palette has these shades, so that marks are recognised in a later run."""
MOST_STYLES: Final = 64_000
"""Cell styles that a workbook can have."""
_LAST_BUILTIN: Final = 163
"""Number formats up to this id are built in and have no entry."""
_ORDER: Final = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors",
    "extLst",
)  # fmt: skip
_FIRST: Final[dict[str, tuple[str, ...]]] = {
    "numFmts": (),
    "fonts": ('<font><sz val="11"/><name val="宋体"/></font>',),
    "fills": ('<fill><patternFill patternType="none"/></fill>', '<fill><patternFill patternType="gray125"/></fill>'),
    "borders": ("<border><left/><right/><top/><bottom/><diagonal/></border>",),
    "dxfs": (),
    "cellXfs": ('<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',),
}


def solid(rgb: str) -> str:
    """A solid fill as XML."""
    return f'<fill><patternFill patternType="solid"><fgColor rgb="{rgb}"/><bgColor indexed="64"/></patternFill></fill>'


class CellStyles:
    """The styles of a workbook; an element is added only where there is no equal one yet."""

    def __init__(self, root: _Element) -> None:
        """Read the root of the styles part, which is changed in place."""
        if local(root) != "styleSheet":
            msg = "样式部件的结构不认识"
            raise NotEditableError(msg)
        self._space = str(root.tag).removesuffix("styleSheet")
        self._root = root
        self._indexes: dict[str, dict[bytes, int]] = {}
        self._collections: dict[str, _Element] = {}
        self._formats = self._collection("cellXfs")
        self._marked: dict[tuple[int, Severity], int] = {}
        self._locked: dict[tuple[int, bool], int] = {}

    def add(self, collection: str, xml: str) -> int:
        """Index of an element (font, fill, border, xf) given as XML; added if there is no equal one."""
        key = _key_of_xml(self._space, xml)
        at = self._index(collection).get(key)
        return self._append(collection, _parsed(self._space, xml), key) if at is None else at

    def add_number_format(self, code: str) -> str:
        """Id of a number format; added if there is no equal one."""
        formats = self._collection("numFmts")
        format_id = next((entry.get("numFmtId") for entry in formats if entry.get("formatCode") == code), None)
        if format_id is None:
            used = [int(entry.get("numFmtId", "0")) for entry in formats]
            format_id = str(max([_LAST_BUILTIN, *used]) + 1)
            etree.SubElement(formats, f"{self._space}numFmt", numFmtId=format_id, formatCode=code)
            formats.set("count", str(len(formats)))
        return format_id

    def marked(self, style: int, severity: Severity) -> int:
        """The same style with the fill of a mark."""
        if (style, severity) not in self._marked:
            marked = deepcopy(self._format(style))
            marked.set("fillId", str(self.add("fills", solid(MARKS[severity]))))
            marked.set("applyFill", "1")
            self._marked[style, severity] = self._add("cellXfs", marked)
        return self._marked[style, severity]

    def with_lock(self, style: int, *, locked: bool) -> int:
        """The same style, locked or not."""
        if (style, locked) not in self._locked:
            self._locked[style, locked] = self._add("cellXfs", self._with_protection(style, locked=locked))
        return self._locked[style, locked]

    def _with_protection(self, style: int, *, locked: bool) -> _Element:
        changed = deepcopy(self._format(style))
        protection = changed.find(f"{self._space}protection")
        if protection is None:
            protection = etree.Element(f"{self._space}protection")
            extension = changed.find(f"{self._space}extLst")
            changed.insert(len(changed) if extension is None else changed.index(extension), protection)
        protection.set("locked", str(int(locked)))
        changed.set("applyProtection", "1")
        return changed

    def has_colour(self, style: int, *, fill: str, ink: str) -> bool:
        """Whether the fill or the text of a style has a colour, given without alpha."""
        entry = self._format(style)
        for name, key, kind, rgb in (("fills", "fillId", "{*}fgColor", fill), ("fonts", "fontId", "{*}color", ink)):
            collection, at = self._collection(name), int(entry.get(key, "0"))
            colours = collection[at].iter(kind) if at < len(collection) else ()
            if any(colour.get("rgb", "").upper().endswith(rgb) for colour in colours):
                return True
        return False

    def conditional_mark(self, severity: Severity) -> int:
        """Index of the differential style of a mark, which a conditional format shows; it has the fill alone."""
        return self.add(
            "dxfs", f'<dxf><fill><patternFill><bgColor rgb="{MARKS[severity]}"/></patternFill></fill></dxf>'
        )

    def conditional_marks(self) -> set[str]:
        """The numbers of the differential styles that are marks, also after another program has renumbered them."""
        formats = self._root.iterfind(f"{self._space}dxfs/{self._space}dxf")
        return {str(at) for at, entry in enumerate(formats) if self._is_mark(entry)}

    def marks(self) -> set[int]:
        """The styles that are marks, also after another program has renumbered all styles."""
        fills = {at for at, fill in enumerate(self._collection("fills")) if self._is_mark(fill)}
        return {at for at, entry in enumerate(self._formats) if int(entry.get("fillId", "0")) in fills}

    def unmarked(self, style: int, before: int | None) -> int:
        """The style of a cell whose mark is removed: its present style with the fill of the style `before` the mark.

        Where `before` is not known, the only style that differs in nothing but the fill; else a style without fill.
        """
        if before is None:
            candidates = self._with_other_fill(style)
            if len(candidates) == 1:
                return candidates[0]
        unmarked = deepcopy(self._format(style))
        old = self._format(before) if before is not None else None
        unmarked.set("fillId", "0" if old is None else old.get("fillId", "0"))
        unmarked.attrib.pop("applyFill", "")
        if old is not None and old.get("applyFill") is not None:
            unmarked.set("applyFill", old.get("applyFill", ""))
        if old is not None and before is not None and _key(unmarked) == _key(old):
            return before
        return self._add("cellXfs", unmarked)

    def _with_other_fill(self, style: int) -> list[int]:
        """Styles that are no marks and differ from this style in nothing but the fill."""
        marks = self.marks()
        same = _without_fill(self._format(style))
        return [at for at, entry in enumerate(self._formats) if at not in marks and _without_fill(entry) == same]

    def _is_mark(self, style: _Element) -> bool:
        """Whether a fill, or a differential style, has the colour of a mark; the latter names it as background."""
        kind = "{*}fgColor" if local(style) == "fill" else "{*}bgColor"
        colours = [colour.get("rgb", "").upper() for colour in style.iter(kind)]
        return len(colours) == 1 and colours[0][-6:] in {rgb[-6:] for rgb in MARKS.values()}

    def _format(self, style: int) -> _Element:
        if not 0 <= style < len(self._formats):
            msg = f"样式 {style} 不存在"
            raise NotEditableError(msg)
        return self._formats[style]

    def _add(self, collection: str, element: _Element) -> int:
        key = _key(element)
        at = self._index(collection).get(key)
        return self._append(collection, element, key) if at is None else at

    def _append(self, collection: str, element: _Element, key: bytes) -> int:
        parent = self._collection(collection)
        at = self._index(collection)[key] = len(parent)
        if at >= MOST_STYLES:
            msg = f"工作簿的样式已有 {at:,} 种，不能再加"
            raise NotEditableError(msg)
        parent.append(element)
        parent.set("count", str(len(parent)))
        return at

    def _index(self, collection: str) -> dict[bytes, int]:
        """The index of each element of a collection; of equal elements, the first index."""
        if collection not in self._indexes:
            index = self._indexes[collection] = {}
            for at, key in enumerate(_keys_in(etree.tostring(self._collection(collection), with_tail=False))):
                index.setdefault(key, at)
        return self._indexes[collection]

    def _collection(self, name: str) -> _Element:
        """A collection of the part (fonts, fills …); added where the part has none."""
        if name not in self._collections:
            collection = self._root.find(f"{self._space}{name}")
            self._collections[name] = self._add_collection(name) if collection is None else collection
        return self._collections[name]

    def _add_collection(self, name: str) -> _Element:
        """Add a collection with the entries that every workbook has, at its place in the order of the schema."""
        collection = etree.Element(f"{self._space}{name}")
        collection.extend(_parsed(self._space, xml) for xml in _FIRST[name])
        collection.set("count", str(len(collection)))
        later = _ORDER[_ORDER.index(name) + 1 :]
        following = next((child for child in self._root.iterchildren("{*}*") if local(child) in later), None)
        if following is None:
            self._root.append(collection)
        else:
            following.addprevious(collection)
        return collection


def _parsed(space: str, xml: str) -> _Element:
    """An element of our XML in the namespace of the part."""
    return etree.fromstring(f'<x xmlns="{space.strip("{}")}">{xml}</x>')[0]


@lru_cache(maxsize=1_024)  # all files of one template need the same few hundred
def _key_of_xml(space: str, xml: str) -> bytes:
    return _key(_parsed(space, xml))


@lru_cache(maxsize=64)  # files of one template have the same styles
def _keys_in(collection: bytes) -> list[bytes]:
    """The keys of the elements of a collection, given as XML."""
    return [_key(child) for child in etree.fromstring(collection, PARSER)]


def _key(element: _Element) -> bytes:
    """The canonical XML of an element, which is the same for equal elements."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def _without_fill(style: _Element) -> bytes:
    plain = deepcopy(style)
    for name in ("fillId", "applyFill"):
        plain.attrib.pop(name, "")
    return _key(plain)
