"""One form written by each of three programs, and the namespaces of its parts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import PatternFill, Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula

from tests.support.programs.office import convert, needs_office

if TYPE_CHECKING:
    from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


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
