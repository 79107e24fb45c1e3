"""Years no calendar has, and names in another Unicode form: findings and one department, never a failure."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

import pytest

import xltool
from tests.support.filled import cell_of, filled
from tests.support.sheets import book, rows_of
from tests.support.workbook_editor import WorkbookEditor
from xltool.forms.manifest import SHEET
from xltool.reader.reading import read_file
from xltool.reader.records import Submission
from xltool.roster import Certainty, Department, Roster
from xltool.roster.inbox.owners import Owners
from xltool.template.order import unique_name

if TYPE_CHECKING:
    from pathlib import Path

DATES: tuple[str | float, ...] = (
    "0000年0月0日", "0000-00-00", "0000年00月00日", "0001-01-01", "1582-10-10", "1899-12-31", "9999-12-31",
    "9999年12月31日", "10000年1月1日", 0, -1, 0.5, 60, 2958465, 2958466, 1e300,
)  # fmt: skip
YEARS = ("0000", "0001", "1899", "9999")


def dated(path: Path, date: str | float, year: str = "") -> Path:
    """A filled 附件1 with this 填报日期 and, where given, this year in its manifest."""
    editor = WorkbookEditor(filled(path, "附件1")).put("附件1", cell_of("附件1", "填报日期"), date)
    if year:
        (at,) = (number for number, row in enumerate(rows_of(path, SHEET), start=1) if row[2] == "年度")
        editor.put(SHEET, f"D{at}", year)
    return editor.save(path)


@pytest.mark.parametrize("date", DATES, ids=str)
def test_a_date_of_no_calendar_is_a_finding(date: str | float, tmp_path: Path) -> None:
    """The file is read, and something is said of its date."""
    path = dated(tmp_path / "附件1.xlsx", date)
    record = read_file(path, path.name)
    assert (record.status, record.code) == ("read", "")
    findings = xltool.audit(path).findings
    assert "填报日期" in set(findings["field"])


@pytest.mark.parametrize("year", YEARS)
def test_a_manifest_of_no_year_is_a_finding(year: str, tmp_path: Path) -> None:
    """The title says another year than the template was issued for (W-17)."""
    path = dated(tmp_path / "附件1.xlsx", "2024年3月1日", year)
    findings = xltool.audit(path).findings
    assert "W-17" in set(findings["rule"])
    assert "failed" not in {record.code for record in [read_file(path, path.name)]}


def test_odd_dates_pass_through_every_output(tmp_path: Path) -> None:
    """Workbook, JSON and frames of a run over all of them."""
    folder, out = tmp_path / "in", tmp_path / "out"
    for number, date in enumerate(DATES):
        (folder / f"{number}").mkdir(parents=True)
        dated(folder / f"{number}" / "附件1.xlsx", date, YEARS[number % len(YEARS)])
    xltool.batch(folder, out=out, jobs=2)
    files = json.loads((out / "findings.json").read_text(encoding="utf-8"))["files"]
    assert {each["status"] for each in files} == {"read"}
    assert len(files) == len(DATES)
    assert (out / "review.xlsx").is_file()


def test_a_package_saved_before_time_began(tmp_path: Path) -> None:
    """What a file says of itself is worth nothing if no clock can show it."""
    from tests.attacks.kit import parts_of, zipped  # noqa: PLC0415

    path = filled(tmp_path / "附件1.xlsx", "附件1")
    parts = parts_of(path.read_bytes())
    core = parts["docProps/core.xml"].decode()
    before, _, rest = core.partition("</dcterms:modified>")
    head, mark, _ = before.rpartition(">")
    parts["docProps/core.xml"] = f"{head}{mark}0001-01-01T00:00:00+14:00</dcterms:modified>{rest}".encode()
    path.write_bytes(zipped(parts))
    record = read_file(path, path.name)
    assert (record.status, record.saved) == ("read", "")


def submission(path: str, department: str) -> Submission:
    """A form as read."""
    return Submission(path, path, "a", "附件1", "foreign", 2023, department, "", "")


@pytest.mark.parametrize("name", ["甲县福利院E\u0301站", "甲县\ufa1b利院É站", "甲县福利院\uff25\u0301站"])
def test_names_in_another_unicode_form_are_one_department(name: str) -> None:
    """By the name that was filed and by the folder; that it is written otherwise is said."""
    known = Department("101", "甲县福利院É站")
    roster = Roster((known, Department("102", "甲县水利局")))
    match = roster.matching(name)
    assert match is not None
    assert (match.department, match.certainty) == (known, Certainty.FOLDED)
    owner = Owners(roster).of(submission("a/附件1.xlsx", name))
    assert owner.department is known
    assert owner.by == "填报单位名称（写法不同）"
    assert Owners(roster).of(submission(f"{name}/附件1.xlsx", "")).department is known


def test_departments_that_differ_in_their_unicode_form_alone_are_told(tmp_path: Path) -> None:
    """Two codes are two departments, and the notice names their rows."""
    from xltool.roster import load  # noqa: PLC0415

    name = "甲县É站"
    rows = (("单位编码", "单位名称"), ("101", name), ("102", unicodedata.normalize("NFD", name)))
    (notice,) = load(book(tmp_path / "名册.xlsx", 单位=rows)).notices
    assert "第2行、第3行" in notice


def test_outputs_do_not_overwrite_each_other() -> None:
    """A Mac writes both names to one file."""
    used: set[str] = set()
    names = [unique_name(unicodedata.normalize(form, "É站.xlsx"), used) for form in ("NFC", "NFD", "NFC")]
    assert [unicodedata.normalize("NFC", name) for name in names] == ["É站.xlsx", "É站（2）.xlsx", "É站（3）.xlsx"]
