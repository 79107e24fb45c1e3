"""An .xls that xlrd does not read, or that says more of itself than there is."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from tests.reader.formats.format_files import read, refusal, texts
from tests.support.programs.office import needs_office
from xltool.reader.formats import biff, office
from xltool.reader.guard import Code, Refused

if TYPE_CHECKING:
    from pathlib import Path

END = struct.pack("<2H", 0x0A, 0)
NUMBER = struct.pack("<2H3Hd", 0x203, 14, 0, 1, 0, 12.5)
LABEL = struct.pack("<2H4H", 0x204, 13, 0, 0, 0, 5) + b"BIFF2"
BEGINNING = struct.pack("<2H3H", 0x809, 6, 0, 0x10, 0)
"""Of a sheet, shorter than Excel writes it: neither xlrd nor calamine reads on."""


def listed(*starts: int) -> bytes:
    """A workbook that lists a sheet for each place."""
    sheets = b"".join(struct.pack("<2HIHB", 0x85, 8, start, 0, 1) + b"a" for start in starts)
    return struct.pack("<2H4H", 0x809, 8, 0x500, 0x05, 0, 0) + sheets + END


@needs_office
def test_a_whole_xls_that_no_library_reads_is_read_by_libreoffice(tmp_path: Path) -> None:
    """Its cells are those of the file."""
    path = tmp_path / "a.xls"
    path.write_bytes(BEGINNING + LABEL + NUMBER + END)
    (sheet,) = read(path).sheets
    assert texts(sheet) == {(1, 1): "BIFF2", (1, 2): 12.5}


@pytest.mark.parametrize(
    ("content", "program", "asked"),
    [
        (BEGINNING + NUMBER + END, "soffice", True),
        (BEGINNING + NUMBER + END, None, False),
        (BEGINNING + NUMBER, "soffice", False),
        (BEGINNING + NUMBER[:9], "soffice", False),
    ],
    ids=["whole", "without LibreOffice", "without an end", "cut off"],
)
def test_libreoffice_is_asked_about_a_whole_xls_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, program: str | None, *, asked: bool
) -> None:
    """It would mend what is damaged and not say what is lost; the reason stays that of the libraries."""
    path, conversions = tmp_path / "a.xls", []

    def fails(_: Path, conversion: office.Conversion) -> None:
        conversions.append(conversion.infilter)
        raise Refused(Code.TIMEOUT, "太久")

    monkeypatch.setattr("xltool.reader.program.soffice", lambda: program)
    monkeypatch.setattr(office, "open_converted", fails)
    path.write_bytes(content)
    assert refusal(path) == "corrupt"
    assert conversions == ["MS Excel 97"] * asked


def test_sheets_of_an_xls_are_counted(tmp_path: Path) -> None:
    """As those of other formats: xlrd would read each."""
    path = tmp_path / "a.xls"
    first = len(listed(*[0] * 501))
    path.write_bytes(listed(*[first] * 501) + BEGINNING + END)
    with pytest.raises(Refused, match="工作表有 501 个，超过上限 500 个"):
        biff.check_size(path)


def test_sheets_of_an_xls_share_no_cells(tmp_path: Path) -> None:
    """A file that lists the same long sheet many times would be read as often."""
    path = tmp_path / "a.xls"
    for sheets, is_refused in ((2, False), (3, True)):
        first = len(listed(*[0] * sheets))
        path.write_bytes(listed(*[first] * sheets) + BEGINNING + NUMBER * 1_000 + END)
        if is_refused:
            with pytest.raises(Refused, match="多个工作表指向同一处内容"):
                read(path)
        else:
            biff.check_size(path)


@pytest.mark.parametrize("start", [0, 9, 1 << 31])
def test_a_sheet_that_does_not_begin_where_the_list_says(tmp_path: Path, start: int) -> None:
    """It has no length of its own; the reader refuses it."""
    path = tmp_path / "a.xls"
    path.write_bytes(listed(start) + BEGINNING + NUMBER + END)
    biff.check_size(path)
    assert biff.is_whole(path) is (start == 0)
