"""The second round: mended, not mended, new, changed without being asked; and the officer's notes kept."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import docx
import openpyxl
import pytest

import xltool
from tests.batches.folders import InlinePool
from tests.support.sheets import records_of
from tools.samples import planted
from tools.samples.sample import FieldRef, Paper, papers_as_sheets, workbook_of
from xltool.auditing.rounds import stored_review
from xltool.auditing.rounds.outcomes import Outcome
from xltool.batches import reading, side_inputs
from xltool.forms import base_data, foot, review, self_review
from xltool.outputs.officer_notes import GONE_SHEET, KEY, NOTE, STATUS
from xltool.reader.limits import LIMITS
from xltool.template.order import file_name

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl's, of data bars
RECEPTION: Final = FieldRef("附件1", base_data.reception.actual)
POSTS: Final = FieldRef("附件1", base_data.posts)
STAFF: Final = FieldRef("附件1", base_data.staff)
SAVING: Final = FieldRef("附件1", base_data.thrift)
DATE: Final = FieldRef("附件1", foot.filed_on)
INITIAL: Final = FieldRef("附件2", self_review.year.initial)


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process, at a fixed time."""
    monkeypatch.setattr(reading, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


def submit(folder: Path, *changes: tuple[FieldRef, object], without: str = "") -> Path:
    """Write a filing without findings but for these changes."""
    papers: list[Paper] = planted.papers()
    for spot, value in changes:
        next(paper for paper in papers if paper.form == spot.form).enter(spot, value)
    folder.mkdir(parents=True)
    for order, sheet in papers_as_sheets(papers, planted.BUREAU, planted.YEAR):
        if sheet.form.key != without:
            (folder / file_name(order, sheet)).write_bytes(workbook_of(order, sheet))
    return folder


def steps(folder: Path) -> list[dict[str, Any]]:
    """The steps told in findings.json."""
    rounds: list[dict[str, Any]] = json.loads((folder / "findings.json").read_text(encoding="utf-8"))["rounds"]
    return rounds


def test_each_finding_has_its_fate_and_unasked_changes_are_told(tmp_path: Path) -> None:
    """Mended with the new value, still wrong, newly wrong, and a cell that nobody had asked about."""
    first = submit(tmp_path / "一", (SAVING, None), (STAFF, 60), (RECEPTION, 99))
    xltool.batch(first, out=tmp_path / "结果一")
    second = submit(
        tmp_path / "二", (SAVING, "压减会议和公务用车"), (STAFF, 60), (RECEPTION, 99),
        (FieldRef("附件1", base_data.office.actual), 1.5), (DATE, "2024-05-20"),
        (FieldRef("附件2", foot.signature), None),
    )  # fmt: skip
    xltool.batch(second, out=tmp_path / "结果二", prior_review=tmp_path / "结果一")
    outcomes = steps(tmp_path / "结果二")
    listed = {(step["became"], step["rule"], step["item"]) for step in outcomes}
    assert (Outcome.RESOLVED, "A1-30", "厉行节约保障措施") in listed
    assert (Outcome.UNRESOLVED, "A1-05", "控制率") in listed
    assert (Outcome.NEW, "A1-34", "单位负责人签字") in listed
    unasked = [step for step in outcomes if step["became"] == Outcome.UNREQUESTED]
    assert [(step["item"], step["after"]) for step in unasked] == [("办公经费本年决算数", "1.50万元")]
    (mended,) = (step for step in outcomes if step["rule"] == "A1-30")
    assert (mended["before"], mended["after"]) == (None, "压减会议和公务用车")
    assert mended["cell"] is not None
    rows = records_of(tmp_path / "结果二" / "review.xlsx", "整改情况")
    assert [(row["整改结果"], row["规则"]) for row in rows] == [(step["became"], step["rule"]) for step in outcomes]


def test_a_form_that_did_not_come_again_is_said_so(tmp_path: Path) -> None:
    """The same bytes, or no file at all, are no mending."""
    first = submit(tmp_path / "一", (SAVING, None), (FieldRef("附件2", foot.signature), None))
    xltool.batch(first, out=tmp_path / "结果一")
    second = submit(tmp_path / "二", (SAVING, None), without="附件2")
    xltool.batch(second, out=tmp_path / "结果二", prior_review=tmp_path / "结果一")
    fates = {step["rule"]: step["became"] for step in steps(tmp_path / "结果二") if step["before"] is None}
    assert fates["A1-30"] == Outcome.NOT_RESUBMITTED
    missing = {step["became"] for step in steps(tmp_path / "结果二") if step["form"] == "附件2"}
    assert missing == {Outcome.NOT_RESUBMITTED}


def test_a_file_that_cannot_be_read_again_has_its_department(tmp_path: Path) -> None:
    """In 整改情况, by the folder it lies in, as everywhere else; why it cannot be read stands there once."""
    folder = submit(tmp_path / "报送" / "示范局")
    (folder / "盖章件.pdf").write_bytes(b"%PDF-1.7")
    xltool.batch(tmp_path / "报送", out=tmp_path / "结果一")
    xltool.batch(tmp_path / "报送", out=tmp_path / "结果二", prior_review=tmp_path / "结果一")
    listed = records_of(tmp_path / "结果二" / "review.xlsx", "整改情况")
    (row,) = listed
    assert (row["单位"], row["整改结果"], row["位置"]) == (planted.BUREAU, "未整改", "盖章件.pdf")
    assert (row["上次填报"], row["本次填报"]) == (None, None)
    assert "PDF" in row["问题"]


def test_a_finding_that_was_folded_is_known_again(tmp_path: Path) -> None:
    """What was named within another finding is no new problem when it stands by itself, and the old one not mended."""
    spending = FieldRef("附件2", self_review.project_spending)
    row = FieldRef("附件1", base_data.project_actual, planted.RIVER)
    xltool.batch(submit(tmp_path / "一", (spending, 438)), out=tmp_path / "结果一")
    (finding,) = json.loads((tmp_path / "结果一" / "findings.json").read_text(encoding="utf-8"))["findings"]
    assert (finding["rule"], [each["rule"] for each in finding["consequences"]]) == ("X-03", ["A2-10", "X-05"])
    second = submit(tmp_path / "二", (spending, 438), (row, 290))
    xltool.batch(second, out=tmp_path / "结果二", prior_review=tmp_path / "结果一")
    fates = {step["rule"]: step["became"] for step in steps(tmp_path / "结果二")}
    assert fates == {"X-03": Outcome.NOT_RESUBMITTED, "X-06": Outcome.NEW}
    (new,) = (step for step in steps(tmp_path / "结果二") if step["rule"] == "X-06")
    assert (new["before"], new["after"]) == ("295.00万元", "295.00万元")


def test_rows_are_known_by_their_names(tmp_path: Path) -> None:
    """A row moved by another one inserted above it is the same row; only the new row's finding is new."""
    papers = planted.papers()
    whole = next(paper for paper in papers if paper.form == "附件2")
    name = whole.rows[2][review.indicator.key]
    wrong = FieldRef("附件2", review.score, name)
    first = submit(tmp_path / "一", (wrong, 99))
    xltool.batch(first, out=tmp_path / "结果一")
    findings = json.loads((tmp_path / "结果一" / "findings.json").read_text(encoding="utf-8"))["findings"]
    second = submit(tmp_path / "二", (wrong, 98))
    xltool.batch(second, out=tmp_path / "结果二", prior_review=tmp_path / "结果一")
    again = json.loads((tmp_path / "结果二" / "findings.json").read_text(encoding="utf-8"))["findings"]
    assert {finding["key"] for finding in findings} == {finding["key"] for finding in again}
    assert {step["became"] for step in steps(tmp_path / "结果二")} == {Outcome.UNRESOLVED}


def test_what_the_officer_fills_in_survives_the_next_run(tmp_path: Path) -> None:
    """Status and note stay with their finding, however it moved; those of findings that are gone have a sheet."""
    out = tmp_path / "结果"
    xltool.batch(submit(tmp_path / "一", (SAVING, None), (STAFF, 60)), out=out)
    book = openpyxl.load_workbook(out / "review.xlsx")
    sheet = book["问题清单"]
    heads = {str(cell.value): number for number, cell in enumerate(sheet[1], start=1)}
    for row in range(2, sheet.max_row + 1):
        code = sheet.cell(row, heads["规则"]).value
        sheet.cell(row, heads[STATUS]).value = "已退回" if code == "A1-05" else None
        sheet.cell(row, heads[NOTE]).value = {"A1-05": "超编已批", "A1-30": "电话已说"}.get(str(code))
    book.save(out / "review.xlsx")
    xltool.batch(submit(tmp_path / "二", (STAFF, 60)), out=out)
    (kept,) = (row for row in records_of(out / "review.xlsx", "问题清单") if row["规则"] == "A1-05")
    assert (kept[STATUS], kept[NOTE]) == ("已退回", "超编已批")
    (gone,) = records_of(out / "review.xlsx", GONE_SHEET)
    assert (gone["规则"], gone[NOTE]) == ("A1-30", "电话已说")
    assert gone[KEY]
    written = (out / "review.xlsx").read_bytes()
    xltool.batch(tmp_path / "二", out=out)
    assert (out / "review.xlsx").read_bytes() == written


def test_notes_of_the_last_round_go_with_the_finding_into_the_next(tmp_path: Path) -> None:
    """A second round in a folder of its own shows what was noted in the first."""
    first, second = tmp_path / "结果一", tmp_path / "结果二"
    xltool.batch(submit(tmp_path / "一", (STAFF, 60)), out=first)
    book = openpyxl.load_workbook(first / "review.xlsx")
    sheet = book["问题清单"]
    heads = {str(cell.value): number for number, cell in enumerate(sheet[1], start=1)}
    codes = {sheet.cell(row, heads["规则"]).value: row for row in range(2, sheet.max_row + 1)}
    sheet.cell(codes["A1-05"], heads[NOTE]).value = "超编已批"
    book.save(first / "review.xlsx")
    xltool.batch(submit(tmp_path / "二", (STAFF, 61)), out=second, prior_review=first)
    rows = records_of(second / "review.xlsx", "问题清单")
    assert [row[NOTE] for row in rows if row["规则"] == "A1-05"] == ["超编已批"]


@pytest.mark.parametrize("damage", ["absent", "broken", "strange"])
def test_an_earlier_review_that_cannot_be_read_stops_the_run(tmp_path: Path, damage: str) -> None:
    """Before anything is read or written, in one line that says what to do."""
    folder, earlier = submit(tmp_path / "一", (SAVING, None)), tmp_path / "结果一"
    earlier.mkdir()
    if damage != "absent":
        (earlier / "findings.json").write_text("{" if damage == "broken" else '{"submissions": 3}', encoding="utf-8")
    with pytest.raises(ValueError, match="上次审核结果"):
        xltool.batch(folder, out=tmp_path / "结果二", prior_review=earlier)
    assert not (tmp_path / "结果二").exists()


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ({"stored_review_size": 1_000}, r"findings\.json 有 .* KiB，超过上限 1\.0 KiB"),
        ({"stored_rows": 10}, r"values\.parquet 有 \d+ 行，超过上限 10 行"),
    ],
)
def test_an_earlier_review_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: dict[str, int], said: str
) -> None:
    """Its findings by their size and its tables by their rows, before either is read."""
    xltool.batch(submit(tmp_path / "一", (SAVING, None)), out=tmp_path / "结果一")
    assert stored_review.load(tmp_path / "结果一").findings
    monkeypatch.setattr(stored_review, "LIMITS", replace(LIMITS, **limit))
    with pytest.raises(ValueError, match=f"上次审核结果无法读取：.*{said}"):
        stored_review.load(tmp_path / "结果一")


def test_a_review_that_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    """Notes in a damaged review.xlsx are not lost silently."""
    folder, out = submit(tmp_path / "一", (SAVING, None)), tmp_path / "结果"
    out.mkdir()
    (out / "review.xlsx").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(ValueError, match="处理状态会丢失"):
        xltool.batch(folder, out=out)
    assert (out / "review.xlsx").read_bytes() == b"PK\x03\x04 broken"


def test_notes_beside_the_findings_of_the_last_review_are_carried_on(tmp_path: Path) -> None:
    """A second round into a folder of its own starts with what the officer noted in the first."""
    xltool.batch(submit(tmp_path / "一", (STAFF, 60)), out=tmp_path / "结果一")
    book = openpyxl.load_workbook(tmp_path / "结果一" / "review.xlsx")
    sheet = book["问题清单"]
    heads = {str(cell.value): number for number, cell in enumerate(sheet[1], start=1)}
    sheet.cell(2, heads[STATUS]).value, sheet.cell(2, heads[NOTE]).value = "已联系单位", "周五前报"
    book.save(tmp_path / "结果一" / "review.xlsx")
    xltool.batch(tmp_path / "一", out=tmp_path / "结果二", prior_review=tmp_path / "结果一")
    first, *_ = records_of(tmp_path / "结果二" / "review.xlsx", "问题清单")
    assert (first[STATUS], first[NOTE]) == ("已联系单位", "周五前报")


def test_steps_and_letters_belong_to_the_filings_of_the_review(tmp_path: Path) -> None:
    """The letter of the second round tells what became of the first."""
    xltool.batch(submit(tmp_path / "一", (SAVING, None), (STAFF, 60)), out=tmp_path / "结果一")
    second = submit(tmp_path / "二", (STAFF, 60))
    xltool.batch(second, out=tmp_path / "结果二", prior_review=tmp_path / "结果一")
    data = json.loads((tmp_path / "结果二" / "findings.json").read_text(encoding="utf-8"))
    assert {step["filing"] for step in data["rounds"]} <= {submission["filing"] for submission in data["submissions"]}
    (letter,) = (tmp_path / "结果二" / "notices").glob("退回通知*")
    lines = [paragraph.text for paragraph in docx.Document(str(letter)).paragraphs]
    assert any("已整改 1 处、未整改 1 处" in line for line in lines)


def test_what_a_finding_was_compared_with_may_be_mended_too(tmp_path: Path) -> None:
    """附件2 is told that 附件1 says something else: mending the rows of 附件1 its total comes from was asked for."""
    papers = planted.papers()
    row = next(paper for paper in papers if paper.form == "附件1").rows[0]
    spot = FieldRef("附件1", base_data.project_actual, row["项目名称"])
    xltool.batch(submit(tmp_path / "一", (spot, row["本年决算数"] + 10)), out=tmp_path / "结果一")
    second = submit(tmp_path / "二", (DATE, "2024-05-20"))
    xltool.batch(second, out=tmp_path / "结果二", prior_review=tmp_path / "结果一")
    assert {step["became"] for step in steps(tmp_path / "结果二")} == {Outcome.RESOLVED}


def test_amounts_put_into_the_right_unit_were_asked_for(tmp_path: Path) -> None:
    """One finding says that amounts are in 元: all of them are mended, another change is not part of it."""
    paper = next(paper for paper in planted.papers() if paper.form == "附件1")
    amounts = [(item, value) for item, value in paper.values.items() if item.kind.name == "MONEY" and value]
    in_yuan = [(FieldRef("附件1", item), value * 10_000) for item, value in amounts]
    xltool.batch(submit(tmp_path / "一", *in_yuan), out=tmp_path / "结果一")
    second = submit(tmp_path / "二", (FieldRef("附件1", foot.phone), "7654321"))
    xltool.batch(second, out=tmp_path / "结果二", prior_review=tmp_path / "结果一")
    unasked = [step["item"] for step in steps(tmp_path / "结果二") if step["became"] == Outcome.UNREQUESTED]
    assert unasked == ["联系电话"]
