"""The boxes that show comments: shapes of a VML drawing.

The VML that Excel writes is often no valid XML (texts of form controls contain an unclosed <br>), so that it is not
parsed: our shapes are inserted before its end, and removed again; every other byte stays.
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
"""Width of a box in pixels: about 26 characters a line."""
_DIGIT: Final = 6.2
"""Pixels of a digit."""
_LINE: Final = 17
"""Pixels of a line of text."""
_EDGES: Final = 16
"""Pixels of the edges of a box, on both sides together."""
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
_MOST_LINES: Final = 500
"""Rows or columns that a box may reach across; hidden ones have no size, so that it would never end."""
_ANCHOR: Final = re.compile(rb"(<x:Anchor>)([^<]*)(</x:Anchor>)")


class Anchor(NamedTuple):
    """The place of a box: its first column and row and its last, counted from 0, each with the pixels inside it."""

    left: int
    left_by: int
    top: int
    top_by: int
    right: int
    right_by: int
    bottom: int
    bottom_by: int

    def __str__(self) -> str:
        """The anchor as VML writes it."""
        return ", ".join(map(str, self))


class CommentDrawing:
    """The VML drawing of the comments and controls of a sheet."""

    def __init__(self, vml: bytes) -> None:
        """Open a drawing, given by the bytes of its part."""
        self._vml = vml
        self._added: list[str] = []
        self._last = 0

    @property
    def data(self) -> bytes:
        """The present bytes of the part; NotEditableError if it does not end as a drawing does."""
        if not self._added:
            return self._vml
        end = _END.search(self._vml)
        if end is None:
            msg = "批注的图形部件结构不认识"
            raise NotEditableError(msg)
        return self._vml[: end.start()] + "".join(self._added).encode() + self._vml[end.start() :]

    @property
    def is_empty(self) -> bool:
        """Whether the drawing has no shapes; False in doubt."""
        return not self._added and not _NO_SHAPES.sub(b"", self._vml).strip()

    def add(self, cells: CellGrid, ref: CellRef, text: str) -> None:
        """Add a hidden box for a comment."""
        spaces = "".join(
            f' xmlns:{key}="{uri}"' for key, uri in _SPACES.items() if f"xmlns:{key}=".encode() not in self._vml[:1024]
        )
        if not self._added:
            used = [int(number) for number in _NUMBERS.findall(self._vml)]
            self._last = max(max(used, default=0), 1024 * min(blocks(self._vml), default=1))
            if b'"_x0000_t202"' not in self._vml:
                self._added.append(_TYPE.format(spaces=spaces))
        self._last += 1
        height = height_of(text, WIDTH)
        shape = _SHAPE.format(
            number=self._last, width=WIDTH * 3 // 4, height=height * 3 // 4, anchor=_anchor(cells, ref, height),
            row=ref[0] - 1, column=ref[1] - 1, spaces=spaces,
        )  # fmt: skip
        self._added.append(shape)

    def enlarge(self, cells: CellGrid, ref: CellRef, text: str) -> None:
        """Make the box of a comment long enough for its text, and never shorter."""

        def enlarge_own(match: re.Match[bytes]) -> bytes:
            shape = match[0]
            if _cell_of(shape) != ref:
                return shape
            return _ANCHOR.sub(lambda anchor: _longer(anchor, cells, text), shape)

        self._vml = _SHAPES.sub(enlarge_own, self._vml)

    def remove(self, refs: Container[CellRef]) -> None:
        """Remove the boxes of the comments of these cells."""
        self._vml = _SHAPES.sub(lambda match: b"" if _cell_of(match[0]) in refs else match[0], self._vml)


def empty(block: int) -> bytes:
    """A drawing without shapes, whose shapes will have numbers in this block of 1024."""
    return _START.format(block=block).encode()


def blocks(vml: bytes) -> set[int]:
    """The blocks of numbers that a drawing uses for its shapes."""
    return {int(block) for match in _BLOCKS.finditer(vml) for block in match[1].split(b",") if block.strip()}


def height_of(text: str, width: float) -> int:
    """Pixels that a text needs in a box of this width."""
    return line_count(text, (width - _EDGES) / _DIGIT) * _LINE + _EDGES


def _cell_of(shape: bytes) -> CellRef | None:
    """The cell whose comment a shape shows; None for other shapes."""
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    if b'"Note"' not in shape or row is None or column is None:
        return None
    return int(row[1]) + 1, int(column[1]) + 1


def _anchor(cells: CellGrid, ref: CellRef, height: int) -> Anchor:
    """The place of a box to the right of a cell and a little above it."""
    row, column = max(ref[0] - 2, 0), ref[1]
    right, right_by = _end(cells.width, column, 15, WIDTH)
    bottom, bottom_by = _end(cells.height, row, 4, height)
    return Anchor(column, 15, row, 4, right, right_by, bottom, bottom_by)


def _longer(match: re.Match[bytes], cells: CellGrid, text: str) -> bytes:
    """An anchor whose end is low enough for the text."""
    try:
        old = Anchor(*(int(part) for part in match[2].split(b",")))
    except (TypeError, ValueError):
        return match[0]
    width = sum(cells.width(at + 1) for at in range(old.left, old.right)) - old.left_by + old.right_by
    bottom = _end(cells.height, old.top, old.top_by, height_of(text, max(width, 60)))
    longer = old._replace(bottom=bottom[0], bottom_by=bottom[1])
    return match[1] + str(max(old, longer)).encode() + match[3]


def _end(size: Callable[[int], int], start: int, by: int, length: int) -> tuple[int, int]:
    """The row or column, from 0, and the pixels inside it, where a length ends that begins `by` pixels into `start`."""
    left, line = length + by, start
    while left > size(line + 1) and line < start + _MOST_LINES:
        left -= size(line + 1)
        line += 1
    return line, min(left, size(line + 1))
