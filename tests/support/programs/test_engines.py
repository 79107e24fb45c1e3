"""IronCalc and LibreOffice give the results Excel documents, for everything templates are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
import xlsxwriter

from tests.support.programs.engines import Scalar, Values, evaluate_ironcalc, same, saved_values
from tests.support.programs.office import convert, needs_office, recalculate, to_pdf
from tests.support.programs.tools import ToolError

if TYPE_CHECKING:
    from pathlib import Path

# B1:B5 hold 1, 2, text, nothing and an empty text that is a formula's; B6 a space, B7 2.675, B8 a number as text.
EXPECTED: Final[dict[str, Scalar]] = {
    'IF(B1>2,1,"小")': "小",
    "AND(B1=1,NOT(OR(B2=1,B1=2)))": True,
    'B4=""': True,
    "B4=0": True,
    'B5=""': True,
    "B5=0": False,
    'B6=""': False,
    "ISBLANK(B4)": True,
    "ISBLANK(B5)": False,
    "ISNUMBER(B1)": True,
    "ISNUMBER(B4)": False,
    "ISNUMBER(B5)": False,
    "ISNUMBER(B8)": False,
    "ISTEXT(B5)": True,
    "LEN(TRIM(B6))": 0.0,
    "TRIM(B6&B3)": "中文",
    'LEN(TRIM("　"))': 1.0,
    "ROUND(B7,2)": 2.68,
    "ROUND(1.005,2)": 1.01,
    "ROUND(-2.5,0)": -3.0,
    "ROUND(0.5,0)": 1.0,
    "ABS(-0.1)": 0.1,
    "SUM(B1:B8)": 5.675,
    "COUNT(B1:B8)": 3.0,
    "COUNTA(B1:B8)": 7.0,
    "COUNTBLANK(B1:B8)": 2.0,
    'COUNTIF(B1:B8,">1")': 2.0,
    'COUNTIF(B1:B8,"中文")': 1.0,
    "MIN(B1:B8)": 1.0,
    "MAX(B3:B4)": 0.0,
    'SUMPRODUCT(--(B1:B8<>""))': 6.0,
    'SUMPRODUCT((B1:B8<>"")*(C1:C8="是"))': 2.0,
    "SUMPRODUCT(--(B1:B2>1),B1:B2)": 2.0,
    'TEXT(1.255,"0.00%")': "125.50%",
    'TEXT(1234.5,"#,##0.00")': "1,234.50",
    "N(B3)+N(B1)": 1.0,
    'IFERROR(B1/B4,"除零")': "除零",
    'IFERROR(B3+1,"不是数")': "不是数",
    "B1/B4": "#DIV/0!",
    "B3+1": "#VALUE!",
    '"超编"&B2&"人"': "超编2人",
    '"ABC"="abc"': True,
    "'附件1'!B4+1": 42.0,
    '附件1!B5=""': True,
    "(0.1+0.2)=0.3": True,
    "-2^2": 4.0,
    "50%*2": 1.0,
}


def write_formulas(path: Path) -> Path:
    """A workbook with the formulas of EXPECTED in column G, their values not yet calculated."""
    with xlsxwriter.Workbook(path) as book:
        sheet, other = book.add_worksheet("计算"), book.add_worksheet("附件1")
        for row, value in enumerate([1, 2, "中文", None, None, " ", 2.675]):
            sheet.write(row, 1, value)
        sheet.write_formula("B5", '=""', value="")
        sheet.write_string("B8", "12")
        sheet.write("C1", "是")
        sheet.write("C3", "是")
        sheet.write("C4", "是")
        other.write("B4", 41)
        for row, formula in enumerate(EXPECTED):
            sheet.write_formula(row, 6, f"={formula}", value="未计算")
    return path


def wrong(values: Values) -> list[tuple[str, Scalar, Scalar]]:
    """Formulas whose value is not the expected one."""
    got = {formula: values.get(("计算", f"G{row}")) for row, formula in enumerate(EXPECTED, start=1)}
    return [(formula, got[formula], value) for formula, value in EXPECTED.items() if not same(got[formula], value)]


def test_ironcalc_calculates_as_excel_does(tmp_path: Path) -> None:
    """Every formula of the list has Excel's result."""
    assert wrong(evaluate_ironcalc(write_formulas(tmp_path / "formulas.xlsx"))) == []


@needs_office
def test_libreoffice_calculates_as_excel_does(tmp_path: Path) -> None:
    """Recalculation replaces what was cached, and every formula of the list has Excel's result."""
    source = write_formulas(tmp_path / "formulas.xlsx")
    assert len(wrong(saved_values(source))) == len(EXPECTED)
    assert wrong(saved_values(recalculate([source], tmp_path / "out")[0])) == []


@needs_office
def test_many_files_are_printed_in_one_call_and_in_order(tmp_path: Path) -> None:
    """Each file has its PDF at its place in the list."""
    files = [write_formulas(tmp_path / name) for name in ("b.xlsx", "a.xlsx")]
    pages = to_pdf(files, tmp_path / "out")
    assert [path.name for path in pages] == ["b.pdf", "a.pdf"]
    assert all(path.read_bytes().startswith(b"%PDF") for path in pages)


@needs_office
@pytest.mark.parametrize(("kind", "magic"), [("xls", b"\xd0\xcf\x11\xe0"), ("ods", b"PK")])
def test_older_and_open_formats_can_be_made(tmp_path: Path, kind: str, magic: bytes) -> None:
    """What departments send in other formats can be made from a template."""
    (converted,) = convert([write_formulas(tmp_path / "a.xlsx")], tmp_path / "out", kind)
    assert converted.read_bytes().startswith(magic)


@needs_office
def test_results_never_overwrite(tmp_path: Path) -> None:
    """Two sources of one name, or a folder with a result in it, are refused before anything runs."""
    source = write_formulas(tmp_path / "a.xlsx")
    with pytest.raises(ToolError, match="overwrite"):
        recalculate([source, source], tmp_path / "out")
    with pytest.raises(ToolError, match="overwrite"):
        recalculate([source], tmp_path)


@needs_office
def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    """LibreOffice ends with 0 whatever happened; the missing result tells."""
    with pytest.raises(ToolError, match=r"made no xlsx of gone\.xlsx"):
        recalculate([tmp_path / "gone.xlsx"], tmp_path / "out")
