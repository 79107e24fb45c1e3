"""A template copied elsewhere, or saved in a format that keeps no names: the form alone counts, not its 审核 panel."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.support.filled import cell_of, filled
from tests.support.programs.office import convert, needs_office
from tests.support.seed import order
from tests.support.workbook_editor import WorkbookEditor
from xltool.auditing.audit import audit
from xltool.findings import Severity
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.reader.records import Submission

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl's, of validations


def values(submission: Submission) -> dict[str, Any]:
    """What was filed, blanks left out."""
    return {key: filed.value for key, filed in submission.values.items() if filed.value is not None}


def rows(submission: Submission) -> list[dict[str, Any]]:
    """The rows of its tables that hold something."""
    every = (
        {key: filed.value for key, filed in row.cells.items() if filed.value is not None} for row in submission.rows
    )
    return [row for row in every if row]


def pasted(path: Path) -> Path:
    """Everything the sheet shows, pasted into a new workbook: panel and all, but no names, formulas or manifest."""
    source = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=True).worksheets[0]
    book = openpyxl.Workbook()
    sheet: Any = book.worksheets[0]
    for cell in (cell for row in source.iter_rows() for cell in row if cell.value not in (None, "")):
        sheet[cell.coordinate] = cell.value
        sheet[cell.coordinate].number_format = cell.number_format
    for merge in source.merged_cells.ranges:
        sheet.merge_cells(str(merge))
    book.save(path.with_name("抄.xlsx"))
    return path.with_name("抄.xlsx")


@pytest.mark.parametrize("form", ["附件1", "附件2", "附件3"])
def test_a_template_pasted_into_a_new_workbook_reads_the_same(tmp_path: Path, form: str) -> None:
    """Nothing of the panel is taken for an answer, and nothing in it is told of."""
    path = filled(tmp_path / "填.xlsx", form)
    (issued,) = read_file(path, "填.xlsx").submissions
    record = read_file(pasted(path), "抄.xlsx")
    (copied,) = record.submissions
    assert (copied.layout, copied.form, copied.department) == ("foreign", form, issued.department)
    assert values(copied) == values(issued)
    assert rows(copied) == rows(issued)
    findings = [finding for finding in audit([record]).findings if finding.severity is not Severity.INFO]
    assert [finding.rule for finding in findings if finding.rule[0] in "WT"] == []


@needs_office
def test_a_template_saved_as_xls_reads_the_same(tmp_path: Path) -> None:
    """The names are gone, the manifest is not: the form counts as the one that was issued, and none is missing."""
    path = filled(tmp_path / "填.xlsx", "附件2")
    (issued,) = read_file(path, "填.xlsx").submissions
    (saved,) = convert([path], tmp_path / "旧", "xls")
    record = read_file(saved, "填.xls")
    (submission,) = record.submissions
    assert (values(submission), rows(submission)) == (values(issued), rows(issued))
    assert (submission.issued_to, submission.issue) == (order().department, issued.issue)
    assert record.notes == []


@pytest.mark.parametrize(
    ("named", "is_reported"),
    [
        ("君山产业开发区管委会", False),
        ("岳阳市君山产业开发区管委会", False),
        ("管委", True),
        ("岳阳市教育局", True),
    ],
)
def test_a_short_name_is_not_another_department(tmp_path: Path, named: str, *, is_reported: bool) -> None:
    """Without the place before it a name is still that of the department the template was issued to."""
    path = filled(tmp_path / "填.xlsx", "附件1")
    clerk = WorkbookEditor(path).put("附件1", cell_of("附件1", "填报单位"), named)
    (submission,) = read_file(clerk.save(tmp_path / "简称.xlsx"), "简称.xlsx").submissions
    assert ("W-17" in {note.rule for note in submission.notes}) is is_reported
