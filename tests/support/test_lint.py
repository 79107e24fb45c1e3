"""The lint reports each defect the SDK lets pass, under its own name, and nothing in a clean workbook."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Final

import pytest
import xlsxwriter

from tests.support.lint import lint
from tests.support.programs.ooxml import needs_validator, validate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHEET: Final = "xl/worksheets/sheet1.xml"
BOOK: Final = "xl/workbook.xml"
TEXTS: Final = "xl/sharedStrings.xml"
STYLES: Final = "xl/styles.xml"


def write_clean(path: Path) -> Path:
    """A small form with everything the lint looks at, all of it at or under its limit."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("附件1")
        other = book.add_worksheet("附件'2")
        sheet.merge_range("A1:C1", "基础数据表")
        sheet.merge_range("D1:E1", "x" * 32_767)
        sheet.write("A2", "编制数")
        sheet.write("B2", 12)
        sheet.write_formula("C2", '=IF(OR(B2="",B3=0),"",ROUND(B3/B2,4))', value="")
        sheet.write_formula("D2", "='附件''2'!A1+SUMPRODUCT(--(A2:A9<>\"\"),B2:B9)*-50%", value=0)
        sheet.write_formula("E2", f'=IF(B2=1,"{"限" * 255}",{"ABS(" * 63}B2{")" * 63})', value="")
        sheet.write_formula("F2", f"={'+'.join(['B2'] * 2731)}", value=0)
        sheet.data_validation("B2", _decimal("t" * 32, "限" * 255))
        sheet.data_validation("C9", {"validate": "custom", "value": f"={'+'.join(['B2'] * 85)}"})
        sheet.data_validation("B3:B4", {"validate": "list", "source": ["x" * 127, "y" * 127]})
        sheet.conditional_format("B2", {"type": "formula", "criteria": "=AND($B$2>0,1=1)"})
        sheet.print_area("A1:E9")
        sheet.repeat_rows(0, 1)
        other.write("A1", 3)
        book.define_name("'附件1'!编制数", "='附件1'!$B$2")
        book.add_worksheet("附件3")
        book.define_name("附件3!编制数", "='附件''2'!$A$1")
        book.define_name("XFE1", "='附件1'!$B$2")
        book.define_name("数据.三公_2023", "='附件1'!$B$2")
    return path


def _decimal(title: str, text: str) -> dict[str, object]:
    """A validation with all four messages."""
    messages = {"input_title": title, "input_message": text, "error_title": title, "error_message": text}
    return {"validate": "decimal", "criteria": ">=", "value": 0, **messages}


def swap(old: str, new: str) -> Callable[[str], str]:
    """A defect: `old` becomes `new`, once; an error if the clean workbook has no `old`."""

    def edit(xml: str) -> str:
        assert old in xml, f"the clean workbook has no {old}"
        return xml.replace(old, new, 1)

    return edit


def cell_formula(formula: str) -> Callable[[str], str]:
    """A defect in the formula of C2."""
    return lambda xml: re.sub(r'(<c r="C2"[^>]*><f>).*?(</f>)', lambda match: match[1] + formula + match[2], xml)


def name(text: str, refers: str = "'附件1'!$B$2", attributes: str = "") -> Callable[[str], str]:
    """A defect: one more defined name."""
    return swap("</definedNames>", f'<definedName name="{text}"{attributes}>{refers}</definedName></definedNames>')


def message(attribute: str, most: int) -> Callable[[str], str]:
    """A defect: a validation's message one character longer than Excel takes."""
    return lambda xml: re.sub(f' {attribute}="[^"]*"', f' {attribute}="{"x" * (most + 1)}"', xml)


def swap_rows(xml: str) -> str:
    """A defect: the second row before the first."""
    return re.sub(r'(<row r="1".*?</row>)(<row r="2".*?</row>)', r"\2\1", xml)


X14: Final = (
    '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x:dataValidations '
    'xmlns:x="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" count="0"/></ext></extLst></worksheet>'
)

# What the report must say, where the defect is, the defect.
DEFECTS: Final[dict[str, tuple[str, str, Callable[[str], str]]]] = {
    "two merges share a cell": ("merge-overlap", SHEET, swap('ref="D1:E1"', 'ref="C1:E1"')),
    "a cell stands twice": ("duplicate-cell", SHEET, swap('<c r="B2"><v>12</v></c>', '<c r="B2"><v>12</v></c>' * 2)),
    "rows are out of order": ("row-order", SHEET, swap_rows),
    "a row stands twice": ("row-order", SHEET, swap("</sheetData>", '<row r="2"/></sheetData>')),
    "cells of a row are out of order": (
        "cell-order",
        SHEET,
        lambda xml: re.sub(r'(<c r="A2".*?</c>)(<c r="B2">.*?</c>)', r"\2\1", xml),
    ),
    "a cell stands in another row": ("cell-order", SHEET, swap('<c r="B2">', '<c r="B3">')),
    "a name is there twice": ("duplicate-name", BOOK, name("数据.三公_2023")),
    "names differ in case only": ("duplicate-name", BOOK, name("xfe1")),
    "a sheet's name is there twice": ("duplicate-name", BOOK, name("编制数", attributes=' localSheetId="0"')),
    "a name belongs to no sheet": ("name-scope", BOOK, name("孤儿", attributes=' localSheetId="7"')),
    "a name reads as A1": ("invalid-name", BOOK, name("A1")),
    "a name reads as the last column": ("invalid-name", BOOK, name("XFD1048576")),
    "a name reads as R1C1": ("invalid-name", BOOK, name("R1C1")),
    "a name reads as a row": ("invalid-name", BOOK, name("r")),
    "a name holds a full stop of Chinese": ("invalid-name", BOOK, name("水费、电费")),
    "a name starts with a digit": ("invalid-name", BOOK, name("2023预算")),
    "a name is too long": ("invalid-name", BOOK, name("长" * 256)),
    "a name points to no sheet": ("missing-sheet", BOOK, name("附件", "'附件9'!$B$2")),
    "a name points nowhere": ("formula-syntax", BOOK, name("失效", "#REF!")),
    "a formula points to no sheet": ("missing-sheet", SHEET, cell_formula("附件9!B2+1")),
    "a parenthesis is not closed": ("formula-syntax", SHEET, cell_formula("SUM(B2")),
    "a parenthesis is too many": ("formula-syntax", SHEET, cell_formula("SUM(B2))")),
    "a text is not closed": ("formula-syntax", SHEET, cell_formula('IF(B2="a,1,2)')),
    "an operand is missing": ("formula-syntax", SHEET, cell_formula("B2+*2")),
    "an operand is missing at the end": ("formula-syntax", SHEET, cell_formula("B2+")),
    "an operand is missing in a call": ("formula-syntax", SHEET, cell_formula("SUM(B2+,1)")),
    "an operator is missing": ("formula-syntax", SHEET, cell_formula("B2 B3")),
    "a function is newer than Excel 2010": ("unknown-function", SHEET, cell_formula("_xlfn.TEXTJOIN(B2)")),
    "a function of a conditional format is unknown": ("unknown-function", SHEET, swap("AND($B$2", "UND($B$2")),
    "a function is volatile": ("volatile-function", SHEET, cell_formula("TODAY()-B2")),
    "a formula is too long": ("formula-length", SHEET, cell_formula("+".join(["B2"] * 2732))),
    "a text in a formula is too long": ("formula-text", SHEET, cell_formula(f'"{"x" * 256}"')),
    "functions are nested too deep": ("formula-nesting", SHEET, cell_formula("ABS(" * 65 + "B2" + ")" * 65)),
    "a list is too long": ("validation-list", SHEET, swap("x" * 127, "x" * 128)),
    "a validation's formula is too long": ("validation-formula", SHEET, swap("<formula1>B2+", "<formula1>B2+B2+")),
    "a prompt is too long": ("validation-prompt", SHEET, message("prompt", 255)),
    "a prompt's title is too long": ("validation-promptTitle", SHEET, message("promptTitle", 32)),
    "an error message is too long": ("validation-error", SHEET, message("error", 255)),
    "an error's title is too long": ("validation-errorTitle", SHEET, message("errorTitle", 32)),
    "two validations share a cell": ("validation-overlap", SHEET, swap('sqref="B3:B4"', 'sqref="B1:B4 D1"')),
    "a validation is an extension": ("x14-validation", SHEET, swap("</worksheet>", X14)),
    "a text is too long": ("text-length", TEXTS, swap("x" * 32_767, "x" * 32_768)),
    "an inline text is too long": (
        "text-length",
        SHEET,
        swap('<c r="B2"><v>12</v></c>', f'<c r="B2" t="inlineStr"><is><t>{"x" * 32_768}</t></is></c>'),
    ),
    "a shared string is not there": ("shared-string", SHEET, swap('<c r="B2">', '<c r="B2" t="s">')),
    "there are too many styles": ("styles", STYLES, swap("</cellXfs>", "<xf/>" * 64_000 + "</cellXfs>")),
}


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clean workbook."""
    return write_clean(tmp_path_factory.mktemp("lint") / "clean.xlsx")


def break_part(source: Path, target: Path, part: str, defect: Callable[[str], str]) -> Path:
    """A copy of a workbook with a defect in one part."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.namelist():
            data = old.read(item)
            changed = defect(data.decode()).encode() if item == part else data
            assert (changed != data) == (item == part), f"the defect changed nothing in {part}"
            new.writestr(item, changed)
    return target


def test_a_clean_workbook_is_clean(clean: Path) -> None:
    """At its limits a workbook is still fine."""
    assert lint(clean) == []


@needs_validator
def test_the_clean_workbook_is_one_the_sdk_accepts(clean: Path) -> None:
    """What the defects start from is valid by the other measure too."""
    assert validate(clean) == []


@pytest.mark.parametrize(("check", "part", "defect"), DEFECTS.values(), ids=DEFECTS.keys())
def test_each_defect_is_reported_as_what_it_is(
    clean: Path, tmp_path: Path, check: str, part: str, defect: Callable[[str], str]
) -> None:
    """A defect gives its own report and no other."""
    broken = break_part(clean, tmp_path / "broken.xlsx", part, defect)
    assert {line.split(":")[0] for line in lint(broken)} == {check}
