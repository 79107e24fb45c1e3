"""Departments of one name in two counties are never one: neither in a folder tree, nor against a roster."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pytest
from docx import Document

import xltool
from tests.batches.folders import InlinePool, issued
from tests.batches.test_grouping import form_of, grouped
from tests.support.sheets import rows_of
from xltool.batches import reading
from xltool.batches.grouping import as_filings
from xltool.batches.prior import last_year
from xltool.reader.records import FileRecord, NarrativeReport

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COUNTIES: Final = ("甲县", "乙县")
NAMES: Final = ("民政局", "水利局", "财政局")


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process, at a fixed time."""
    monkeypatch.setattr(reading, "Pool", InlinePool)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


def _tree(folder: Path, *, is_named: bool = True) -> Path:
    for county in COUNTIES:
        for name in NAMES:
            path = folder / county / name / "全部.xlsx"
            issued(path, name, "附件1", "附件2", "附件3", projects=("某项目",), named=is_named)
    return folder


def _review(out: Path) -> dict[str, Any]:
    review: dict[str, Any] = json.loads((out / "findings.json").read_text(encoding="utf-8"))
    return review


def _columns(out: Path, sheet: str, head: str) -> set[str]:
    """The values of a column of the review workbook."""
    table = rows_of(out / "review.xlsx", sheet)
    top = next(number for number, row in enumerate(table) if head in row)
    return {str(row[table[top].index(head)]) for row in table[top + 1 :] if row[table[top].index(head)]}


@pytest.mark.parametrize("is_named", [True, False], ids=["issued", "filled in"])
def test_two_counties_with_three_departments_each_are_six_filings(tmp_path: Path, *, is_named: bool) -> None:
    """Every output names the county: review, page, JSON, letters and returned copies."""
    out = tmp_path / "结果"
    xltool.batch(_tree(tmp_path / "报送", is_named=is_named), out=out, jobs=1)
    review = _review(out)
    names = {f"{county}{name}" for county in COUNTIES for name in NAMES}
    assert Counter(row["filing"] for row in review["submissions"]) == dict.fromkeys(
        (f"{name}（2023）" for name in names), 3
    )
    assert _columns(out, "问题清单", "单位") == names
    assert {path.name for path in (out / "notices").iterdir()} >= {f"退回通知_{name}.docx" for name in names}
    letter = Document(str(out / "notices" / "退回通知_甲县民政局.docx"))
    assert "甲县民政局：" in [paragraph.text for paragraph in letter.paragraphs]
    page = (out / "review.html").read_text(encoding="utf-8")
    assert all(name in page for name in names)
    for county in COUNTIES:
        rows = rows_of(next((out / "returned" / county / "民政局").iterdir()), "问题清单")
        listed = [str(cell) for row in rows for cell in row if cell]
        assert any(f"单位：{county}民政局" in text for text in listed)


def _roster(path: Path, rows: Sequence[str]) -> Path:
    path.write_text("\n".join(["单位编码,单位名称,简称", *rows]), encoding="utf-8")
    return path


def test_namesakes_of_a_roster_are_told_apart_by_their_codes(tmp_path: Path) -> None:
    """Templates bear the code they were issued by; a form without one goes with those of its county."""
    codes = [(f"{county}{name}", f"{at}{number}", name) for at, county in enumerate(COUNTIES, 1)
             for number, name in enumerate(NAMES, 1)]  # fmt: skip
    roster = _roster(tmp_path / "名册.csv", [f"{code},{name}," for _, code, name in codes])
    xltool.generate(year=2023, out=tmp_path / "下发", roster=roster, forms=["附件1", "附件2"])
    for full, code, name in codes:
        county = full.removesuffix(name)
        (folder,) = (path for path in (tmp_path / "下发").iterdir() if path.is_dir() and path.name.startswith(code))
        (tmp_path / "报送" / county).mkdir(parents=True, exist_ok=True)
        folder.rename(tmp_path / "报送" / county / name)
    issued(tmp_path / "报送" / "乙县" / "民政局" / "附件3.xlsx", "民政局", "附件3", projects=("某项目",), named=False)
    out = tmp_path / "结果"
    xltool.batch(tmp_path / "报送", out=out, roster=roster, jobs=1)
    review = _review(out)
    forms: dict[str, set[str]] = {}
    for row in review["submissions"]:
        forms.setdefault(row["filing"], set()).add(row["path"].split("/")[0])
    assert forms == {f"{name}（{code}）（2023）": {full.removesuffix(name)} for full, code, name in codes}
    accounts = {account["code"]: account for account in review["inbox"]["accounts"]}
    assert {account["department"] for account in accounts.values()} == {full for full, _, _ in codes}
    assert accounts["21"]["received"] == ["附件1", "附件2", "附件3"]
    assert accounts["11"]["missing"] == ["附件3"]
    assert {path.name for path in (out / "notices").iterdir()} >= {f"退回通知_{full}.docx" for full, _, _ in codes}


def test_the_county_of_the_folder_completes_a_name_for_the_roster(tmp_path: Path) -> None:
    """The roster has 甲县民政局 and 乙县民政局, by name or short name; the forms say 民政局."""
    roster = _roster(tmp_path / "名册.csv", ["1,甲县民政局,", "2,民政事务局,乙县民政局", "3,民政局,"])
    folder = tmp_path / "报送"
    for county in COUNTIES:
        issued(folder / county / "1" / "附件2.xlsx", "民政局", "附件2", named=False)
    out = tmp_path / "结果"
    xltool.batch(folder, out=out, roster=roster, jobs=1)
    receipts = {receipt["path"]: receipt["code"] for receipt in _review(out)["inbox"]["receipts"]}
    assert receipts == {"甲县/1/附件2.xlsx": "1", "乙县/1/附件2.xlsx": "2"}


def test_a_code_in_the_folder_tells_namesakes_apart(tmp_path: Path) -> None:
    """430101民政局 is the department with this code, whatever others are called."""
    roster = _roster(tmp_path / "名册.csv", ["430101,民政局,", "430201,民政局,"])
    folder = tmp_path / "报送"
    for code in ("430101", "430201"):
        issued(folder / f"{code}民政局" / "附件2.xlsx", "民政局", "附件2", named=False)
    out = tmp_path / "结果"
    xltool.batch(folder, out=out, roster=roster, jobs=1)
    filings = {row["path"]: row["filing"] for row in _review(out)["submissions"]}
    assert filings == {f"{code}民政局/附件2.xlsx": f"民政局（{code}）（2023）" for code in ("430101", "430201")}


def test_top_folders_that_are_no_counties_keep_namesakes_apart() -> None:
    """Two folders with an 附件2 each of one name are two departments; rounds, copies and parts of a filing are one."""
    apart = (
        form_of("东片/a/2", "附件2", "甲局"),
        form_of("西片/a/2", "附件2", "甲局"),
        form_of("西片/3", "附件1", "甲局"),
    )
    assert grouped(*apart) == ["东片甲局（2023）", "西片甲局（2023）", "西片甲局（2023）"]
    same = ["甲局（2023）"] * 2
    assert grouped(form_of("东片/2", "附件2", "甲局"), form_of("西片/1", "附件1", "甲局")) == same
    for first, second in (("第一次", "第二次"), ("甲局", "甲局（改）"), ("1", "2"), ("东片", "")):
        paths = [f"{folder}/2" if folder else "2" for folder in (first, second)]
        assert grouped(*(form_of(path, "附件2", "甲局") for path in paths)) == same


def test_one_department_of_a_roster_is_not_given_the_forms_of_two_counties(tmp_path: Path) -> None:
    """The roster has one 民政局, the folders of two counties hold one each: whose they are is asked."""
    roster = _roster(tmp_path / "名册.csv", ["1,民政局,", "2,水利局,"])
    out = tmp_path / "结果"
    xltool.batch(_tree(tmp_path / "报送", is_named=False), out=out, roster=roster, jobs=1)
    review = _review(out)
    states = {receipt["path"].split("/")[1]: receipt["state"] for receipt in review["inbox"]["receipts"]}
    assert states["民政局"] == states["水利局"] == "待确认"
    assert {row["filing"] for row in review["submissions"]} >= {f"{county}民政局（2023）" for county in COUNTIES}


def _report(path: str, department: str) -> FileRecord:
    report = NarrativeReport(path, path, "", "自评报告", 2023, department, (department,), ())
    return FileRecord(path, "read", narrative_reports=[report])


def test_a_report_belongs_to_the_filing_of_its_county() -> None:
    """A report is not given to a department of the same name in another county."""
    forms = [form_of("甲县/民政局/2", "附件2", "民政局"), form_of("乙县/水利局/2", "附件2", "水利局")]
    reports = [
        _report("甲县/报告/民政局", "民政局"),
        _report("乙县/报告/民政局", "民政局"),
        _report("水利局", "水利局"),
    ]
    as_filings([*(FileRecord(form.path, "read", submissions=[form]) for form in forms), *reports])
    filings = [record.narrative_reports[0].filing for record in reports]
    assert filings == ["甲县民政局（2023）", "乙县民政局（2023）", "乙县水利局（2023）"]


def test_last_year_is_compared_within_the_county() -> None:
    """Each county's filing meets its own of last year; a name that two counties share identifies none of them."""

    def records(year: int, *folders: str) -> list[FileRecord]:
        forms = [form_of(f"{folder}民政局/2", "附件2", "民政局", year) for folder in folders]
        return [FileRecord(form.path, "read", submissions=[form]) for form in forms]

    now = records(2023, "甲县/", "乙县/")
    as_filings(now)
    matched = last_year(now, records(2022, "乙县/", "甲县/"))
    assert {form.path.partition("/")[0]: form.filing for form in matched.submissions} == {
        "甲县": "甲县民政局（2023）", "乙县": "乙县民政局（2023）"}  # fmt: skip
    assert not last_year(now, records(2022, "")).submissions
    only = records(2023, "甲县/")
    as_filings(only)
    assert len(last_year(only, records(2022, "")).submissions) == 1
