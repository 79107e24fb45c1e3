"""The seed filing in every format gives one grid of values; Word's tables, archives, and files that cannot be read."""

from __future__ import annotations

import datetime as dt
import os
import pickle
import stat
import struct
import time
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from tests.reader.test_guard import ole
from tests.support.documents import forms, lines, typed, write_docx, write_xlsx
from tests.support.programs.office import convert, needs_office
from xltool.reader.formats import binary, office, open_any
from xltool.reader.formats.archive import NESTED, is_archive, members, name_of
from xltool.reader.formats.tables import open_calamine, open_tables
from xltool.reader.formats.word import open_document
from xltool.reader.guard import Code, FileFormat, Refused, check
from xltool.reader.limits import LIMITS, Limits
from xltool.reader.model import Book, Sheet
from xltool.reader.ole import workbook_stream
from xltool.reader.program import soffice
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xltool.reader.a1 import Span

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"


def read(path: Path) -> Book:
    """Guard and reader, as for a file that came in."""
    return open_any(path, check(path))


def texts(sheet: Sheet) -> dict[tuple[int, int], object]:
    """Values by place."""
    return {place: cell.value for place, cell in sheet.cells.items()}


@pytest.fixture(scope="module")
def seed_xlsx(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed, typed into a workbook."""
    return write_xlsx(forms(), tmp_path_factory.mktemp("seed") / "seed.xlsx")


def expect_grid(book: Book) -> None:
    """Cell by cell what was typed, with percentages known as such, and every merge."""
    assert [sheet.name for sheet in book.sheets] == ["附件1", "附件2", "附件3"]
    for sheet, form in zip(book.sheets, forms(), strict=True):
        assert texts(sheet) == {place: typed(text)[0] for place, text in form.cells().items()}
        percent = {place for place, text in form.cells().items() if typed(text)[1] == "0%"}
        assert {place for place, cell in sheet.cells.items() if "%" in cell.number_format} == percent
        assert sorted(sheet.merges) == sorted(form.merges() + lines(form))


def test_seed_as_xlsx(seed_xlsx: Path) -> None:
    """The hand-made workbook is read as typed."""
    expect_grid(read(seed_xlsx))


@needs_office
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_seed_as_xls_and_ods(seed_xlsx: Path, tmp_path: Path, kind: str) -> None:
    """Saved in an older or another format it is the same grid, .et (an .xls by content) included."""
    made = convert([seed_xlsx], tmp_path, kind)[0]
    expect_grid(read(made))
    if kind == "xls":
        expect_grid(read(made.rename(tmp_path / "报表.et")))


@needs_office
def test_xls_in_an_unusual_container(seed_xlsx: Path, tmp_path: Path) -> None:
    """A header that other programs pass over costs nothing, neither do records without a container."""
    made = convert([seed_xlsx], tmp_path, "xls")[0]
    content = made.read_bytes()
    made.write_bytes(content[:28] + b"\xff\xfe" + content[30:])
    expect_grid(read(made))
    made.write_bytes(content)
    bare = tmp_path / "bare.xls"
    bare.write_bytes(workbook_stream(made))
    expect_grid(read(bare))


def expect_document(book: Book) -> None:
    """The three forms one below the other, every cell as typed, at the places Word shows."""
    (sheet,) = book.sheets
    expected: dict[tuple[int, int], object] = {}
    merges: list[Span] = []
    top = 0
    for number, form in enumerate(forms(), 1):
        expected |= {(top + row, column): text.strip("\n") for (row, column), text in form.cells().items()}
        merges += [(top + r1, c1, top + r2, c2) for r1, c1, r2, c2 in form.merges()]
        assert sheet.place(top + len(form.head) + 5, 3) == (f"表格{number}", "C5")
        top += form.length
    assert texts(sheet) == expected
    assert sorted(sheet.merges) == sorted(merges)


def test_seed_as_docx(tmp_path: Path) -> None:
    """The Word document holds the same texts and spans."""
    book = read(write_docx(forms(), tmp_path / "seed.docx"))
    expect_document(book)
    assert book.sheets[0].place(1, 1) == ("段落", "A1")
    assert book.sheets[0].place(2, 9) == ("正文", "I2")


@needs_office
@pytest.mark.parametrize("suffix", ["doc", "rtf", "odt"])
def test_seed_through_libreoffice(tmp_path: Path, suffix: str) -> None:
    """What only LibreOffice reads becomes the same document."""
    source = write_docx(forms(), tmp_path / "seed.docx")
    made = through_writer(source, tmp_path / "out", suffix)
    foreign = office.recognise(made)
    assert foreign is not None
    assert foreign.suffix == f".{suffix}"
    expect_document(read(made) if suffix != "rtf" else office.open_converted(made, foreign))


def through_writer(source: Path, out: Path, suffix: str) -> Path:
    """A document saved in another format."""
    program = soffice()
    assert program is not None
    profile = (out / "profile").as_uri()
    command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", suffix]
    command += ["--outdir", str(out), str(source)]
    office._run(command, dict(os.environ), 120)  # noqa: SLF001 - the same way there and back
    return out / f"{source.stem}.{suffix}"


@pytest.mark.parametrize(("stream", "suffix"), [("Workbook", ".xls"), ("EncryptedPackage", ".xlsx")])
def test_encrypted_without_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: str, suffix: str
) -> None:
    """A workbook that Excel encrypted for its protection alone opens in LibreOffice; any other stays encrypted."""
    path = tmp_path / "a.xls"
    path.write_bytes(ole(["Root Entry", stream], struct.pack("<HHHHH", 0x809, 2, 0x600, 0x2F, 54)))
    asked = []

    def opens(_: Path, foreign: office.Conversion) -> Book:
        asked.append((foreign.suffix, bool(foreign.infilter)))
        return Book([Sheet("表")])

    def fails(_: Path, __: office.Conversion) -> Book:
        raise Refused(Code.CORRUPT, "打不开")

    monkeypatch.setattr(office, "soffice", lambda: "soffice")
    monkeypatch.setattr(office, "open_converted", opens)
    assert read_file(path, "a.xls").code == "no_form"
    assert asked == [(suffix, True)]
    monkeypatch.setattr(office, "open_converted", fails)
    assert read_file(path, "a.xls").code == "encrypted"
    monkeypatch.setattr(office, "soffice", lambda: None)
    monkeypatch.setattr(office, "open_converted", opens)
    assert read_file(path, "a.xls").code == "encrypted"


@needs_office
def test_what_is_encrypted_is_not_read_as_a_text(tmp_path: Path) -> None:
    """LibreOffice, asked to open it without a password, does not make a sheet of its bytes."""
    for name, stream in (("a.xls", "Workbook"), ("b.xlsx", "EncryptedPackage")):
        path = tmp_path / name
        path.write_bytes(ole(["Root Entry", stream], struct.pack("<HHHHH", 0x809, 2, 0x600, 0x2F, 54) + b"text" * 99))
        assert read_file(path, name).code == "encrypted"


@needs_office
def test_web_page_called_xls(tmp_path: Path) -> None:
    """A page of a web system saved as .xls is refused by the guard and read through LibreOffice."""
    page = tmp_path / "导出.xls"
    rows = "<tr><td colspan='2'>编制数</td></tr><tr><td>实有</td><td>15</td></tr>"
    page.write_text(f"<html><head><meta charset='utf-8'></head><body><table>{rows}</table></body></html>", "utf-8")
    with pytest.raises(Refused, match="网页文件"):
        check(page)
    (sheet,) = office.open_converted(page).sheets
    assert texts(sheet) == {(1, 1): "编制数", (2, 1): "实有", (2, 2): 15}
    assert sheet.merges == [(1, 1, 1, 2)]


@needs_office
def test_values_of_all_kinds(tmp_path: Path) -> None:
    """Values of each kind and hidden sheets, rows and columns are the same in .xls and .ods."""
    made = workbook_of_kinds(tmp_path / "kinds.xlsx")
    plain = read(made)
    for kind in ("xls", "ods"):
        found = read(convert([made], tmp_path / kind, kind)[0])
        assert [sheet.state for sheet in found.sheets] == ["visible", "hidden"]
        for sheet, same in zip(found.sheets, plain.sheets, strict=True):
            expected = {place: value for place, value in texts(same).items() if value not in {None, ""}}
            # Formulas were never calculated in the .xlsx: only LibreOffice knows their results.
            results = {(1, 5): "#DIV/0!", (1, 6): "甲1"} if same.name == "表" else {}
            assert texts(sheet) == expected | results
            assert sheet.hidden_rows == same.hidden_rows
            assert sheet.hidden_columns == same.hidden_columns
        assert found.sheets[0].cells[1, 5].error
        if kind == "xls":
            # What calamine would make of it, should xlrd fail: the same but for the error.
            values = open_calamine(tmp_path / kind / "kinds.xls")
            assert texts(values.sheets[0]) | {(1, 5): "#DIV/0!"} == texts(found.sheets[0])


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
        made = convert([tmp_path / "long.xlsx"], tmp_path / kind, kind)[0]
        start = time.process_time()
        assert texts(read(made).sheets[0]) == {(1, 1): "编制数"}
        assert time.process_time() - start < 2


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
    found = read(ods(tmp_path / "a.ods", f"<table:table-row-group>{row}</table:table-row-group>")).sheets[0]
    assert texts(found) == dict.fromkeys([(1, 2), (1, 3), (2, 2), (2, 3)], "a  b\nc")


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


def refusal(path: Path) -> str:
    """The code a file is refused with."""
    with pytest.raises(Refused) as caught:
        read(path)
    assert caught.value.reason
    return caught.value.code


def record(number: int, body: bytes = b"") -> bytes:
    """A record of an .xlsb."""
    head = bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80, number >> 7])
    size = bytes([len(body)]) if len(body) < 0x80 else bytes([len(body) & 0x7F | 0x80, len(body) >> 7])
    return head + size + body


def counted(text: str) -> bytes:
    """A text of an .xlsb."""
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def listed(relation: str = "rId1", name: str = "表", state: int = 0, more: bytes = b"") -> bytes:
    """A sheet in the list of an .xlsb."""
    return record(156, struct.pack("<I", state) + more + struct.pack("<I", 1) + counted(relation) + counted(name))


def row(number: int, *, hidden: bool = False) -> bytes:
    """The head of a row of an .xlsb, from 0."""
    return record(0, struct.pack("<IIHBB", number, 0, 300, 0, 0x10 if hidden else 0) + bytes(5))


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
    (found,) = read(path).sheets
    assert texts(found) == {
        (1, 2): 1.23, (1, 3): -7, (1, 4): 1, (1, 5): "#DIV/0!", (1, 6): True, (1, 7): dt.date(2023, 6, 30),
        (1, 8): "甲", (1, 9): "决算", (3, 1): "式", (3, 2): 1, (3, 3): False, (3, 4): "#N/A", (3, 5): "乙",
        (3, 6): "预算", (3, 7): 2,
    }  # fmt: skip
    formats = {spot: cell.number_format for spot, cell in found.cells.items() if cell.number_format != "General"}
    assert formats == {(1, 2): "0.0%", (1, 7): "mm-dd-yy", (3, 2): "0.0%", (3, 7): "0.0%"}
    assert {spot for spot, cell in found.cells.items() if cell.error} == {(1, 5), (3, 4)}
    assert (found.hidden_rows, found.hidden_columns) == ({3}, {2, 3})


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


def document(path: Path, body: str) -> Path:
    """A .docx with this body."""
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    link = f'<Relationship Id="a" Type="{OFFICE}" Target="word/document.xml"/>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{kind}"/></Types>')
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{relations}">{link}</Relationships>')
        content = f'<w:document xmlns:w="{MAIN}"><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", content)
    return path


def run(text: str) -> str:
    """A paragraph."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def cell(text: str, properties: str = "") -> str:
    """A table cell."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{run(text)}</w:tc>"


DOWN, ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def wide(count: int) -> str:
    """A grid span."""
    return f'<w:gridSpan w:val="{count}"/>'


@pytest.mark.parametrize(
    ("rows", "merges"),
    [
        ([[("a", wide(2)), ("b", "")]], [(1, 1, 1, 2)]),
        ([[("a", DOWN), ("b", "")], [("", ON), ("c", "")], [("", ON), ("d", "")]], [(1, 1, 3, 1)]),
        ([[("a", DOWN), ("b", "")], [("c", DOWN), ("d", "")], [("", ON), ("e", "")]], [(2, 1, 3, 1)]),
        ([[("a", wide(2) + DOWN)], [("", wide(2) + ON)]], [(1, 1, 2, 2)]),
        # It goes on below a cell with other borders: python-docx raises here, Word begins a cell.
        ([[("a", wide(2))], [("b", ""), ("c", ON)]], [(1, 1, 1, 2)]),
        # It goes on narrower than it began, and a cell takes the room.
        ([[("a", wide(2) + DOWN)], [("", wide(2) + ON)], [("", ON), ("b", "")]], [(1, 1, 2, 2)]),
        # Nothing above to go on from, or the row between broke it.
        ([[("a", ON)]], []),
        ([[("a", DOWN)], [("b", "")], [("", ON)]], [(2, 1, 3, 1)]),
        ([[("a", '<w:hMerge w:val="restart"/>'), ("", '<w:hMerge w:val="continue"/>'), ("b", "")]], [(1, 1, 1, 2)]),
    ],
)
def test_spans(tmp_path: Path, rows: list[list[tuple[str, str]]], merges: list[Span]) -> None:
    """Grid spans and vertical merges, regular and not; no two merges overlap."""
    inside = "".join("<w:tr>" + "".join(cell(*each) for each in row) + "</w:tr>" for row in rows)
    (sheet,) = read(document(tmp_path / "a.docx", f"<w:tbl>{inside}</w:tbl>")).sheets
    assert sorted(sheet.merges) == merges
    assert [value for _, value in sorted(texts(sheet).items())] == [text for row in rows for text, _ in row if text]


def test_rows_that_start_late_and_controls(tmp_path: Path) -> None:
    """Skipped grid columns move a row; content controls around rows, cells and tables are looked through."""
    late = f'<w:tr><w:trPr><w:gridBefore w:val="2"/></w:trPr>{cell("a")}</w:tr>'
    inside = f"<w:sdt><w:sdtContent>{cell('c')}</w:sdtContent></w:sdt>"
    table = f"<w:tbl>{late}<w:sdt><w:sdtContent><w:tr>{cell('b')}{inside}</w:tr></w:sdtContent></w:sdt></w:tbl>"
    (sheet,) = read(
        document(tmp_path / "a.docx", f"{run('标题')}<w:sdt><w:sdtContent>{table}</w:sdtContent></w:sdt>")
    ).sheets
    assert texts(sheet) == {(1, 1): "标题", (2, 3): "a", (3, 1): "b", (3, 2): "c"}
    assert sheet.place(2, 3) == ("表格1", "C1")


@pytest.mark.parametrize(
    ("grid", "columns"),
    [((900, 5, 900), [1, 2]), ((5, 900, 900), [1, 2]), ((900, 900, 5), [1, 2]), ((900, 90, 900), [1, 3]), ((), [1, 3])],
)
def test_slivers(tmp_path: Path, grid: tuple[int, ...], columns: list[int]) -> None:
    """A grid column a hair wide is no column, unless the table says no widths."""
    widths = "".join(f'<w:gridCol w:w="{width}"/>' for width in grid)
    first, second = ("", wide(2)) if grid[-1:] == (5,) else (wide(2), "")
    row = f"<w:tr>{cell('a', first)}{cell('b', second)}</w:tr>"
    (sheet,) = read(document(tmp_path / "a.docx", f"<w:tbl><w:tblGrid>{widths}</w:tblGrid>{row}</w:tbl>")).sheets
    assert [column for _, column in sorted(sheet.cells)] == columns
    assert bool(sheet.merges) == (columns == [1, 3])


def test_cell_as_narrow_as_a_sliver(tmp_path: Path) -> None:
    """A cell of its own keeps its column, however narrow it is."""
    widths = "".join(f'<w:gridCol w:w="{width}"/>' for width in (900, 5, 900))
    row = f"<w:tr>{cell('a')}{cell('b')}{cell('c')}</w:tr>"
    (sheet,) = read(document(tmp_path / "a.docx", f"<w:tbl><w:tblGrid>{widths}</w:tblGrid>{row}</w:tbl>")).sheets
    assert texts(sheet) == {(1, 1): "a", (1, 2): "b", (1, 3): "c"}


def test_nested_table(tmp_path: Path) -> None:
    """A table in a cell stands below the table around it, under its own name."""
    inner = f"<w:tbl><w:tr>{cell('内')}</w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc>{run('外')}{inner}{run('后')}</w:tc></w:tr><w:tr>{cell('下')}</w:tr></w:tbl>"
    (sheet,) = read(document(tmp_path / "a.docx", run("x") + outer + run("说明") + outer)).sheets
    assert texts(sheet) == {
        (1, 1): "x", (2, 1): "外\n后", (3, 1): "下", (4, 1): "内",
        (5, 1): "说明", (6, 1): "外\n后", (7, 1): "下", (8, 1): "内",
    }  # fmt: skip
    assert [sheet.place(row, 1) for row in (3, 4, 5, 8)] == [
        ("表格1", "A2"), ("表格1-1", "A1"), ("段落", "A2"), ("表格2-1", "A1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<w:r><w:t>1</w:t></w:r><w:del><w:r><w:delText>2</w:delText></w:r></w:del>", "1"),
        ("<w:ins><w:r><w:t>1</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>2</w:t></w:r></w:moveFrom>", "1"),
        ("<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>1</w:t></w:r></w:sdtContent></w:sdt>", "1"),
        ("<w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:tab/><w:t>c</w:t></w:r>", "a\nb c"),
        ("<w:r><w:instrText>DATE</w:instrText></w:r><w:fldSimple><w:r><w:t>6月</w:t></w:r></w:fldSimple>", "6月"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>", "藏"),
        ('<w:bookmarkStart w:name="_GoBack"/><w:hyperlink><w:r><w:t>网</w:t></w:r></w:hyperlink>', "网"),
        ("<w:r><w:pict><w:p><w:r><w:t>框</w:t></w:r></w:p></w:pict><w:t>外</w:t></w:r>", "外"),
        ('<w:r><w:sym w:font="Wingdings 2" w:char="F052"/><w:t>是</w:t></w:r>', "☑是"),
    ],
)
def test_text_of_a_paragraph(tmp_path: Path, inside: str, text: str) -> None:
    """Changes count as accepted; field codes, bookmarks and text boxes are left out."""
    (sheet,) = read(document(tmp_path / "a.docx", f"<w:p>{inside}</w:p><w:p/>{run('　')}")).sheets
    assert texts(sheet) == {(1, 1): text}


def test_deleted_row(tmp_path: Path) -> None:
    """A row whose deletion is tracked is not there."""
    gone = f'<w:tr><w:trPr><w:del w:id="1"/></w:trPr>{cell("删")}</w:tr>'
    (sheet,) = read(document(tmp_path / "a.docx", f"<w:tbl>{gone}<w:tr>{cell('留')}</w:tr></w:tbl>")).sheets
    assert texts(sheet) == {(1, 1): "留"}
    assert sheet.place(1, 1) == ("表格1", "A1")


def test_large_document_is_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Piece by piece the same comes out."""
    path = write_docx(forms(), tmp_path / "seed.docx")
    whole = read(path)
    monkeypatch.setattr("xltool.reader.ooxml.parts.STREAMED", 0)
    assert read(path) == whole


def test_inserted_text_of_python_docx(tmp_path: Path) -> None:
    """Why python-docx does not read: it gives nothing for a tracked insertion."""
    made = docx.Document()
    paragraph = made.add_table(1, 1).cell(0, 0).paragraphs[0]
    inserted = f'<w:ins {nsdecls("w")} w:id="1" w:author="a"><w:r><w:t>15</w:t></w:r></w:ins>'
    paragraph._p.append(parse_xml(inserted))  # noqa: SLF001 - python-docx cannot write one
    made.save(str(tmp_path / "a.docx"))
    assert not paragraph.text
    assert texts(read(tmp_path / "a.docx").sheets[0]) == {(1, 1): "15"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (f"<w:tbl><w:tr>{cell('a', wide(10**9))}{cell('b', wide(1000))}</w:tr></w:tbl>", "corrupt"),
        ("<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='zwei'/></w:tcPr></w:tc></w:tr></w:tbl>", "corrupt"),
        ("<w:p><w:r>", "corrupt"),
        ("<w:tbl>" + f"<w:tr>{cell('', wide(1000))}</w:tr>" * 2001 + "</w:tbl>", "too_large"),
    ],
)
def test_bad_documents(tmp_path: Path, body: str, code: str) -> None:
    """Spans beyond any table, numbers that are none, broken XML."""
    assert refusal(document(tmp_path / "a.docx", body)) == code


def test_document_without_main_part(tmp_path: Path) -> None:
    """A package that names no document is refused."""
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("x.xml", "<x/>")
    with pytest.raises(Refused, match="缺少文档主部件"):
        open_document(tmp_path / "a.docx")


RTF = b"{\\rtf1 x}"


def test_without_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where LibreOffice is missing the message says what to do, also after a trip through a worker."""
    monkeypatch.delenv("XLTOOL_SOFFICE", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "说明.wps").write_bytes(RTF)
    with pytest.raises(Refused) as caught:
        office.open_converted(tmp_path / "说明.wps")
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert error.code == "format"
    assert error.reason == "需要 LibreOffice 才能读取 .wps 文件，请用 WPS 另存为 .docx 或 .xlsx 后重新报送"


@pytest.mark.parametrize(
    ("script", "code", "words"),
    [("sleep 60 & sleep 60", "timeout", "没有读完"), ("exit 0", "corrupt", "打不开"), (None, "unreadable", "无法启动")],
)
def test_libreoffice_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, code: str, words: str
) -> None:
    """It hangs, makes nothing, or does not start: a refusal each, and nothing is left running or lying about."""
    program = tmp_path / "soffice"
    if script is not None:
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "temp").mkdir()
    monkeypatch.setenv("XLTOOL_SOFFICE", str(program))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    (tmp_path / "a.rtf").write_bytes(RTF)
    with pytest.raises(Refused, match=words) as caught:
        office.open_converted(tmp_path / "a.rtf", seconds=0.5)
    assert caught.value.code == code
    assert not list((tmp_path / "temp").iterdir())


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"\x89PNG", b"text", b"PK\x03\x04", b"<?xml version='1.0'?><a/>"])
def test_not_for_libreoffice(tmp_path: Path, content: bytes) -> None:
    """LibreOffice is not asked about pictures, PDFs and plain text."""
    (tmp_path / "a.doc").write_bytes(content)
    assert office.recognise(tmp_path / "a.doc") is None
    with pytest.raises(Refused) as caught:
        office.open_converted(tmp_path / "a.doc")
    assert caught.value.code == "not_a_workbook"


class OldName(zipfile.ZipInfo):
    """An entry whose name zipfile writes as bytes of code page 437, without the flag for UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile's name
        return self.filename.encode("cp437"), 0


def packed(path: Path, files: dict[str, bytes], encoding: str = "flag") -> Path:
    """A .zip with names in this encoding, as the packers of that system write them."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name) if encoding == "flag" else OldName(name.encode(encoding).decode("cp437"))
            archive.writestr(info, content)
    return path


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "flag"])
def test_names_in_archives(tmp_path: Path, encoding: str) -> None:
    """Names come back as typed from Chinese Windows (GBK), macOS (UTF-8 without a flag) and anything newer."""
    names = ["君山区/附件1 基础数据表.xlsx", "说明.txt"]
    path = packed(tmp_path / "a.zip", {name: name.encode() for name in names}, encoding)
    found = members(path, into(tmp_path))
    assert [each.name for each in found] == names
    assert [each.path.read_text("utf-8") for each in found if each.path] == names
    assert [each.path.name for each in found if each.path] == ["001.xlsx", "002.txt"]


def into(folder: Path) -> Path:
    """An empty folder."""
    out = folder / "out"
    out.mkdir()
    return out


def test_archive_in_archive(tmp_path: Path) -> None:
    """It is named, and left in; folders and litter are passed over; workbooks are no archives."""
    inner = packed(tmp_path / "in.zip", {"a.txt": b"x"}).read_bytes()
    sheet = write_xlsx(forms(), tmp_path / "a.xlsx").read_bytes()
    files = {
        "内.zip": inner,
        "伪装.doc": inner,
        "表.xlsx": sheet,
        "__MACOSX/._表.xlsx": b"",
        "x/.DS_Store": b"",
        "夹/": b"",
    }
    path = packed(tmp_path / "out.zip", files)
    assert is_archive(path, check(path))
    assert not is_archive(tmp_path / "a.xlsx", check(tmp_path / "a.xlsx"))
    found = members(path, into(tmp_path))
    assert [(each.name, each.problem) for each in found] == [("内.zip", NESTED), ("伪装.doc", NESTED), ("表.xlsx", "")]
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["003.xlsx"]
    assert found[2].path is not None
    expect_grid(read(found[2].path))


@pytest.mark.parametrize(
    ("files", "limits", "code"),
    [
        ({"../a.xlsx": b"x"}, None, "unsafe_path"),
        ({"/etc/a": b"x"}, None, "unsafe_path"),
        ({f"{at}.txt": b"" for at in range(501)}, None, "too_many_entries"),
        ({"a": bytes(2000), "b": bytes(2000)}, Limits(package_size=3000), "zip_bomb"),
        ({"a": bytes(5_000_000)}, None, "zip_bomb"),
    ],
)
def test_bad_archives(tmp_path: Path, files: dict[str, bytes], limits: Limits | None, code: str) -> None:
    """Names that travel, too many files, too much in them: refused before anything is taken out."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    out = into(tmp_path)
    with pytest.raises(Refused) as caught:
        members(tmp_path / "a.zip", out, *([limits] if limits else []))
    assert caught.value.code == code
    assert not list(out.iterdir())


def test_name_that_is_nothing() -> None:
    """Bytes that are neither UTF-8 nor GBK stay as they look."""
    assert name_of(zipfile.ZipInfo(b"a\xff.txt".decode("cp437"))) == b"a\xff.txt".decode("cp437")
