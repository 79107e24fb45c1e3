"""Parts that are not changed are copied without unpacking, from zip archives of any kind."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO, RawIOBase
from typing import TYPE_CHECKING

import pytest

from tests.outputs.returned.test_copy import ABOUT, finding, small
from tests.support.opened import parts_of
from xltool.outputs.returned.copy import returned_copy
from xltool.outputs.returned.package import EditablePackage

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = [finding("B2", sheet="表")]
UNTOUCHED = "xl/theme/theme1.xml"


class _Pipe(RawIOBase):
    """A file that can only be written on, as standard output: sizes come behind the bytes they are of."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override] # bytes are all that comes
        self.data += data
        return len(data)


def streamed(parts: dict[str, bytes]) -> bytes:
    """Written onto a pipe."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return pipe.data


def extended(parts: dict[str, bytes]) -> bytes:
    """With more in each head than a name, stored, behind what is no archive."""
    buffer = BytesIO(b"#!")
    buffer.seek(2)
    with zipfile.ZipFile(buffer, "a") as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name)
            info.extra = b"UT\x05\x00\x01abcd"
            archive.writestr(info, data)
    return buffer.getvalue()


def burrowed(parts: dict[str, bytes]) -> bytes:
    """Packed in a way that no office program knows."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize("packed", [streamed, extended, burrowed])
def test_parts_of_any_archive_are_what_they_were(packed: Callable[[dict[str, bytes]], bytes]) -> None:
    """Sizes behind the parts, other heads, other ways of packing: in the copy all is sound and as zip files are."""
    parts = parts_of(small())
    copy = returned_copy(packed(parts), HERE, ABOUT)
    with zipfile.ZipFile(BytesIO(copy)) as archive:
        assert archive.testzip() is None
        entries = archive.infolist()
    assert {entry.compress_type for entry in entries} <= {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    assert not any(entry.flag_bits or entry.extra for entry in entries)
    assert parts_of(copy)[UNTOUCHED] == parts[UNTOUCHED]


def test_an_untouched_part_is_not_packed_anew() -> None:
    """It lies in the copy as in the file, however well it was packed."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts_of(small()).items():
            archive.writestr(name, data)
    deflater = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    lies = deflater.compress(parts_of(small())[UNTOUCHED]) + deflater.flush()
    assert lies in returned_copy(buffer.getvalue(), HERE, ABOUT)


def test_inflated_bytes_are_used_only_if_their_checksum_matches() -> None:
    """The guard looks at the file by its path; should another lie there by then, its parts are not this file's."""
    part = "xl/workbook.xml"
    other = parts_of(small())[part].replace("表".encode(), "别".encode())
    right = parts_of(small())[part]
    assert EditablePackage(small(), {part: other}).read(part) == right != other
    assert EditablePackage(small(), {part: right}).read(part) is right
    assert EditablePackage(small(), {part: None}).read(part) == right
