"""The reader against openpyxl on files of three programs, and against files no writer here makes."""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText
from openpyxl.formula.translate import Translator
from openpyxl.styles import PatternFill, Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula

from tests.support.programs.office import convert, needs_office
from xltool.reader.a1 import shift_formula, span
from xltool.reader.guard import Refused, check
from xltool.reader.ooxml import parts
from xltool.reader.ooxml.styles import as_date, is_date_format
from xltool.reader.ooxml.workbook import open_workbook

if TYPE_CHECKING:
    from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
Seen = tuple[Any, str | None, bool, bool, str]


def by_xlsxwriter(path: Path) -> Path:
    """A form with everything a form has, written by xlsxwriter."""
    book = xlsxwriter.Workbook(path)
    free = book.add_format({"locked": False, "num_format": "0.00"})
    day = book.add_format({"num_format": 'yyyy"年"m"月"d"日"', "locked": False})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("附件1")
    sheet.protect("secret", {"format_cells": True})
    sheet.set_column(3, 4, 12, free)
    sheet.set_column(6, 7, None, None, {"hidden": True})
    sheet.set_row(20, None, free)
    sheet.set_row(21, None, bold, {"hidden": True})
    sheet.write_row(0, 0, ["指标", "－", " 两端空格 ", 1, True, 0.1 + 0.2, -1e-7])
    sheet.write_string(0, 8, "=A1")
    sheet.write_rich_string(1, 0, bold, "粗", "细\n第二行")
    sheet.write_datetime(1, 1, dt.datetime(2023, 6, 30), day)  # noqa: DTZ001
    sheet.write_datetime(1, 2, dt.datetime(2023, 6, 30, 18, 30), day)  # noqa: DTZ001
    sheet.write_formula("A3", '=IF(B3="","",B3/C3)', bold, "")
    sheet.write_formula("B3", "=1/0", free, "#DIV/0!")
    sheet.write_formula("C3", "=D1*2", free, 2)
    sheet.write_array_formula("D3:D3", "{=SUM(A1:A2*B1:B2)}", free, 5)
    sheet.write_blank("B5", None, free)
    sheet.merge_range("A7:C8", "合并", bold)
    sheet.data_validation("B5:B6", {"validate": "list", "source": ["是", "否"]})
    sheet.data_validation("C5", {"validate": "decimal", "criteria": ">=", "value": 0})
    sheet.data_validation("D5", {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": "=C1"})
    book.define_name("附件1!编制数", "='附件1'!$B$4")
    book.define_name("全局", "='附件1'!$A$1:$A$9")
    book.add_worksheet("空表").very_hidden()
    book.add_worksheet("名单").hide()
    book.close()
    return path


def by_openpyxl(path: Path) -> Path:
    """The same kinds of things, written by openpyxl."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "附件2"
    sheet.append(["部门", 12, 3.5, False, None, dt.datetime(2023, 1, 1), "=SUM(B1:C1)", "#N/A"])  # noqa: DTZ001
    sheet["B2"].protection = Protection(locked=False)
    sheet["A3"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet["C4"] = ArrayFormula("C4:C5", "=A1:A2*2")
    sheet.merge_cells("A5:B6")
    sheet.protection.enable()
    sheet.column_dimensions["C"].hidden = True
    sheet.row_dimensions[9].hidden = True
    rule = DataValidation(type="list", formula1='"是,否"')
    rule.add("D1:D3")
    rule.add("F7")
    sheet.add_data_validation(rule)
    book.defined_names["全局"] = DefinedName("全局", attr_text="'附件2'!$A$1", hidden=True)
    sheet.defined_names["局部"] = DefinedName("局部", attr_text="'附件2'!$B$1")
    book.create_sheet("藏").sheet_state = "hidden"
    book.save(path)
    return path


def by_libreoffice(path: Path) -> Path:
    """The first form as LibreOffice saves it."""
    source = by_xlsxwriter(path.with_name("source.xlsx"))
    return convert([source], path.parent / "office", "xlsx")[0]


WRITERS = [by_xlsxwriter, by_openpyxl, pytest.param(by_libreoffice, marks=needs_office)]


@pytest.fixture(scope="module", params=WRITERS)
def form(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A form by each of the three programs."""
    path: Path = request.param(tmp_path_factory.mktemp("form") / "form.xlsx")
    check(path)
    return path


def seen_by_openpyxl(path: Path) -> dict[tuple[str, int, int], Seen]:
    """Cells, as (value, formula, error, locked, format), by sheet and address; from two loads of openpyxl."""
    stored = openpyxl.load_workbook(path, data_only=True, rich_text=True)
    written = openpyxl.load_workbook(path)
    found: dict[tuple[str, int, int], Seen] = {}
    for sheet in written.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                value = stored[sheet.title][cell.coordinate].value
                value = str(value) if isinstance(value, CellRichText) else value
                text = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
                formula = str(text)[1:] if cell.data_type == "f" else None
                if value is None and formula is None:
                    continue
                if isinstance(value, dt.datetime) and value.time() == dt.time.min:
                    value = value.date()
                error = stored[sheet.title][cell.coordinate].data_type == "e"
                place = (sheet.title, cell.row or 0, cell.column or 0)
                found[place] = (value, formula, error, bool(cell.protection.locked), cell.number_format)
    return found


def test_cells_are_those_of_openpyxl(form: Path) -> None:
    """Every value, formula, error flag, lock and number format agrees with openpyxl's two loads."""
    expected = seen_by_openpyxl(form)
    # openpyxl reads a formula's cached empty text as no value at all.
    found = {
        (sheet.name, *place): (
            None if cell.value == "" else cell.value,
            cell.formula,
            cell.error,
            cell.locked,
            cell.number_format,
        )
        for sheet in open_workbook(form).sheets
        for place, cell in sheet.cells.items()
    }
    assert len(expected) >= 8
    assert found == expected


def test_locks_of_all_cells_are_those_of_openpyxl(form: Path) -> None:
    """Locks of cells the file has, empty ones too, agree with openpyxl."""
    book = openpyxl.load_workbook(form)
    states = set()
    for sheet in open_workbook(form).sheets:
        for row in book[sheet.name].iter_rows():
            for cell in row:
                if cell.has_style and cell.row is not None and cell.column is not None:
                    states.add(cell.protection.locked)
                    assert sheet.is_locked(cell.row, cell.column) == cell.protection.locked, cell.coordinate
    assert states == {True, False}


def test_structure_is_that_of_openpyxl(form: Path) -> None:
    """Sheets, states, merges, hidden rows and columns agree with openpyxl."""
    theirs = openpyxl.load_workbook(form)
    ours = open_workbook(form)
    assert [(sheet.name, sheet.state) for sheet in ours.sheets] == [(s.title, s.sheet_state) for s in theirs.worksheets]
    for sheet in ours.sheets:
        other = theirs[sheet.name]
        merges = [(each.min_row, each.min_col, each.max_row, each.max_col) for each in other.merged_cells.ranges]
        assert sorted(sheet.merges) == sorted(merges)
        assert sheet.hidden_rows == {row for row, size in other.row_dimensions.items() if size.hidden}
        columns: set[int] = set()
        for size in other.column_dimensions.values():
            columns.update(range(size.min or 0, (size.max or 0) + 1) if size.hidden else ())
        assert sheet.hidden_columns == columns
    first = ours.sheets[0]
    assert first.merges
    assert first.hidden_rows
    assert first.hidden_columns


def test_protection_and_validations_are_those_of_openpyxl(form: Path) -> None:
    """Validations with their ranges, and whether a sheet is protected, agree with openpyxl."""
    theirs = openpyxl.load_workbook(form)
    for sheet in open_workbook(form).sheets:
        other = theirs[sheet.name]
        assert (sheet.protection is not None) == bool(other.protection.sheet)
        ours = {(each.ranges, each.type, each.operator, each.formula1, each.formula2) for each in sheet.validations}
        assert ours == {
            (
                tuple(span(part) for part in str(each.sqref).split()),
                each.type or "none",
                each.operator or "between",
                each.formula1 or "",
                each.formula2 or "",
            )
            for each in other.data_validations.dataValidation
        }
    first = open_workbook(form).sheets[0]
    assert first.protection
    assert first.validations


def test_names_are_those_of_openpyxl(form: Path) -> None:
    """Defined names with scope, text and visibility agree with openpyxl."""
    theirs = openpyxl.load_workbook(form)
    expected: set[tuple[str, str | None, str | None, bool]] = {
        (name, None, each.attr_text, bool(each.hidden)) for name, each in theirs.defined_names.items()
    }
    for sheet in theirs.worksheets:
        for name, each in sheet.defined_names.items():
            expected.add((name, sheet.title, each.attr_text, bool(each.hidden)))
    assert {(each.name, each.sheet, each.ref, each.hidden) for each in open_workbook(form).names} == expected
    assert {each[1] is None for each in expected} == {True, False}


def test_styles_of_rows_and_columns_hold_for_absent_cells(tmp_path: Path) -> None:
    """A cell the file does not have takes its row's lock, else its column's, else it is locked."""
    sheet = open_workbook(by_xlsxwriter(tmp_path / "a.xlsx")).sheets[0]
    assert [sheet.is_locked(40, column) for column in (3, 4, 5, 6)] == [True, False, False, True]
    assert (sheet.is_locked(21, 9), sheet.is_locked(22, 4), sheet.is_locked(5, 2)) == (False, True, False)
    assert sheet.extent == (7, 9)


def package(path: Path, rows: str, *, tail: str = "", head: str = "", space: str = MAIN, **extra: str) -> Path:
    """A workbook whose one sheet is written by hand; `extra` are more parts by name (dots and slashes allowed)."""
    office = OFFICE if space == MAIN else "http://purl.oclc.org/ooxml/officeDocument/relationships"
    relation = f'<Relationship Id="r%s" Type="{office}/%s" Target="%s"/>'
    book = relation % (1, "worksheet", "worksheets/sheet1.xml") + relation % (2, "styles", "/xl/styles.xml")
    made = {
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
    return zipped(path, {name: text.encode() for name, text in (made | extra).items() if text})


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
    (rule,) = open_workbook(package(tmp_path / "a.xlsx", "", tail=tail)).sheets[0].validations
    assert (rule.type, rule.formula1, rule.ranges) == ("list", "名单!$A$1:$A$2", ((1, 2, 3, 2), (1, 4, 1, 4)))


def test_validations_of_deleted_cells_cover_nothing(tmp_path: Path) -> None:
    """Whoever deletes the cells of a list leaves a list of no cells; any other range that is none is damage."""
    tail = '<x:dataValidations><x:dataValidation type="list" sqref="%s"/></x:dataValidations>'
    (rule,) = open_workbook(package(tmp_path / "a.xlsx", "", tail=tail % "#REF!")).sheets[0].validations
    assert rule.ranges == ()
    with pytest.raises(Refused, match="文件已损坏"):
        open_workbook(package(tmp_path / "a.xlsx", "", tail=tail % "#NAME?"))


def test_protection_switched_off_is_none(tmp_path: Path) -> None:
    """The element alone protects nothing; switched on, its attributes are given as written."""
    off = '<x:sheetProtection sheet="0" objects="1"/>'
    on = '<x:sheetProtection sheet="true" password="CC1A"/>'
    assert open_workbook(package(tmp_path / "a.xlsx", "", tail=off)).sheets[0].protection is None
    protection = open_workbook(package(tmp_path / "b.xlsx", "", tail=on)).sheets[0].protection
    assert protection == {"sheet": "true", "password": "CC1A"}


def test_streaming_gives_the_same_book(form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large parts are read piece by piece; the result is the same to the last cell."""
    whole = open_workbook(form)
    monkeypatch.setattr(parts, "STREAMED", 0)
    assert open_workbook(form) == whole


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
