"""What was changed on a returned template is noted at its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.reader.changed import (
    CONTROL,
    NOTATION,
    POSTS,
    PUBLIC,
    RECEPTION,
    SCORE,
    STAFF,
    Case,
    changed,
    finding_keys,
    notes,
    read,
)
from tests.support import seed
from tests.support.filled import cell_in_row, cell_of, filled
from tests.support.programs.office import needs_office, recalculate
from tests.support.workbook_editor import WorkbookEditor
from xltool.batches.grouping import as_one_set
from xltool.forms.base_data import project_actual, project_name
from xltool.reader.reading import read_file
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from pathlib import Path


ALL = ("附件1", "附件2", "附件3")
DASHED = cell_of("附件1", "三公经费_上年决算数")[0] + cell_of("附件1", "政府采购金额_本年预算数")[1:]


def _manifest_cell(clerk: WorkbookEditor, key: str) -> str:
    """Address of a value in the head of the manifest (specification, year, department, version, number)."""
    assert "xltool" in clerk.sheets
    return f"D{2 + ('规格', '年度', '单位', '版本', '编号').index(key)}"


def _say_version(clerk: WorkbookEditor) -> None:
    clerk.put("xltool", _manifest_cell(clerk, "版本"), "9.0.0")


def _turn_year(clerk: WorkbookEditor) -> None:
    clerk.put("xltool", _manifest_cell(clerk, "年度"), "2022")


@pytest.mark.parametrize("forms", [*((form,) for form in ALL), ALL], ids="＋".join)
def test_untouched_template_gives_no_note(tmp_path: Path, forms: tuple[str, ...]) -> None:
    """An issued template that was only filled in is not remarked on."""
    record = read(filled(tmp_path / "filled.xlsx", *forms))
    assert [submission.form for submission in record.submissions] == list(forms)
    assert finding_keys(notes(record)) == []


def test_clerk_who_changes_nothing_leaves_no_trace(tmp_path: Path) -> None:
    """Taking a workbook apart and putting it together is not a change: what other tests find is what they did."""
    clerk = WorkbookEditor(filled(tmp_path / "filled.xlsx", *ALL))
    for sheet in ALL:
        clerk.put(sheet, "A1", sheet)
    assert finding_keys(notes(read(clerk.save(tmp_path / "again.xlsx")))) == []


def test_openpyxl_only_loses_the_results(tmp_path: Path) -> None:
    """Saved by openpyxl, formulas have no results: W-16 is all there is to say, once a form."""
    book = openpyxl.load_workbook(filled(tmp_path / "filled.xlsx", *ALL))
    book.save(tmp_path / "saved.xlsx")
    record = read(tmp_path / "saved.xlsx")
    assert [(note.rule, note.sheet) for note in notes(record)] == [("W-16", form) for form in ALL]
    assert all(cell.intact for submission in record.submissions for cell in submission.values.values() if cell.formula)


@needs_office
def test_libreoffice_changes_nothing(tmp_path: Path) -> None:
    """Opened, calculated and saved by LibreOffice, a filled template is still untouched."""
    (saved,) = recalculate([filled(tmp_path / "filled.xlsx", *ALL)], tmp_path / "office")
    record = read(saved)
    assert [submission.form for submission in record.submissions] == list(ALL)
    assert finding_keys(notes(record)) == []
    assert all(cell.intact for submission in record.submissions for cell in submission.values.values() if cell.formula)


CASES = (
    Case("version", _say_version, "W-02", None, ("9.0.0",)),
    Case("label", lambda c: c.put("附件1", "A7", "三公"), "W-03", "A7", ("“三公经费”", "“三公”")),
    Case("label cleared", lambda c: c.put("附件1", "A13", None), "W-03", "A13", ("“项目支出：”", "已被删除")),
    Case("overtyped, right", lambda c: c.put("附件1", CONTROL, 1.25), "W-04", CONTROL, ("125.00%", "一致"), "warning"),
    Case(
        "overtyped, wrong", lambda c: c.put("附件1", PUBLIC, 30), "W-04", PUBLIC, ("30.00万元", "重算结果为 27.48万元")
    ),
    Case("cleared", lambda c: c.put("附件1", PUBLIC, None), "W-04", PUBLIC, ("公式已被清除", "重算结果为 27.48万元")),
    Case("number as text", lambda c: c.put("附件1", STAFF, "15"), "W-05", STAFF, ("有 1 个", STAFF), "info"),
    Case(
        "words for a number",
        lambda c: c.put("附件1", cell_of("附件1", "公用经费_本年决算数"), "约四十"),
        "W-05",
        cell_of("附件1", "公用经费_本年决算数"),
        ("约四十", "无法识别为金额"),
        "warning",
    ),
    Case("hidden row", lambda c: c.hide_row("附件1", 12), "W-06", "A12", ("第 12 行",)),
    Case("hidden column", lambda c: c.hide_column("附件2", 9), "W-06", "I1", ("I 列",), form="附件2"),
    Case("hidden sheet", lambda c: c.hide_sheet("附件3"), "W-06", None, ("“附件3”",), form="附件3"),
    Case("macro", lambda c: c.add_part("xl/vbaProject.bin", b"x"), "W-07", None, ("宏",)),
    Case(
        "external link",
        lambda c: c.add_part("xl/externalLinks/externalLink1.xml", b"<a/>"),
        "W-07",
        None,
        ("外部链接",),
    ),
    Case("object", lambda c: c.add_part("xl/embeddings/oleObject1.bin", b"x"), "W-07", None, ("嵌入对象",)),
    Case(
        "error of a formula",
        lambda c: c.show_error("附件1", CONTROL, "#DIV/0!"),
        "W-08",
        CONTROL,
        ("#DIV/0!", "控制率"),
    ),
    Case(
        "error in an input",
        lambda c: c.show_error("附件1", cell_of("附件1", "批复规模"), "#REF!"),
        "W-08",
        cell_of("附件1", "批复规模"),
        ("#REF!",),
    ),
    Case("stale", lambda c: c.show("附件1", CONTROL, 1.5), "W-09", CONTROL, ("150.00%", "重算应为 125.00%"), "error"),
    Case(
        "stale, shown blank",
        lambda c: c.show("附件2", cell_of("附件2", "总分_得分"), ""),
        "W-09",
        cell_of("附件2", "总分_得分"),
        ("空", "95分"),
        "error",
        "附件2",
    ),
    Case("below the form", lambda c: c.put("附件1", "B40", "草稿"), "W-10", "B40", ("草稿",)),
    Case("beside the form", lambda c: c.put("附件1", "Z3", 12.5), "W-10", "Z3", ("12.5",)),
    Case("between form and panel", lambda c: c.put("附件1", "H9", "注"), "W-10", "H9", ("注",)),
    Case("inside the form", lambda c: c.put("附件1", "C14", 3), "W-10", "C14", ("3",)),
    Case(
        "number in a —— cell",
        lambda c: c.put("附件1", DASHED, 16.14),
        "A1-25",
        DASHED,
        ("政府采购金额上年决算数", "16.14"),
        "info",
    ),
    Case("unit of the form", lambda c: c.put("附件1", "F3", "单位：元"), "W-11", "F3", ("“单位：万元”", "“单位：元”")),
    Case("unit of a label", lambda c: c.put("附件3", "A5", "项目资金（元）"), "W-11", "A5", ("（元）",), form="附件3"),
    Case("protection", lambda c: c.unprotect("附件1"), "W-13", None, ("已被取消", "公式完好")),
    Case("unlocked", lambda c: c.unlock("附件1", PUBLIC), "W-13", PUBLIC, ("1 个公式单元格未锁定",)),
    Case("one validation", lambda c: c.drop_validations("附件1", POSTS), "W-14", POSTS, ("有 1 个", "编制数")),
    Case(
        "column validation", lambda c: c.drop_validations("附件2", SCORE), "W-14", SCORE, ("指标_得分",), form="附件2"
    ),
    Case(
        "rewritten, same value",
        lambda c: c.rewrite("附件1", CONTROL, f"={STAFF}/{POSTS}", 1.25),
        "W-15",
        CONTROL,
        (f"{STAFF}/{POSTS}", "一致"),
        "warning",
    ),
    Case(
        "rewritten, wrong value",
        lambda c: c.rewrite("附件1", PUBLIC, f"={RECEPTION}+2", 29.48),
        "W-15",
        PUBLIC,
        ("重算结果为 27.48万元",),
        "error",
    ),
    Case("never calculated", lambda c: c.forget_results(), "W-16", CONTROL, ("有 8 个", "未重算")),
    Case(
        "another department",
        lambda c: c.put("附件2", cell_of("附件2", "部门名称"), "某某局"),
        "W-17",
        cell_of("附件2", "部门名称"),
        (seed.DEPARTMENT, "某某局"),
        "error",
        "附件2",
    ),
    Case("another year", _turn_year, "W-17", None, ("2022年度", "2023年度"), "error", "附件3"),
    Case("no manifest", lambda c: c.drop_manifest(), "W-18", None, ("没有签发记录",), "info"),
    Case("name gone", lambda c: c.drop_name("附件1", "编制数"), "W-20", None, ("附件1缺少栏目：编制数",), "error"),
    Case("name renamed", lambda c: c.rename_name("附件1", "控制率", "比率"), "W-20", None, ("控制率",), "error"),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_change_is_found_at_its_cell(tmp_path: Path, case: Case) -> None:
    """The change brings its note, with the address and the words that tell it, and no other note."""
    record = changed(tmp_path, case.form, case.change)
    reported = notes(record)
    severity = case.severity or RULES[case.rule].severity.value
    assert finding_keys(reported) == [(case.rule, severity, case.cell)]
    assert all(words in reported[0].message for words in case.words), reported[0].message
    assert "{" not in reported[0].message


@pytest.mark.parametrize("ending", ["（本级）", "(机关)"])
def test_the_department_itself_is_the_department(tmp_path: Path, ending: str) -> None:
    """某局（本级） may use what was issued to 某局."""
    cell = cell_of("附件2", "部门名称")
    record = changed(tmp_path, "附件2", lambda clerk: clerk.put("附件2", cell, f"{seed.DEPARTMENT}{ending}"))
    assert notes(record) == []


def test_sheet_gone(tmp_path: Path) -> None:
    """A sheet missing from a workbook of several is missed, also when another sheet was added in its place."""
    clerk = WorkbookEditor(filled(tmp_path / "filled.xlsx", *ALL)).drop_sheet("附件2")
    record = read(clerk.save(tmp_path / "less.xlsx"))
    reported = notes(record)
    assert finding_keys(reported) == [("W-01", "error", None)]
    assert "附件2" in reported[0].message
    book = openpyxl.load_workbook(tmp_path / "less.xlsx")
    book.create_sheet("草稿")
    book.save(tmp_path / "more.xlsx")
    assert "W-01" in {note.rule for note in notes(read(tmp_path / "more.xlsx"))}


def test_renamed_sheet_is_still_known(tmp_path: Path) -> None:
    """A renamed sheet is the issued one: nothing is missing and its formulas are intact."""
    record = changed(tmp_path, "附件1", lambda clerk: clerk.rename_sheet("附件1", "基础数据"))
    assert finding_keys(notes(record)) == []
    (submission,) = record.submissions
    assert (submission.sheet, submission.form) == ("基础数据", "附件1")
    assert submission.values["控制率"].intact


def test_several_changes_are_told_together(tmp_path: Path) -> None:
    """Protection off and a formula overtyped: the note on the protection says that formulas were changed."""
    record = changed(tmp_path, "附件1", lambda clerk: clerk.unprotect("附件1").put("附件1", PUBLIC, 30))
    reported = notes(record)
    assert finding_keys(reported) == [("W-13", "warning", None), ("W-04", "warning", PUBLIC)]
    assert "有公式被改动" in reported[0].message


def test_unlocked_cells_and_validations_are_one_note_each(tmp_path: Path) -> None:
    """Many cells of one cause are one note that names them."""
    record = changed(
        tmp_path,
        "附件1",
        lambda clerk: clerk.unlock("附件1", CONTROL).unlock("附件1", PUBLIC).drop_validations("附件1"),
    )
    unlocked, bare = sorted(notes(record), key=lambda note: note.rule)
    assert {unlocked.cell, *(place.cell for place in unlocked.related)} == {CONTROL, PUBLIC}
    assert {POSTS, STAFF, RECEPTION} <= {bare.cell, *(place.cell for place in bare.related)}


def test_inserted_row_is_counted(tmp_path: Path) -> None:
    """A row put into the table is read, counted and told; the labels below it have moved, not changed."""
    inserted = cell_in_row("附件1", project_name, 1)

    def change(clerk: WorkbookEditor) -> None:
        clerk.insert_row("附件1", int(inserted[1:]))
        clerk.put("附件1", inserted, "园区绿化").put("附件1", cell_in_row("附件1", project_actual, 1), 0.63)
        clerk.show("附件1", cell_of("附件1", "项目支出_本年决算数"), 10460.0)

    record = changed(tmp_path, "附件1", change)
    reported = notes(record)
    assert finding_keys(reported) == [("W-12", "info", cell_in_row("附件1", project_name, 0))]
    assert "插入了 1 行" in reported[0].message
    (submission,) = record.submissions
    assert [row.value("项目名称") for row in submission.rows] == [seed.PROJECT, "园区绿化"]
    assert all(cell.intact for cell in submission.values.values() if cell.formula)


def test_row_inserted_outside_the_table_is_not_lost(tmp_path: Path) -> None:
    """What is typed into a row that belongs to no table is said to be outside, not dropped in silence."""
    below = int(cell_of("附件1", "公用经费_本年决算数")[1:])

    def change(clerk: WorkbookEditor) -> None:
        clerk.insert_row("附件1", below).put("附件1", f"A{below}", "漏报项目").put("附件1", f"B{below}", 5)

    reported = notes(changed(tmp_path, "附件1", change))
    assert finding_keys(reported) == [("W-10", "info", f"A{below}")]
    assert [place.cell for place in reported[0].related] == [f"B{below}"]


def test_same_form_twice(tmp_path: Path) -> None:
    """A second copy of a form is said to be one; a form of another year is another form."""
    paths = [filled(tmp_path / name, "附件1") for name in ("甲.xlsx", "乙.xlsx")]
    records = [read_file(path, path.name) for path in paths]
    as_one_set(records)
    reported = notes(*records)
    assert [(note.rule, note.path) for note in reported] == [("W-21", "乙.xlsx")]
    assert "附件1报送了 2 份（甲.xlsx、乙.xlsx）" in reported[0].message
    records[1].submissions[0].year = 2022
    assert notes(*records) == []


def test_unreadable_file_is_a_note(tmp_path: Path) -> None:
    """A damaged file is an error that says why, and no exception."""
    path = filled(tmp_path / "filled.xlsx", "附件1")
    path.write_bytes(path.read_bytes()[:2000])
    record = read(path)
    (note,) = notes(record)
    assert (record.status, note.rule, note.severity.value, note.cell) == ("refused", "W-19", "error", None)
    assert "损坏" in note.message


@pytest.mark.parametrize(
    ("name", "is_reported"), [("a.xls", True), ("a.docx", True), ("a.et", False), ("a.xlsm", False)]
)
def test_a_name_that_says_another_format_is_told(tmp_path: Path, name: str, *, is_reported: bool) -> None:
    """A workbook is read whatever it is called; a name that deceives other programs is said so."""
    record = read(filled(tmp_path / "附件1.xlsx", "附件1").rename(tmp_path / name))
    assert record.status == "read"
    reported = [(note.rule, note.severity.value, note.actual, note.expected) for note in notes(record)]
    assert reported == ([("W-25", "info", f".{name[2:]}", ".xlsx")] if is_reported else [])


def test_every_rule_of_integrity_and_notation_is_tried() -> None:
    """Each noted rule that a template can bring about is in these tests.

    W-22 is for other layouts, W-23 and W-24 speak of exemptions, W-26 of what the audit is asked.
    """
    tried_elsewhere = {"W-01", "W-12", "W-19", "W-21", "W-23", "W-24", "W-25", "W-27", "W-28"}
    tried = {case.rule for case in (*CASES, *NOTATION)} | tried_elsewhere
    assert tried == {rule.code for rule in RULES.values() if rule.noted} - {"W-22", "W-26"}
