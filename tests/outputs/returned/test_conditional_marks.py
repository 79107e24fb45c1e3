"""A mark is seen whatever conditional format its cell has, and the formats of the template stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from lxml import etree

from tests.outputs.returned.test_again import stripped
from tests.outputs.returned.test_copy import ABOUT, finding
from tests.support.filled import cell_of, filled
from tests.support.opened import canonical, packed, parts_of, strict
from tests.support.parts import MAIN
from tests.support.programs.office import needs_office, recalculate
from tests.support.programs.ooxml import needs_validator, validate
from tests.support.programs.pictures import View, sheet_picture
from tests.support.workbook_editor import WorkbookEditor
from xltool.findings import Severity
from xltool.outputs.returned.copy import returned_copy
from xltool.outputs.returned.styles import MARKS

if TYPE_CHECKING:
    from pathlib import Path

SHEET: Final = "附件1"
PART: Final = "xl/worksheets/sheet1.xml"
TOTAL, POSTS, UNIT = (cell_of(SHEET, key) for key in ("三公经费_本年决算数", "编制数", "填报单位"))
YELLOW: Final = (0xFF, 0xEB, 0x9C)
"""The warning colour of the template's own conditional formats."""


@pytest.fixture(name="template")
def _template(tmp_path: Path) -> bytes:
    """A filing whose total is 107 of 12 budgeted: its own conditional format colours the cell yellow."""
    path = filled(tmp_path / "附件1.xlsx", SHEET)
    return WorkbookEditor(path).put(SHEET, cell_of(SHEET, "公务接待_本年决算数"), 107).save(path).read_bytes()


def marked(template: bytes) -> bytes:
    """Its copy with an error on the total and a warning on the posts, which have conditional formats; one has none."""
    cells = ((TOTAL, Severity.ERROR), (POSTS, Severity.WARNING), (UNIT, Severity.ERROR))
    return returned_copy(template, [finding(cell, severity, SHEET) for cell, severity in cells], ABOUT)


def rules(data: bytes) -> list[tuple[int, str, str, bool]]:
    """Priority, cells, fill and stop of each conditional format, by priority."""
    parts = parts_of(data)
    formats = etree.fromstring(parts["xl/styles.xml"]).find("{*}dxfs")
    assert formats is not None
    return sorted(
        (
            int(str(rule.get("priority"))),
            str(rule.getparent().get("sqref")),  # type: ignore[union-attr] # a rule stands in a format
            str(next(formats[int(str(rule.get("dxfId")))].iter("{*}bgColor")).get("rgb")),
            rule.get("stopIfTrue") == "1",
        )
        for name, part in parts.items()
        if name.startswith("xl/worksheets/sheet")
        for rule in etree.fromstring(part).iter("{*}cfRule")
        if rule.get("dxfId")
    )


@pytest.mark.parametrize("dialect", ["transitional", "strict"])
def test_the_mark_is_the_first_conditional_format_of_its_cell(template: bytes, dialect: str) -> None:
    """Nothing that is said of the cell afterwards counts; a cell without conditional format needs no rule."""
    template = strict(template) if dialect == "strict" else template
    before, after = rules(template), rules(marked(template))
    ours = [(1, TOTAL, MARKS[Severity.ERROR], True), (2, POSTS, MARKS[Severity.WARNING], True)]
    assert after == ours + [(priority + 2, *rest) for priority, *rest in before]


def test_without_its_marks_the_sheet_has_its_own_conditional_formats_again(template: bytes) -> None:
    """The rules of the marks go, the others get their old order back."""
    copy = marked(template)
    assert rules(stripped(copy)) == rules(template)
    assert canonical(etree.fromstring(parts_of(stripped(copy))[PART]).find(f"{MAIN}conditionalFormatting")) == (  # type: ignore[arg-type] # it is there
        canonical(etree.fromstring(parts_of(template)[PART]).find(f"{MAIN}conditionalFormatting"))  # type: ignore[arg-type] # likewise
    )
    assert marked(copy) == copy


@needs_validator
def test_the_schema_of_excel_is_kept(template: bytes, tmp_path: Path) -> None:
    """The Open XML SDK has no complaint."""
    path = tmp_path / "退回.xlsx"
    path.write_bytes(marked(template))
    assert validate(path, "Microsoft365") == []


@needs_office
def test_the_eye_sees_the_mark_and_not_the_yellow_of_the_template(template: bytes, tmp_path: Path) -> None:
    """LibreOffice draws the cell with the fill of the mark, and with the template's where there is no mark."""
    view = View(SHEET, f"{TOTAL}:{TOTAL}")
    for name, data, colour in (("原.xlsx", template, YELLOW), ("退.xlsx", marked(template), (0xFF, 0xC9, 0xC4))):
        path = tmp_path / name
        path.write_bytes(data)
        folder = tmp_path / path.stem
        folder.mkdir()
        picture, _ = sheet_picture(path, view, folder)
        other = {YELLOW, (0xFF, 0xC9, 0xC4)} - {colour}
        colours = {shade: count for count, shade in picture.getcolors(picture.width * picture.height) or ()}
        assert colours.get(colour, 0) > 1_000
        assert not other & set(colours)


def test_a_conditional_format_of_excel_2010_counts_too(template: bytes) -> None:
    """Formats that look at other sheets stand in an extension of the sheet; their order is kept as well."""
    extension = (
        '<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        'uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}"><x14:conditionalFormattings><x14:conditionalFormatting '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:cfRule type="expression" priority="200" '
        'id="{00000000-0000-0000-0000-000000000001}"><xm:f>TRUE</xm:f></x14:cfRule>'
        f"<xm:sqref>A1:A2 {UNIT}</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>"
    )
    parts = parts_of(template)
    parts[PART] = parts[PART].replace(b"</worksheet>", f"{extension}</worksheet>".encode())
    copy = marked(packed(parts))
    assert rules(copy)[0] == (1, f"{UNIT} {TOTAL}", MARKS[Severity.ERROR], True)
    assert b'priority="202"' in parts_of(copy)[PART]
    assert b'priority="200"' in parts_of(stripped(copy))[PART]


def test_an_info_is_no_mark(template: bytes) -> None:
    """What asks for nothing has no colour."""
    assert rules(returned_copy(template, [finding(TOTAL, Severity.INFO, SHEET)], ABOUT)) == rules(template)


@needs_office
def test_the_rules_of_marks_go_after_another_program_has_saved_them(template: bytes, tmp_path: Path) -> None:
    """LibreOffice numbers styles and priorities anew; the fill of a mark is still known."""
    path = tmp_path / "退.xlsx"
    path.write_bytes(marked(template))
    (saved,) = recalculate([path], tmp_path / "out")
    assert {fill for *_, fill, _ in rules(saved.read_bytes())} > set(MARKS.values())
    again = returned_copy(saved.read_bytes(), [finding(UNIT, Severity.ERROR, SHEET)], ABOUT)
    assert not {fill for *_, fill, _ in rules(again)} & set(MARKS.values())
