"""Attacks on the cells of a sheet: references, indexes, values, sizes that are lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.attacks.kit import (
    MIB,
    SHEET,
    STRINGS,
    in_sheet,
    parts_of,
    replaced,
    with_part,
)

if TYPE_CHECKING:
    from tests.attacks.collected import Collect

NUMBER = "><v>1</v>"


def _cell(reference: str, rest: str = "", row: str = "900") -> bytes:
    """A row with one cell."""
    return f'<row r="{row}"><c r="{reference}"{rest}</c></row>'.encode()


def _references(attack: Collect) -> None:
    """Rows, columns, styles and strings that are not there."""
    attack("row beyond the last", lambda form: in_sheet(form, _cell("A99999999", NUMBER, "99999999")), "corrupt")
    attack("row 0", lambda form: in_sheet(form, _cell("A0", NUMBER, "0")), "corrupt")
    attack("row -5", lambda form: in_sheet(form, _cell("A-5", NUMBER, "-5")), "corrupt")
    attack("row of words", lambda form: in_sheet(form, _cell("A1", NUMBER, "one")), "corrupt")
    attack("column beyond the last", lambda form: in_sheet(form, _cell("ZZZZ900", NUMBER)), "corrupt")
    attack("cell without letters", lambda form: in_sheet(form, _cell("900", NUMBER)), "corrupt")
    attack("style that is not there", lambda form: in_sheet(form, _cell("A900", ' s="99999"' + NUMBER)), "corrupt")
    attack(
        "style before the first", lambda form: in_sheet(form, _cell("A900", ' s="-99999"' + NUMBER)), "corrupt", "read"
    )
    attack(
        "shared string that is not there", lambda form: in_sheet(form, _cell("A900", ' t="s"><v>999999</v>')), "corrupt"
    )
    attack("shared string before the first", lambda form: in_sheet(form, _cell("A900", ' t="s"><v>-1</v>')), "corrupt")
    attack("shared string of words", lambda form: in_sheet(form, _cell("A900", ' t="s"><v>one</v>')), "corrupt")


def _values(attack: Collect) -> None:
    """Values and formulas that are too large, or none."""
    attack(
        "date of no calendar", lambda form: in_sheet(form, _cell("A900", ' t="d"><v>2023-99-99</v>')), "corrupt", "read"
    )
    for value in ("1e999", "NaN", "-1e-400", "1" * 5_000, "0x10", "∞"):
        attack(
            f"number {value[:8]}", lambda form, value=value: in_sheet(form, _cell("A900", f"><v>{value}</v>")), "read"
        )
    attack(
        "control characters",
        lambda form: in_sheet(form, _cell("A900", ' t="str"><v>_x0000__x0001__x001F__xD800__xFFFF_</v>')),
        "read",
    )
    attack(
        "text of 5 MiB",
        lambda form: in_sheet(form, _cell("A900", f' t="inlineStr"><is><t>{"长文" * (MIB)}</t></is>')),
        "read",
        "zip_bomb",
        "corrupt",
    )
    attack(
        "formula of 1 MiB",
        lambda form: in_sheet(form, _cell("A900", f"><f>{'1+' * (MIB // 2)}1</f><v>1</v>")),
        "read",
        "zip_bomb",
    )
    attack(
        "formula without a master",
        lambda form: in_sheet(form, _cell("A900", '><f t="shared" si="77"/><v>1</v>')),
        "read",
    )


def _extents(attack: Collect) -> None:
    """Sheets that are larger than they say, or say that they are."""
    expanding = b"".join(b'<row r="%d">%s</row>' % (r, b'<c t="s"><v>0</v></c>' * 1_000) for r in range(900, 1_000))
    long = b"<si><t>%s</t></si><si>" % (b"text " * 2_000)
    attack(
        "one string in 100,000 cells",
        lambda form: replaced(in_sheet(form, expanding), STRINGS, b"<si>", long),
        "too_many",
        words=("536,870,912",),
    )
    attack("dimension of the whole sheet", lambda form: _dimension(form, b"A1:XFD1048576"), "read")
    attack("dimension of one cell", lambda form: _dimension(form, b"A1"), "read")
    attack("dimension of nonsense", lambda form: _dimension(form, b"&lt;&gt;"), "read")
    attack("count of strings", lambda form: replaced(form, STRINGS, b"<sst ", b'<sst x="4294967295" '), "read")
    attack(
        "200,000 empty rows",
        lambda form: in_sheet(form, b"".join(b'<row r="%d" hidden="1"/>' % r for r in range(1_000, 201_000))),
        "read",
        "no_form",
    )


def _dimension(form: bytes, reference: bytes) -> bytes:
    """The form with another dimension of its sheet."""
    data = parts_of(form)[SHEET]
    start = data.index(b"<dimension ref=") + 16
    return with_part(form, SHEET, data[:start] + reference + data[data.index(b'"', start) :])


def collect(attack: Collect) -> None:
    """Collect the attacks of this module."""
    _references(attack)
    _values(attack)
    _extents(attack)
