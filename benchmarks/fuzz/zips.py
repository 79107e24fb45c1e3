"""Change the parts of a package and pack it again with right checksums, so that the damage reaches the reader."""

from __future__ import annotations

import io
import struct
import zipfile
from functools import lru_cache
from typing import Final

from benchmarks.fuzz import binary, xml
from benchmarks.fuzz.chance import Dice, picked_bytes

_XML: Final = (".xml", ".rels", ".vml")
_LIKELY: Final = {
    "xl/worksheets/": 8, "xl/workbook": 3, "xl/sharedstrings": 3, "xl/styles": 2, "content.xml": 12,
    "word/document": 12, "_rels": 1, "[content": 1,
}  # fmt: skip
Part = tuple[str, bytes]


@lru_cache(maxsize=64)
def parts_of(data: bytes) -> tuple[Part, ...]:
    """Names and contents of the parts; empty if the data is no longer a package."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return tuple((info.filename, archive.read(info)) for info in archive.infolist())
    except Exception:  # noqa: BLE001 - damaged by an earlier step: zipfile raises what it likes
        return ()


def packed(parts: list[Part], level: int = 1) -> bytes:
    """A package of these parts; the same parts give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in parts:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def changed(dice: Dice, data: bytes) -> bytes:
    """A package after one change: mostly within a part, else of the list of parts, the directory, or any bytes."""
    kind = dice.random()
    parts = list(parts_of(data)) if kind < 0.93 else []
    if not parts:
        return _directory(dice, data) if kind < 0.97 else picked_bytes(dice, data)
    if kind > 0.88:
        return packed(_rearranged(dice, parts))
    at = dice.choices(range(len(parts)), [_weight(name) for name, _ in parts])[0]
    name, content = parts[at]
    parts[at] = name, _part(dice, name, content)
    return packed(parts)


def _part(dice: Dice, name: str, content: bytes) -> bytes:
    if name.lower().endswith(_XML):
        return xml.changed(dice, content)
    return binary.changed_xlsb(dice, content) if name.endswith(".bin") else picked_bytes(dice, content)


def _weight(name: str) -> float:
    low = name.lower()
    return next((weight for start, weight in _LIKELY.items() if start in low), 0.2)


def _rearranged(dice: Dice, parts: list[Part]) -> list[Part]:
    """Remove, double, rename, empty or exchange a part."""
    at, other = dice.randrange(len(parts)), dice.randrange(len(parts))
    (name, content), (second, other_content) = parts[at], parts[other]
    kind = dice.randrange(6)
    if kind == 0:
        del parts[at]
    elif kind == 1:
        parts.append((name.swapcase(), content))
    elif kind == 2:
        parts[at], parts[other] = (name, other_content), (second, content)
    elif kind == 3:
        parts[at] = (
            dice.choice(("../" + name, "/" + name, name.upper(), name + "/", "x", name.replace("/", "\\"))),
            content,
        )
    elif kind == 4:
        parts[at] = (name, dice.choice((b"", b"<a/>", b"\0" * 5_000, b"<?xml version='1.0'?>", other_content)))
    else:
        parts.append(
            (dice.choice(("xl/vbaProject.bin", "xl/embeddings/a.bin", "mimetype", "附件.xlsx")), other_content)
        )
    return parts


def _directory(dice: Dice, data: bytes) -> bytes:
    """Change a field of a header."""
    mark, fields = dice.choice(((b"PK\x01\x02", 46), (b"PK\x03\x04", 30), (b"PK\x05\x06", 22)))
    places = []
    at = data.find(mark)
    while at >= 0:
        places.append(at)
        at = data.find(mark, at + 4)
    if not places:
        return picked_bytes(dice, data)
    changed_data = bytearray(data)
    at = min(dice.choice(places) + dice.randrange(4, fields - 1), len(data) - 2)
    struct.pack_into("<H", changed_data, at, dice.choice((0, 1, 8, 9, 0x800, 0xFFFF, dice.randrange(65536))))
    return bytes(changed_data)
