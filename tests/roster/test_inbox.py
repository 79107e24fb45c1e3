"""The inbox: whose a file is, which copy holds, what is owed, and what is only listed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import openpyxl
import pytest

import xltool
from tests.batches.folders import InlinePool
from tools.samples import clean
from tools.samples.sample import FieldRef, Paper, papers_as_sheets, workbook_of
from xltool.batches import reading
from xltool.forms import base_data, foot, self_review
from xltool.roster.inbox import ReceiptState
from xltool.template.order import file_name

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl's, of data bars
WATER, SCHOOLS, FOREST, TOWN = "示范县水务局", "示范县教育局", "示范县林业局", "示范县城关镇人民政府"
ROSTER: Final = f"""单位编码,单位名称,简称,联系人,联系电话
001,{clean.BUREAU},农业农村局,某某,0000000
002,{WATER},水务局,某某,0000000
003,{SCHOOLS},教育局,,
004,{FOREST},林业局,某某,0000000
005,{TOWN},城关镇,,
"""


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process, at a fixed time."""
    monkeypatch.setattr(reading, "Pool", InlinePool)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """Five departments, no projects."""
    path = tmp_path / "名册.csv"
    path.write_text(ROSTER, encoding="utf-8")
    return path


def papers_of(department: str, *changes: tuple[FieldRef, object]) -> list[Paper]:
    """The clean filing, as another department's."""
    papers: list[Paper] = []
    for paper in clean.papers():
        values: dict[Any, Any] = {
            item: department if value == clean.BUREAU else value for item, value in paper.values.items()
        }
        papers.append(replace(paper, values=values))
    for spot, value in changes:
        next(paper for paper in papers if paper.form == spot.form).enter(spot, value)
    return papers


def submit(  # noqa: PLR0913 - a filing and what is wrong with it
    folder: Path,
    department: str,
    *changes: tuple[FieldRef, object],
    issued_to: str | None = None,
    forms: str = "附件1附件2附件3",
    year: int = clean.YEAR,
    names: str = "{}",
) -> None:
    """Write the forms of a filing; `issued_to` "" makes templates issued to nobody."""
    folder.mkdir(parents=True, exist_ok=True)
    owner = department if issued_to is None else issued_to
    for order, sheet in papers_as_sheets(papers_of(department, *changes), owner, year):
        if sheet.form.key in forms:
            name = file_name(order, sheet).removesuffix(".xlsx")
            (folder / f"{names.format(name)}.xlsx").write_bytes(workbook_of(order, sheet))


def run(tmp_path: Path, roster: Path, **more: Any) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:  # noqa: ANN401 - options
    """Accounts by department, and receipts by path."""
    xltool.batch(tmp_path / "报送", out=tmp_path / "结果", roster=roster, **more)
    inbox = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))["inbox"]
    receipts: dict[str, list[dict[str, Any]]] = {}
    for receipt in inbox["receipts"]:
        receipts.setdefault(receipt["path"], []).append(receipt)
    return {account["department"]: account for account in inbox["accounts"]}, receipts


def states(receipts: dict[str, list[dict[str, Any]]], part: str) -> list[tuple[str, str]]:
    """Department and state of the receipts whose path contains a text."""
    return [
        (receipt["department"], receipt["state"]) for path, same in receipts.items() if part in path for receipt in same
    ]


def test_what_is_owed_received_and_missing_is_told(tmp_path: Path, roster: Path) -> None:
    """A whole filing, a part of one, and a department that sent nothing; reminders with the contact."""
    submit(tmp_path / "报送" / "甲", clean.BUREAU)
    submit(tmp_path / "报送" / "乙", WATER, forms="附件2")
    accounts, _ = run(tmp_path, roster)
    assert [accounts[name]["status"] for name in (clean.BUREAU, WATER, SCHOOLS)] == ["已报齐", "部分报送", "未报"]
    assert accounts[WATER]["missing"] == ["附件1", "附件3"]
    book = openpyxl.load_workbook(tmp_path / "结果" / "review.xlsx")
    assert book["报送情况"]["A1"].value == "应报单位 5 个：已报齐 1，部分报送 1，未报 3"
    reminders = {row[2]: row for row in book["催报清单"].iter_rows(min_row=2, values_only=True)}
    assert reminders[WATER][3:7] == ("某某", "0000000", 2, "附件1、附件3")
    assert reminders[FOREST][6] == "全部"
    assert clean.BUREAU not in reminders


def test_projects_of_the_roster_are_owed_one_by_one(tmp_path: Path) -> None:
    """Each project is owed its 附件3; one that the roster does not have is told as such."""
    folder = tmp_path / "名册"
    folder.mkdir()
    (folder / "单位.csv").write_text(ROSTER, encoding="utf-8")
    rows = f"单位编码,项目名称\n001,{clean.FARMLAND}\n001,村级公益事业奖补\n"
    (folder / "项目.csv").write_text(rows, encoding="utf-8")
    submit(tmp_path / "报送" / "甲", clean.BUREAU)
    accounts, _ = run(tmp_path, folder)
    mine = accounts[clean.BUREAU]
    assert mine["missing"] == ["附件3（村级公益事业奖补）"]
    assert mine["unexpected"] == [f"附件3（{clean.TESTING}）"]
    assert accounts[WATER]["owed"] == ["附件1", "附件2"]


def test_the_newer_copy_holds_and_the_older_is_not_checked(tmp_path: Path, roster: Path) -> None:
    """Two copies that differ: the later 填报日期 holds; the other is listed, not audited, and no cause for W-21."""
    early = (FieldRef("附件2", foot.filed_on), "2024-03-01")
    wrong = (FieldRef("附件2", self_review.basic_spending), 1.0)
    submit(tmp_path / "报送" / "甲", clean.BUREAU)
    submit(tmp_path / "报送" / "甲", clean.BUREAU, early, wrong, forms="附件2", names="{}（旧）")
    accounts, receipts = run(tmp_path, roster)
    assert states(receipts, "（旧）") == [(clean.BUREAU, ReceiptState.SUPERSEDED)]
    assert "填报日期较晚" in receipts[next(path for path in receipts if "（旧）" in path)][0]["reason"]
    assert accounts[clean.BUREAU]["status"] == "已报齐"
    data = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    assert [finding for finding in data["findings"] if finding["severity"] != "info"] == []
    assert {file["status"] for file in data["files"] if "（旧）" in file["path"]} == {"skipped"}


def test_of_a_workbook_only_the_forms_that_hold_are_checked(tmp_path: Path, roster: Path) -> None:
    """A newer copy of its first form lies beside it: the others are checked by their own cells."""
    early = (FieldRef("附件1", foot.filed_on), "2024-03-01")
    submit(tmp_path / "报送" / "甲", clean.BUREAU, forms="附件1")
    pairs = papers_as_sheets(papers_of(clean.BUREAU, early), clean.BUREAU, clean.YEAR)
    whole = workbook_of(pairs[0][0], *(sheet for _, sheet in pairs))
    (tmp_path / "报送" / "甲" / "全部.xlsx").write_bytes(whole)
    _, receipts = run(tmp_path, roster)
    assert [state for _, state in states(receipts, "全部")] == [
        ReceiptState.SUPERSEDED,
        *[ReceiptState.RECEIVED] * (len(pairs) - 1),
    ]
    data = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    assert [finding for finding in data["findings"] if finding["severity"] != "info"] == []


def test_the_same_file_twice_counts_once(tmp_path: Path, roster: Path) -> None:
    """A copy under another name, to the byte the same, is no second filing."""
    submit(tmp_path / "报送" / "甲", clean.BUREAU)
    submit(tmp_path / "报送" / "甲", clean.BUREAU, forms="附件1", names="{} - 副本")
    _, receipts = run(tmp_path, roster)
    assert [state for _, state in states(receipts, "附件1")] == [ReceiptState.RECEIVED, ReceiptState.SUPERSEDED] or [
        state for _, state in states(receipts, "附件1")
    ] == [ReceiptState.SUPERSEDED, ReceiptState.RECEIVED]


def test_copies_nothing_tells_apart_stay_both(tmp_path: Path, roster: Path) -> None:
    """Where neither time nor date nor name decides, the desk is told, and both are checked."""
    submit(tmp_path / "报送" / "甲", clean.BUREAU)
    other = (FieldRef("附件1", base_data.thrift), "压减会议")
    submit(tmp_path / "报送" / "甲乙", clean.BUREAU, other, forms="附件1")
    accounts, receipts = run(tmp_path, roster)
    assert states(receipts, "附件1") == [(clean.BUREAU, ReceiptState.SUPERSEDED)] * 2
    assert accounts[clean.BUREAU]["duplicates"] == 2
    data = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    assert "W-21" in {finding["rule"] for finding in data["findings"]}


def test_names_written_differently_are_known(tmp_path: Path, roster: Path) -> None:
    """A short name, a name with （本级）: the department; a name that may mean it is asked about; a strange one too."""
    submit(tmp_path / "报送" / "甲", "水务局（本级）", issued_to="")
    submit(tmp_path / "报送" / "乙", "示范县体育局", issued_to="")
    submit(tmp_path / "报送" / "丙", "外县某某公司", issued_to="")
    _, receipts = run(tmp_path, roster)
    assert set(states(receipts, "甲/")) == {(WATER, ReceiptState.RECEIVED)}
    assert {department for department, _ in states(receipts, "乙/")} == {""}
    assert set(states(receipts, "丙/")) == {("", ReceiptState.NOBODYS)}


def test_somebody_elses_template_and_folder_are_told(tmp_path: Path, roster: Path) -> None:
    """Another's template filled in, and a form that lies in another department's folder."""
    submit(tmp_path / "报送" / "甲", SCHOOLS, issued_to=FOREST)
    submit(tmp_path / "报送" / "示范县林业局", WATER, issued_to="", forms="附件1")
    _, receipts = run(tmp_path, roster)
    assert (SCHOOLS, ReceiptState.SOMEBODY_ELSES) in states(receipts, "甲/")
    assert states(receipts, "示范县林业局/") == [(WATER, ReceiptState.SOMEBODY_ELSES)]


def test_a_nameless_form_goes_by_its_folder(tmp_path: Path, roster: Path) -> None:
    """附件1 without a name in the folder of a department is that department's; a broken file there too."""
    submit(tmp_path / "报送" / "004林业局", "", issued_to="", forms="附件1")
    (tmp_path / "报送" / "004林业局" / "附件2.xlsx").write_bytes(b"PK\x03\x04 broken")
    _, receipts = run(tmp_path, roster)
    assert states(receipts, "附件1") == [(FOREST, ReceiptState.RECEIVED)]
    assert states(receipts, "附件2") == [(FOREST, ReceiptState.UNREADABLE)]


def test_another_year_is_listed_and_not_counted(tmp_path: Path, roster: Path) -> None:
    """Last year's forms do not settle what is owed this year."""
    submit(tmp_path / "报送" / "甲", clean.BUREAU)
    submit(tmp_path / "报送" / "乙", WATER, year=clean.YEAR - 1, forms="附件1附件2")
    accounts, receipts = run(tmp_path, roster)
    assert set(states(receipts, "乙/")) == {(WATER, ReceiptState.WRONG_YEAR)}
    assert accounts[WATER]["status"] == "未报"


def test_what_comes_after_the_deadline_is_late(tmp_path: Path, roster: Path) -> None:
    """By 填报日期; what came in time is received."""
    late = (FieldRef("附件1", foot.filed_on), "2024-07-01")
    submit(tmp_path / "报送" / "甲", clean.BUREAU, late)
    accounts, receipts = run(tmp_path, roster, due=date(2024, 6, 30))
    assert accounts[clean.BUREAU]["late"] == ["附件1"]
    assert states(receipts, "附件2") == [(clean.BUREAU, ReceiptState.RECEIVED)]


def test_a_wrong_roster_stops_the_run_before_anything_is_read(tmp_path: Path) -> None:
    """With row and column."""
    submit(tmp_path / "报送" / "甲", clean.BUREAU)
    path = tmp_path / "名册.csv"
    path.write_text("单位编码,单位名称\n001,甲局\n001,乙局\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"第3行.*001"):
        xltool.batch(tmp_path / "报送", out=tmp_path / "结果", roster=path)
    assert not (tmp_path / "结果").exists()


def test_what_asks_for_a_look_comes_first_and_departments_in_the_order_of_the_roster(
    tmp_path: Path, roster: Path
) -> None:
    """收件清单 begins with what is not simply received; a form of another year is no filing of its own."""
    submit(tmp_path / "报送" / "甲", WATER)
    submit(tmp_path / "报送" / "乙", clean.BUREAU)
    submit(tmp_path / "报送" / "戊", FOREST, year=clean.YEAR - 1, forms="附件1")
    run(tmp_path, roster)
    book = openpyxl.load_workbook(tmp_path / "结果" / "review.xlsx")
    _, first, second, *_ = book["收件清单"].iter_rows(values_only=True)
    assert (first[8], second[8]) == (ReceiptState.WRONG_YEAR, ReceiptState.RECEIVED)
    data = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    assert {submission["year"] for submission in data["submissions"]} == {clean.YEAR}
    names = [row[1] for row in book["总览"].iter_rows(values_only=True) if row[1] in {WATER, clean.BUREAU}]
    assert names == [clean.BUREAU, WATER]
