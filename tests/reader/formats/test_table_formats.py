"""Values, merges and damage in .xls, .ods and .xlsb workbooks."""

from __future__ import annotations

import datetime as dt
import struct
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.reader.formats.format_files import OFFICE, read, record, refusal, row, texts
from tests.support.programs.office import convert, needs_office
from xltool.reader.formats import binary
from xltool.reader.formats.tables import open_calamine, open_tables
from xltool.reader.guard import FileFormat, Refused
from xltool.reader.limits import LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xltool.reader.a1 import Span


@needs_office
def test_values_of_all_kinds(tmp_path: Path) -> None:
    """Values of each kind and hidden sheets, rows and columns are the same in .xls and .ods."""
    source = workbook_of_kinds(tmp_path / "kinds.xlsx")
    plain = read(source)
    for kind in ("xls", "ods"):
        result = read(convert([source], tmp_path / kind, kind)[0])
        assert [sheet.state for sheet in result.sheets] == ["visible", "hidden"]
        for sheet, same in zip(result.sheets, plain.sheets, strict=True):
            expected = {place: value for place, value in texts(same).items() if value not in {None, ""}}
            # Formulas were never calculated in the .xlsx: only LibreOffice knows their results.
            results = {(1, 5): "#DIV/0!", (1, 6): "甲1"} if same.name == "表" else {}
            assert texts(sheet) == expected | results
            assert sheet.hidden_rows == same.hidden_rows
            assert sheet.hidden_columns == same.hidden_columns
        assert result.sheets[0].cells[1, 5].error
        if kind == "xls":
            # What calamine would make of it, should xlrd fail: the same but for the error.
            values = open_calamine(tmp_path / kind / "kinds.xls")
            assert texts(values.sheets[0]) | {(1, 5): "#DIV/0!"} == texts(result.sheets[0])


def workbook_of_kinds(path: Path) -> Path:
    """A workbook with a value of each kind."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "表"
    sheet.append([1, 0.1, True, "两行\n  文字", "=1/0", '="甲"&1', '=""'])
    sheet["A2"], sheet["B2"], sheet["C2"], sheet["D2"] = 45455, 45455.5, 0.25, 1.25
    for cell, number_format in (("A2", "yyyy-mm-dd"), ("B2", "yyyy/m/d h:mm"), ("C2", "h:mm"), ("D2", "0%")):
        sheet[cell].number_format = number_format
    sheet["C9"] = "x"
    sheet.row_dimensions[9].hidden = True
    sheet.column_dimensions["C"].hidden = True
    book.create_sheet("藏").sheet_state = "hidden"
    book.save(path)
    return path


@pytest.mark.timeout(100)  # row by row it takes minutes
@needs_office
def test_million_formatted_rows(tmp_path: Path) -> None:
    """Formats down to the last row cost nothing."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = "编制数"
    sheet.column_dimensions["A"].number_format = "0.00"
    sheet["A1048576"].number_format = "0.00"
    book.save(tmp_path / "long.xlsx")
    for kind in ("xls", "ods"):
        converted = convert([tmp_path / "long.xlsx"], tmp_path / kind, kind)[0]
        assert texts(read(converted).sheets[0]) == {(1, 1): "编制数"}


def ods(path: Path, rows: str) -> Path:
    """An .ods of one sheet with these rows."""
    spaces = " ".join(
        f'xmlns:{word}="urn:oasis:names:tc:opendocument:xmlns:{word}:1.0"' for word in ("office", "table", "text")
    )
    table = f'<table:table table:name="表">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")
    return path


def test_ods_repeats(tmp_path: Path) -> None:
    """Equal rows and cells are stored once with a count; spaces, tabs and line breaks are elements."""
    text = '<text:p>a<text:s text:c="2"/>b<text:line-break/>c</text:p>'
    cells = f'<table:table-cell/><table:table-cell table:number-columns-repeated="2">{text}</table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="2">{cells}</table:table-row>'
    result = read(ods(tmp_path / "a.ods", f"<table:table-row-group>{row}</table:table-row-group>")).sheets[0]
    assert texts(result) == dict.fromkeys([(1, 2), (1, 3), (2, 2), (2, 3)], "a  b\nc")


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ('<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>', "too_large"),
        ("<table:table-row>{cell}", "corrupt"),
        ('<table:table-row table:number-rows-repeated="viele">{cell}</table:table-row>', "corrupt"),
    ],
)
def test_bad_ods(tmp_path: Path, rows: str, code: str) -> None:
    """Repeats beyond any form, broken XML and counts that are none are refused."""
    cell = '<table:table-cell table:number-columns-repeated="16384"><text:p>1</text:p></table:table-cell>'
    assert refusal(ods(tmp_path / "bad.ods", rows.format(cell=cell))) == code


def counted(text: str) -> bytes:
    """A text of an .xlsb."""
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def listed(relation: str = "rId1", name: str = "表", state: int = 0, more: bytes = b"") -> bytes:
    """A sheet in the list of an .xlsb."""
    return record(156, struct.pack("<I", state) + more + struct.pack("<I", 1) + counted(relation) + counted(name))


def xlsb(path: Path, *cells: tuple[int, int, float], merge: Span | None = None) -> Path:
    """An .xlsb of one sheet with these numbers, at rows and columns from 0."""
    sheet = record(129) + record(148, struct.pack("<4I", 0, 9, 0, 9)) + record(145)
    for at, column, value in cells:
        sheet += row(at) + record(5, struct.pack("<IId", column, 0, value))
    sheet += record(146)
    if merge:
        sheet += record(177, struct.pack("<I", 1)) + record(176, struct.pack("<4I", *merge)) + record(178)
    return binary_package(path, sheet + record(130))


def binary_package(path: Path, sheet: bytes, book: bytes = b"", folder: str = "xl", **parts: bytes) -> Path:
    """An .xlsb whose sheet holds these records; `parts` are others of its main part's, by the kind of relation."""
    kind = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    link = f'<Relationship Id="%s" Type="{OFFICE.rpartition("/")[0]}/%s" Target="%s"/>'
    links = link % ("rId1", "worksheet", "worksheets/sheet1.bin")
    links += "".join(link % (name, name, f"{name}.bin") for name in parts)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{kind}"/></Types>')
        if folder != "xl":
            main = link % ("rId1", "officeDocument", f"{folder}/workbook.bin")
            archive.writestr("_rels/.rels", f'<Relationships xmlns="{relations}">{main}</Relationships>')
        archive.writestr(f"{folder}/workbook.bin", record(131) + (book or listed()) + record(132))
        archive.writestr(
            f"{folder}/_rels/workbook.bin.rels", f'<Relationships xmlns="{relations}">{links}</Relationships>'
        )
        archive.writestr(f"{folder}/worksheets/sheet1.bin", sheet)
        for name, content in parts.items():
            archive.writestr(f"{folder}/{name}.bin", content)
    return path


def test_xlsb(tmp_path: Path) -> None:
    """Values and merges, wherever the package keeps its workbook."""
    path = xlsb(tmp_path / "a.xlsb", (1, 1, 12.5), (4, 3, 15), merge=(1, 2, 1, 3))
    (sheet,) = read(path).sheets
    assert texts(sheet) == {(2, 2): 12.5, (5, 4): 15}
    assert sheet.merges == [(2, 2, 3, 4)]
    cell = row(0) + record(5, struct.pack("<IId", 0, 0, 7))
    elsewhere = binary_package(tmp_path / "b.xlsb", cell, folder="a/folder/of/many/others")
    assert texts(read(elsewhere).sheets[0]) == {(1, 1): 7}


def test_cells_of_an_xlsb(tmp_path: Path) -> None:
    """Each kind of cell as the same workbook has it as an .xlsx, stored results of formulas included."""
    styles = record(44, struct.pack("<H", 164) + counted("0.0%")) + record(47, struct.pack("<HH", 0, 14) + bytes(12))
    styles += (
        record(617) + b"".join(record(47, struct.pack("<HH", 0, n) + bytes(12)) for n in (0, 164, 14)) + record(618)
    )
    strings = record(19, b"\0" + counted("预算")) + record(19, b"\1" + counted("决算") + bytes(8))

    def cell(number: int, column: int, style: int, value: bytes) -> bytes:
        return record(number, struct.pack("<II", column, style) + value)

    sheet = record(60, struct.pack("<4IH", 1, 2, 0, 0, 1)) + row(0)
    sheet += (
        cell(1, 0, 0, b"")
        + cell(2, 1, 1, struct.pack("<I", 123 << 2 | 3))
        + cell(2, 2, 0, struct.pack("<i", -7 << 2 | 2))
    )
    sheet += cell(2, 3, 0, struct.pack("<I", 0x3FF00000)) + cell(3, 4, 0, b"\x07") + cell(4, 5, 0, b"\1")
    sheet += (
        cell(5, 6, 2, struct.pack("<d", 45107)) + cell(6, 7, 0, counted("甲")) + cell(7, 8, 0, struct.pack("<I", 1))
    )
    sheet += row(2, hidden=True) + cell(8, 0, 0, counted("式")) + cell(9, 1, 1, struct.pack("<d", 1) + b"rest")
    sheet += cell(10, 2, 0, b"\0") + cell(11, 3, 0, b"\x2a") + cell(62, 4, 0, b"\0" + counted("乙"))
    sheet += record(18, struct.pack("<II", 0, 0)) + record(16, struct.pack("<Id", 1, 2))
    path = binary_package(tmp_path / "a.xlsb", sheet, styles=styles, sharedStrings=strings)
    (read_sheet,) = read(path).sheets
    assert texts(read_sheet) == {
        (1, 2): 1.23, (1, 3): -7, (1, 4): 1, (1, 5): "#DIV/0!", (1, 6): True, (1, 7): dt.date(2023, 6, 30),
        (1, 8): "甲", (1, 9): "决算", (3, 1): "式", (3, 2): 1, (3, 3): False, (3, 4): "#N/A", (3, 5): "乙",
        (3, 6): "预算", (3, 7): 2,
    }  # fmt: skip
    formats = {spot: cell.number_format for spot, cell in read_sheet.cells.items() if cell.number_format != "General"}
    assert formats == {(1, 2): "0.0%", (1, 7): "mm-dd-yy", (3, 2): "0.0%", (3, 7): "0.0%"}
    assert {spot for spot, cell in read_sheet.cells.items() if cell.error} == {(1, 5), (3, 4)}
    assert (read_sheet.hidden_rows, read_sheet.hidden_columns) == ({3}, {2, 3})


def test_sheets_of_an_xlsb(tmp_path: Path) -> None:
    """Hidden ones, dates from 1904, the list of the first Excel 2007; modules are none, a lost part is damage."""
    style = record(617) + record(47, struct.pack("<HH", 0, 14) + bytes(12)) + record(618)
    cell = row(0) + record(5, struct.pack("<IId", 0, 0, 45107))
    book = record(153, b"\1" + bytes(11)) + listed(state=2, more=bytes(4)) + listed(relation="", name="模块")
    (sheet,) = read(binary_package(tmp_path / "a.xlsb", cell, book, styles=style)).sheets
    assert (sheet.name, sheet.state, texts(sheet)) == ("表", "veryHidden", {(1, 1): dt.date(2027, 7, 1)})
    for lost in (listed(relation="rId9"), listed()[:-4]):
        assert refusal(binary_package(tmp_path / "b.xlsb", cell, lost)) == "corrupt"
    for bad in (record(7, struct.pack("<III", 0, 0, 0)), record(5, struct.pack("<IId", 0, 9, 1)), record(5, bytes(9))):
        assert refusal(binary_package(tmp_path / "c.xlsb", row(0) + bad)) == "corrupt"


def test_xlsb_with_far_corners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two values in opposite corners are two cells; as many as no form has are refused."""
    path = xlsb(tmp_path / "a.xlsb", (0, 0, 1), (1_048_575, 16_383, 1))
    assert texts(read(path).sheets[0]) == {(1, 1): 1, (1_048_576, 16_384): 1}
    monkeypatch.setattr(binary, "LIMITS", replace(LIMITS, filled_cells=1))
    assert refusal(path) == "too_many"


def test_damaged_tables(tmp_path: Path) -> None:
    """Cut-off and scrambled files are refused, panics of the Rust reader included."""
    whole = xlsb(tmp_path / "a.xlsb", (0, 0, 1)).read_bytes()
    (tmp_path / "b.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(5000))
    for kind, name in ((FileFormat.XLS, "b.xls"), (FileFormat.XLSB, "c.xlsb"), (FileFormat.ODS, "c.xlsb")):
        (tmp_path / "c.xlsb").write_bytes(whole[: len(whole) // 2])
        with pytest.raises(Refused) as caught:
            open_tables(tmp_path / name, kind)
        assert caught.value.code == "corrupt"
    with pytest.raises(Refused, match="无法读取"):
        open_calamine(tmp_path / "missing.xls")


def test_panic_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A panic arrives as a BaseException; only the user's own interrupt passes."""
    import python_calamine  # noqa: PLC0415 - only this test looks inside

    class Panic(BaseException):
        """What pyo3 raises."""

    def fails(error: type[BaseException]) -> Callable[[object], object]:
        def call(_: object) -> object:
            raise error

        return call

    path = xlsb(tmp_path / "a.xlsb", (0, 0, 1))
    for error, expected in ((Panic, Refused), (KeyboardInterrupt, KeyboardInterrupt)):
        fake = type("Fake", (), {"from_filelike": staticmethod(fails(error))})
        monkeypatch.setattr(python_calamine, "CalamineWorkbook", fake)
        with pytest.raises(expected):
            open_calamine(path)
