"""The bounds on what is built of a file, at a thousandth of their figures: as many as there may be, and one more."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from tests.attacks.built_files import docx, ods
from tests.attacks.kit import SHEET, STRINGS, in_sheet, parts_of, replaced, zipped
from tests.support.bounds import bound
from tests.support.filled import filled
from xltool.reader.formats import biff, tables
from xltool.reader.guard import FileFormat, Refused
from xltool.reader.limits import LIMITS
from xltool.reader.model import Book, Sheet
from xltool.reader.ooxml import parts, sheet
from xltool.reader.ooxml.workbook import open_workbook
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROW = '<row r="%d">%s</row>'
PARAGRAPH = b"<w:p><w:r><w:t>a</w:t></w:r></w:p>"


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An honest form."""
    return filled(tmp_path_factory.mktemp("form") / "附件1.xlsx", "附件1").read_bytes()


def code(path: Path, data: bytes) -> tuple[str, str]:
    """What becomes of a file, and why."""
    path.write_bytes(data)
    record = read_file(path, path.name)
    return record.code or record.status, record.reason


def cells(count: int, *, large: bool) -> Callable[[bytes], bytes]:
    """A form with so many numbers more, in a part that is streamed or in one that is not."""
    body = "".join(ROW % (row, f'<c r="A{row}"><v>1</v></c>') for row in range(900, 900 + count))
    return lambda form: in_sheet(form, body.encode() + (b"<!--%s-->" % (b"x" * parts.STREAMED) if large else b""))


@pytest.mark.parametrize("large", [False, True])
def test_cells_with_content(form: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, large: bool) -> None:
    """They are counted over all sheets, whichever way their part is read."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(parts_of(cells(0, large=large)(form)), 0))
    own = sum(len(each.cells) for each in open_workbook(path).sheets)
    bound(monkeypatch, filled_cells=own + 3)
    assert code(path, zipped(parts_of(cells(3, large=large)(form)), 0))[0] == "read"
    refused = code(path, zipped(parts_of(cells(4, large=large)(form)), 0))
    assert refused[0] == "too_many"
    assert "只保留附件" in refused[1]


def _with(kind: type, **changed: int) -> tuple[int, ...]:
    """The defaults of a dataclass, some of them changed."""
    usual = {name: item.default for name, item in kind.__dataclass_fields__.items()}  # type: ignore[attr-defined]
    given = [name for name, item in kind.__dataclass_fields__.items() if isinstance(item.default, int)]  # type: ignore[attr-defined]
    return tuple((usual | changed)[name] for name in given)


def test_rows_and_cells_without_content(form: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty ones are counted too: they cost time."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(form)
    before = sheet.WorkbookContext([], [], date1904=False).cells
    counted = []
    monkeypatch.setattr(sheet.WorkbookContext, "count", lambda _, number: counted.append(number))
    open_workbook(path)
    monkeypatch.undo()
    assert before == LIMITS.cells
    for more, expected in ((0, "read"), (1, "too_many")):
        monkeypatch.setattr(
            sheet.WorkbookContext.__init__, "__defaults__", _with(sheet.WorkbookContext, cells=sum(counted) + 1)
        )
        rows = b"".join(b'<row r="%d" hidden="1"/>' % row for row in range(900, 901 + more))
        assert code(path, in_sheet(form, rows))[0] == expected


def test_shared_strings(form: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as cells there may be."""
    rich = b"<si><r><t>a</t></r></si>"
    more = 5_000 - parts_of(form)[STRINGS].count(b"<si>")
    bound(monkeypatch, filled_cells=5_000)
    for count, expected in ((more, "read"), (more + 1, "too_many")):
        data = replaced(form, STRINGS, b"</sst>", rich * count + b"</sst>")
        assert code(tmp_path / "a.xlsx", data)[0] == expected


def test_tags_of_a_piece(form: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of a streamed part; one with more is not built."""
    bound(monkeypatch, parsed_marks=200_000)
    for count, expected in ((20_000, "read"), (120_000, "too_many")):
        rows = b'<row r="900">%s</row>' % (b'<c s="1"/>' * min(count, 16_000))
        rows += b"".join(b'<row r="%d"/>' % row for row in range(901, 300_901))
        if count > 16_000 * 2:
            rows = rows.replace(b"</row>", b'<c s="1"/>' * count + b"</row>", 1)
        data = zipped(parts_of(in_sheet(form, rows)), 0)
        assert len(parts_of(data)[SHEET]) > parts.STREAMED
        assert code(tmp_path / "a.xlsx", data)[0] == expected


def test_paragraphs_blocks_and_table_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a document."""
    bound(monkeypatch, paragraphs=3, document_blocks=6, table_cells=4)
    row = b"<w:tbl><w:tr>%s</w:tr></w:tbl>"
    path = tmp_path / "a.docx"
    for most, body in ((3, PARAGRAPH), (6, b"<w:p/>")):
        assert code(path, docx(body * most))[0] == "no_form"
        assert code(path, docx(body * (most + 1)))[0] == "too_many"
    assert code(path, docx(row % (b"<w:tc><w:p/></w:tc>" * 4)))[0] == "no_form"
    assert code(path, docx(row % (b"<w:tc><w:p/></w:tc>" * 5)))[0] == "too_large"


def test_merges_sheets_and_hidden_rows_of_an_ods(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are counted as they come by."""
    bound(monkeypatch, merged_ranges=2, sheets=2, filled_cells=4)
    path = tmp_path / "a.ods"
    merged = b'<table:table-row><table:table-cell table:number-columns-spanned="3"/></table:table-row>'
    following = b'</table:table><table:table table:name="%d">'
    value = b'<table:table-row><table:table-cell office:value-type="float" office:value="1"/></table:table-row>'
    hidden = b'<table:table-row table:visibility="collapse" table:number-rows-repeated="600000"/>'
    assert code(path, ods(merged * 2))[0] == "no_form"
    assert code(path, ods(merged * 3))[0] == "too_many"
    assert code(path, ods(merged * 3 + b"<damage"))[0] == "too_many"  # before all of it is read
    assert code(path, ods(following % 1))[0] == "no_form"
    assert code(path, ods(following % 1 + following % 2))[0] == "too_many"
    assert code(path, ods(value * 4))[0] == "no_form"
    assert code(path, ods(value * 5))[0] == "too_large"
    assert code(path, ods(hidden))[0] == "no_form"
    assert code(path, ods(hidden + following % 1 + hidden))[0] == "too_many"


def test_a_part_that_is_read_as_a_whole(form: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Styles and relations are; the size their directory declares is enough to refuse them."""
    styles = "xl/styles.xml"
    size = len(parts_of(form)[styles])
    data = replaced(form, styles, b"</styleSheet>", b" " * (300_000 - size) + b"</styleSheet>")
    for most, expected in ((300_000, "read"), (299_999, "too_large")):
        bound(monkeypatch, whole_part_size=most)
        assert code(tmp_path / "a.xlsx", data)[0] == expected


def test_records_of_an_xls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are counted before xlrd makes anything of them."""
    number, blanks = struct.pack("<HH", 0x203, 14) + bytes(14), struct.pack("<HH", 0xBE, 10) + bytes(10)
    many = struct.pack("<HH", 0xBD, 6 + 6 * 3) + bytes(6 + 6 * 3)
    bound(monkeypatch, filled_cells=5, formatted_cells=6)
    for stream in (number * 2 + many, blanks * 3):
        monkeypatch.setattr(biff, "_parts", lambda _, stream=stream: ([], stream))
        biff.check_size(tmp_path / "a.xls")
    for stream in (number * 3 + many, blanks * 4):
        monkeypatch.setattr(biff, "_parts", lambda _, stream=stream: ([], stream))
        with pytest.raises(Refused, match="too_many"):
            biff.check_size(tmp_path / "a.xls")


def test_merges_of_other_formats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that libraries read are counted afterwards."""
    bound(monkeypatch, merged_ranges=2)
    sheets = [Sheet("a", merges=[(1, 1, 2, 2)] * count) for count in (2, 3)]
    monkeypatch.setattr(tables, "_open_xls", lambda _: Book([sheets.pop(0)]))
    tables.open_tables(tmp_path / "a.xls", FileFormat.XLS)
    with pytest.raises(Refused, match="too_many"):
        tables.open_tables(tmp_path / "a.xls", FileFormat.XLS)
