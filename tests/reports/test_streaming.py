"""The desk's workbook is written as it is made: what is long is gone through, and never held."""

from __future__ import annotations

import errno
import io
import tracemalloc
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, overload

import pytest

from tests.reports.reviewed import MADE
from tests.reports.test_workbook import filing, finding, opened, review
from xltool.findings import Finding
from xltool.reports.model import Tables
from xltool.reports.sheets import data
from xltool.reports.sheets.book import streamed
from xltool.reports.sheets.paper import Column
from xltool.reports.workbook import write_review

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.reports.model import Plain, Review

AHEAD = 3
"""Things a loop has hold of at once: the one it is at, the one before until it is replaced, the one being made."""


class _Seen(Finding):
    """A finding it can be told of whether anybody still holds it."""

    __slots__ = ("__weakref__",)


class _Findings(Sequence[Finding]):
    """Findings that are made as they are gone through; they cannot be reached in another way."""

    def __init__(self, count: int) -> None:
        self.length, self.passes, self.most = count, 0, 0

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, at: int) -> Finding: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Finding]: ...
    def __getitem__(self, at: int | slice) -> Finding | Sequence[Finding]:
        raise AssertionError

    def __iter__(self) -> Iterator[Finding]:
        self.passes += 1
        alive: weakref.WeakSet[_Seen] = weakref.WeakSet()
        one = finding(0, "单位1/附件1.xlsx")
        texts = {name: getattr(one, name) for name in Finding.__slots__}
        for number in range(self.length):
            made = _Seen(**(texts | {"message": f"第{number}个问题"}))
            alive.add(made)
            self.most = max(self.most, len(alive))
            yield made


class _Row(list["Plain"]):
    """A row it can be told of whether anybody still holds it."""


class _Rows:
    """Rows of two sheets by turns, made as they are gone through."""

    def __init__(self, count: int) -> None:
        self.count, self.passes, self.most = count, 0, 0

    def __iter__(self) -> Iterator[tuple[str, Sequence[Plain]]]:
        self.passes += 1
        alive: weakref.WeakValueDictionary[int, _Row] = weakref.WeakValueDictionary()
        for number in range(self.count):
            row = _Row([f"行{number}", float(number)])
            alive[number] = row
            self.most = max(self.most, len(alive))
            yield ("甲", "乙")[number % 2], row


def long(findings: Sequence[Finding], rows: _Rows) -> Review:
    """A review of one filing with so many findings and rows."""
    return replace(
        review(), filings=(filing(),), findings=findings, tables=Tables(dict.fromkeys("甲乙", ("单位", "金额")), rows)
    )


def test_findings_and_rows_are_gone_through_and_not_held(tmp_path: Path) -> None:
    """Findings twice, one at a time; rows once, and no more wait than tell how wide their columns have to be."""
    findings, rows = _Findings(1_200), _Rows(2_600)
    write_review(tmp_path / "r.xlsx", long(findings, rows), scratch=tmp_path)
    assert (findings.passes, rows.passes) == (2, 1)
    assert findings.most <= AHEAD
    assert rows.most <= 2 * data.SAMPLE + AHEAD
    book = opened(tmp_path / "r.xlsx")
    assert [book[name].max_row for name in ("问题清单", "甲", "乙")] == [1_201, 1_301, 1_301]
    assert [cell.value for cell in book["乙"][1_301]] == ["行2599", 2599]
    assert book["问题清单"].cell(1_201, 13).value == "第1199个问题"


def test_memory_does_not_grow_with_the_list(tmp_path: Path) -> None:
    """Three thousand findings more take less than a hundred bytes each: not even their heights are kept."""

    def peak(count: int) -> int:
        what = replace(long(_Findings(count), _Rows(0)), root=None)
        tracemalloc.start()
        try:
            write_review(tmp_path / "r.xlsx", what, scratch=tmp_path)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(4_500) - peak(1_500) < 300_000


def test_what_comes_too_late_is_not_lost_silently(tmp_path: Path) -> None:
    """A cell above the row that was begun last is an error of ours."""
    with streamed(io.BytesIO(), tmp_path, "晚", MADE) as book:
        paper = book.sheet("表", (Column("列", 9),))
        paper.text(3, 0, "下")
        with pytest.raises(ValueError, match="after a row below"):
            paper.text(2, 0, "上")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("after", [0, 40_000])
def test_a_full_disk_is_told_and_nothing_is_left(tmp_path: Path, after: int) -> None:
    """The error is the system's, wherever it comes up, and nothing of the file lies anywhere."""

    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            if self.tell() >= after:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(data)  # type: ignore[arg-type] # whatever is given

    with (
        pytest.raises(OSError, match="No space left") as caught,
        streamed(Full(), tmp_path, "满", MADE) as book,
    ):
        data.write(book, "表", ("列",), ([f"{number**5} {number**7}"] for number in range(3_000)))
    assert caught.value.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []


def test_a_review_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    """Neither a half file nor rows in the scratch folder, where what is told of fails in the middle."""

    class Broken(_Rows):
        def __iter__(self) -> Iterator[tuple[str, Sequence[Plain]]]:
            yield from super().__iter__()
            raise OSError(errno.EIO, "the records cannot be read")

    (tmp_path / "scratch").mkdir()
    with pytest.raises(OSError, match="cannot be read"):
        write_review(tmp_path / "r.xlsx", long(_Findings(3), Broken(1_200)), scratch=tmp_path / "scratch")
    assert [path.name for path in tmp_path.rglob("*")] == ["scratch"]
