"""Faults that fuzzing revealed, each as the smallest input that shows it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from benchmarks.fuzz.stock import HONEST, KEPT
from tests.attacks.built_files import ods, xlsb
from tests.attacks.kit import BOOK, in_sheet, parts_of, replaced, with_part
from tests.support.documents import as_sheet, base_data_form, project_form
from tests.support.filled import filled
from xltool.forms import base_data
from xltool.forms.manifest import IssuedSheet, from_rows
from xltool.reader.formats.biff import areas
from xltool.reader.guard import LONGEST_REASON, Code, Refused
from xltool.reader.locate import LocatedForm, area_of, row_shift
from xltool.reader.model import Book, Cell, Sheet
from xltool.reader.notation.cells import parse_number, parse_rate
from xltool.reader.notation.quantity import parse_quantity
from xltool.reader.notation.tokens import State
from xltool.reader.reading import read_book, read_file
from xltool.reader.records import FileRecord

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.reader.records import Submission

HEAD = [("", "签发", "规格", "1"), ("", "签发", "年度", "2023"), ("附件1", "表", "附件1", "")]


def outcome(data: bytes, path: Path) -> str:
    """Code or status of a file of this content."""
    path.write_bytes(data)
    record = read_file(path, path.name)
    return record.code or record.status


def only(sheet: Sheet) -> Submission:
    """The form on a sheet."""
    (submission,) = read_book(Book([sheet]), FileRecord("表.xlsx", "read")).submissions
    return submission


@pytest.mark.parametrize("place", ["", "1", "A0", "附件2", "A1:B", "AAA1", "A100000", "A12345678", "1" * 5_000])
@pytest.mark.parametrize("kind", ["标签", "位置"])
def test_a_manifest_without_places_is_none(kind: str, place: str) -> None:
    """A manifest with an invalid place counts as tampered with; it once ended the reading."""
    row = ("附件1", kind, place, "文字") if kind == "标签" else ("附件1", kind, "编制数", place)
    with pytest.raises(ValueError, match="not a place"):
        from_rows([*HEAD, row])


def test_labels_move_no_further_than_the_sheet() -> None:
    """Labels below a name that moved to the last row move along, but not beyond the sheet."""
    field = next(iter(base_data.FORM.fields.values()))
    located = LocatedForm(base_data.FORM, Sheet("附件1"), cells={field.key: (1_048_570, 2)})
    issued = IssuedSheet("附件1", places={field.defined_name: "B4"})
    assert row_shift(located, issued, 6) == 1_048_566
    assert row_shift(located, issued, 30) == 1_048_576 - 30


@pytest.mark.parametrize("year", ["", "²", "9" * 30, "-2023"])
def test_a_manifest_of_no_year_is_none(year: str) -> None:
    """A year has four digits."""
    with pytest.raises(ValueError, match="not a manifest"):
        from_rows([HEAD[0], ("", "签发", "年度", year)])


@pytest.mark.parametrize(
    ("reference", "area"),
    [
        ("$B$5", (5, 2, 5, 2)),
        ("$B$5:$C$9", (5, 2, 9, 3)),
        ("$B$0", None),
        ("$ZZZ$1", None),
        ("$B$1048577", None),
        ("$A$" + "9" * 5_000, None),
        ("$B$5 $C$6", None),
    ],
)
def test_references_stay_within_the_sheet(reference: str, area: object) -> None:
    """A defined name may hold any text; where that is no area of a sheet, the name counts as missing."""
    assert area_of(reference) == area


@pytest.mark.timeout(40)  # row by row it takes more than a minute
def test_a_table_stretched_over_the_sheet_is_read_at_once(tmp_path: Path) -> None:
    """A name over a million rows costs no more than the rows that hold something."""
    form = filled(tmp_path / "附件2.xlsx", "附件2").read_bytes()
    book = parts_of(form)[BOOK].decode()
    start = book.index('name="三级指标"')
    end = book.index("</definedName>", start)
    stretched = book[:end].rpartition("$")[0] + "$1048576" + book[end:]
    assert outcome(with_part(form, BOOK, stretched.encode()), tmp_path / "长.xlsx") == "read"


@pytest.mark.parametrize("reference", ["A0", "A1048577", "XFE1", "A99999999"])
def test_a_cell_beyond_the_sheet_is_damage(tmp_path: Path, reference: str) -> None:
    """A file with a cell that no sheet can have is damaged."""
    form = filled(tmp_path / "附件1.xlsx", "附件1").read_bytes()
    cell = f'<row r="900"><c r="{reference}"><v>1</v></c></row>'.encode()
    assert outcome(in_sheet(form, cell), tmp_path / "远.xlsx") == "corrupt"


@pytest.mark.parametrize("number", ["NaN", "INF", "1e999"])
def test_a_number_that_is_none_is_text(tmp_path: Path, number: str) -> None:
    """No NaN and no infinity comes out of any format: JSON has neither."""
    title = '<table:table-cell office:value-type="string"><text:p>基础数据表</text:p></table:table-cell>'
    label = '<table:table-cell office:value-type="string"><text:p>编制数</text:p></table:table-cell>'
    cell = f'<table:table-cell office:value-type="float" office:value="{number}"/>'
    rows = f"<table:table-row>{title}</table:table-row>" + f"<table:table-row>{label}{cell}</table:table-row>" * 3
    data = ods(
        rows.replace("<text:p>", '<text:p xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">').encode()
    )
    assert outcome(data, tmp_path / "数.ods") in {"read", "no_form"}
    nan = struct.pack("<IId", 1, 0, float("nan"))
    sheet = b"\x91\x01\0\x00\x19" + struct.pack("<II", 0, 0) + bytes(17) + b"\x05\x10" + nan + b"\x92\x01\0"
    assert outcome(xlsb(sheet), tmp_path / "数.xlsb") in {"no_form", "corrupt"}


def test_relations_that_are_no_xml_are_damage(tmp_path: Path) -> None:
    """A broken relationship part makes an .xlsb damaged."""
    broken = with_part(xlsb(b""), "xl/_rels/workbook.bin.rels", b"<Relationships")
    assert outcome(broken, tmp_path / "坏.xlsb") == "corrupt"


def test_two_sheets_of_one_name_are_damage(tmp_path: Path) -> None:
    """Findings could not tell the two sheets apart."""
    form = filled(tmp_path / "附件1.xlsx", "附件1").read_bytes()
    doubled = replaced(form, BOOK, b"<sheets>", b'<sheets><sheet name="xltool" sheetId="77" r:id="rId1"/>')
    assert outcome(doubled, tmp_path / "双.xlsx") == "corrupt"


def test_a_reason_is_a_line() -> None:
    """Control and direction characters are removed, and long names are cut."""
    reason = Refused(Code.CORRUPT, "部件 a\x1b[31m\n\u202eb\x00" + "长" * 5_000).reason
    assert reason.startswith("部件 a [31m b 长")
    assert len(reason) == LONGEST_REASON + 1
    assert reason.isprintable()


def test_an_xls_that_says_it_is_large_is_not_laid_out(tmp_path: Path) -> None:
    """Calamine allocates the size that a sheet declares, and ends the process if there is not enough memory."""
    whole = (KEPT / f"{HONEST}-附件2.xls").read_bytes()
    path = tmp_path / "a.xls"
    path.write_bytes(whole)
    honest = areas(path)
    assert 0 < max(honest) < 1_000
    at = whole.index(b"\x00\x02\x0e\x00")
    path.write_bytes(whole[: at + 4] + struct.pack("<IIHH", 9, 3, 0, 9) + whole[at + 16 :])
    assert max(areas(path)) == 1 << 32
    path.write_bytes(b"\xd0\xcf\x11\xe0" * 200)
    with pytest.raises(Refused, match="corrupt"):
        areas(path)


@pytest.mark.parametrize("raw", [1e15, -1e300, "9" * 60, "1" + "0" * 15])
def test_what_no_form_counts_is_no_number(raw: float | str) -> None:
    """Sums and quotients of what is read never overflow."""
    assert parse_number(raw, unit="万元").state is State.UNPARSED
    assert parse_rate(raw, None).state is State.UNPARSED
    assert parse_quantity(raw).value is None


def test_what_is_left_over_from_sums_is_nothing() -> None:
    """1e-300 is read as zero; rounding errors of sums are kept."""
    assert parse_number(1e-300, unit="万元").value == 0.0
    assert parse_number(5.6e-17, unit="万元").value == 5.6e-17


def test_an_empty_line_of_buildings_takes_nothing_from_the_next() -> None:
    """楼堂馆所 left blank: 厉行节约保障措施 below is not read as its areas and amounts."""
    form = base_data_form()
    sheet = as_sheet(form)
    (position,) = [position for position, cell in sheet.cells.items() if cell.value == "厉行节约保障措施"]
    measures = "严格执行公务接待标准，压减一般性支出"
    sheet.cells[position[0], 2] = Cell(measures)
    submission = only(sheet)
    assert [key for key, filed in submission.values.items() if filed.raw == measures] == ["厉行节约保障措施"]
    assert [note.rule for note in submission.notes if note.rule == "W-05"] == []


def test_amounts_merged_into_one_cell_are_one_amount() -> None:
    """The number in a cell merged over three columns is not last year's, budget and outturn at once."""
    sheet = as_sheet(base_data_form())
    (row,) = [row for (row, _), cell in sheet.cells.items() if cell.value == "公用经费"]
    sheet.merges = [span for span in sheet.merges if span[0] != row] + [(row, 2, row, 7)]
    raws = [filed.raw for key, filed in only(sheet).values.items() if key.startswith("公用经费_")]
    assert len(raws) == 1


@pytest.mark.timeout(40)  # by a pattern that explodes it takes more than a minute
def test_a_name_of_digits_is_read_at_once() -> None:
    """A cell full of digits where an indicator's name belongs costs no time."""
    sheet = as_sheet(project_form())
    rows = [row for (row, column), cell in sheet.cells.items() if column == 4 and cell.value and row > 11]
    for row in rows[:12]:
        sheet.cells[row, 4] = Cell("9" * 32_767)
    only(sheet)


def test_three_forms_in_a_row_have_three_ids() -> None:
    """Forms side by side that begin in the same row differ by their first column."""
    sheet = Sheet("表")
    for left in (1, 4, 7):
        texts = ("项目支出绩效自评表", "项目支出名称", "主管部门", "实施单位")
        for row, text in enumerate(texts, 1):
            sheet.cells[row, left] = Cell(text)
            if row > 1:
                value = Cell(f"甲{left}")
                sheet.cells[row, left + 1] = value
    submissions = read_book(Book([sheet]), FileRecord("表.xlsx", "read")).submissions
    assert len(submissions) == 3
    assert len({submission.id for submission in submissions}) == 3
