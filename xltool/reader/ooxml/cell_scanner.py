"""Cells and shared strings scanned by regular expressions, without a tree, where they are written in the usual ways.

Most of a workbook are cells such as `<c r="B5" s="10"><v>12</v></c>`, and building objects for their elements takes
more time than all other reading. One expression matches cells as Excel, WPS, LibreOffice and xlsxwriter write them.
What it matches is well-formed; the rest of the part is parsed as usual. Where any cell is written in another way,
nothing is scanned and the whole part is parsed into a tree.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from xltool.reader.guard import encoding_of
from xltool.reader.ooxml.parts import local, text_of, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

RawCell = tuple[str | None, str | None, str | None, str | None, str | None, str | None]
"""A cell as written: reference, style, type letter, number of the formula it shares, formula, value."""

DATA: Final = "sheetData"
_START, _END = f"<{DATA}>".encode(), f"</{DATA}>".encode()
_TEXT = r"([^<\x00-\x08\x0b-\x1f]*)"
_AREA, _HINT = ' ref="[A-Z0-9:]+"', '(?: aca="(?:false|true|0|1)")?'
_CELL: Final = re.compile(
    r'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?(?:/>|>'
    rf'(?:<f{_HINT}(?: t="array"{_AREA}| t="shared"(?:{_AREA})? si="([0-9]+)")?{_HINT}(?:/>|>{_TEXT}</f>))?'
    rf"(?:<v>{_TEXT}</v>)?</c>)"
)
_ROWS: Final = re.compile(r'(?:<row r="[^<>|]*+>(?:(?<=/>)|\|?</row>))*+')
"""What is left of the rows once their cells are gone, with a | where cells were."""
_IDLE_ROW: Final = re.compile(
    r'<row r="[1-9][0-9]{0,5}"(?: spans="[0-9:]*")?(?: ht="[0-9.]*")?(?: customHeight="1")?(?:/>|></row>)'
)
"""A row with nothing but its number and its height."""
_STRING: Final = re.compile(
    rf'<si><t(?: xml:space="preserve")?>{_TEXT}</t>(?:<phoneticPr(?: [a-zA-Z]+="[a-zA-Z0-9]*")*/>)?</si>'
)
_LIST: Final = re.compile(r"(?:<\?xml [^<>]*\?>\s*)?<sst(?: [^<>]*)?>\|</sst>\s*")
_NOT_PLAIN: Final = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
_ENTITIES: Final = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
"""The entities of XML; &amp; stands last, so that its ampersand begins no other."""


def scan_cells(content: bytes) -> tuple[_Element, Iterator[RawCell]] | None:
    """The tree of a worksheet part without its cells and plain rows, and the cells.

    None where any cell is written in an unusual way.
    """
    if content.count(DATA.encode()) != 2:  # noqa: PLR2004 - a third may be what a comment holds
        return None
    before, _, rest = content.partition(_START)
    rows, _, after = rest.partition(_END)
    text = _readable(content, rows)
    if text is None:
        return None
    gaps, references, styles, kinds, shared, formulas, values = _split(_CELL, text.replace("<v/>", "<v></v>"))
    if not _ROWS.fullmatch(_frame(gaps)):
        return None
    root = _sound(before + _START + _IDLE_ROW.sub("", "".join(gaps)).encode() + _END + after)
    if root is None or not any(local(child) == DATA for child in root):
        return None
    return root, zip(references, styles, kinds, shared, _plain(formulas), _plain(values), strict=True)


def cells_of_row(row: _Element) -> Iterator[RawCell]:
    """The cells of a row of a tree, in whatever way they are written."""
    space = row.tag.removesuffix("row")
    value_tag, formula_tag, inline_tag = f"{space}v", f"{space}f", f"{space}is"
    for element in row:
        shared = formula = text = None
        for child in element:
            tag = child.tag
            if tag == value_tag:
                text = child.text or ""
            elif tag == formula_tag:
                formula = child.text
                shared = child.get("si", "") if child.get("t") == "shared" else None
            elif tag == inline_tag:
                text = text_of(child)
        yield element.get("r"), element.get("s"), element.get("t"), shared, formula, text


def scan_strings(content: bytes) -> list[str] | None:
    """The strings of a part that holds nothing but shared strings; None where one has runs or an odd notation."""
    text = _readable(content, content)
    if text is None:
        return None
    gaps, texts = _split(_STRING, text)
    frame = _frame(gaps)
    return _plain(texts) if _LIST.fullmatch(frame) and _sound(frame.replace("|", "").encode()) is not None else None


def _readable(content: bytes, piece: bytes) -> str | None:
    """A piece of a part as text, if it has nothing but elements that only a parser can read; else None."""
    if not content.startswith(b"<") or encoding_of(content).lower() != b"utf-8":
        return None
    try:
        text = piece.decode()
    except UnicodeDecodeError:
        return None
    judged = "]]>" in text or "\ufffe" in text or "\uffff" in text or _NOT_PLAIN.search(text)
    return None if judged else text


def _split(pattern: re.Pattern[str], text: str) -> list[list[str | Any]]:
    """What stands between the matches, then each group of all matches."""
    parts, step = pattern.split(text), pattern.groups + 1
    return [parts[start::step] for start in range(step)]


def _frame(gaps: list[str]) -> str:
    """What is left, with a | for each run of matches."""
    return "|".join([gaps[0], *filter(None, gaps[1:-1]), gaps[-1]] if gaps[1:] else gaps)


def _sound(content: bytes) -> _Element | None:
    """The tree of what is left; None where it is not well-formed."""
    try:
        return tree(content)
    except etree.XMLSyntaxError:
        return None


def _plain(texts: list[str | Any]) -> list[str | Any]:
    """Texts with their entities resolved."""
    return [text if text is None or "&" not in text else _resolved(text) for text in texts]


@lru_cache(maxsize=4096)  # the forms of a template have the same formulas
def _resolved(text: str) -> str:
    for entity, sign in _ENTITIES.items():
        text = text.replace(entity, sign)
    return text
