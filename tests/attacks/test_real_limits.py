"""The limits at their real figures: what has as many is let through, what has one more is refused with both figures."""

from __future__ import annotations

import random
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.attacks.built_files import TYPES
from tests.attacks.kit import BOOK, SHEET, in_sheet, parts_of, zipped
from tests.support.filled import filled
from xltool.reader.guard import FileFormat, Refused, check
from xltool.reader.limits import LIMITS, size
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

HEAD = {"[Content_Types].xml": TYPES % (BOOK.encode(), b"openxmlformats-officedocument.spreadsheetml.sheet.main+xml")}
COUNTED = {
    "cells": (SHEET, b"<c/>", LIMITS.cells),
    "rows": (SHEET, b"<row/>", LIMITS.cells),
    "validations": (SHEET, b'<dataValidation sqref="A1"/>', LIMITS.validations),
    "conditional formats": (SHEET, b'<cfRule type="a"/>', LIMITS.validations),
    "merges": (SHEET, b'<mergeCell ref="A1:B2"/>', LIMITS.merged_ranges),
    "names": (BOOK, b'<definedName name="a"/>', LIMITS.defined_names),
    "sheets": (BOOK, b'<sheet name="a"/>', LIMITS.sheets),
}


def package(path: Path, parts: dict[str, bytes]) -> Path:
    """A workbook of these parts, none of them compressed: no ratio is in the way."""
    path.write_bytes(zipped(HEAD | parts, zipfile.ZIP_STORED))
    return path


@pytest.mark.parametrize("kind", COUNTED)
def test_as_many_as_there_may_be(kind: str, tmp_path: Path) -> None:
    """The last that is allowed is allowed; the first that is not is told by figure and limit."""
    part, allowed, most = COUNTED[kind]
    assert check(package(tmp_path / "a.xlsx", {part: b"<a>" + allowed * most + b"</a>"})) is FileFormat.XLSX
    with pytest.raises(Refused) as refused:
        check(package(tmp_path / "b.xlsx", {part: b"<a>" + allowed * (most + 1) + b"</a>"}))
    assert refused.value.code == "too_many"
    assert f"至少有 {most + 1:,} 个" in refused.value.reason
    assert f"上限 {most:,} 个" in refused.value.reason


def test_as_many_parts_as_there_may_be(tmp_path: Path) -> None:
    """2,000 and no more."""
    parts = {f"{number}.bin": b"" for number in range(LIMITS.package_parts - 1)}
    assert check(package(tmp_path / "a.xlsx", parts)) is FileFormat.XLSX
    with pytest.raises(Refused, match="too_many_entries") as refused:
        check(package(tmp_path / "b.xlsx", parts | {"last.bin": b""}))
    assert f"上限 {LIMITS.package_parts:,} 个" in refused.value.reason


def test_a_file_as_large_as_there_may_be(tmp_path: Path) -> None:
    """100 MiB to the byte, and a byte more."""
    empty = package(tmp_path / "a.xlsx", {"x.bin": b""}).stat().st_size
    for more, code in ((0, None), (1, "too_large")):
        path = package(tmp_path / "b.xlsx", {"x.bin": bytes(LIMITS.file_size - empty + more)})
        assert path.stat().st_size == LIMITS.file_size + more
        if code is None:
            assert check(path) is FileFormat.XLSX
        else:
            with pytest.raises(Refused, match=code) as refused:
                check(path)
            assert size(LIMITS.file_size) in refused.value.reason


def test_parts_that_inflate_as_far_as_they_may(tmp_path: Path) -> None:
    """A ratio below 300:1 in a large part passes; above, it is a bomb."""
    noise = random.Random(3).randbytes(64 << 10)  # noqa: S311 - what does not compress
    for factor, expected in ((280, None), (600, "zip_bomb")):
        path = tmp_path / f"{factor}.xlsx"
        path.write_bytes(zipped(HEAD | {"x.bin": noise + bytes(factor * (64 << 10))}))
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo("x.bin")
        assert (info.file_size > LIMITS.compression_ratio * info.compress_size) is (expected is not None)
        if expected is None:
            assert check(path) is FileFormat.XLSX
        else:
            with pytest.raises(Refused, match=expected):
                check(path)


def test_a_large_honest_file_is_read(tmp_path: Path) -> None:
    """More parts, pictures and rows than any that came back from a department: 400 parts, 20 MiB, 40,000 cells."""
    noise = random.Random(4)  # noqa: S311 - pictures
    form = filled(tmp_path / "附件1.xlsx", "附件1").read_bytes()
    rows = b"".join(
        b'<row r="%d">%s</row>' % (row, b"".join(b"<c><v>%d</v></c>" % noise.randrange(10**9) for _ in range(8)))
        for row in range(1_000, 6_000)
    )
    parts = parts_of(in_sheet(form, rows))
    parts |= {f"xl/media/image{number}.png": noise.randbytes(50 << 10) for number in range(400)}
    path = tmp_path / "大.xlsx"
    path.write_bytes(zipped(parts))
    record = read_file(path, path.name)
    assert (record.status, record.code) == ("read", "")
    assert len(record.submissions) == 1
