"""Documents as sheets: merged cells, slivers, nested tables, tracked changes."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from tests.reader.formats.format_files import OFFICE, cell, read, refusal, run, texts
from tests.support.documents import forms, write_docx
from xltool.reader.formats.word import open_document
from xltool.reader.guard import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.reader.a1 import Span

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


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
    document = docx.Document()
    paragraph = document.add_table(1, 1).cell(0, 0).paragraphs[0]
    inserted = f'<w:ins {nsdecls("w")} w:id="1" w:author="a"><w:r><w:t>15</w:t></w:r></w:ins>'
    paragraph._p.append(parse_xml(inserted))  # noqa: SLF001 - python-docx cannot write one
    document.save(str(tmp_path / "a.docx"))
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
