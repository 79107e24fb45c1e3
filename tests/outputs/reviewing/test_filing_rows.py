"""The rows of filings: scores, what is missing, departments that filed nothing, files that could not be read."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.outputs.reviewed import MADE_AT, SAMPLES, audited, samples_review
from xltool.findings import Severity
from xltool.outputs.model import FilingRow, ProjectScore, ReviewContext
from xltool.outputs.review import review_of
from xltool.outputs.reviewing.finding_order import FindingOrder
from xltool.roster.inbox import Account, Inbox

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.outputs.model import Review

FARMING, SILENT = "示范县农业农村局（2023）", "示范县教育局（2023）"


def account(filing: str, *received: str, unread: tuple[str, ...] = ()) -> Account:
    """The account of a department that owes two forms."""
    owed = ("附件1", "附件2")
    missing = tuple(form for form in owed if form not in received)
    name = filing.removesuffix("（2023）")
    return Account("001", name, "", "", owed, received, missing, (), unread=unread, filing=filing)


def review(folder: Path, inbox: Inbox | None = None) -> Review:
    """The review of all files of a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return review_of(audited(paths, folder), root=folder, made_at=MADE_AT, context=ReviewContext(inbox=inbox))


@pytest.fixture
def inbox_folder(tmp_path: Path) -> Path:
    """The filings of two departments, each in a folder of its own."""
    for name in ("农业农村局", "水利局"):
        source = next(SAMPLES.glob(f"示范县{name}*"))
        shutil.copytree(source, tmp_path / name)
    return tmp_path


def test_without_its_own_form_a_department_has_no_score() -> None:
    """The score of a project is not shown as that of the department; the form is named as missing."""
    row = next(filing for filing in samples_review().filings if not filing.forms.get("附件2"))
    assert row.forms["附件3"]
    assert (row.score_filed, row.score_recomputed, row.grade, row.difference) == (None, None, None, None)
    assert "附件2" in row.missing
    assert [project.project for project in row.projects] == ["农村饮水维修养护"]


def test_the_project_with_the_largest_difference_counts() -> None:
    """Too many points and too few are alike; projects without a score are passed over."""
    projects = (ProjectScore("甲", 90, 91), ProjectScore("乙", 97.7, 95), ProjectScore("丙", None, 90))
    row = FilingRow("甲局", "甲局", score_filed=90, score_recomputed=90, projects=projects)
    assert row.difference == 0
    assert row.largest_of_projects is not None
    assert (row.largest_of_projects.project, row.largest_of_projects.difference) == ("乙", -2.7)
    assert FilingRow("甲局", "甲局").largest_of_projects is None


def test_departments_of_the_roster_that_filed_nothing_have_a_row(inbox_folder: Path) -> None:
    """Rows stand in the order of the roster, with what came in and what is owed; those of others come last."""
    filed = account(FARMING, "附件1", "附件2")
    rows = review(inbox_folder, Inbox(2023, (account(SILENT), filed), ())).filings
    assert [row.id for row in rows[:2]] == [SILENT, FARMING]
    assert [(row.status, row.filed, row.missing) for row in rows[:2]] == [
        ("未报", False, ("附件1", "附件2")),
        ("已报齐", True, ()),
    ]
    assert {(row.status, row.filed) for row in rows[2:]} == {("名册以外", True)}


def test_a_file_that_cannot_be_read_counts_for_its_department(inbox_folder: Path) -> None:
    """By the roster, else by the folder it lies in; every error is counted in exactly one row, or in none of them."""
    scans = {"农业农村局/佐证/扫描.pdf": FARMING, "教育局/扫描.pdf": SILENT, "散件.pdf": None}
    for path in scans:
        (inbox_folder / path).parent.mkdir(parents=True, exist_ok=True)
        (inbox_folder / path).write_bytes(b"%PDF-1.4 scan")
    known = account(SILENT, unread=("教育局/扫描.pdf",))
    what = review(inbox_folder, Inbox(2023, (known,), ()))
    refused = {finding.path: what.filing_of(finding) for finding in what.findings if finding.path in scans}
    assert refused == scans
    order = FindingOrder.of(what)
    rows = sum(row.errors for row in what.filings)
    assert order.severities[Severity.ERROR] == rows + order.by_filing[len(what.filings)][Severity.ERROR]
    assert [row.errors for row in what.filings if row.id == SILENT] == [1]


def test_between_two_departments_a_file_belongs_to_neither(inbox_folder: Path) -> None:
    """A folder with two filings does not say whose a file in it is."""
    county = inbox_folder / "县" / "收件"
    county.mkdir(parents=True)
    for name in ("农业农村局", "水利局"):
        shutil.move(inbox_folder / name, county)
    (county / "扫描.pdf").write_bytes(b"%PDF-1.4 scan")
    what = review(inbox_folder)
    assert [what.filing_of(finding) for finding in what.findings if finding.path.endswith("扫描.pdf")] == [None]
