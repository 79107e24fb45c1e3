"""The empty roster that `xltool roster --init` writes: examples, guidance, and nothing that counts as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.roster.test_load import problems
from tests.support.lint import lint
from tests.support.programs.ooxml import needs_validator, validate
from xltool.forms.roster import DEPARTMENTS, SHEETS
from xltool.roster import Bureau, load
from xltool.template.empty_roster import empty_roster

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """The empty roster as a file."""
    path = tmp_path / "roster.xlsx"
    path.write_bytes(empty_roster())
    return path


def test_the_empty_roster_holds_examples_only(empty: Path) -> None:
    """Its example rows are no data: left as it is, it has no departments; with one it is a roster."""
    assert problems(empty) == ["单位表：没有单位，请在表头下面每行填写一个单位"]
    workbook = openpyxl.load_workbook(empty)
    workbook["单位"]["A3"], workbook["单位"]["B3"] = "001", "某某县某某局"
    workbook.save(empty)
    roster = load(empty)
    assert [(department.code, department.name) for department in roster.departments] == [("001", "某某县某某局")]
    assert roster.notices == tuple(f"{sheet.key}表第2行是示例，没有当作数据" for sheet in SHEETS)


def test_the_examples_would_be_right(empty: Path) -> None:
    """With another code the example rows are a roster without an error."""
    workbook = openpyxl.load_workbook(empty)
    for sheet in SHEETS:
        workbook[sheet.key]["A2"] = "001"
    workbook["单位"]["B2"] = "某某县某某局"
    workbook.save(empty)
    (department,) = load(empty).departments
    assert [item.budget for item in department.projects] == [996.72]


def test_the_empty_roster_guides_whoever_fills_it_in(empty: Path) -> None:
    """Heads as declared, a prompt in every column, lists for 一级 and 二级指标, codes as texts, A4."""
    workbook = openpyxl.load_workbook(empty)
    assert workbook.sheetnames == [*(sheet.key for sheet in SHEETS), "填写说明"]
    for sheet in SHEETS:
        page = workbook[sheet.key]
        assert [cell.value for cell in page[1]] == [column.key for column in sheet.columns]
        assert (page.freeze_panes, page.page_setup.paperSize) == ("C2", 9)
        rules = page.data_validations.dataValidation
        assert len(rules) == len(sheet.columns)
        assert all(rule.prompt and len(rule.prompt) <= 255 for rule in rules)
        assert page.column_dimensions["A"].width > 10
        lists = [rule.formula1 for rule in rules if rule.type == "list"]
        assert len(lists) == {"单位": 1, "项目": 0, "指标": 2, "落款": 0}[sheet.key]
    assert DEPARTMENTS.columns[0].key == "单位编码"


def test_the_empty_roster_passes_the_lint(empty: Path) -> None:
    """Nothing Excel would repair or refuse, nothing WPS lacks; the same bytes each time."""
    assert lint(empty) == []
    assert empty_roster() == empty.read_bytes()


@needs_validator
def test_the_empty_roster_follows_the_schema(empty: Path) -> None:
    """The Open XML SDK finds nothing to say."""
    assert validate(empty) == []


def test_the_bureau_of_the_letters(empty: Path) -> None:
    """落款 has a row, or none; further rows are named as not used."""
    workbook = openpyxl.load_workbook(empty)
    workbook["单位"]["A3"], workbook["单位"]["B3"] = "001", "某某县某某局"
    page = workbook["落款"]
    for row, values in enumerate((("某某县财政局", "某某", "0000-0000000"), ("另一个局",)), start=3):
        for column, value in enumerate(values, start=1):
            page.cell(row, column, value)
    workbook.save(empty)
    roster = load(empty)
    assert roster.bureau == Bureau("某某县财政局", "某某", "0000-0000000")
    assert "落款表只用第3行，其余各行没有用到" in roster.notices
