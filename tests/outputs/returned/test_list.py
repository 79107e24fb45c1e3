"""The list of problems: as a workbook of its own, and as the first sheet of a returned copy."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest

from tests.outputs.returned.test_copy import ABOUT, FINDINGS, finding, small
from tests.support.laden import SHEET
from tests.support.opened import is_styled_alike
from xltool.findings import Severity
from xltool.forms.problem_list import RETURNED
from xltool.outputs.returned.copy import list_workbook, returned_copy


def test_the_list_as_a_workbook_has_the_reason() -> None:
    """For a file that is no .xlsx: the same rows without links."""
    book = openpyxl.load_workbook(BytesIO(list_workbook(FINDINGS, ABOUT, "原文件是 .xls 格式。")))
    assert book.sheetnames == ["问题清单"]
    listed = book["问题清单"]
    assert listed["A3"].value == "原文件是 .xls 格式。"
    assert [listed.cell(7, column).value for column in (1, 2, 3, 4)] == [2, "错误", SHEET, "B3"]
    assert not [sheet_cell for row in listed.iter_rows() for sheet_cell in row if sheet_cell.hyperlink]
    assert listed["M1"].value == RETURNED


def test_the_list_is_the_same_in_a_copy_and_as_a_workbook() -> None:
    """The list has the same texts, styles and heights in both; only in the copy are cells linked."""
    odd = ("=1+1", "-", " 前后有空格 ", "两行\n文字", "长" * 40_000, "")
    findings = [finding("B2", Severity.WARNING, "表", text) for text in odd]
    findings += [finding("B2", sheet="=没有"), finding(None, sheet=None)] * 8
    about = replace(ABOUT, department="某局\x01\u202e", path="<r>\ue47c.xlsx")
    copy = openpyxl.load_workbook(BytesIO(returned_copy(small(), findings, about)))["问题清单"]
    own_workbook = openpyxl.load_workbook(BytesIO(list_workbook(findings, about, "原因")))["问题清单"]
    assert copy["A2"].value == own_workbook["A2"].value
    assert str(copy["A2"].value).startswith("单位：某局␁\ufffd　　文件：<r>\ufffd.xlsx")
    last, linked = 4 + len(findings), {f"D{row}" for row in range(5, 5 + len(odd))}
    for row in range(5, last + 1):
        here, there = copy[row][:12], own_workbook[row + 1][:12]  # one note more
        assert [sheet_cell.value for sheet_cell in here] == [sheet_cell.value for sheet_cell in there]
        heights = copy.row_dimensions[row].height, own_workbook.row_dimensions[row + 1].height
        assert heights[0] == pytest.approx(heights[1], abs=0.4)  # half a pixel, to which not every xlsxwriter rounds
        assert all(is_styled_alike(*pair) for pair in zip(here, there, strict=True) if pair[0].coordinate not in linked)
    assert {sheet_cell.coordinate for row in copy.iter_rows() for sheet_cell in row if sheet_cell.hyperlink} == linked
    assert copy.dimensions == f"A1:M{last}"
