"""Forms in 元 instead of 万元: one finding for whole forms, and none where amounts only happen to be large."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import pytest

from tools.samples import planted
from tools.samples.checking import write
from tools.samples.sample import papers_as_sheets
from xltool.auditing.audit import audit
from xltool.auditing.causes.units import APPROVED
from xltool.batches.grouping import as_one_set
from xltool.findings import Severity
from xltool.forms import FORMS
from xltool.reader.extract import scale_money
from xltool.reader.reading import read_file
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from xltool.findings import Finding
    from xltool.reader.records import FileRecord


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> list[FileRecord]:
    """The sample filing, read."""
    sheets = papers_as_sheets(planted.papers(), planted.BUREAU, planted.YEAR)
    files = {f"{number}.xlsx": write_workbook(order, [sheet]) for number, (order, sheet) in enumerate(sheets)}
    return [read_file(path, path.name) for path in write(files, tmp_path_factory.mktemp("filing"))]


def grave(records: list[FileRecord], *forms: str, sheets: int = 9, kept: frozenset[str] = frozenset()) -> list[Finding]:
    """The findings on the filing with the amounts of these forms in 元, of so many files, but for those kept."""
    filed = deepcopy(records)
    as_one_set(filed)
    changed = [form for record in filed for form in record.submissions if form.form in forms]
    for submission in changed[:sheets]:
        scale_money(submission, FORMS[submission.form], 10_000.0, dict.fromkeys(kept, 1.0))
    return [finding for finding in audit(filed).findings if finding.severity is not Severity.INFO]


@pytest.mark.parametrize(
    ("forms", "rule", "on", "folded"),
    [
        (("附件1", "附件2", "附件3"), "A1-32", "附件1", {"A1-32", "X-13"}),
        (("附件1",), "A1-32", "附件1", {"A1-32", "X-03", "X-06", "X-09", "X-10"}),
        (("附件1", "附件2"), "A1-32", "附件1", {"A1-32", "X-06"}),
        (("附件2",), "X-03", "附件2", {"X-05", "X-15"}),
        (("附件3",), "X-06", "附件3", {"X-06", "X-07", "X-08", "X-13"}),
    ],
)
def test_whole_forms_in_yuan_are_one_finding(
    records: list[FileRecord], forms: tuple[str, ...], rule: str, on: str, folded: set[str]
) -> None:
    """It names the forms, stands on one of them, and is as grave as what follows from it."""
    (finding,) = grave(records, *forms)
    assert (finding.rule, finding.sheet) == (rule, on)
    assert {each.rule for each in finding.consequences} == folded
    assert f"{'、'.join(forms)}的金额像是都按“元”填报" in finding.message
    assert f"共 {len(finding.consequences) + 1} 处" in finding.message
    assert finding.severity is (Severity.WARNING if len(forms) == len(FORMS) else Severity.ERROR)


def test_budgets_that_the_roster_filled_in_stay_in_ten_thousand(records: list[FileRecord]) -> None:
    """Where all but the approved budgets is in 元, that is one finding, too, and it says so."""
    (finding,) = grave(records, *FORMS, kept=APPROVED)
    assert "附件1、附件2、附件3的金额像是都按“元”填报（年初预算数除外）" in finding.message
    assert {"A1-17", "A3-09"} <= {each.rule for each in finding.consequences}


def test_the_filing_as_it_is_has_no_such_finding(records: list[FileRecord]) -> None:
    """Nothing is folded where nothing is in 元."""
    assert grave(records) == []


def test_one_project_of_two_in_yuan(records: list[FileRecord]) -> None:
    """Only the form of that project is named by its findings."""
    findings = grave(records, "附件3", sheets=1)
    assert any("附件3的金额像是都按“元”填报" in finding.message for finding in findings)
    folded = {each.rule for finding in findings for each in finding.consequences}
    assert {"X-06", "X-07"} <= folded | {finding.rule for finding in findings}
