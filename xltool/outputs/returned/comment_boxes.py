"""The boxes comments are shown in: shapes of a VML drawing.

Excel's own VML is often no XML (texts of form controls have an open <br>), so it is not parsed: our shapes are put in
before its end and taken out again, every other byte stays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from xltool.outputs.returned.package import NotEditableError
from xltool.outputs.sheets.texts import line_count

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from xltool.outputs.returned.cells import CellGrid, CellRef

WIDTH: Final = 330
"""Pixels; about 26 characters a line."""
_DIGIT: Final = 6.2
_LINE: Final = 17
_EDGES: Final = 16
_START: Final = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="{block}"/></o:shapelayout></xml>'
)
_TYPE: Final = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"{spaces}>'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE: Final = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;width:{width}pt;height:{height}pt;'
    'z-index:{number};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"{spaces}><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_SPACES: Final = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_END: Final = re.compile(rb"</xml\s*>\s*$")
_SHAPES: Final = re.compile(rb"<v:shape\s[^<]*+(?:<(?!v:shape\s|/v:shape\s*>)[^<]*+)*+</v:shape\s*>")
_NO_SHAPES: Final = re.compile(
    rb"<v:shapetype\b[^<]*+(?:<(?!/?v:shapetype\b)[^<]*+)*+</v:shapetype\s*>"
    rb"|<o:shapelayout\b[^<]*+(?:<(?!/?o:shapelayout\b)[^<]*+)*+</o:shapelayout\s*>|</?xml\b[^<>]*>|<\?xml[^<>]*\?>"
)
_NUMBERS: Final = re.compile(rb"_x0000_[si](\d+)")
_BLOCKS: Final = re.compile(rb"idmap[^<>]{0,500}?\sdata\s{0,9}=\s{0,9}[\"']([\d,\s]+)[\"']")
_ROW: Final = re.compile(rb"<x:Row>\s*(\d+)\s*</x:Row>")
_COLUMN: Final = re.compile(rb"<x:Column>\s*(\d+)\s*</x:Column>")
_FARTHEST: Final = 500
"""Lines a box may cover: where so many are hidden in a row, it ends there."""
_ANCHOR: Final = re.compile(rb"(<x:Anchor>)([^<]*)(</x:Anchor>)")


class Anchor(NamedTuple):
    """Where a box lies: column and pixels into it, row and pixels into it, likewise its end; counted from 0."""

    left: int
    left_by: int
    top: int
    top_by: int
    right: int
    right_by: int
    bottom: int
    bottom_by: int

    def __str__(self) -> str:
        """As VML has it."""
        return ", ".join(map(str, self))


class CommentDrawing:
    """The VML drawing of a sheet's comments and controls."""

    def __init__(self, vml: bytes) -> None:
        """Take the bytes of the part."""
        self._vml = vml
        self._added: list[str] = []
        self._last = 0

    @property
    def data(self) -> bytes:
        """The part as it is now; NotEditableError if it does not end as a drawing does."""
        if not self._added:
            return self._vml
        end = _END.search(self._vml)
        if end is None:
            msg = "批注的图形部件结构不认识"
            raise NotEditableError(msg)
        return self._vml[: end.start()] + "".join(self._added).encode() + self._vml[end.start() :]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn; in doubt, no."""
        return not self._added and not _NO_SHAPES.sub(b"", self._vml).strip()

    def add(self, cells: CellGrid, spot: CellRef, text: str) -> None:
        """Put in a hidden box for a comment."""
        spaces = "".join(
            f' xmlns:{key}="{uri}"' for key, uri in _SPACES.items() if f"xmlns:{key}=".encode() not in self._vml[:1024]
        )
        if not self._added:
            taken = [int(number) for number in _NUMBERS.findall(self._vml)]
            self._last = max(max(taken, default=0), 1024 * min(blocks(self._vml), default=1))
            if b'"_x0000_t202"' not in self._vml:
                self._added.append(_TYPE.format(spaces=spaces))
        self._last += 1
        height = height_of(text, WIDTH)
        shape = _SHAPE.format(
            number=self._last, width=WIDTH * 3 // 4, height=height * 3 // 4, anchor=_anchor(cells, spot, height),
            row=spot[0] - 1, column=spot[1] - 1, spaces=spaces,
        )  # fmt: skip
        self._added.append(shape)

    def enlarge(self, cells: CellGrid, spot: CellRef, text: str) -> None:
        """Make the box of a comment long enough for its text; never smaller."""

        def longer(match: re.Match[bytes]) -> bytes:
            shape = match[0]
            return _ANCHOR.sub(lambda anchor: _longer(anchor, cells, text), shape) if _spot(shape) == spot else shape

        self._vml = _SHAPES.sub(longer, self._vml)

    def remove(self, spots: Container[CellRef]) -> None:
        """Take out the boxes of comments that are gone."""
        self._vml = _SHAPES.sub(lambda match: b"" if _spot(match[0]) in spots else match[0], self._vml)


def empty(block: int) -> bytes:
    """A drawing without shapes; their numbers will lie in this block of 1024."""
    return _START.format(block=block).encode()


def blocks(vml: bytes) -> set[int]:
    """Blocks of numbers a drawing takes for its shapes."""
    return {int(one) for match in _BLOCKS.finditer(vml) for one in match[1].split(b",") if one.strip()}


def height_of(text: str, width: float) -> int:
    """Pixels a text needs in a box of this width."""
    return line_count(text, (width - _EDGES) / _DIGIT) * _LINE + _EDGES


def _spot(shape: bytes) -> CellRef | None:
    """The cell whose comment a shape shows; None where it shows none."""
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    if b'"Note"' not in shape or row is None or column is None:
        return None
    return int(row[1]) + 1, int(column[1]) + 1


def _anchor(cells: CellGrid, spot: CellRef, height: int) -> Anchor:
    """A box to the right of a cell, a little above it."""
    row, column = max(spot[0] - 2, 0), spot[1]
    right, right_by = _reach(cells.width, column, 15, WIDTH)
    bottom, bottom_by = _reach(cells.height, row, 4, height)
    return Anchor(column, 15, row, 4, right, right_by, bottom, bottom_by)


def _longer(match: re.Match[bytes], cells: CellGrid, text: str) -> bytes:
    """An anchor that reaches far enough down."""
    try:
        old = Anchor(*(int(part) for part in match[2].split(b",")))
    except (TypeError, ValueError):
        return match[0]
    width = sum(cells.width(at + 1) for at in range(old.left, old.right)) - old.left_by + old.right_by
    bottom = _reach(cells.height, old.top, old.top_by, height_of(text, max(width, 60)))
    made = old._replace(bottom=bottom[0], bottom_by=bottom[1])
    return match[1] + str(max(old, made)).encode() + match[3]


def _reach(size: Callable[[int], int], start: int, by: int, length: int) -> tuple[int, int]:
    """The line, counted from 0, in which something ends that begins `by` pixels into line `start`, and how far in."""
    left, line = length + by, start
    while left > size(line + 1) and line < start + _FARTHEST:
        left -= size(line + 1)
        line += 1
    return line, min(left, size(line + 1))
