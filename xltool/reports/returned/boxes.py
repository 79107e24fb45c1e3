"""The boxes comments are shown in: shapes of a VML drawing.

Excel's own VML is often no XML (texts of form controls have an open <br>), so it is not parsed: our shapes are put in
before its end and taken out again, every other byte stays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from xltool.reports.returned.package import NotEditableError
from xltool.reports.sheets.texts import line_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.reports.returned.cells import Cells, Spot

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
_SHAPES: Final = re.compile(rb"<v:shape\s.*?</v:shape\s*>", re.DOTALL)
_NO_SHAPES: Final = re.compile(
    rb"<v:shapetype\b.*?</v:shapetype\s*>|<o:shapelayout\b.*?</o:shapelayout\s*>|</?xml\b[^>]*>|<\?xml[^>]*\?>",
    re.DOTALL,
)
_NUMBERS: Final = re.compile(rb"_x0000_[si](\d+)")
_BLOCKS: Final = re.compile(rb"idmap[^>]*?\sdata\s*=\s*[\"']([\d,\s]+)[\"']")
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


def empty(block: int) -> bytes:
    """A drawing without shapes; their numbers will lie in this block of 1024."""
    return _START.format(block=block).encode()


def blocks(vml: bytes) -> set[int]:
    """Blocks of numbers a drawing takes for its shapes."""
    return {int(one) for match in _BLOCKS.finditer(vml) for one in match[1].split(b",") if one.strip()}


def added(vml: bytes, cells: Cells, spot: Spot, text: str) -> bytes:
    """The drawing with a hidden box for a comment; NotEditableError if it does not end as a drawing does."""
    end = _END.search(vml)
    if end is None:
        msg = "批注的图形部件结构不认识"
        raise NotEditableError(msg)
    head = vml[:1024]
    spaces = "".join(f' xmlns:{key}="{uri}"' for key, uri in _SPACES.items() if f"xmlns:{key}=".encode() not in head)
    taken = [int(number) for number in _NUMBERS.findall(vml)]
    number = max(max(taken, default=0), 1024 * min(blocks(vml), default=1)) + 1
    height = height_of(text, WIDTH)
    shape = _SHAPE.format(
        number=number, width=WIDTH * 3 // 4, height=height * 3 // 4, anchor=_anchor(cells, spot, height),
        row=spot[0] - 1, column=spot[1] - 1, spaces=spaces,
    )  # fmt: skip
    kind = "" if b'"_x0000_t202"' in vml else _TYPE.format(spaces=spaces)
    return vml[: end.start()] + (kind + shape).encode() + vml[end.start() :]


def removed(vml: bytes, spot: Spot) -> bytes:
    """The drawing without the box of a comment."""
    return _SHAPES.sub(lambda match: b"" if _is_at(match[0], spot) else match[0], vml)


def enlarged(vml: bytes, cells: Cells, spot: Spot, text: str) -> bytes:
    """The drawing with the box of a comment long enough for its text; never made smaller."""

    def longer(match: re.Match[bytes]) -> bytes:
        return (
            _ANCHOR.sub(lambda anchor: _longer(anchor, cells, text), match[0]) if _is_at(match[0], spot) else match[0]
        )

    return _SHAPES.sub(longer, vml)


def holds_shapes(vml: bytes) -> bool:
    """Whether anything is drawn; in doubt, yes."""
    return bool(_NO_SHAPES.sub(b"", vml).strip())


def height_of(text: str, width: float) -> int:
    """Pixels a text needs in a box of this width."""
    return line_count(text, (width - _EDGES) / _DIGIT) * _LINE + _EDGES


def _is_at(shape: bytes, spot: Spot) -> bool:
    """Whether a shape is the box of the comment on a cell."""
    row, column = (
        rb"<x:%b>\s*%d\s*</x:%b>" % (name, at - 1, name) for name, at in zip((b"Row", b"Column"), spot, strict=True)
    )
    return b"Note" in shape and re.search(row, shape) is not None and re.search(column, shape) is not None


def _anchor(cells: Cells, spot: Spot, height: int) -> Anchor:
    """A box to the right of a cell, a little above it."""
    row, column = max(spot[0] - 2, 0), spot[1]
    right, right_by = _reach(cells.widths(), column, 15, WIDTH)
    bottom, bottom_by = _reach(cells.heights(), row, 4, height)
    return Anchor(column, 15, row, 4, right, right_by, bottom, bottom_by)


def _longer(match: re.Match[bytes], cells: Cells, text: str) -> bytes:
    """An anchor that reaches far enough down."""
    try:
        old = Anchor(*(int(part) for part in match[2].split(b",")))
    except (TypeError, ValueError):
        return match[0]
    widths = dict(_upto(cells.widths(), old.right + 1))
    width = sum(widths[at + 1] for at in range(old.left, old.right)) - old.left_by + old.right_by
    bottom = _reach(cells.heights(), old.top, old.top_by, height_of(text, max(width, 60)))
    made = old._replace(bottom=bottom[0], bottom_by=bottom[1])
    return match[1] + str(max(old, made)).encode() + match[3]


def _upto(sizes: Iterator[tuple[int, int]], last: int) -> Iterator[tuple[int, int]]:
    """Sizes up to a number, counted from 1."""
    for number, size in sizes:
        yield number, size
        if number >= last:
            return


def _reach(sizes: Iterator[tuple[int, int]], start: int, by: int, length: int) -> tuple[int, int]:
    """The line, counted from 0, in which something ends that begins `by` pixels into line `start`, and how far in."""
    left = length + by
    for number, size in sizes:
        if number <= start:
            continue
        if left <= size:
            return number - 1, left
        left -= size
    raise AssertionError(start)  # sizes have no end
