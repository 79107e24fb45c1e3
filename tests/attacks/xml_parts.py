"""Attacks on the XML of a part: entities, declarations, encodings, depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.attacks.kit import (
    BOOK,
    MIB,
    SHEET,
    STRINGS,
    STYLES,
    in_sheet,
    parts_of,
    replaced,
    with_part,
)

if TYPE_CHECKING:
    from tests.attacks.collected import Collect

LAUGHS = (
    b"<!DOCTYPE a ["
    + b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha") for n in range(10))
    + b"]>"
)
COMMENT = b"<!--" + b"x y " * (300 * 1024) + b"-->"


def _declared(form: bytes, part: str, declaration: bytes) -> bytes:
    """A declaration before the root element of a part."""
    data = parts_of(form)[part]
    end = data.index(b"?>") + 2
    return with_part(form, part, data[:end] + declaration + data[end:])


def _entities(attack: Collect) -> None:
    """Entities and document types, in every part and encoding."""
    for part in (SHEET, STRINGS, STYLES, BOOK, "xl/_rels/workbook.xml.rels", "docProps/core.xml"):
        attack(f"a billion laughs in {part}", lambda form, part=part: _declared(form, part, LAUGHS), "entity")
    outside = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    attack("entity of a file", lambda form: _declared(form, SHEET, outside), "entity")
    attack(
        "DTD from the net",
        lambda form: _declared(form, SHEET, b'<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd">'),
        "entity",
    )
    attack("DTD behind a long comment", lambda form: _declared(form, SHEET, COMMENT + LAUGHS), "entity")
    for code in ("utf-16", "utf-16-le", "utf-16-be"):
        attack(
            f"DTD in {code}",
            lambda form, code=code: with_part(
                form,
                SHEET,
                ("\ufeff" if code != "utf-16" else "").encode(code) + (LAUGHS + b"<a/>").decode().encode(code),
            ),
            "entity",
        )


def _damage(attack: Collect) -> None:
    """What no parser may read: odd encodings, endless depth and attributes, broken ends."""
    attack(
        "XInclude",
        lambda form: in_sheet(
            form, b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
        ),
        "read",
    )
    attack(
        "UTF-7", lambda form: with_part(form, SHEET, b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-'), "corrupt"
    )
    attack(
        "no UTF-8",
        lambda form: in_sheet(form, b'<row r="900"><c r="A900" t="str"><v>\xff\xfe</v></c></row>'),
        "corrupt",
    )
    attack("100,000 elements deep", lambda form: in_sheet(form, b"<a>" * 100_000 + b"</a>" * 100_000), "corrupt")
    attack(
        "attribute of 12 MiB",
        lambda form: in_sheet(form, b'<row r="900" x="%s"/>' % (bytes(range(97, 123)) * (12 * MIB // 26))),
        "corrupt",
        "zip_bomb",
    )
    attack("no end tag", lambda form: replaced(form, SHEET, b"</worksheet>", b""), "corrupt")
    attack("not XML", lambda form: with_part(form, SHEET, b"\x00\x01\x02"), "corrupt")
    attack("empty part", lambda form: with_part(form, SHEET, b""), "corrupt")


def collect(attack: Collect) -> None:
    """Collect the attacks of this module."""
    _entities(attack)
    _damage(attack)
