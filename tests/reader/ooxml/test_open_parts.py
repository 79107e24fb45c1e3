"""The parts of an .xlsx as programs write them: dialects, types, shared formulas, streaming, damage."""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl.formula.translate import Translator

from tests.reader.ooxml.opened_parts import MAIN, OFFICE, RELS, STRICT
from xltool.reader import model
from xltool.reader.a1 import shift_formula
from xltool.reader.guard import Refused, check
from xltool.reader.ooxml import parts
from xltool.reader.ooxml.styles import as_date, is_date_format
from xltool.reader.ooxml.workbook import open_workbook

if TYPE_CHECKING:
    from pathlib import Path


def package(path: Path, rows: str, *, tail: str = "", head: str = "", space: str = MAIN, **extra: str) -> Path:
    """A workbook whose one sheet is written by hand; `extra` are more parts by name (dots and slashes allowed)."""
    office = OFFICE if space == MAIN else "http://purl.oclc.org/ooxml/officeDocument/relationships"
    relation = f'<Relationship Id="r%s" Type="{office}/%s" Target="%s"/>'
    book = relation % (1, "worksheet", "worksheets/sheet1.xml") + relation % (2, "styles", "/xl/styles.xml")
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{RELS}">{relation % (1, "officeDocument", "xl/workbook.xml")}'
        "</Relationships>",
        "xl/workbook.xml": f'<q:workbook xmlns:q="{space}" xmlns:z="{office}">{extra.pop("book", "")}<q:sheets>'
        '<q:sheet name="表" sheetId="7" z:id="r1"/></q:sheets></q:workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELS}">{book}'
        f"{relation % (3, 'sharedStrings', 'sharedStrings.xml')}</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{space}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
        '<xf numFmtId="31"/><xf numFmtId="46"/><xf><protection locked="false"/></xf></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<x:worksheet xmlns:x="{space}"><x:dimension ref="A1"/>{head}<x:sheetData>{rows}'
        f"</x:sheetData>{tail}</x:worksheet>",
    }
    return zipped(path, {name: text.encode() for name, text in (parts | extra).items() if text})


def zipped(path: Path, contents: dict[str, bytes]) -> Path:
    """An archive of these parts, their names written as they are given."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def read_rows(path: Path, rows: str, **rest: Any) -> dict[tuple[int, int], Any]:  # noqa: ANN401
    """Values by address of a handwritten sheet."""
    return {place: cell.value for place, cell in open_workbook(package(path, rows, **rest)).sheets[0].cells.items()}


@pytest.mark.parametrize("space", [MAIN, STRICT])
def test_prefixes_and_both_dialects_are_read(tmp_path: Path, space: str) -> None:
    """Prefixed elements in the transitional and the strict namespace give the same cells."""
    rows = '<x:row r="2"><x:c r="B2"><x:v>1.50</x:v></x:c></x:row>'
    book = open_workbook(package(tmp_path / "a.xlsx", rows, space=space))
    cell = book.sheets[0].cells[2, 2]
    assert (cell.value, cell.raw, book.sheets[0].name) == (1.5, "1.50", "表")


def test_missing_addresses_are_counted_on(tmp_path: Path) -> None:
    """Rows and cells without r follow the one before."""
    rows = (
        '<x:row><x:c><x:v>1</x:v></x:c><x:c r="D1"><x:v>2</x:v></x:c><x:c><x:v>3</x:v></x:c></x:row>'
        '<x:row r="5"/><x:row><x:c/><x:c><x:v>4</x:v></x:c></x:row>'
    )
    assert read_rows(tmp_path / "a.xlsx", rows) == {(1, 1): 1.0, (1, 4): 2.0, (1, 5): 3.0, (6, 2): 4.0}


def test_every_cell_type_is_read(tmp_path: Path) -> None:
    """Types b, e, d, str, inlineStr and s, escapes decoded and phonetic guides left out."""
    strings = (
        f'<sst xmlns="{MAIN}"><si><r><t>预</t></r><r><rPr><b/></rPr><t xml:space="preserve">算 </t></r>'
        "<rPh><t>yu</t></rPh></si><si><t>a_x000D_b_x005F_x000D_</t><phoneticPr/></si><si><t/></si></sst>"
    )
    cells = (
        '<x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c><x:c t="s"><x:v>2</x:v></x:c>'
        '<x:c t="b"><x:v>1</x:v></x:c><x:c t="e"><x:v>#REF!</x:v></x:c><x:c t="d"><x:v>2023-06-30</x:v></x:c>'
        '<x:c t="d"><x:v>2023-06-30T08:00:00</x:v></x:c><x:c t="str"><x:f>A1</x:f><x:v></x:v></x:c>'
        '<x:c t="inlineStr"><x:is><x:r><x:t>行</x:t></x:r><x:r><x:t>内</x:t></x:r></x:is></x:c>'
        "<x:c><x:f>1+1</x:f></x:c><x:c><x:v/></x:c><x:c><x:v>NaN</x:v></x:c>"
    )
    values = read_rows(tmp_path / "a.xlsx", f"<x:row>{cells}</x:row>", **{"xl/sharedStrings.xml": strings})
    moment = dt.datetime(2023, 6, 30, 8)  # noqa: DTZ001
    expected = ["预算 ", "a\rb_x000D_", "", True, "#REF!", dt.date(2023, 6, 30), moment, "", "行内", None, None, "NaN"]
    assert values == {(1, n): value for n, value in enumerate(expected, 1) if n != 11}


def test_times_of_the_strict_standard_are_parts_of_a_day(tmp_path: Path) -> None:
    """As other formats give them; what looks like a time but is none stays a text."""
    texts = (
        "18:00:00.00000000000916800",
        "05:59:59.9999999999984025",
        "12:00",
        "25:00:00",
        "12",
        "2023-06-30T12:00:00.0000001",
    )
    rows = "<x:row>" + "".join(f'<x:c t="d"><x:v>{text}</x:v></x:c>' for text in texts) + "</x:row>"
    moment = dt.datetime(2023, 6, 30, 12)  # noqa: DTZ001
    assert list(read_rows(tmp_path / "a.xlsx", rows).values()) == [0.75, 0.25, 0.5, "25:00:00", "12", moment]


@pytest.mark.parametrize("streamed", [0, 10_000_000])
@pytest.mark.parametrize("space", ["x:", ""])
def test_empty_attributes_and_values_say_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, space: str, streamed: int
) -> None:
    """A style or a type of "" is the usual one, and a cell whose shared string has no number holds nothing."""
    monkeypatch.setattr(parts, "STREAMED", streamed)
    head = '<x:cols><x:col min="1" max="2" style=""/></x:cols>'
    rows = (
        '<x:row r="1" s="" customFormat="1"><x:c r="A1" s=""><x:v>1</x:v></x:c><x:c r="B1" s="" t=""><x:v>2</x:v></x:c>'
        '<x:c r="C1" t="s"><x:v></x:v></x:c><x:c r="D1" t="s"><x:v/></x:c><x:c r="E1" s="1" t="s"/>'
        '<x:c r="F1" t="s"><x:f>A1</x:f><x:v></x:v></x:c></x:row>'
    )
    path = package(tmp_path / "a.xlsx", rows, head=head)
    if not space:
        with zipfile.ZipFile(path) as archive:
            contents = {name: archive.read(name) for name in archive.namelist()}
        sheet = contents["xl/worksheets/sheet1.xml"].replace(b"xmlns:x=", b"xmlns=").replace(b"x:", b"")
        contents["xl/worksheets/sheet1.xml"] = sheet
        path = zipped(tmp_path / "b.xlsx", contents)
    cells = open_workbook(path).sheets[0].cells
    assert {spot: (cell.value, cell.formula) for spot, cell in cells.items()} == {
        (1, 1): (1.0, None), (1, 2): (2.0, None), (1, 6): (None, "A1")
    }  # fmt: skip


@pytest.mark.parametrize("spelled", ["target", "plain"])
def test_parts_named_with_backslashes_are_found(tmp_path: Path, spelled: str) -> None:
    """Some programs part the folders of an archive as Windows does, a few those of the relations too."""
    plain = package(tmp_path / "a.xlsx", '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>')
    with zipfile.ZipFile(plain) as archive:
        contents = {name.replace("/", "\\"): archive.read(name) for name in archive.namelist()}
    if spelled == "target":
        relations = contents["xl\\_rels\\workbook.xml.rels"]
        contents["xl\\_rels\\workbook.xml.rels"] = relations.replace(b"worksheets/", b"worksheets\\")
    contents["[Content_Types].xml"] = b'<Types><Override ContentType="x/spreadsheetml.sheet.main+xml"/></Types>'
    path, kept = zipped(tmp_path / "b.xlsx", contents), dict[str, bytes | None]()
    check(path, inflated=kept)
    for known in (None, kept):
        assert open_workbook(path, known).sheets[0].cells[1, 1].value == 1


def test_styles_in_alternate_content_keep_their_numbers(tmp_path: Path) -> None:
    """Of a style that is there for readers with and without an extension the one without counts, and it counts once."""
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    choice, fallback = "<mc:Choice Requires='hs'>%s</mc:Choice>", "<mc:Fallback>%s</mc:Fallback>"
    both = f"<mc:AlternateContent {mc}>{choice}{fallback}</mc:AlternateContent>"
    formats = both % ('<numFmt numFmtId="200" formatCode="0"/>', '<numFmt numFmtId="200" formatCode="0.0%"/>')
    styles = both % ('<xf numFmtId="9"/>', '<xf numFmtId="200"/>') + '<xf numFmtId="14"/>'
    part = f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellXfs><xf/>{styles}</cellXfs></styleSheet>'
    rows = '<x:row><x:c s="1"><x:v>1</x:v></x:c><x:c s="2"><x:v>45107</x:v></x:c></x:row>'
    cells = open_workbook(package(tmp_path / "a.xlsx", rows, **{"xl/styles.xml": part})).sheets[0].cells
    assert [cell.number_format for cell in cells.values()] == ["0.0%", "mm-dd-yy"]


def test_modules_among_the_sheets_are_passed_over(tmp_path: Path) -> None:
    """An old program lists the modules of its macros as sheets without a part; a sheet that lost its part is damage."""
    path = package(tmp_path / "a.xlsx", '<x:row><x:c r="A1"><x:v>1</x:v></x:c></x:row>')
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    listed = contents["xl/workbook.xml"]
    for added, is_read in ((b' z:id=""', True), (b' z:id="r9"', False), (b"", False)):
        sheet = b'<q:sheet name="Module" sheetId="8"%s/></q:sheets>' % added
        contents["xl/workbook.xml"] = listed.replace(b"</q:sheets>", sheet)
        zipped(path, contents)
        if is_read:
            assert [sheet.name for sheet in open_workbook(path).sheets] == ["表"]
        else:
            with pytest.raises(Refused, match="没有对应的部件"):
                open_workbook(path)


def test_dates_follow_format_and_date_system(tmp_path: Path) -> None:
    """A serial number is a date by its format only; the 1904 system starts four years later."""
    rows = "<x:row>" + "".join(f'<x:c s="{style}"><x:v>45107</x:v></x:c>' for style in range(4)) + "</x:row>"
    day = dt.date(2023, 6, 30)
    assert list(read_rows(tmp_path / "a.xlsx", rows).values()) == [45107.0, day, day, 45107.0]
    later = read_rows(tmp_path / "b.xlsx", rows, book='<q:workbookPr date1904="1"/>')
    assert later[1, 2] == dt.date(2027, 7, 1)


@pytest.mark.parametrize(
    ("serial", "expected"),
    [(1, dt.date(1900, 1, 1)), (59, dt.date(1900, 2, 28)), (61, dt.date(1900, 3, 1)), (0.5, 0.5), (-3, -3), (9e9, 9e9)],
)
def test_serials_at_the_edges(serial: float, expected: dt.date | float) -> None:
    """Excel's 29 February 1900, times of day and impossible days."""
    assert as_date(serial, date1904=False) == expected


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        ("General", False), ("G/通用格式", False), ("0.00%", False), ('0"年"', False), ("#,##0.00_d;[Red]-0", False),
        ("[$-804]yyyy年m月", True), ('[DBNum1][$-804]yyyy"年"m"月";@', True), ("h:mm", True), ("[h]:mm", False),
        (r"0\y", False), ("[Red]0", False),
    ],
)  # fmt: skip
def test_date_formats_are_told(text: str, dated: bool) -> None:  # noqa: FBT001
    """Letters in quotes, brackets and escapes do not make a date."""
    assert is_date_format(text) is dated


SHARED = [
    "A1+$A1+A$1+$A$1", "SUM(A1:B2,Sheet2!C3,'it''s A1'!D4)", '"A1"&B2', "LOG10(A1)+A1B+XFE1+_A1+支出_B4+B4.x",
    "SUM(A:B,$A:B,1:2,$1:2)", "Table1[[#This Row],[A1]]+A1", "IF(A1>1E5,TRUE,#N/A)", "[1]Sheet1!A1", "AB12!A1+a1",
]  # fmt: skip


@pytest.mark.parametrize("formula", SHARED)
@pytest.mark.parametrize("waits", [False, True])
def test_shared_formulas_are_written_out(tmp_path: Path, formula: str, waits: bool) -> None:  # noqa: FBT001
    """Each cell of a shared formula reads as openpyxl writes it out, wherever the master stands."""
    text = formula.replace("&", "&amp;").replace(">", "&gt;")
    master = f'<x:f t="shared" ref="B2:C3" si="0">{text}</x:f>'
    child = '<x:f t="shared" si="0"/>'
    rows = f'<x:row r="2"><x:c r="B2">{master}</x:c></x:row><x:row r="3"><x:c r="C3">{child}</x:c></x:row>'
    path = package(tmp_path / "a.xlsx", rows)
    translated = Translator(f"={formula}", "B2").translate_formula("C3")[1:]
    translated = translated.replace("XFF2", "XFE1").replace("b2", "B2")  # XFE1 is a name, which openpyxl moves
    if waits:
        first = f'<x:row r="1"><x:c r="C3">{child}</x:c></x:row><x:row r="2"><x:c r="B2">{master}</x:c></x:row>'
        path = package(tmp_path / "b.xlsx", first)
    cells = open_workbook(path).sheets[0].cells
    assert (cells[2, 2].formula, cells[3, 3].formula) == (formula, translated)


def test_a_number_given_to_two_shared_formulas_means_the_last_before_a_cell(tmp_path: Path) -> None:
    """A cell before both gets the first; a number that no cell spells out gives no formula."""
    spelled, shared = '<x:f t="shared" si="0">%s</x:f>', '<x:f t="shared" si="%d"/>'
    formulas = [shared % 0, spelled % "B9", shared % 0, spelled % "C9*2", shared % 0, shared % 1]
    rows = "".join(f'<x:row r="{row}"><x:c>{text}<x:v>1</x:v></x:c></x:row>' for row, text in enumerate(formulas, 1))
    cells = open_workbook(package(tmp_path / "a.xlsx", rows)).sheets[0].cells
    assert [cell.formula for cell in cells.values()] == ["B8", "B9", "B10", "C9*2", "C10*2", None]


def test_a_shared_formula_is_written_out_where_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening costs the same however long the formulas are: writing out six million characters takes a second."""
    spelled = f'<x:row r="1"><x:c><x:f t="shared" si="0">{"+".join(["B1"] * 5_000)}</x:f></x:c></x:row>'
    rows = "".join(f'<x:row r="{row}"><x:c><x:f t="shared" si="0"/></x:c></x:row>' for row in range(2, 502))
    written: list[int] = []

    def note(_: str, down: int, __: int) -> str:
        written.append(down)
        return "B1"

    monkeypatch.setattr(model, "shift_formula", note)
    cells = open_workbook(package(tmp_path / "a.xlsx", spelled + rows)).sheets[0].cells
    assert (len(cells), written) == (501, [])
    assert cells[301, 1].formula == "B1"
    assert written == [300]


def test_shifts_out_of_the_sheet_are_reference_errors() -> None:
    """Only the reference that leaves the sheet is lost."""
    assert shift_formula("A1+B2+$A1", 0, -1) == "#REF!+A2+$A1"
    assert shift_formula("A1048576+A$1", 1, 0) == "#REF!+A$1"


def test_extension_validations_are_read(tmp_path: Path) -> None:
    """A list that a newer program keeps in the extension list counts like any other."""
    tail = (
        '<x:extLst><x:ext xmlns:n="urn:n" xmlns:m="urn:m"><n:dataValidations><n:dataValidation type="list">'
        "<n:formula1><m:f>名单!$A$1:$A$2</m:f></n:formula1><m:sqref>B1:B3 D1</m:sqref></n:dataValidation>"
        "</n:dataValidations></x:ext></x:extLst>"
    )
    assert open_workbook(package(tmp_path / "a.xlsx", "", tail=tail)).sheets[0].validated == [
        (1, 2, 3, 2),
        (1, 4, 1, 4),
    ]


def test_validations_of_deleted_cells_cover_nothing(tmp_path: Path) -> None:
    """Whoever deletes the cells of a list leaves a list of no cells; any other range that is none is damage."""
    tail = '<x:dataValidations><x:dataValidation type="list" sqref="%s"/></x:dataValidations>'
    (sheet,) = open_workbook(package(tmp_path / "a.xlsx", "", tail=tail % "#REF!")).sheets
    assert sheet.validated == []
    with pytest.raises(Refused, match="文件已损坏"):
        open_workbook(package(tmp_path / "a.xlsx", "", tail=tail % "#NAME?"))


def test_protection_switched_off_is_none(tmp_path: Path) -> None:
    """The element alone protects nothing; switched on, its attributes are given as written."""
    off = '<x:sheetProtection sheet="0" objects="1"/>'
    on = '<x:sheetProtection sheet="true" password="CC1A"/>'
    assert open_workbook(package(tmp_path / "a.xlsx", "", tail=off)).sheets[0].protection is None
    protection = open_workbook(package(tmp_path / "b.xlsx", "", tail=on)).sheets[0].protection
    assert protection == {"sheet": "true", "password": "CC1A"}


def test_streaming_keeps_what_an_extension_follows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An extension list inside a cell does not make the streaming reader forget the cell's value."""
    monkeypatch.setattr(parts, "STREAMED", 0)
    rows = "<x:row><x:c><x:v>1</x:v><x:extLst/></x:c></x:row>"
    assert read_rows(tmp_path / "a.xlsx", rows) == {(1, 1): 1.0}


@pytest.mark.parametrize(
    ("rows", "extra"),
    [
        ('<x:row><x:c t="s"><x:v>3</x:v></x:c></x:row>', {}),
        ('<x:row><x:c t="s"><x:v>-1</x:v></x:c></x:row>', {"xl/sharedStrings.xml": "<sst><si><t>a</t></si></sst>"}),
        ('<x:row><x:c r="1B"><x:v>3</x:v></x:c></x:row>', {}),
        ('<x:row><x:c s="99"/></x:row>', {}),
        ('<x:row r="0"/>', {}),
        ("<x:row>", {}),
        ("", {"xl/worksheets/sheet1.xml": ""}),
        ("", {"xl/workbook.xml": ""}),
        ("", {"_rels/.rels": ""}),
        ("", {"xl/_rels/workbook.xml.rels": ""}),
        ("", {"xl/styles.xml": "no xml"}),
    ],
)
@pytest.mark.parametrize("streamed", [0, 10_000_000])
def test_damage_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: str, extra: dict[str, str], streamed: int
) -> None:
    """Whatever the file lacks or contradicts is one refusal with a Chinese reason, never a traceback."""
    monkeypatch.setattr(parts, "STREAMED", streamed)
    with pytest.raises(Refused, match="文件已损坏") as caught:
        open_workbook(package(tmp_path / "a.xlsx", rows, **extra))
    assert caught.value.code == "corrupt"
