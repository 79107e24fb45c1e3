"""What is taken out of a part without a tree is what the tree says; other spellings are left to the tree."""

from __future__ import annotations

import zipfile
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.reader.ooxml.opened_parts import MAIN, by_libreoffice, by_xlsxwriter
from tests.reader.ooxml.test_open_parts import package
from tests.support.programs.office import needs_office
from tests.support.seed import order, seed_sheets
from xltool.reader.guard import Refused
from xltool.reader.ooxml import cell_scanner
from xltool.reader.ooxml.workbook import open_workbook
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.reader.model import Book

SHEET: Final = "xl/worksheets/sheet1.xml"
STRINGS: Final = "xl/sharedStrings.xml"
HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
CELL: Final = '<c r="A1"><v>1</v></c>'
vary = partial(settings, deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


def sheet(rows: str, *, head: str = HEAD, before: str = "", after: str = "") -> str:
    """A worksheet part with these rows."""
    return f'{head}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def shared(items: str, *, head: str = HEAD, after: str = "") -> str:
    """A part of shared strings."""
    return f'{head}<sst xmlns="{MAIN}" count="3">{items}</sst>{after}'


def written(path: Path, rows: str, strings: str = "<si><t>一</t></si><si><t>二</t></si>") -> Path:
    """A workbook with these rows and strings."""
    return package(path, "", **{SHEET: sheet(rows), STRINGS: shared(strings)})


def book_or_reason(path: Path) -> Book | str:
    """What is read, or why it is not."""
    try:
        return open_workbook(path)
    except Refused as refusal:
        return str(refusal)


def by_trees(path: Path) -> Book | str:
    """What is read where nothing is taken out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cell_scanner, "scan_cells", lambda _: None)
        patch.setattr(cell_scanner, "scan_strings", lambda _: None)
        return book_or_reason(path)


TEXTS: Final = st.sampled_from(
    [
        "",
        "1",
        "0.5",
        "-1e-7",
        "是",
        "a&amp;b&lt;&gt;&quot;",
        " ",
        "行\n二",
        "_x000D_x",
        "#N/A",
        "😀",
        "TRUE",
        "2023-06-30",
    ]
)
_MARKUP: Final = ("<x/>", "</row>", '<row r="9">', "</c>", "<c>", "<v>", "<v/>", CELL, "</sheetData>", "<sheetData>")
_OTHER: Final = ("<!-- x -->", "<![CDATA[1]]>", "<?x y?>", "]]>", "&#65;", "&nope;", "&amp;", "|", "'", 'q="/>"')
ODD: Final = st.sampled_from((*_MARKUP, *_OTHER, "\r\n", "\t", "\x0b", "\ufffe"))


@st.composite
def cells(draw: Any, row: int, column: int) -> str:  # noqa: ANN401 - hypothesis's own
    """A cell as one of the programs may spell it, and as hardly any does."""
    style = draw(st.sampled_from(["", ' s="0"', ' s="2"', ' s="4"', ' s="9"', ' s=""']))
    letter = draw(st.sampled_from(["", ' t="s"', ' t="n"', ' t="str"', ' t="b"', ' t="e"', ' t="d"', ' t="inlineStr"']))
    kind = draw(
        st.sampled_from(
            ["", "", ' aca="false"', ' t="shared" ref="A1:A9" si="0"', ' t="shared" si="0"', ' t="array" ref="A1"']
        )
    )
    code = draw(st.sampled_from(["", f'<f{kind}>B{row}*2&amp;"a"</f>', f"<f{kind}/>", f"<f{kind}></f>"]))
    value = draw(st.sampled_from(["", "<v>%s</v>", "<v>%s</v>", "<v>0</v>", "<v/>", "<is><t>%s</t></is>"]))
    value = value.replace("%s", draw(TEXTS))
    place = draw(st.sampled_from([f' r="{"ABCD"[column]}{row}"'] * 9 + ["", f' r="E{row + 1}"']))
    attributes = [place, style, letter][:: draw(st.sampled_from([1] * 9 + [-1]))]
    inside = code + value
    return f"<c{''.join(attributes)}>{inside}</c>" if inside else f"<c{''.join(attributes)}/>"


@st.composite
def rows(draw: Any) -> str:  # noqa: ANN401 - hypothesis's own
    """Some rows, and sometimes something odd anywhere in them."""
    written = []
    for row in range(1, draw(st.integers(1, 4)) + 1):
        inside = "".join(draw(cells(row, column)) for column in range(draw(st.integers(0, 4))))
        more = draw(st.sampled_from(["", ' s="4" customFormat="1"', ' hidden="1"', ' spans="1:4" ht="18"']))
        written.append(f'<row r="{row}"{more}>{inside}</row>' if inside else f'<row r="{row}"{more}/>')
    text = "".join(written)
    if draw(st.booleans()):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(ODD) + text[at:]
    return text


@given(rows())
@example('<row r="1"><c r="E2"/></row><row r="2" s="4" customFormat="1"/>')
@vary()
def test_cells_are_those_of_the_tree(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """However the rows are spelled, and whatever stands among them: the same book, or the same refusal."""
    path = written(tmp_path_factory.getbasetemp() / "rows.xlsx", text)
    assert book_or_reason(path) == by_trees(path)


@given(st.lists(st.one_of(TEXTS.map("<si><t>{}</t></si>".format), ODD), max_size=4).map("".join))
@vary()
def test_strings_are_those_of_the_tree(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """The same holds for shared strings."""
    path = written(
        tmp_path_factory.getbasetemp() / "strings.xlsx", '<row r="1"><c r="A1" t="s"><v>0</v></c></row>', text
    )
    assert book_or_reason(path) == by_trees(path)


PLAIN: Final = f'<row r="1">{CELL}</row>'


@pytest.mark.parametrize(
    "content",
    [
        sheet(f"<!--{PLAIN}-->"),
        f'<worksheet xmlns="{MAIN}"><!--<sheetData>{PLAIN}</sheetData>--></worksheet>',
        f'<worksheet xmlns="{MAIN}"><x><![CDATA[<sheetData>{PLAIN}</sheetData>]]></x></worksheet>',
        f'<worksheet xmlns="{MAIN}"><x><sheetData>{PLAIN}</sheetData></x></worksheet>',
        sheet(PLAIN, after=f"<sheetData>{PLAIN}</sheetData>"),
        sheet(CELL),
        sheet(PLAIN + CELL),
        sheet(f"<row r='1'>{CELL}</row>{CELL}"),
        sheet(f'<row r="1"><x>{CELL}</x></row>'),
        sheet(f'<row r="1"/>{CELL}</row>'),
        sheet(f'<row r="1">{CELL}'),
        sheet(f'<row r="1">{CELL}</row><row>'),
        sheet(f'<row r="1" x:y="1">{CELL}</row>'),
        sheet(PLAIN, after="<x>"),
        sheet(PLAIN, head="\ufeff"),
        sheet(PLAIN, head=HEAD.replace("UTF-8", "gbk")),
        sheet('<row r="1"><c r="A1"><v>&#49;</v></c></row>'),
        sheet('<row r="1"><c r="A1"><v>]]></v></c></row>'),
        sheet('<row r="1"><c r="A1"><v>\x01</v></c></row>'),
        sheet('<row r="1"><c r="A1"><v>\ufffe</v></c></row>'),
        sheet('<row r="1"><c r="A1"><v>1\r\n</v></c></row>'),
        sheet(f'{CELL}<row r="1"/>'),
        sheet(f'<row r="1"/>{CELL}'),
    ],
)
def test_what_only_a_parser_can_judge_is_left_to_it(content: str) -> None:
    """Nothing is taken out of comments, of other elements, of damaged parts, of another encoding."""
    assert cell_scanner.scan_cells(content.encode()) is None


def test_damaged_bytes_are_left_to_the_parser() -> None:
    """What is no UTF-8 is not guessed at."""
    assert cell_scanner.scan_cells(sheet('<row r="1"><c r="A1"><v>是</v></c></row>').encode("gbk")) is None


@pytest.mark.parametrize(
    "content",
    [
        shared("<!--<si><t>a</t></si>-->"),
        shared("<x><si><t>a</t></si></x>"),
        shared("<si><t>a</t></si><si><r><t>b</t></r></si>"),
        shared("<si><t>a</t></si>", head="<?xml?>"),
        shared("<si><t>a</t></si>", after="<x/>"),
        shared("<si><t>&nope;</t></si>"),
    ],
)
def test_strings_that_only_a_parser_can_judge_are_left_to_it(content: str) -> None:
    """The same holds for strings; runs of a rich text are joined by the tree."""
    assert cell_scanner.scan_strings(content.encode()) is None


def template(path: Path) -> Path:
    """A filled template."""
    path.write_bytes(write_workbook(order(), [seed_sheets()["附件1"]]))
    return path


@pytest.mark.parametrize("write", [template, by_xlsxwriter, pytest.param(by_libreoffice, marks=needs_office)])
def test_cells_of_the_usual_programs_need_no_tree(tmp_path: Path, write: Any) -> None:  # noqa: ANN401
    """The writer of our templates and LibreOffice spell cells in the ways that are known."""
    with zipfile.ZipFile(write(tmp_path / "a.xlsx")) as archive:
        assert cell_scanner.scan_cells(archive.read(SHEET)) is not None


def test_cells_and_strings_of_excel_need_no_tree() -> None:
    """Excel's spellings: a declaration on a line of its own, shared formulas, hints of pronunciation."""
    rows = (
        '<row r="1" spans="1:2" x14ac:dyDescent="0.25"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" s="1"/></row>'
        '<row r="2"><c r="A2"><f t="shared" ref="A2:A3" si="0">B2*2</f><v>4</v></c></row>'
        '<row r="3"><c r="A3"><f t="shared" si="0"/><v>6</v></c></row>'
    )
    space = ' xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"'
    content = sheet(rows, head=HEAD.replace("\n", "\r\n")).replace("<worksheet", f"<worksheet{space}")
    result = cell_scanner.scan_cells(content.encode())
    assert result is not None
    assert list(result[1]) == [
        ("A1", "1", "s", None, None, "0"),
        ("B1", "1", None, None, None, None),
        ("A2", None, None, "0", "B2*2", "4"),
        ("A3", None, None, "0", None, "6"),
    ]
    items = (
        '<si><t>某局</t><phoneticPr fontId="1" type="noConversion"/></si><si><t xml:space="preserve"> a&amp;b</t></si>'
    )
    assert cell_scanner.scan_strings(shared(items, head=HEAD.replace("\n", "\r\n")).encode()) == ["某局", " a&b"]
