"""Change records of binary workbooks and the tables of OLE containers in place."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from benchmarks.fuzz.chance import Dice, picked_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECTOR: Final = 512
_BOF: Final = (b"\x09\x08\x10\x00", b"\x09\x08\x08\x00")
_DOUBLES: Final = (
    float("nan"), float("inf"), float("-inf"), 1e308, -1e308, 5e-324, -0.0, 1e15, 44561.5, -1.0, 0.99999999,
)  # fmt: skip
_WORDS: Final = (0, 1, 2, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF)
_LONGS: Final = (0, 1, 0xFFFF, 0x10000, 0xFFFFF, 0x100000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_TYPES: Final = (
    0x203, 0x27E, 0xBD, 0xFD, 0x204, 0x205, 0x6, 0x207, 0x208, 0x200, 0xE5, 0x85, 0xFC, 0x3C, 0xE0, 0x41E, 0x31, 0x809, 0xA,
    0x1D6, 0x5D, 0xEC, 0x201, 0xBE, 0x7D, 0x22, 0x42, 0x2F, 0x293,
)  # fmt: skip
"""Record types that xlrd reads."""
_STRINGS: Final = 0xFC
_NUMBER: Final = 0x203
_HEADER: Final = 80
"""Bytes of the header that a change of the container may touch."""


def changed_ole(dice: Dice, data: bytes) -> bytes:
    """An .xls after one change: mostly of a record, else of the container or of any bytes."""
    kind = dice.random()
    records = list(_biff(data)) if kind < 0.8 else []
    if records:
        return _record(dice, data, records)
    if kind < 0.95 and len(data) >= _HEADER:
        return _container(dice, data)
    return picked_bytes(dice, data)


def _biff(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Position, type and length of the records of the workbook stream, which LibreOffice and WPS store in one piece."""
    starts = (at for at in range(_SECTOR, len(data), _SECTOR) if data[at : at + 4] in _BOF)
    at = next(starts, len(data))
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        if at + 4 + size > len(data):
            return
        yield at, kind, size
        at += 4 + size


def _record(dice: Dice, data: bytes, records: list[tuple[int, int, int]]) -> bytes:
    wanted = dice.choice(_TYPES)
    at, kind, size = dice.choice([each for each in records if each[1] == wanted] or records)
    changed = bytearray(data)
    choice = dice.randrange(8)
    if choice == 0:
        struct.pack_into("<H", changed, at, dice.choice(_TYPES))
    elif choice == 1:
        struct.pack_into("<H", changed, at + 2, dice.choice((0, 1, size - 1, size + 1, 8224, 0xFFFF)) & 0xFFFF)
    elif choice == 2 and size >= 8:
        struct.pack_into("<d", changed, at + 4 + (6 if kind == _NUMBER and size >= 14 else 0), dice.choice(_DOUBLES))
    elif choice == 3 and size >= 2:
        struct.pack_into("<H", changed, at + 4 + dice.randrange(size - 1), dice.choice(_WORDS))
    elif choice == 4 and size >= 4:
        struct.pack_into("<I", changed, at + 4 + dice.randrange(size - 3), dice.choice(_LONGS))
    elif choice == 5 and size:
        changed[at + 4 + dice.randrange(size)] = dice.choice((0, 1, 4, 8, 0x80, 0xFF))
    elif choice == 6:
        other = dice.choice(records)
        changed[at : at + 4 + min(size, other[2])] = data[other[0] : other[0] + 4 + min(size, other[2])]
    else:
        changed[at + 4 : at + 4 + size] = picked_bytes(dice, bytes(data[at + 4 : at + 4 + size])).ljust(size, b"\0")[
            :size
        ]
    return bytes(changed)


def _container(dice: Dice, data: bytes) -> bytes:
    """Change a number in the header, in an allocation table or in the directory."""
    changed = bytearray(data)
    places = [30, 32, 44, 48, 56, 60, 64, 68, 72, 76]
    table, directory = (struct.unpack_from("<I", data, at)[0] for at in (76, 48))
    for sector in (table, directory):
        start = (sector + 1) * _SECTOR
        if start + _SECTOR <= len(data):
            places += [start + 4 * dice.randrange(_SECTOR // 4) for _ in range(20)]
    struct.pack_into(
        "<I", changed, dice.choice(places), dice.choice((*_LONGS, dice.randrange(len(data) // _SECTOR + 1)))
    )
    return bytes(changed)


def changed_xlsb(dice: Dice, data: bytes) -> bytes:
    """A part of an .xlsb after one change of a record."""
    records = list(_xlsb(data))
    if not records or dice.random() < 0.1:
        return picked_bytes(dice, data)
    start, body, end = dice.choice(records)
    inner = bytearray(data[body:end])
    kind = dice.randrange(6)
    if kind == 0:
        return data[:start] + data[end:]
    if kind == 1:
        return data[:end] + data[start:end] * dice.choice((1, 3, 50)) + data[end:]
    if kind == 2:
        return data[: body - 1] + bytes([dice.choice((0, 1, 0x7F, 0x80, 0xFF))]) + data[body:]
    if kind == 3:
        return data[:start] + bytes([dice.choice((0, 1, 2, 5, 6, 7, 8, 9, 0x93, 0xB0))]) + data[start + 1 :]
    if kind == 4 and len(inner) >= 8:
        struct.pack_into("<d", inner, len(inner) - 8, dice.choice(_DOUBLES))
    elif len(inner) >= 4:
        struct.pack_into("<I", inner, dice.randrange(len(inner) - 3), dice.choice(_LONGS))
    return data[:body] + bytes(inner) + data[end:]


def _xlsb(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Start, start of the content and end of each record."""
    at = 0
    while at < len(data):
        start = at
        at += 2 if data[at] & 0x80 else 1
        size = shift = 0
        while at < len(data):
            size |= (data[at] & 0x7F) << shift
            shift += 7
            at += 1
            if not data[at - 1] & 0x80:
                break
        if at + size > len(data):
            return
        yield start, at, at + size
        at += size
