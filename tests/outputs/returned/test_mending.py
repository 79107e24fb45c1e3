"""What a template had lost is put back in its returned copy, so that whoever gets it can correct it there."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import openpyxl
import pytest
from lxml import etree
from openpyxl.worksheet.cell_range import MultiCellRange

from tests.outputs.returned.test_copy import ABOUT
from tests.support import seed
from tests.support.filled import cell_in_row, cell_of, filled
from tests.support.lint import lint
from tests.support.opened import cell as cell_in
from tests.support.opened import packed, parts_of, strict
from tests.support.parts import MAIN, read_book
from tests.support.programs.office import needs_office, recalculate
from tests.support.programs.ooxml import needs_validator, validate
from tests.support.sheets import rows_of
from tests.support.workbook_editor import WorkbookEditor
from tools.samples.checking import audited
from xltool.batches.returned_copies import CopyTask, make_returned
from xltool.findings import Severity, address
from xltool.forms import base_data, review
from xltool.outputs.returned import copy as copying
from xltool.outputs.returned.checked_file import CheckedFile
from xltool.outputs.returned.copy import NotEditableError, returned_copy
from xltool.reader.ooxml.workbook import open_workbook
from xltool.reader.reading import read_file
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from xltool.findings import Finding

FORM: Final = "附件1"
TOTAL, CARS = (cell_of(FORM, f"{key}_本年决算数") for key in ("三公经费", "公务用车购置和维护经费"))
RATE: Final = cell_of(FORM, "控制率")
PART: Final = "xl/worksheets/sheet1.xml"
REPLACED: Final = {"W-04", "W-15", "W-13", "W-14"}


def returned(path: Path) -> tuple[bytes, list[Finding]]:
    """The copy of a file that is returned for all its errors and warnings, and these."""
    findings = [finding for finding in audited([path]).findings if finding.severity is not Severity.INFO]
    record = read_file(path, path.name)
    about = CheckedFile("某单位", path.name, ABOUT.made_at)
    task = CopyTask(path, record.sha256, tuple(findings), ("",) * len(findings), about, path.with_name("退.xlsx"))
    return make_returned(task).data, findings


def codes_after(copy: bytes, path: Path) -> set[str]:
    """The codes of errors and warnings on the copy, filed again as it is."""
    path.write_bytes(copy)
    return {finding.rule for finding in audited([path]).findings if finding.severity is not Severity.INFO}


def formulas(data: bytes, sheet: str = FORM) -> dict[str, str]:
    """Formulas by cell."""
    rows = openpyxl.load_workbook(BytesIO(data))[sheet].iter_rows()
    return {each.coordinate: str(each.value) for row in rows for each in row if each.data_type == "f"}


def validations(data: bytes, sheet: str = FORM) -> dict[str, tuple[object, ...]]:
    """What each cell has for a validation."""
    (form,) = (each for each in read_book(BytesIO(data)).sheets if each.name == sheet)
    rules: dict[str, tuple[object, ...]] = {}
    for rule in form.each("dataValidation"):
        content = (
            *(rule.get(name) for name in ("type", "operator", "prompt", "error")),
            rule.findtext(f"{MAIN}formula1"),
        )
        for place in MultiCellRange(rule.get("sqref", "")).ranges:
            rules |= dict.fromkeys((address(*cell) for cell in place.cells), content)
    return rules


def advice(copy: bytes) -> dict[str, str]:
    """处理意见 in the list by rule."""
    return advice_below(copy, 5)


def test_an_overtyped_formula_is_restored_and_said_so(tmp_path: Path) -> None:
    """With its result and those that follow from it; the figure that was filed stands in the list."""
    path = filled(tmp_path / "附件1.xlsx", FORM)
    issued = formulas(path.read_bytes())
    WorkbookEditor(path).put(FORM, TOTAL, 30).put(FORM, CARS, 9.5).unprotect(FORM).save(path)
    copy, findings = returned(path)
    assert {"A1-07", "W-04"} <= {finding.rule for finding in findings}
    assert formulas(copy) == issued
    assert advice(copy)["A1-07"].startswith("本文件中公式已恢复，不用再改这一格；请核对参与计算的各格。")
    assert advice(copy)["W-04"].endswith("请把原来填的数分填到这些格里。")
    (row,) = (row for row in rows_of(copy, "问题清单")[4:] if row[10] == "A1-07")
    assert row[6] == "30.00万元"
    comment = openpyxl.load_workbook(BytesIO(copy))[FORM][TOTAL].comment
    assert comment is not None
    assert comment.text.startswith("【审核意见】\n本格公式已恢复。\n错误：三公经费本年决算数填报 30.00万元")
    values = openpyxl.load_workbook(BytesIO(copy), data_only=True)[FORM]
    assert (values[TOTAL].value, values[CARS].value) == (27.48, None)
    assert not codes_after(copy, path) & {"A1-07", "W-09", "W-16", *REPLACED}


def test_a_form_that_was_written_with_an_overtyped_total_has_its_formula_back() -> None:
    """As the example in samples/, which the guide shows: its manifest has the formula that the cell has not."""
    (path,) = (Path(__file__).parents[3] / "samples" / "示范县水利局_2023_问题示例").glob("附件1*")
    copy, findings = returned(path)
    assert "W-04" in {folded.rule for finding in findings for folded in finding.consequences}
    assert formulas(copy)[TOTAL].startswith("=")
    assert TOTAL not in formulas(path.read_bytes())


def test_a_rewritten_formula_is_restored_where_its_rows_are_now(tmp_path: Path) -> None:
    """A row was inserted above it: the formula of the template means the moved cells."""
    path = filled(tmp_path / "附件1.xlsx", FORM)
    row = int(cell_in_row(FORM, base_data.project_name, 2)[1:])
    WorkbookEditor(path).insert_row(FORM, row).save(path)
    moved = formulas(path.read_bytes())
    place = cell_of(FORM, "项目支出_本年决算数")
    WorkbookEditor(path).rewrite(FORM, place, "=F14+F15", 10459.37).save(path)
    copy, findings = returned(path)
    assert "W-15" in {finding.rule for finding in findings}
    assert formulas(copy) == moved


def test_a_formula_that_nobody_asks_about_stays(tmp_path: Path) -> None:
    """An exemption, or an officer, may have accepted the figure; what is not touched stays byte for byte."""
    path = filled(tmp_path / "附件1.xlsx", FORM)
    WorkbookEditor(path).put(FORM, TOTAL, 30).save(path)
    (other,) = [finding for finding in audited([path]).findings if finding.rule == "A1-05"]
    source = open_workbook(path)
    plain = returned_copy(path.read_bytes(), [other], ABOUT)
    assert returned_copy(path.read_bytes(), [other], ABOUT, source=source) == plain
    assert TOTAL not in formulas(plain)


def test_protection_is_put_back_with_the_password_of_the_bureau(tmp_path: Path) -> None:
    """W-13 ends with the copy."""
    order = replace(seed.order(), password="财政")  # noqa: S106 - of a workbook that only this test has
    path = tmp_path / "附件1.xlsx"
    path.write_bytes(write_workbook(order, [replace(seed.seed_sheets()[FORM], protected=True)]))
    (before,) = etree.fromstring(parts_of(path.read_bytes())[PART]).iter("{*}sheetProtection")
    WorkbookEditor(path).unprotect(FORM).save(path)
    copy, findings = returned(path)
    assert "W-13" in {finding.rule for finding in findings}
    (after,) = etree.fromstring(parts_of(copy)[PART]).iter("{*}sheetProtection")
    assert sorted(after.attrib.items()) == sorted(before.attrib.items())
    assert before.get("password")
    assert advice(copy)["W-13"] == "本文件中工作表保护已恢复，在本文件上改正后报回即可。"
    assert "W-13" not in codes_after(copy, path)


def test_what_is_to_be_filled_in_can_be_filled_in_under_the_protection(tmp_path: Path) -> None:
    """Cells that were pasted are locked; approved ones stay locked; formulas that were unlocked are locked again."""
    order, sheets = seed.order(), seed.seed_sheets()
    path = tmp_path / "附件1.xlsx"
    sheet = replace(sheets[FORM], protected=True, approved={base_data.posts: 12.0})
    path.write_bytes(write_workbook(order, [sheet]))
    staff, posts = cell_of(FORM, "实际在职人数"), cell_of(FORM, "编制数")
    first = cell_in_row(FORM, base_data.project_name, 1)
    editor = WorkbookEditor(path).unprotect(FORM).unlock(FORM, TOTAL)
    for place in (staff, first):
        editor.unlock(FORM, place, locked=True)
    editor.save(path)
    copy, _ = returned(path)
    cells = openpyxl.load_workbook(BytesIO(copy))[FORM]
    assert {place: cells[place].protection.locked for place in (staff, first, posts, TOTAL)} == {
        staff: False, first: False, posts: True, TOTAL: True,
    }  # fmt: skip


def test_unlocked_formulas_are_locked_again(tmp_path: Path) -> None:
    """The sheet is still protected: only their lock was taken off."""
    path = filled(tmp_path / "附件1.xlsx", FORM)
    WorkbookEditor(path).unlock(FORM, TOTAL).save(path)
    copy, findings = returned(path)
    assert "W-13" in {finding.rule for finding in findings}
    assert openpyxl.load_workbook(BytesIO(copy))[FORM][TOTAL].protection.locked
    assert "W-13" not in codes_after(copy, path)


@pytest.mark.parametrize("form", ["附件1", "附件2", "附件3"])
def test_lost_validations_are_put_back_where_they_were(tmp_path: Path, form: str) -> None:
    """All of them, or some; each cell has that of the template, lists of 二级指标 by their 一级指标."""
    path = filled(tmp_path / f"{form}.xlsx", form)
    issued = validations(path.read_bytes(), form)
    for lost in ((), tuple(sorted(issued, key=lambda place: (len(place), place)))[3:9]):
        path = filled(tmp_path / f"{form}.xlsx", form)
        WorkbookEditor(path).drop_validations(form, *lost).save(path)
        assert validations(path.read_bytes(), form) != issued
        copy, findings = returned(path)
        assert "W-14" in {finding.rule for finding in findings}
        assert validations(copy, form) == issued
        assert advice(copy)["W-14"] == "本文件中数据校验已恢复，在本文件上改正后报回即可。"
        assert "W-14" not in codes_after(copy, path)


def test_validations_of_a_longer_table_cover_its_rows(tmp_path: Path) -> None:
    """Rows that were inserted get them as well."""
    path = filled(tmp_path / "附件2.xlsx", "附件2")
    row = int(cell_in_row("附件2", review.score, 1)[1:])
    WorkbookEditor(path).insert_row("附件2", row).save(path)
    whole = validations(path.read_bytes(), "附件2")
    WorkbookEditor(path).drop_validations("附件2").save(path)
    copy, _ = returned(path)
    assert validations(copy, "附件2") == whole


def test_a_formula_that_cannot_be_restored_is_shown(tmp_path: Path) -> None:
    """The names of its parts are gone with their rows, or other cells get their formula from it."""
    path = filled(tmp_path / "附件1.xlsx", FORM)
    WorkbookEditor(path).rewrite(FORM, TOTAL, "=F8+F11+1", 26.57).save(path)
    data = parts_of(path.read_bytes())
    shared = data[PART].replace(b"<f>F8+F11+1</f>", f'<f t="shared" ref="{TOTAL}:{CARS}" si="0">F8+F11+1</f>'.encode())
    path.write_bytes(packed({**data, PART: shared}))
    copy, _ = returned(path)
    element = cell_in(etree.fromstring(parts_of(copy)[PART]), TOTAL)
    assert element is not None
    assert element.findtext("{*}f") == "F8+F11+1"
    assert "应填公式：=IF(" in "".join(advice(copy).values())


def test_a_workbook_that_cannot_be_edited_has_the_formula_in_its_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no copy to mend: the list says what to enter."""

    def refuse(*_: object, **__: object) -> bytes:
        reason = "工作簿处于共享状态"
        raise NotEditableError(reason)

    monkeypatch.setattr(copying, "returned_copy", refuse)
    path = filled(tmp_path / "附件1.xlsx", FORM)
    total = openpyxl.load_workbook(path, data_only=True)[FORM][TOTAL].value
    WorkbookEditor(path).put(FORM, TOTAL, float(str(total))).save(path)
    copy, findings = returned(path)
    assert "W-04" in {finding.rule for finding in findings}
    assert "应填公式：=IF(" in advice_below(copy, 6)["W-04"]


def advice_below(copy: bytes, first: int) -> dict[str, str]:
    """处理意见 in a list that begins at another row."""
    return {str(row[10]): str(row[8]) for row in rows_of(copy, "问题清单")[first - 1 :]}


@needs_office
def test_another_program_calculates_what_was_restored(tmp_path: Path) -> None:
    """LibreOffice shows the results that are stored, and keeps the protection."""
    path = filled(tmp_path / "附件1.xlsx", FORM)
    WorkbookEditor(path).put(FORM, TOTAL, 30).put(FORM, RATE, 2).unprotect(FORM).drop_validations(FORM).save(path)
    copy, _ = returned(path)
    path.write_bytes(copy)
    (saved,) = recalculate([path], tmp_path / "out")
    before = openpyxl.load_workbook(BytesIO(copy), data_only=True)[FORM]
    after = openpyxl.load_workbook(saved, data_only=True)[FORM]
    for place in (TOTAL, RATE):
        assert after[place].value == pytest.approx(before[place].value)
    assert after.protection.sheet


@needs_validator
@pytest.mark.parametrize("dialect", ["transitional", "strict"])
def test_the_schema_of_excel_is_kept(tmp_path: Path, dialect: str) -> None:
    """By a copy in which everything was put back."""
    path = filled(tmp_path / "附件2.xlsx", "附件2")
    editor = WorkbookEditor(path).put("附件2", cell_of("附件2", "总分_得分"), 99)
    editor.unprotect("附件2").drop_validations("附件2").save(path)
    if dialect == "strict":
        path.write_bytes(strict(path.read_bytes()))
    copy, _ = returned(path)
    path.write_bytes(copy)
    if dialect == "transitional":
        assert {"公式已恢复" in words for words in advice(copy).values()} == {True, False}
        assert validate(path, "Microsoft365") == []
        assert lint(path) == []
    else:
        assert b"schemas.openxmlformats.org/spreadsheetml" not in b"".join(
            part for name, part in parts_of(copy).items() if name.startswith("xl/worksheets")
        )
