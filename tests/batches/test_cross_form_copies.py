"""A finding between two forms is returned to both: each file of the filing has it at its own cell."""

from __future__ import annotations

import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.auditing.test_rounds import submit
from tests.batches.folders import EPOCH, InlinePool
from tests.support.sheets import records_of, rows_of
from tests.support.workbook_editor import WorkbookEditor
from tools.samples.sample import FieldRef
from xltool.batches import reading, runs, side_inputs
from xltool.batches.options import Options
from xltool.findings import Finding, Place, Severity, address
from xltool.forms import self_review
from xltool.outputs.returned.counterparts import Counterparts
from xltool.outputs.returned.styles import MARKS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl's, of data bars
BUDGET, SCORE = FieldRef("附件2", self_review.year.initial), FieldRef("附件2", self_review.FORM.fields["总分_得分"])


@pytest.fixture(autouse=True)
def _inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No processes, and a day that stays the same."""
    monkeypatch.setattr(reading, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)


def listed(copy: Path) -> list[tuple[str, str, str]]:
    """Rule, sheet and cell of each row of a list."""
    return [(row[10], row[2], row[3]) for row in rows_of(copy, "问题清单")[4:]]


def test_each_file_that_a_finding_is_about_is_returned(tmp_path: Path) -> None:
    """With the finding at the cell of that file, marked and commented, and the place of the other side."""
    folder, out = submit(tmp_path / "报送" / "甲局", (BUDGET, 900)), tmp_path / "果"
    audit = runs.run(folder.parent, out, Options(jobs=1)).audit
    crossing = [
        (finding, place)
        for finding in audit.findings
        for place in finding.related
        if place.path != finding.path and finding.severity.value != "info"
    ]
    assert crossing
    for finding, place in crossing:
        copy = out / "returned" / place.path
        assert (finding.rule, place.sheet, place.cell) in listed(copy)
        assert (finding.rule, finding.sheet, finding.cell) in listed(out / "returned" / finding.path)
        marked = openpyxl.load_workbook(copy)[str(place.sheet)][str(place.cell)]
        assert marked.fill.fgColor.rgb in MARKS.values()
        assert marked.comment is not None
        assert f"{finding.sheet} {finding.cell}" in marked.comment.text


def test_the_list_says_where_the_other_side_stands(tmp_path: Path) -> None:
    """So that either side can be corrected; the key is that of the finding, so an explanation in either list counts."""
    folder, out = submit(tmp_path / "报送" / "甲局", (BUDGET, 900)), tmp_path / "果"
    audit = runs.run(folder.parent, out, Options(jobs=1)).audit
    keys = dict(zip(audit.keys, audit.findings, strict=True))
    shown = []
    for copy in (out / "returned").rglob("*.xlsx"):
        for row in rows_of(copy, "问题清单")[4:]:
            number, key, rule = str(row[13]).split()
            assert (f"{row[0]:g}", keys[key].rule) == (number, rule)
            shown.append(key)
            if (row[2], row[3]) != (keys[key].sheet, keys[key].cell):
                assert str(row[5]).startswith(f"对照{keys[key].sheet} {keys[key].cell}：")
                assert (row[6], row[7]) == (None, None)
    assert len(shown) > len(set(shown))


def test_files_of_other_filings_are_not_returned_for_it() -> None:
    """Texts that two departments share are told to each at its own file: neither is shown the other's."""
    related = (
        Place("甲/附件1.xlsx", "附件1", "B4"),
        Place("乙/附件1.xlsx", "附件1", "B4"),
        Place("上年.xlsx", "附件1", "B4"),
    )
    finding = Finding("X-05", Severity.WARNING, "甲/附件2.xlsx", "一样", "核对", "依据", related=related)
    counterparts = Counterparts({"甲/附件1.xlsx": {"甲"}, "甲/附件2.xlsx": {"甲"}, "乙/附件1.xlsx": {"乙"}})
    assert counterparts.add(finding) == ["甲/附件1.xlsx"]
    assert [*counterparts.sources("甲/附件1.xlsx")] == ["甲/附件2.xlsx"]
    assert [*counterparts.sources("乙/附件1.xlsx")] == []


def test_a_settled_finding_is_returned_to_neither_side(tmp_path: Path) -> None:
    """The other side goes with it; an error is still one, so neither exit code nor merge changes."""
    folder, out = submit(tmp_path / "报送" / "甲局", (BUDGET, 900), (SCORE, 100)), tmp_path / "果"
    errors = runs.run(folder.parent, out, Options(jobs=1)).errors
    review, editor = out / "review.xlsx", WorkbookEditor(out / "review.xlsx")
    for number, row in enumerate(records_of(review, "问题清单"), start=2):
        editor.put("问题清单", address(number, list(row).index("处理状态") + 1), "说明认可")
    editor.save(review)
    assert runs.run(folder.parent, out, Options(jobs=1)).errors == errors > 0
    assert not list((out / "returned").rglob("*.xlsx"))


def test_the_parcel_has_the_files_on_both_sides(tmp_path: Path) -> None:
    """Whoever gets it can correct either."""
    folder, out = submit(tmp_path / "报送" / "甲局", (BUDGET, 900)), tmp_path / "果"
    runs.run(folder.parent, out, Options(jobs=1))
    (parcel,) = (out / "parcels").glob("*.zip")
    with zipfile.ZipFile(parcel) as members:
        names = {PurePosixPath(name).name for name in members.namelist()}
    assert {copy.name for copy in (out / "returned").rglob("*.xlsx")} <= names
