"""The desk's workbook is written row by row, in memory that does not grow with its lists."""

from __future__ import annotations

import errno
import io
import tracemalloc
import weakref
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, overload

import pytest

from tests.outputs.reviewed import MADE_AT
from tests.outputs.small_review import HOSTILE, filing, finding, open_workbook, review
from tests.support.lint import lint
from xltool.findings import Finding
from xltool.outputs.model import Tables
from xltool.outputs.sheets import data
from xltool.outputs.sheets.cells import Fold
from xltool.outputs.sheets.sheet_writer import ListColumn
from xltool.outputs.sheets.streaming import streamed_workbook
from xltool.outputs.sheets.workbook_writer import STYLES, HeldWorkbook
from xltool.outputs.workbook import write_review

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from xltool.outputs.model import Plain, Review
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

HELD_BY_LOOP = 3
"""The most items that a loop holds at once: the current one, the one before, and the next one while it is built."""


class _TrackedFinding(Finding):
    """A finding that weak references can follow."""

    __slots__ = ("__weakref__",)


class _TrackedFindings(Sequence[Finding]):
    """Findings that are built when they are asked for; counts passes, single ones, and findings alive at once."""

    def __init__(self, count: int) -> None:
        self.length, self.passes, self.single, self.most = count, 0, 0, 0
        self._alive: weakref.WeakSet[_TrackedFinding] = weakref.WeakSet()

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, at: int) -> Finding: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Finding]: ...
    def __getitem__(self, at: int | slice) -> Finding | Sequence[Finding]:
        assert isinstance(at, int)
        self.single += 1
        return self._built(at)

    def __iter__(self) -> Iterator[Finding]:
        self.passes += 1
        yield from map(self._built, range(self.length))

    def _built(self, number: int) -> Finding:
        sample = finding(0, "单位1/附件1.xlsx")
        texts = {name: getattr(sample, name) for name in Finding.__slots__}
        tracked = _TrackedFinding(**(texts | {"message": f"第{number}个问题"}))
        self._alive.add(tracked)
        self.most = max(self.most, len(self._alive))
        return tracked


class _TrackedRow(list["Plain"]):
    """A row that weak references can follow."""


class _TrackedRows:
    """Rows of two sheets in turns, built by each pass; counts passes, and rows alive at once."""

    def __init__(self, count: int) -> None:
        self.count, self.passes, self.most = count, 0, 0

    def __iter__(self) -> Iterator[tuple[str, Sequence[Plain]]]:
        self.passes += 1
        alive: weakref.WeakValueDictionary[int, _TrackedRow] = weakref.WeakValueDictionary()
        for number in range(self.count):
            row = _TrackedRow([f"行{number}", float(number)])
            alive[number] = row
            self.most = max(self.most, len(alive))
            yield ("甲", "乙")[number % 2], row


def long_review(findings: Sequence[Finding], rows: _TrackedRows) -> Review:
    """A review of one filing with these findings and rows."""
    return replace(
        review(), filings=(filing(),), findings=findings, tables=Tables(dict.fromkeys("甲乙", ("单位", "金额")), rows)
    )


def test_findings_and_rows_are_not_held(tmp_path: Path) -> None:
    """Findings are gone through twice, each at a time; rows once, and only those wait that columns are fitted to."""
    findings, rows = _TrackedFindings(1_200), _TrackedRows(2_600)
    write_review(tmp_path / "r.xlsx", long_review(findings, rows), scratch=tmp_path)
    assert (findings.passes, findings.single, rows.passes) == (1, 1_200, 1)
    assert findings.most <= HELD_BY_LOOP
    assert rows.most <= 2 * data.SAMPLE + HELD_BY_LOOP
    book = open_workbook(tmp_path / "r.xlsx")
    assert [book[name].max_row for name in ("问题清单", "甲", "乙")] == [1_201, 1_301, 1_301]
    assert [cell.value for cell in book["乙"][1_301]] == ["行2599", 2599]
    assert book["问题清单"].cell(1_201, 7).value == "第1199个问题"


def test_memory_does_not_grow_with_the_list(tmp_path: Path) -> None:
    """2,000 more findings take less than 100 bytes each: not even the heights of their rows are kept."""

    def peak(count: int) -> int:
        what = replace(long_review(_TrackedFindings(count), _TrackedRows(0)), root=None)
        tracemalloc.start()
        try:
            write_review(tmp_path / "r.xlsx", what, scratch=tmp_path)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(3_000)  # the last few thousand short texts are kept at hand
    # Garbage that the collector happens to take later counts once, a list that is kept counts every time.
    assert any(peak(3_000) - peak(1_000) < 200_000 for _ in range(3))


def _write_everything(book: WorkbookWriter) -> None:
    """Write a cell of every kind that a sheet takes."""
    sheet = book.sheet("表", tuple(ListColumn(f"列{at}", 9 + at) for at in range(4)))
    sheet.merge_across(0, 0, 2, "card")
    sheet.write_text(0, 0, "题", "card")
    sheet.set_height(0, 34)
    sheet.fold_below()
    sheet.start_list(5_000, frozen=1, head=1)
    for row, text in enumerate(HOSTILE, start=2):
        sheet.write_text(row, 3, text, "line")
        sheet.write_text(row, 0, text, "centre")
        sheet.fit_height(row, [text, None, None, None], fold=list(Fold)[row % 3])
    row += 1
    for at, day in enumerate((date(1899, 1, 1), date(1900, 2, 28), date(1900, 3, 1), datetime(2024, 3, 1, 18))):  # noqa: DTZ001 - no zone in a cell
        sheet.write_date(row, at, day)
    for at, number in enumerate((0.1 + 0.2, -1e-7, 123_456_789_012.0, float("nan"))):
        sheet.write_number(row + 1, at, number, "score")
    sheet.write_formula(row + 2, 0, "=SUBTOTAL(109,A1:A2)", value=1.5, style="total_count")
    sheet.write_formula(row + 2, 1, '=IF(A1>1,"<甲>","")', value="<甲>", style="total_text")
    sheet.write_number(row + 2, 2, None, "money")
    targets = (
        "external:../a/b%20c.xlsx#'附件''1'!D4",
        "external:./x.pdf",
        "external:C:/报送/a.xlsx",
        "internal:'表'!A1",
    )
    for at, target in enumerate(targets):
        sheet.write_link(1_200, at, target, f"<{target}>", tip='"打开"\n&' if at else "")
    book.sheet("空")


def test_both_kinds_of_books_have_the_same_content(tmp_path: Path) -> None:
    """Writing row by row gives the texts, numbers, formats, links and heights that xlsxwriter writes."""
    held = HeldWorkbook("书", MADE_AT)
    _write_everything(held)
    (tmp_path / "held.xlsx").write_bytes(held.close())
    with (tmp_path / "streamed.xlsx").open("wb") as file, streamed_workbook(file, tmp_path, "书", MADE_AT) as book:
        _write_everything(book)
    contents = [_visible_content(open_workbook(tmp_path / f"{name}.xlsx")["表"]) for name in ("streamed", "held")]
    assert contents[0] == contents[1]
    assert lint(tmp_path / "streamed.xlsx") == []


def test_styles_are_numbered_as_xlsxwriter_does(tmp_path: Path) -> None:
    """Each cell has the format of its style, quoted or not, whichever styles came before."""
    with (tmp_path / "r.xlsx").open("wb") as file, streamed_workbook(file, tmp_path, "样", MADE_AT) as streaming:
        streaming.sheet("先").write_text(0, 0, "先", "hint")
        writer = streaming.sheet("表")
        for row, style in enumerate(reversed(STYLES)):
            writer.write_text(row, 0, "字", style)
            writer.write_text(row, 1, "=字", style)
    sheet = open_workbook(tmp_path / "r.xlsx")["表"]
    for row, style in enumerate(reversed(STYLES), start=1):
        for quoted, cell in enumerate(sheet[row]):
            wanted = STYLES[style]
            assert (bool(cell.quotePrefix), cell.font.b) == (bool(quoted), wanted.get("bold", False)), style
            assert cell.number_format == wanted.get("num_format", "General"), style
            ink = str(cell.font.color.rgb)[-6:] if "font_color" in wanted else None
            assert ink == wanted.get("font_color", "#")[1:] or ink is None, style


def _visible_content(sheet: Worksheet) -> list[object]:
    """All visible content of a sheet."""
    cells = {
        cell.coordinate: (
            str(cell.value).replace("_x005F_", "_"),  # openpyxl undoes it in shared texts only
            *(cell.data_type, cell.number_format, cell.font.b, cell.fill.fgColor.rgb, cell.border.left.style),
            *(cell.alignment.horizontal, cell.quotePrefix),
            (link.target, link.location, link.tooltip) if (link := cell.hyperlink) else None,
        )
        for row in sheet.iter_rows()
        for cell in row
        if cell.has_style
    }
    pixels = {number: round((row.height or 0) * 4 / 3) for number, row in sheet.row_dimensions.items()}
    folds = {number: (row.hidden, row.outlineLevel, row.collapsed) for number, row in sheet.row_dimensions.items()}
    outline = (sheet.sheet_format.outlineLevelRow, getattr(sheet.sheet_properties.outlinePr, "summaryBelow", None))
    return [
        cells,
        pixels,
        folds,
        outline,
        sheet.dimensions,
        sorted(map(str, sheet.merged_cells.ranges)),
        sheet.auto_filter.ref,
    ]


def test_a_cell_of_an_earlier_row_is_an_error(tmp_path: Path) -> None:
    """A cell above the current row raises ValueError and is not lost silently."""
    with streamed_workbook(io.BytesIO(), tmp_path, "晚", MADE_AT) as book:
        sheet = book.sheet("表", (ListColumn("列", 9),))
        sheet.write_text(3, 0, "下")
        with pytest.raises(ValueError, match="after a row below"):
            sheet.write_text(2, 0, "上")
    assert list(tmp_path.iterdir()) == []


def test_a_part_beyond_two_gigabytes_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part larger than the first zip format allows is written with ZIP64."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100_000)
    write_review(tmp_path / "r.xlsx", long_review(_TrackedFindings(300), _TrackedRows(0)), scratch=tmp_path)
    assert open_workbook(tmp_path / "r.xlsx")["问题清单"].max_row == 301


@pytest.mark.parametrize("after", [0, 40_000])
def test_a_full_disk_raises_and_leaves_nothing(tmp_path: Path, after: int) -> None:
    """The error is that of the system, wherever it occurs, and no temporary file is left."""

    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            if self.tell() >= after:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(data)  # type: ignore[arg-type] # whatever is given

    with (
        pytest.raises(OSError, match="No space left") as caught,
        streamed_workbook(Full(), tmp_path, "满", MADE_AT) as book,
    ):
        data.write(book, "表", ("列",), ([f"{number**5} {number**7}"] for number in range(3_000)))
    assert caught.value.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []


def test_a_review_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """If reading the rows fails half-way, no part of a file and no temporary file is left."""

    class Broken(_TrackedRows):
        def __iter__(self) -> Iterator[tuple[str, Sequence[Plain]]]:
            yield from super().__iter__()
            raise OSError(errno.EIO, "the records cannot be read")

    (tmp_path / "scratch").mkdir()
    with pytest.raises(OSError, match="cannot be read"):
        write_review(tmp_path / "r.xlsx", long_review(_TrackedFindings(3), Broken(1_200)), scratch=tmp_path / "scratch")
    assert [path.name for path in tmp_path.rglob("*")] == ["scratch"]
