"""What a format does not hold is said, with the place where all of it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.outputs.page_data import no_link
from tests.outputs.reviewed import samples_review
from tests.outputs.small_review import finding, review, sheet_values, write_and_open
from xltool.findings import Severity
from xltool.outputs import workbook_limits
from xltool.outputs.page import page
from xltool.outputs.page.data import Detail, PageData
from xltool.outputs.sheets import data, lists, problems, sheet_writer

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def _said(path: Path) -> list[str]:
    """The lines on the first sheet below the title of what does not fit."""
    workbook = write_and_open(
        path, replace(review(), findings=tuple(finding(number * 3, "甲.xlsx") for number in range(3)))
    )
    column = [row[0] for row in sheet_values(workbook.worksheets[0])]
    at = column.index(workbook_limits.TITLE) if workbook_limits.TITLE in column else len(column)
    return [str(text) for text in column[at + 1 :]]


def test_rows_links_and_texts_that_do_not_fit_are_counted_on_the_first_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is said where all fits; else how much is left out, and where it is."""
    assert _said(tmp_path / "全.xlsx") == []
    for module in (problems, data, lists, workbook_limits):
        monkeypatch.setattr(module, "LAST_ROW", 1)
    for module in (sheet_writer, workbook_limits):
        monkeypatch.setattr(module, "MOST_LINKS", 0)
    said = _said(tmp_path / "缺.xlsx")
    assert [line for line in said if "问题清单" in line] == [
        "“问题清单”最多 1 行，还有 2 行没有列出；全部问题在 findings.json，各表数据在 frames 文件夹",
        "“问题清单”最多 0 个链接，其后 1 处只有文字",
    ]
    assert any(line.startswith("“附件1”最多 1 行，还有 1 行没有列出") for line in said)
    assert any(line.startswith("“文件清单”最多 1 行，还有 1 行没有列出") for line in said)


def test_a_text_that_is_cut_is_said(tmp_path: Path) -> None:
    """32,767 characters fit into a cell."""
    texts = tuple(finding(number, "甲.xlsx", message="字" * length) for number, length in ((0, 32_767), (3, 32_768)))
    workbook = write_and_open(tmp_path / "长.xlsx", replace(review(), findings=texts))
    column = [row[0] for row in sheet_values(workbook.worksheets[0])]
    assert "“问题清单”有 1 个单元格超过 32,767 字，只写了前面的部分；全文在 findings.json 和 frames 文件夹" in column


def test_a_page_that_is_too_large_leaves_out_windows_then_minor_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what is left out, and the desk's findings stay as long as there is room."""
    what = samples_review()
    whole = len(page.page_bytes(what, tmp_path))
    sizes = {detail: len(b"".join(page.page_pieces(what, tmp_path, detail))) for detail in Detail}
    assert sizes[Detail.ALL] == whole
    assert sorted(sizes.values(), reverse=True) == list(sizes.values())
    for detail, size in sizes.items():
        monkeypatch.setattr(page, "LARGEST", size)
        page.write_page(tmp_path / "review.html", what)
        text = (tmp_path / "review.html").read_text(encoding="utf-8")
        said = [detail for detail, words in page.LEFT_OUT.items() if words in text]
        assert said == ([detail] if detail in page.LEFT_OUT else [])


def test_what_a_page_shows_in_each_detail() -> None:
    """Windows first, then what a desk does not act on, then all findings."""
    what = samples_review()

    def shown(detail: Detail) -> list[list[int]]:
        members: dict[str, Any] = dict(PageData(what, no_link, detail).members())
        return list(members["findings"])

    everything, bare, urgent, none = map(shown, Detail)
    windows = 15
    assert any(row[windows] for row in everything)
    assert not any(row[windows] for row in bare)
    assert len(bare) == len(everything) > len(urgent) > len(none) == 0
    assert all(row[0] != list(Severity).index(Severity.INFO) for row in urgent)
