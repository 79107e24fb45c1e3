"""What was changed on a returned template is found at its cell, told apart, and nothing else is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.support import seed
from tests.support.filled import cell_in_row, cell_of, filled
from tests.support.programs.office import needs_office, recalculate
from tests.support.workbook_editor import WorkbookEditor
from xltool.auditing import audit
from xltool.batches.grouping import as_one_set
from xltool.forms import FORMS, review
from xltool.forms.base_data import project_actual, project_name
from xltool.reader.notation.cells import State
from xltool.reader.reading import read_file
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.expr.nodes import Field
    from xltool.findings import Finding
    from xltool.reader.records import FileRecord

Change = Callable[[WorkbookEditor], object]
ALL = ("附件1", "附件2", "附件3")
DASHED = cell_of("附件1", "三公经费_上年决算数")[0] + cell_of("附件1", "政府采购金额_本年预算数")[1:]
CONTROL, RECEPTION, PUBLIC = (
    cell_of("附件1", "控制率"),
    cell_of("附件1", "公务接待_本年决算数"),
    cell_of("附件1", "三公经费_本年决算数"),
)
POSTS, STAFF = cell_of("附件1", "编制数"), cell_of("附件1", "实际在职人数")
TARGET, ACTUAL = cell_in_row("附件2", review.target_value, 0), cell_in_row("附件2", review.actual_value, 0)
WEIGHT, SCORE = cell_in_row("附件2", review.weight, 0), cell_in_row("附件2", review.score, 0)


@dataclass(frozen=True)
class Case:
    """A change to a form, and the one note it must bring: rule, cell, severity and words of the message."""

    name: str
    change: Change
    rule: str
    cell: str | None
    words: tuple[str, ...]
    severity: str = ""
    form: str = "附件1"

    def __str__(self) -> str:
        return self.name


def read(path: Path) -> FileRecord:
    """The file read in this process, as a set of its own."""
    record = read_file(path, path.name)
    as_one_set([record])
    return record


def notes(*records: FileRecord) -> list[Finding]:
    """What reading noticed."""
    return audit.noticed(records)


def told(findings: list[Finding]) -> list[tuple[str, str, str | None]]:
    """Rule, severity and cell of each finding."""
    return [(finding.rule, finding.severity.value, finding.cell) for finding in findings]


def rules_at(record: FileRecord, cell: str) -> set[str]:
    """Rules whose finding stands at a cell, of the whole audit."""
    return {finding.rule for finding in audit.audit([record]).findings if finding.cell == cell}


def changed(folder: Path, form: str, change: Change) -> FileRecord:
    """An issued and filled form after the clerk has been at it."""
    clerk = WorkbookEditor(filled(folder / "filled.xlsx", form))
    change(clerk)
    return read(clerk.save(folder / "changed.xlsx"))


def _manifest_cell(clerk: WorkbookEditor, key: str) -> str:
    """Address of a value in the head of the manifest (specification, year, department, version, number)."""
    assert "xltool" in clerk.sheets
    return f"D{2 + ('规格', '年度', '单位', '版本', '编号').index(key)}"


def _say_version(clerk: WorkbookEditor) -> None:
    clerk.put("xltool", _manifest_cell(clerk, "版本"), "9.0.0")


def _turn_year(clerk: WorkbookEditor) -> None:
    clerk.put("xltool", _manifest_cell(clerk, "年度"), "2022")


# --- nothing where nothing was changed --------------------------------------------------------


@pytest.mark.parametrize("forms", [*((form,) for form in ALL), ALL], ids="＋".join)
def test_untouched_template_gives_no_note(tmp_path: Path, forms: tuple[str, ...]) -> None:
    """An issued template that was only filled in is not remarked on."""
    record = read(filled(tmp_path / "filled.xlsx", *forms))
    assert [submission.form for submission in record.submissions] == list(forms)
    assert told(notes(record)) == []


def test_clerk_who_changes_nothing_leaves_no_trace(tmp_path: Path) -> None:
    """Taking a workbook apart and putting it together is not a change: what other tests find is what they did."""
    clerk = WorkbookEditor(filled(tmp_path / "filled.xlsx", *ALL))
    for sheet in ALL:
        clerk.put(sheet, "A1", sheet)
    assert told(notes(read(clerk.save(tmp_path / "again.xlsx")))) == []


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
    assert told(notes(record)) == []
    assert all(cell.intact for submission in record.submissions for cell in submission.values.values() if cell.formula)


# --- one change, one note ---------------------------------------------------------------------

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
    found = notes(record)
    severity = case.severity or RULES[case.rule].severity.value
    assert told(found) == [(case.rule, severity, case.cell)]
    assert all(words in found[0].message for words in case.words), found[0].message
    assert "{" not in found[0].message


def test_sheet_gone(tmp_path: Path) -> None:
    """A sheet missing from a workbook of several is missed, also when another sheet was added in its place."""
    clerk = WorkbookEditor(filled(tmp_path / "filled.xlsx", *ALL)).drop_sheet("附件2")
    record = read(clerk.save(tmp_path / "less.xlsx"))
    found = notes(record)
    assert told(found) == [("W-01", "error", None)]
    assert "附件2" in found[0].message
    book = openpyxl.load_workbook(tmp_path / "less.xlsx")
    book.create_sheet("草稿")
    book.save(tmp_path / "more.xlsx")
    assert "W-01" in {note.rule for note in notes(read(tmp_path / "more.xlsx"))}


def test_renamed_sheet_is_still_known(tmp_path: Path) -> None:
    """A renamed sheet is the issued one: nothing is missing and its formulas are intact."""
    record = changed(tmp_path, "附件1", lambda clerk: clerk.rename_sheet("附件1", "基础数据"))
    assert told(notes(record)) == []
    (one,) = record.submissions
    assert (one.sheet, one.form) == ("基础数据", "附件1")
    assert one.values["控制率"].intact


def test_several_changes_are_told_together(tmp_path: Path) -> None:
    """Protection off and a formula overtyped: the note on the protection says that formulas were changed."""
    record = changed(tmp_path, "附件1", lambda clerk: clerk.unprotect("附件1").put("附件1", PUBLIC, 30))
    found = notes(record)
    assert told(found) == [("W-13", "warning", None), ("W-04", "warning", PUBLIC)]
    assert "有公式被改动" in found[0].message


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
    found = notes(record)
    assert told(found) == [("W-12", "info", cell_in_row("附件1", project_name, 0))]
    assert "插入了 1 行" in found[0].message
    (one,) = record.submissions
    assert [row.value("项目名称") for row in one.rows] == [seed.PROJECT, "园区绿化"]
    assert all(cell.intact for cell in one.values.values() if cell.formula)


def test_row_inserted_outside_the_table_is_not_lost(tmp_path: Path) -> None:
    """What is typed into a row that belongs to no table is said to be outside, not dropped in silence."""
    below = int(cell_of("附件1", "公用经费_本年决算数")[1:])

    def change(clerk: WorkbookEditor) -> None:
        clerk.insert_row("附件1", below).put("附件1", f"A{below}", "漏报项目").put("附件1", f"B{below}", 5)

    found = notes(changed(tmp_path, "附件1", change))
    assert told(found) == [("W-10", "info", f"A{below}")]
    assert [place.cell for place in found[0].related] == [f"B{below}"]


def test_same_form_twice(tmp_path: Path) -> None:
    """A second copy of a form is said to be one; a form of another year is another form."""
    paths = [filled(tmp_path / name, "附件1") for name in ("甲.xlsx", "乙.xlsx")]
    records = [read_file(path, path.name) for path in paths]
    as_one_set(records)
    found = notes(*records)
    assert [(note.rule, note.path) for note in found] == [("W-21", "乙.xlsx")]
    assert "附件1报送了 2 份（甲.xlsx、乙.xlsx）" in found[0].message
    records[1].submissions[0].year = 2022
    assert notes(*records) == []


def test_unreadable_file_is_a_note(tmp_path: Path) -> None:
    """A damaged file is an error that says why, and no exception."""
    path = filled(tmp_path / "filled.xlsx", "附件1")
    path.write_bytes(path.read_bytes()[:2000])
    record = read(path)
    (found,) = notes(record)
    assert (record.status, found.rule, found.severity.value, found.cell) == ("refused", "W-19", "error", None)
    assert "损坏" in found.message


@pytest.mark.parametrize(("name", "told"), [("a.xls", True), ("a.docx", True), ("a.et", False), ("a.xlsm", False)])
def test_a_name_that_says_another_format_is_told(tmp_path: Path, name: str, *, told: bool) -> None:
    """A workbook is read whatever it is called; a name that deceives other programs is said so."""
    record = read(filled(tmp_path / "附件1.xlsx", "附件1").rename(tmp_path / name))
    assert record.status == "read"
    found = [(note.rule, note.severity.value, note.actual, note.expected) for note in notes(record)]
    assert found == ([("W-25", "info", f".{name[2:]}", ".xlsx")] if told else [])


def test_every_rule_of_integrity_and_notation_is_tried() -> None:
    """Each noted rule that a template can bring about is in these tests.

    W-22 is for other layouts, W-23 and W-24 speak of exemptions, W-26 of what the audit is asked.
    """
    alone = {"W-01", "W-12", "W-19", "W-21", "W-23", "W-24", "W-25", "W-27"}
    tried = {case.rule for case in (*CASES, *NOTATION)} | alone
    assert tried == {rule.code for rule in RULES.values() if rule.noted} - {"W-22", "W-26"}


# --- the verdict on a calculated cell ---------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "agrees"),
    [("125%", True), ("125", True), (1.25, True), ("1.25%", False), (1.2, False), ("125.2%", False)],
)
def test_overtyped_rate(tmp_path: Path, typed: str | float, *, agrees: bool) -> None:
    """125%, 1.25 and 125 are the right rate; 1.25% for 125% is not."""
    found = notes(changed(tmp_path, "附件1", lambda clerk: clerk.put("附件1", CONTROL, typed)))
    (verdict,) = [note for note in found if note.rule == "W-04"]
    assert ("一致" in verdict.message) is agrees, verdict.message


@pytest.mark.parametrize(
    ("part", "total", "agrees"),
    [(27.484, 27.48, True), (27.4849, 27.48, True), (27.475, 27.48, True), (27.47, 27.48, False), (20, 27.48, False)],
)
def test_overtyped_total_within_printed_precision(tmp_path: Path, part: float, total: float, *, agrees: bool) -> None:
    """A total typed with two decimals agrees with one that has more, within half a cent; a whole one is too much."""
    record = changed(tmp_path, "附件1", lambda clerk: clerk.put("附件1", RECEPTION, part).put("附件1", PUBLIC, total))
    (verdict,) = [note for note in notes(record) if note.cell == PUBLIC]
    assert verdict.rule == "W-04"
    assert ("一致" in verdict.message) is agrees, verdict.message


@pytest.mark.parametrize(
    ("typed", "agrees"), [(0.9166, True), (0.9167, True), ("91.67%", True), (0.92, True), (0.93, False)]
)
def test_overtyped_rate_within_printed_precision(tmp_path: Path, typed: str | float, *, agrees: bool) -> None:
    """11 of 12 is 91.666…%: rounded or truncated at the decimals that were printed, it is right."""
    record = changed(tmp_path, "附件1", lambda clerk: clerk.put("附件1", STAFF, 11).put("附件1", CONTROL, typed))
    (verdict,) = [note for note in notes(record) if note.rule == "W-04"]
    assert ("一致" in verdict.message) is agrees, verdict.message


def test_overtyped_with_a_wrong_value_is_also_an_error_of_its_rule(tmp_path: Path) -> None:
    """The rule of the sum speaks of the wrong value, and is silent on a right one."""
    wrong = changed(tmp_path, "附件1", lambda clerk: clerk.put("附件1", PUBLIC, 30))
    assert {"W-04", "A1-07"} <= rules_at(wrong, PUBLIC)
    right = changed(tmp_path, "附件1", lambda clerk: clerk.put("附件1", PUBLIC, 27.48))
    assert "A1-07" not in rules_at(right, PUBLIC)


def test_never_calculated_is_recomputed(tmp_path: Path) -> None:
    """Without results every value is recomputed, none is 0, and no rule takes them for blank."""
    with_results = audit.audit([changed(tmp_path, "附件2", lambda clerk: clerk)])
    without = audit.audit([changed(tmp_path, "附件2", lambda clerk: clerk.forget_results())])
    assert [finding for finding in without.findings if finding.rule != "W-16"] == with_results.findings
    (one,) = without.submissions
    assert one.values["总分_得分"].state is State.NOT_CALCULATED
    assert without.recomputed(one, review_total()) == 95


def review_total() -> Field:
    """The total score of 附件2."""
    return FORMS["附件2"].fields["总分_得分"]


def test_text_that_no_formula_counts(tmp_path: Path) -> None:
    """A total that is wrong because an input is text: the input is told, not the total, and only once."""
    record = changed(tmp_path, "附件1", lambda clerk: clerk.put("附件1", RECEPTION, "27.48").show("附件1", PUBLIC, ""))
    found = notes(record)
    assert told(found) == [("W-05", "warning", RECEPTION)]
    assert "没有计入" in found[0].message


def test_text_in_a_table_that_no_formula_counts(tmp_path: Path) -> None:
    """The same in a table column, through the total that rests on it."""
    total = cell_of("附件2", "总分_得分")
    record = changed(tmp_path, "附件2", lambda clerk: clerk.put("附件2", SCORE, "6").show("附件2", total, 89))
    assert told(notes(record)) == [("W-05", "warning", SCORE)]


def test_without_manifest_a_stale_result_is_still_found(tmp_path: Path) -> None:
    """Where nobody can say which formula was issued, a result that does not follow from the inputs is still told."""
    record = changed(tmp_path, "附件1", lambda clerk: clerk.drop_manifest().show("附件1", PUBLIC, 99.0))
    assert told(notes(record)) == [("W-18", "info", None), ("W-09", "error", PUBLIC)]


# --- how values are written -------------------------------------------------------------------

OFFICE = cell_of("附件1", "办公经费_本年决算数")
FILED_ON = cell_of("附件1", "填报日期")
NOTATION = (
    Case("full width", lambda c: c.put("附件1", OFFICE, "１９.２３"), "T-01", OFFICE, ("读作 19.23",)),
    Case("wide space", lambda c: c.put("附件1", OFFICE, "19.23\u3000"), "T-01", OFFICE, ("读作 19.23",)),
    Case("thousands", lambda c: c.put("附件1", OFFICE, "1,019.23"), "T-02", OFFICE, ("读作 1019.23",)),
    Case("brackets", lambda c: c.put("附件1", OFFICE, "(19.23)"), "T-02", OFFICE, ("读作 -19.23",)),
    Case("no such thing", lambda c: c.put("附件1", OFFICE, "无"), "T-03", OFFICE, ("“无”读作 没有该项内容",)),
    Case("stray mark", lambda c: c.put("附件1", OFFICE, "19.23."), "T-05", OFFICE, ("读作 19.23",), "warning"),
    Case("scanned", lambda c: c.put("附件2", ACTUAL, "W100%"), "T-06", ACTUAL, ("“W100%”",), form="附件2"),
    Case("date", lambda c: c.put("附件1", FILED_ON, "2024.6.12"), "T-07", FILED_ON, ("读作 2024-06-12",)),
    Case("range", lambda c: c.put("附件2", TARGET, "15-20个"), "T-08", TARGET, ("读作 15～20个",), form="附件2"),
    Case("sign", lambda c: c.put("附件2", TARGET, "》=15个"), "T-09", TARGET, ("读作 ≥15个",), form="附件2"),
    Case("percent sign", lambda c: c.put("附件2", TARGET, "》=95%"), "T-09", TARGET, ("读作 ≥95%",), form="附件2"),
    Case("wide target", lambda c: c.put("附件2", TARGET, "１５个"), "T-01", TARGET, ("读作 15个",), form="附件2"),
    Case("unit", lambda c: c.put("附件1", OFFICE, "19.23万元"), "T-10", OFFICE, ("读作 19.23",)),
    Case("yuan", lambda c: c.put("附件1", OFFICE, "192300元"), "T-10", OFFICE, ("读作 19.23",)),
    Case("numerals", lambda c: c.put("附件1", OFFICE, "十九"), "T-10", OFFICE, ("读作 19",)),
    Case("score", lambda c: c.put("附件2", SCORE, "6分"), "A2-14", SCORE, ("读作 6",), form="附件2"),
    Case("weight", lambda c: c.put("附件2", WEIGHT, "6分"), "A2-14", WEIGHT, ("读作 6",), form="附件2"),
    Case(
        "bare rate",
        lambda c: c.reformat("附件1", CONTROL, "General").put("附件1", CONTROL, 125),
        "T-04",
        CONTROL,
        ("读作 1.25",),
    ),
)


@pytest.mark.parametrize("case", NOTATION, ids=str)
def test_notation_is_repaired_and_told(tmp_path: Path, case: Case) -> None:
    """A repair is told at its cell, with what was made of it, and is the only note but for an overtyped formula."""
    found = [note for note in notes(changed(tmp_path, case.form, case.change)) if note.rule != "W-04"]
    assert told(found) == [(case.rule, case.severity or "info", case.cell)]
    assert all(words in found[0].message for words in case.words), found[0].message


def test_repairs_of_a_kind_are_one_note(tmp_path: Path) -> None:
    """Many cells written the same way are one note with all their addresses."""
    other = cell_of("附件1", "水费电费差旅费_本年决算数")
    record = changed(
        tmp_path, "附件1", lambda clerk: clerk.put("附件1", OFFICE, "１９").put("附件1", other, "１５.７７")
    )
    (found,) = notes(record)
    assert (found.rule, found.cell, [place.cell for place in found.related]) == ("T-01", OFFICE, [other])


@pytest.mark.parametrize("typed", ["十来人", "12个月", "见附表", "2024-06-12", "#NAME"])
def test_what_cannot_be_read_stays_what_it_is(tmp_path: Path, typed: str) -> None:
    """A cell that is no number: unparsed, warned of, its text kept, and no rule judges by it."""
    record = changed(tmp_path, "附件1", lambda clerk: clerk.put("附件1", POSTS, typed).show("附件1", CONTROL, ""))
    (one,) = record.submissions
    posts = one.values["编制数"]
    assert (posts.state, posts.value, posts.raw) == (State.UNPARSED, None, typed)
    found = audit.audit([record]).findings
    assert [(note.rule, note.severity.value) for note in found if note.cell == POSTS] == [("W-05", "warning")]
    assert [note.rule for note in found if note.cell == CONTROL] == []


def test_project_of_a_unit_below_the_department_is_no_mistake(tmp_path: Path) -> None:
    """附件3 filled in by a subordinate unit names the department as 主管部门: the template is the right one."""
    implementer, supervisor = cell_of("附件3", "实施单位"), cell_of("附件3", "主管部门")
    below = changed(tmp_path, "附件3", lambda clerk: clerk.put("附件3", implementer, "园区服务中心"))
    assert told(notes(below)) == []

    def other(clerk: WorkbookEditor) -> None:
        clerk.put("附件3", implementer, "园区服务中心").put("附件3", supervisor, "某某局")

    assert told(notes(changed(tmp_path, "附件3", other))) == [("W-17", "error", implementer)]
