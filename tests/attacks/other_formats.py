"""Attacks in .ods, .docx, .xlsb, web pages and RTF."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from tests.attacks.built_files import ODS, TYPES, docx, ods, xlsb
from tests.attacks.kit import (
    MIB,
    zipped,
)

if TYPE_CHECKING:
    from tests.attacks.collected import Collect


def _spreadsheets(attack: Collect) -> None:
    """Repeats without end, missing and hostile content of an .ods."""
    cell = b'<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    attack(
        "repeated cells",
        lambda _: ods(b'<table:table-row table:number-rows-repeated="1048576">%s</table:table-row>' % cell),
        "too_large",
        suffix=".ods",
    )
    attack(
        "repeated emptiness",
        lambda _: ods(
            b'<table:table-row table:number-rows-repeated="99999999999"><table:table-cell/></table:table-row>' * 100
        ),
        "no_form",
        suffix=".ods",
    )
    attack(
        "repeats of words",
        lambda _: ods(b'<table:table-row table:number-rows-repeated="many"><table:table-cell/></table:table-row>'),
        "corrupt",
        suffix=".ods",
    )
    attack("no content", lambda _: zipped({"mimetype": ODS}), "corrupt", suffix=".ods")
    attack(
        "laughs in an .ods",
        lambda _: zipped({"mimetype": ODS, "content.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        "entity",
        suffix=".ods",
    )


def _documents(attack: Collect) -> None:
    """Tables of any depth and width in a .docx."""
    table = b"<w:tbl><w:tr><w:tc>%s</w:tc></w:tr></w:tbl>"
    deep = b"<w:p/>"
    for _ in range(80):
        deep = table % deep
    attack("tables in tables", lambda _: docx(deep), "corrupt", "no_form", suffix=".docx")
    attack(
        "cell a billion wide",
        lambda _: docx(
            b'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>'
        ),
        "corrupt",
        "no_form",
        "too_large",
        suffix=".docx",
    )
    attack(
        "laughs in a .docx",
        lambda _: zipped({"[Content_Types].xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><Types/>"}),
        "entity",
        suffix=".docx",
    )
    attack(
        "no document",
        lambda _: zipped(
            {
                "[Content_Types].xml": TYPES
                % (b"word/document.xml", b"openxmlformats-officedocument.wordprocessingml.document.main+xml")
            }
        ),
        "corrupt",
        suffix=".docx",
    )


def _number(row: int, column: int) -> bytes:
    """A row and a cell of an .xlsb."""
    return b"\0\x04" + struct.pack("<I", row) + b"\x05\x10" + struct.pack("<IId", column, 0, 1.0)


def _binary(attack: Collect) -> None:
    """Records of an .xlsb that lie."""
    attack(
        "cells in far corners",
        lambda _: xlsb(b"\x91\x01\0" + _number(0, 0) + _number(1_048_575, 16_383) + b"\x92\x01\0"),
        "no_form",
        suffix=".xlsb",
    )
    attack("record without end", lambda _: xlsb(b"\x91\x01\xff\xff\xff\xff"), "corrupt", suffix=".xlsb")
    attack("noise in an .xlsb", lambda _: xlsb(bytes(range(256)) * 200), "corrupt", "no_form", suffix=".xlsb")


def _texts(attack: Collect) -> None:
    """Texts that only an office program reads."""
    attack(
        "web page without end",
        lambda _: b"<html><table>" + b"<tr><td>" * (MIB // 8),
        "corrupt",
        "no_form",
        "format",
        "timeout",
        "not_a_workbook",
        suffix=".xls",
    )
    attack("RTF of braces", lambda _: b"{\\rtf1" + b"{" * MIB, "corrupt", "no_form", "format", "timeout", suffix=".doc")


def collect(attack: Collect) -> None:
    """Collect the attacks of this module."""
    _spreadsheets(attack)
    _documents(attack)
    _binary(attack)
    _texts(attack)
