"""Change an XML part as text (values, encodings) or as a tree (elements removed, doubled, moved, renamed)."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from lxml import etree

from benchmarks.fuzz.chance import NUMBERS, REFERENCES, TEXTS, Dice, picked_bytes, value

if TYPE_CHECKING:
    from collections.abc import Callable

_ATTRIBUTE: Final = re.compile(rb'(?<=\s)([\w:]+)="([^"]*)"')
_CONTENT: Final = re.compile(rb">([^<>]+)<")
_CELL: Final = re.compile(rb"<c [^>]*?(?:/>|>.*?</c>)", re.DOTALL)
_ROOT: Final = re.compile(rb"<[A-Za-z][^>]*>")
_WORDS: Final = (
    "row", "c", "v", "f", "is", "t", "r", "si", "mergeCell", "sheet", "definedName", "xf", "numFmt", "p", "tbl", "tc",
    "tr", "table-cell", "table-row", "sheetData", "dataValidation", "col", "x",
)  # fmt: skip
_SIGNIFICANT: Final = {
    b"r": REFERENCES, b"ref": REFERENCES, b"sqref": REFERENCES, b"s": NUMBERS, b"si": NUMBERS, b"min": NUMBERS,
    b"max": NUMBERS, b"numFmtId": NUMBERS, b"localSheetId": NUMBERS, b"xfId": NUMBERS,
    b"t": ("s", "n", "b", "d", "e", "str", "inlineStr", "shared", "array", "x", ""),
    b"formatCode": (*TEXTS, "0%", "yyyy", "[h]:mm", "\\", '"', "[" * 60, "_", "0" * 300, "General"),
}  # fmt: skip


def changed(dice: Dice, data: bytes) -> bytes:
    """The part after one change."""
    return dice.choice(_CHANGES)(dice, data)


def _attribute(dice: Dice, data: bytes) -> bytes:
    matches = list(_ATTRIBUTE.finditer(data))
    if not matches:
        return picked_bytes(dice, data)
    match = dice.choice(matches)
    fitting = _SIGNIFICANT.get(match[1].rpartition(b":")[2])
    new = dice.choice(fitting) if fitting and dice.random() < 0.7 else value(dice)
    return _put(data, match.span(2), new)


def _text(dice: Dice, data: bytes) -> bytes:
    matches = list(_CONTENT.finditer(data))
    if not matches:
        return picked_bytes(dice, data)
    return _put(data, dice.choice(matches).span(1), value(dice))


def _texts(dice: Dice, data: bytes) -> bytes:
    """Replace many texts at once."""
    new = value(dice)
    share = dice.choice((0.02, 0.2, 1))

    def replace_some(match: re.Match[bytes]) -> bytes:
        return b">" + _written(new) + b"<" if dice.random() < share else match[0]

    return _CONTENT.sub(replace_some, data) if len(new) < 100 else _text(dice, data)


def _swapped_values(dice: Dice, data: bytes) -> bytes:
    """Exchange two attributes or two texts of the part."""
    matches = list(dice.choice((_ATTRIBUTE, _CONTENT)).finditer(data))
    if len(matches) < 2:
        return picked_bytes(dice, data)
    first, other = sorted(dice.sample(matches, 2), key=lambda match: match.start())
    group = 2 if first.re is _ATTRIBUTE else 1
    (a, b), (c, d) = first.span(group), other.span(group)
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def _cell(dice: Dice, data: bytes) -> bytes:
    """Write a cell of a worksheet again, with any type, style and content."""
    matches = list(_CELL.finditer(data))
    if not matches:
        return _tree(dice, data)
    match = dice.choice(matches)
    kind = dice.choice(("s", "n", "b", "d", "e", "str", "inlineStr"))
    reference = _ATTRIBUTE.search(match[0])
    place = reference[2].decode() if reference and dice.random() < 0.6 else dice.choice(REFERENCES)
    content = escape(value(dice))
    body = f"<is><t>{content}</t></is>" if kind == "inlineStr" else f"<v>{content}</v>"
    formula = dice.choice(("", "", f"<f>{escape(value(dice))}</f>", '<f t="shared" si="0"/>'))
    cell = f'<c r="{escape(place)}" s="{dice.choice(("0", "1", "99999", "-1"))}" t="{kind}">{formula}{body}</c>'
    return data[: match.start()] + cell.encode("utf-8", "replace") + data[match.end() :]


def _added(dice: Dice, data: bytes) -> bytes:
    """Add an element of a kind that worksheets, style sheets or workbooks have many of."""
    first, other = escape(dice.choice(REFERENCES)), escape(dice.choice(REFERENCES))
    number = escape(dice.choice(NUMBERS))
    elements = (
        f'<mergeCells><mergeCell ref="{first}"/><mergeCell ref="{first}:{other}"/><mergeCell ref="A1:I40"/></mergeCells>',
        f'<definedNames><definedName name="得分" localSheetId="{number}">{first}</definedName></definedNames>',
        f'<dataValidations><dataValidation sqref="{first} {other}" type="list"/></dataValidations>',
        f'<cols><col min="{number}" max="16384" hidden="1" style="{dice.choice(NUMBERS)}"/></cols>',
        f'<row r="{number}" hidden="1" s="{dice.choice(NUMBERS)}" customFormat="1"><c r="{first}"/></row>',
        f'<numFmts><numFmt numFmtId="{number}" formatCode="{escape(value(dice), {chr(34): ""})}"/></numFmts>',
    )
    at = dice.choice([match.start() for match in re.finditer(rb"</?[A-Za-z]", data)] or [0])
    return data[:at] + dice.choice(elements).encode("utf-8", "replace") + data[at:]


def _tree(dice: Dice, data: bytes) -> bytes:
    """Delete, double, move, rename or empty an element."""
    try:
        root = etree.fromstring(data, etree.XMLParser(huge_tree=True))
    except (etree.XMLSyntaxError, ValueError):
        return picked_bytes(dice, data)
    elements = [each for each in root.iterdescendants() if isinstance(each.tag, str)]
    if not elements:
        return picked_bytes(dice, data)
    element, other = dice.choice(elements), dice.choice(elements)
    parent = next(element.iterancestors())
    kind = dice.randrange(7)
    if kind == 0:
        parent.remove(element)
    elif kind == 1:
        for _ in range(dice.choice((1, 1, 3, 200))):
            parent.append(copy.deepcopy(element)) if len(data) < 1 << 20 else None
    elif kind == 4:
        other.append(copy.deepcopy(element))
    elif kind == 5:
        children = list(parent)
        dice.shuffle(children)
        parent[:] = children
    else:
        _changed_element(dice, element, kind)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _changed_element(dice: Dice, element: etree._Element, kind: int) -> None:
    """Empty an element, rename it, or remove its attributes."""
    if kind == 2:
        element.clear()
    elif kind == 3:
        space = element.tag.rpartition("}")[0]
        element.tag = (space + "}" if space else "") + dice.choice(_WORDS)
    else:
        for name in list(element.attrib):
            del element.attrib[name]


def _nested(dice: Dice, data: bytes) -> bytes:
    """Nest elements deeper than any program does."""
    at = dice.choice([match.start() for match in re.finditer(rb"</", data)] or [len(data)])
    deep = dice.choice((40, 250, 5_000))
    word = dice.choice(_WORDS).encode()
    return data[:at] + b"<" + word + b">" + (b"<p>" * deep) + (b"</p>" * deep) + b"</" + word + b">" + data[at:]


def _encoding(dice: Dice, data: bytes) -> bytes:
    """Declare another encoding, use another encoding, or both."""
    word = dice.choice(("UTF-16", "GBK", "gb18030", "iso-8859-1", "utf-7", "x", "utf-8", "ucs-4", ""))
    declared = re.sub(rb'encoding="[^"]*"', f'encoding="{word}"'.encode(), data, count=1)
    kind = dice.randrange(4)
    if kind == 0:
        return declared
    if kind == 1:
        return b"\xef\xbb\xbf" + data
    text = declared.decode("utf-8", "replace")
    used = dice.choice(("utf-16", "gbk", "gb18030", "utf-16-be", "utf-32"))
    return text.encode(used, "replace")


def _declaration(dice: Dice, data: bytes) -> bytes:
    """Insert entities, processing instructions, comments or sections."""
    pieces = (
        b'<!DOCTYPE a [<!ENTITY b "c">]>', b"<?x y?>", b"<!-- " + b"x" * dice.choice((3, 3_000)) + b" -->", b"&b;", b"&#0;",
        b"&#x1b;", b"&#xD800;", b"&#1114112;", b"<![CDATA[<a>]]>", b"]]>", b"&lt;", b'<x xmlns:a="b" a:c="d"/>', b"<",
    )  # fmt: skip
    places = [match.start() for match in re.finditer(rb"<", data)] or [0]
    root = _ROOT.search(data)
    at = dice.choice((dice.choice(places), root.start() if root else 0))
    return data[:at] + dice.choice(pieces) + data[at:]


def _put(data: bytes, span: tuple[int, int], new: str) -> bytes:
    return data[: span[0]] + _written(new) + data[span[1] :]


def _written(new: str) -> bytes:
    return escape(new, {'"': "&quot;"}).encode("utf-8", "replace")


_CHANGES: Final[tuple[Callable[[Dice, bytes], bytes], ...]] = (
    _attribute, _attribute, _attribute, _attribute, _text, _text, _text, _texts, _swapped_values, _cell, _cell, _cell,
    _added, _added, _tree, _tree, _tree, _nested, _encoding, _declaration, picked_bytes,
)  # fmt: skip
