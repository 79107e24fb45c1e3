"""The grade printed beside a total: read wherever it stands, and held against the total (S-35)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.documents import Form, project_form, write_docx, write_xlsx
from tools.samples.checking import audited
from xltool.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xltool.findings import Finding

    Change = Callable[[Form], object]


def _beside(grade: str) -> Change:
    return lambda form: form.add(form.height + 1, ("自评等级", 6), (grade, 3))


def _in_one_cell(grade: str) -> Change:
    return lambda form: form.add(form.height + 1, (f"绩效等级：{grade}", 9))


def _below(grade: str) -> Change:
    def change(form: Form) -> None:
        form.add(form.height + 1, ("等级", 9))
        form.add(form.height + 1, (grade, 9))

    return change


def _in_the_row(grade: str) -> Change:
    """The last cell of the row of the total."""

    def change(form: Form) -> None:
        last = form.boxes.pop()
        assert last.text == ""
        form.add(last.row, grade, start=last.column)

    return change


def _grade_findings(folder: Path, change: Change, *, document: bool = False) -> list[Finding]:
    form = project_form()
    change(form)
    path = write_docx([form], folder / "表.docx") if document else write_xlsx([form], folder / "表.xlsx")
    findings = audited([path]).findings
    assert "W-10" not in {finding.rule for finding in findings}
    return [finding for finding in findings if finding.rule == "S-35"]


PLACES = (_beside, _in_one_cell, _below, _in_the_row)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("grade", ["优", "优秀"])
def test_right_grade(tmp_path: Path, place: Callable[[str], Change], grade: str) -> None:
    """95 is 优, however it is written."""
    assert _grade_findings(tmp_path, place(grade)) == []


@pytest.mark.parametrize("document", [False, True], ids=["xlsx", "docx"])
@pytest.mark.parametrize("place", PLACES)
def test_wrong_grade(tmp_path: Path, place: Callable[[str], Change], *, document: bool) -> None:
    """95 printed as 良 is an error at the grade, which names the total."""
    (finding,) = _grade_findings(tmp_path, place("良"), document=document)
    assert (finding.severity, finding.field, finding.actual) == (Severity.ERROR, "自评等级", "良")
    assert finding.cell is not None
    assert "总分 95分" in finding.message
    assert "90分以上为优" in finding.message


def test_no_grade(tmp_path: Path) -> None:
    """Words of a grade elsewhere are none: 良 as an actual value says nothing of the total."""
    form = project_form()
    form.boxes = [box if box.text != "100分" else replace(box, text="良") for box in form.boxes]
    findings = audited([write_xlsx([form], tmp_path / "表.xlsx")]).findings
    assert "S-35" not in {finding.rule for finding in findings}
