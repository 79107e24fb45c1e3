"""Combined workbooks that other programs have saved: they read and audit the same, or a finding says what was lost."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import openpyxl
import pytest

from tests.support.programs.engines import same
from tests.support.programs.savers import GNUMERIC, SAVERS, SHEETJS
from tests.support.workbook_editor import WorkbookEditor
from tools.samples import planted
from xltool.auditing.audit import audit
from xltool.forms import self_review
from xltool.reader.reading import read_file
from xltool.template.workbook import write_combined

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.programs.engines import Scalar
    from tests.support.programs.savers import Saver

LOST: Final = {SHEETJS: {"W-13", "W-14"}}
"""Rules that say what a program loses: SheetJS keeps neither protection nor validations."""
pytestmark = pytest.mark.filterwarnings("ignore:Workbook contains no default style")  # openpyxl's, of Gnumeric


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The forms of 示范县水利局 with its planted faults, in one workbook."""
    sheets = planted.sample().sheets
    path = tmp_path_factory.mktemp("filed") / "附件1-3.xlsx"
    path.write_bytes(write_combined(sheets[0][0], [sheet for _, sheet in sheets]))
    return path


@pytest.fixture(scope="module")
def filed(issued: Path) -> Path:
    """The same with a formula that was overtyped."""
    editor = WorkbookEditor(issued)
    cell = editor.place_of("附件2", self_review.year.rate.defined_name)
    return editor.unprotect("附件2").put("附件2", cell, 0.5).save(issued.with_name("改过.xlsx"))


def _findings(path: Path) -> Counter[tuple[str, str, str, str]]:
    """Rule, sheet, cell and message of every finding."""
    findings = audit([read_file(path, "附件1-3.xlsx")]).findings
    return Counter((each.rule, each.sheet or "", each.cell or "", each.message) for each in findings)


@pytest.mark.parametrize("saver", [pytest.param(saver, marks=saver.needed, id=saver.name) for saver in SAVERS])
def test_a_copy_has_the_same_findings(filed: Path, tmp_path: Path, saver: Saver) -> None:
    """Nothing is missing; what is new says what the program did not keep."""
    before, after = _findings(filed), _findings(saver.save(filed, tmp_path / "copy.xlsx"))
    assert any(rule == "A2-03" and "已被改动（W-04）" in message for rule, _, _, message in before)
    assert not before - after
    assert {rule for rule, *_ in after - before} == LOST.get(saver, set())


@GNUMERIC.needed
def test_gnumeric_calculates_every_cell_as_excel_does(issued: Path, tmp_path: Path) -> None:
    """After it has calculated all formulas, every cell shows what it showed before, the first row of a line too."""
    before, after = _shown(issued), _shown(GNUMERIC.save(issued, tmp_path / "copy.xlsx"))
    assert any(str(value).startswith("第 22 行") for value in before.values())
    wrong = {place: (value, after.get(place)) for place, value in before.items() if not same(value, after.get(place))}
    assert not wrong


def _shown(path: Path) -> dict[tuple[str, str], Scalar]:
    """What the cells of the visible sheets show, dates left out."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book.worksheets
        if sheet.sheet_state == "visible"
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, float | int | str)
    }
