"""Every cell that holds something is read, printed by the form, or noted."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.reader.files.sent_files import Maker, read, seed_rows
from tests.support import filings
from tests.support.documents import Form, base_data_form, forms, write_docx, write_xlsx
from tools.samples.checking import audited
from xltool.findings import address, row_column
from xltool.forms import FORMS
from xltool.reader.formats import open_any
from xltool.reader.guard import check
from xltool.reader.labels.area import fold_label
from xltool.reader.locate import LocatedForm, locate_forms
from xltool.reader.notes.leftovers import CellAccount, account_for_cells

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xltool.reader.records import Submission


def located(path: Path) -> list[LocatedForm]:
    """The forms found in a file."""
    return locate_forms(open_any(path, check(path)))


def accounts(path: Path) -> Iterator[tuple[Submission, LocatedForm, CellAccount]]:
    """Each form of a file with the account of its cells."""
    record = read(path)
    for submission, form in zip(record.submissions, located(path), strict=True):
        yield submission, form, account_for_cells(submission, form)


def filled(form: LocatedForm) -> set[tuple[int, int]]:
    """The cells of the form's part of the sheet that hold anything, counted here from the sheet itself."""
    region = form.region
    assert region is not None
    return {
        spot
        for spot, cell in form.sheet.cells.items()
        if region.top <= spot[0] <= region.bottom and cell.value is not None and str(cell.value).strip()
    }


def told_of(submission: Submission) -> set[tuple[int, int]]:
    """The cells that W-10 names, and a number in a —— cell (A1-25)."""
    notes = [note for note in submission.notes if note.rule in {"W-10", "A1-25"}]
    return {row_column(str(cell)) for note in notes for cell in (note.cell, *note.related)}


@pytest.mark.parametrize("suffix", ["xlsx", "docx"])
@pytest.mark.parametrize("name", ["seed", *filings.NAMES])
def test_every_cell_is_accounted_for(maker: Maker, name: str, suffix: str) -> None:
    """Values + printed texts + cells reported as not ours = cells that hold anything."""
    filed = forms() if name == "seed" else filings.build(name).forms
    accounted = list(accounts(maker.file(name, filed, suffix)))
    for submission, form, account in accounted:
        assert len(account.values) + len(account.printed) + len(account.left) == len(filled(form))
        assert account.values | account.printed | set(account.left) == filled(form)
        assert told_of(submission) == set(account.left)
        cells = {row_column(each.cell) for each in submission.values.values() if each.raw not in {None, ""}}
        assert cells & filled(form) <= account.values
    left = [len(account.left) for _, _, account in accounted]
    assert left == LEFT.get(name, [0] * len(accounted))


LEFT = {"chongqing_media_2021": [28], "hunan_dept_basic_2018_wanglu": [1], "zhongjiang_water_2022": [2]}
"""得分系数 and 是否核心指标 with their heads; 16.14 in a —— cell; 项目负责人及电话 and who it is."""


@pytest.mark.parametrize("name", ["seed", *filings.NAMES])
def test_no_value_hides_among_the_printed_texts(maker: Maker, name: str) -> None:
    """What was taken for a printed text is one: no number, no text of the transcription."""
    filed = forms() if name == "seed" else filings.build(name).forms
    for _, form, account in accounts(maker.file(name, filed, "xlsx")):
        texts = [form.sheet.cells[spot].value for spot in account.printed]
        assert [text for text in texts if not isinstance(text, str)] == []
        assert [text for text in texts if fold_label(str(text)) in _filed_texts(name)] == []


@cache
def _filed_texts(name: str) -> set[str]:
    built = None if name == "seed" else filings.build(name)
    rows = seed_rows("附件2") if built is None else built.rows
    levels = {"一级指标", "二级指标"}
    return {fold_label(v) for row in rows for key, v in row.items() if isinstance(v, str) and key not in levels}


def test_a_table_of_scores_beside_a_form_is_named(maker: Maker) -> None:
    """The index table beside the 2018 form is no form of ours, and called what it is."""
    record = read(maker.file(filings.NAMES[3], filings.build(filings.NAMES[3]).forms, "xlsx"))
    (note,) = record.notes
    assert (note.rule, note.sheet, note.cell) == ("W-28", "指标表", "A1")
    assert note.words["标题"] == "部门整体支出绩效评价指标表"


def test_a_table_that_is_no_form_is_told(maker: Maker) -> None:
    """A list on another sheet: how many cells, where, as a note on the file."""
    phones = Form("通讯录", ["通讯录"], 2, foot=[])
    phones.add(1, "某某", "0000000")
    (note,) = read(maker.file("通讯录", [*forms(), phones], "xlsx")).notes
    assert (note.rule, note.sheet, note.cell, note.words["个数"]) == ("W-10", "通讯录", "A1", "3")
    assert "通讯录" in note.words["清单"]


def test_a_report_below_the_forms_is_told(tmp_path: Path) -> None:
    """In a Word file the report follows the forms: no form claims its lines, one note tells of them."""
    report = Form("报告", ["2023年度部门整体支出绩效自评报告", "一、部门基本情况", "内设机构5个。"], 1, foot=[])
    report.add(1, "编制数")
    record = read(write_docx([*forms(), report], tmp_path / "全套.docx"))
    assert [submission.form for submission in record.submissions] == list(FORMS)
    (note,) = record.notes
    assert (note.rule, note.words["个数"], note.sheet, note.cell) == ("W-10", "4", "段落", "A14")


def test_a_note_beside_the_form_is_told(tmp_path: Path) -> None:
    """A remark right of the table, and an amount in a row of its own."""
    form = base_data_form()
    form.add(4, "请财务核对", start=9)
    form.add(form.height + 1, "其他经费", ("88.8", 2))
    path = write_xlsx([form], tmp_path / "附件1.xlsx")
    ((submission, _, account),) = accounts(path)
    texts = {address(*spot) for spot in account.left}
    assert texts == {"I6", "A23", "B23"} == {address(*spot) for spot in told_of(submission)}
    (finding,) = (finding for finding in audited([path]).findings if finding.rule == "W-10")
    assert "I6 “请财务核对”" in finding.message
    assert "有 3 个单元格" in finding.message
