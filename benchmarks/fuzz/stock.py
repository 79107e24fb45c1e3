"""The honest files that mutations start from: every format that is read without LibreOffice, and some others."""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.fuzz.zips import packed, parts_of
from tests.attacks.built_files import xlsb
from tests.support.documents import Form, forms, typed, write_docx, write_xlsx
from tests.support.programs.office import convert
from tests.support.seed import order, seed_sheets
from xltool.template.workbook import write_workbook

KEPT: Final = Path(__file__).parents[2] / "tests" / "fuzz" / "corpus"
"""The folder of kept inputs; files whose name begins with 原件 are honest."""
HONEST: Final = "原件"


def write_stock(folder: Path) -> None:
    """Write the honest files into `folder`; files that LibreOffice made are copied from the kept inputs."""
    for key, sheet in seed_sheets().items():
        (folder / f"template-{key}.xlsx").write_bytes(_small(write_workbook(order(), [sheet])))
    for form in forms():
        write_xlsx([form], folder / f"foreign-{form.name}.xlsx")
        document = write_docx([form], folder / f"document-{form.name}.docx")
        document.write_bytes(_small(document.read_bytes(), "[Content_Types].xml", "_rels/.rels", "word/document.xml"))
        (folder / f"binary-{form.name}.xlsb").write_bytes(xlsb(_rows(form)))
    write_xlsx(forms(), folder / "foreign-three.xlsx")
    whole = (folder / "foreign-附件2.xlsx").read_bytes()
    (folder / "archive.zip").write_bytes(packed([("附件2.xlsx", whole)]))
    letter = b"From: a@example.com\r\nSubject: =?utf-8?B?6ZmE5Lu2?=\r\nMIME-Version: 1.0\r\n\r\nPK\x03\x04"
    (folder / "letter.xlsx").write_bytes(letter)
    for path in sorted(KEPT.glob(f"{HONEST}*")):
        (folder / path.name).write_bytes(path.read_bytes())


def write_converted(folder: Path) -> None:
    """Add what LibreOffice makes of the workbooks in `folder`: its own .xlsx, .xls and .ods, and what WPS calls .et.

    Raises ToolError where it is not installed. They are not kept: issued templates are many times the size of the
    corpus as .xls and .ods, and no two runs of LibreOffice write the same time.
    """
    books = sorted(folder.glob("*.xlsx"))
    for kind in ("xlsx", "xls", "ods"):
        with TemporaryDirectory() as outdir:
            for path in convert([book for book in books if _is_package(book)], Path(outdir), kind):
                data = path.read_bytes() if kind == "xls" else _small(path.read_bytes())
                (folder / f"office-{path.name}").write_bytes(data)
                if kind == "xls":
                    (folder / f"office-{path.stem}.et").write_bytes(data)


def _is_package(path: Path) -> bool:
    return path.read_bytes().startswith(b"PK")


@cache
def stock(folder: Path) -> tuple[tuple[str, bytes], ...]:
    """Ending and content of every file in a folder, by name: the same folder gives the same order anywhere."""
    return tuple((path.suffix, path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file())


def _small(data: bytes, *names: str) -> bytes:
    """The package with the best compression, with only the named parts where any are named."""
    return packed([(name, content) for name, content in parts_of(data) if not names or name in names], 9)


def _rows(form: Form) -> bytes:
    """The records of a worksheet of an .xlsb that holds a form."""
    rows: dict[int, list[bytes]] = {}
    for (row, column), text in sorted(form.cells().items()):
        value, _ = typed(text)
        head = struct.pack("<II", column - 1, 0)
        if isinstance(value, str):
            body = head + struct.pack("<I", len(value)) + value.encode("utf-16-le")
            rows.setdefault(row, []).append(_record(6, body))
        else:
            rows.setdefault(row, []).append(_record(5, head + struct.pack("<d", value)))
    data = _record(129, b"") + _record(148, struct.pack("<4I", 0, form.length, 0, form.width)) + _record(0x91, b"")
    for row, cells in rows.items():
        data += _record(0, struct.pack("<IIHBBBI", row - 1, 0, 300, 0, 0, 0, 0)) + b"".join(cells)
    data += _record(0x92, b"")
    data += _record(0xB1, struct.pack("<I", len(form.merges())))
    for top, left, bottom, right in form.merges():
        data += _record(0xB0, struct.pack("<4I", top - 1, bottom - 1, left - 1, right - 1))
    return data + _record(0xB2, b"") + _record(130, b"")


def _record(kind: int, body: bytes) -> bytes:
    number = bytes([kind]) if kind < 0x80 else bytes([(kind & 0x7F) | 0x80, kind >> 7])
    size, left = b"", len(body)
    while True:
        size += bytes([(left & 0x7F) | (0x80 if left > 0x7F else 0)])
        left >>= 7
        if not left:
            return number + size + body
