"""The data of review.html: findings, filings, pictures and rounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, overload

import pytest

from tests.outputs.page_data import data, finding
from tests.outputs.reviewed import MADE_AT, SAMPLES, audited, samples_audit, samples_review, step
from xltool.auditing.plausibility.ranking import Ranked, Reason
from xltool.auditing.rounds.outcomes import Outcome
from xltool.findings import Finding
from xltool.outputs.model import FilingRow, Review, ReviewContext, SubmissionOrigin
from xltool.outputs.officer_notes import OfficerNote
from xltool.outputs.page import surroundings as page_around
from xltool.outputs.page.data import COLUMNS, SEVERITIES
from xltool.outputs.page.page import page_bytes
from xltool.outputs.review import review_of
from xltool.outputs.reviewing.finding_order import FORMS
from xltool.roster.inbox import Account, Inbox

if TYPE_CHECKING:
    from collections.abc import Callable, ItemsView, Iterator
    from pathlib import Path


def test_the_data_tells_every_finding_by_its_numbers() -> None:
    """Read back by the numbers, the findings are those of the review, by filing and form."""
    review = samples_review()
    page = data(review)

    def text(number: int) -> str | None:
        return None if number < 0 else page["texts"][number]

    rows = [dict(zip(page["columns"], row, strict=True)) for row in page["findings"]]
    back = [
        (text(row["rule"]), SEVERITIES[row["severity"]], text(row["path"]), text(row["sheet"]), text(row["cell"]),
         text(row["field"]), text(row["actual"]), text(row["expected"]), text(row["message"]), text(row["advice"]))
        for row in rows
    ]  # fmt: skip
    wanted = [
        (finding.rule, finding.severity, finding.path, finding.sheet,
        finding.cell, finding.field, finding.actual, finding.expected, finding.message,
         finding.advice)
        for finding in review.findings
    ]  # fmt: skip
    assert sorted(map(repr, back)) == sorted(map(repr, wanted))
    order = [(row["filing"], FORMS.index(text(row["form"]) or "")) for row in rows]
    assert order == sorted(order)
    assert tuple(page["columns"]) == COLUMNS
    assert len(page["texts"]) == len(set(page["texts"]))


class OnDisk(Sequence[Finding]):
    """Findings that are read on demand: all in their order, or a slice of one file."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Count how often all of them are read."""
        self.findings, self.read = findings, 0

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        self.read += 1
        return iter(self.findings)

    @overload
    def __getitem__(self, at: int) -> Finding: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Finding]: ...
    def __getitem__(self, at: int | slice) -> Finding | Sequence[Finding]:
        assert isinstance(at, slice)
        findings = self.findings[at]
        assert len({finding.path for finding in findings}) == 1
        return findings


def test_findings_need_not_be_in_memory(tmp_path: Path) -> None:
    """All are read once, and some of a file at a time; whatever their order, the page is that of a list of them."""
    review = samples_review()
    mixed = sorted(zip(review.findings, review.keys, strict=True), key=lambda pair: pair[1])
    for pairs in (list(zip(review.findings, review.keys, strict=True)), mixed):
        findings, keys = zip(*pairs, strict=True)
        handled = {key: OfficerNote("已退回", key) for key in keys[::3]}
        lying = OnDisk(findings)
        review_on_disk = replace(review, findings=lying, keys=keys, context=ReviewContext(handled=handled))
        shown = data(review_on_disk)
        assert lying.read == 1
        page = page_bytes(replace(review_on_disk, findings=findings), tmp_path)
        assert page_bytes(replace(review_on_disk, findings=OnDisk(findings)), tmp_path) == page
        wanted = sorted((finding.path, finding.message, handled.get(key, OfficerNote()).note) for finding, key in pairs)
        texts = shown["texts"]
        at = [COLUMNS.index(name) for name in ("path", "message", "note")]
        assert sorted(tuple(texts[row[number]] for number in at) for row in shown["findings"]) == wanted


class Logged(Mapping[str, Any]):
    """Notes whose things are asked for."""

    def __init__(self, things: Mapping[str, Any], log: list[str], owner: Callable[[str], str]) -> None:
        """Whose a thing is, `owner` tells of its key."""
        self.things, self.log, self.owner = things, log, owner

    def __getitem__(self, key: str) -> object:
        self.log.append(self.owner(key))
        return self.things[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.things)

    def __len__(self) -> int:
        return len(self.things)

    def items(self) -> ItemsView[str, Any]:
        """All of them, which are not looked into."""
        return self.things.items()


def test_sheets_of_a_filing_are_read_with_its_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets and picture of a filing are looked up together, each once, however few of them stay unpacked."""
    review, log = samples_review(), list[str]()
    whose = {key: origin.filing or "" for key, origin in review.submissions.items()}
    sheets = Logged(review.sheets, log, whose.__getitem__)
    pictures = Logged(review.pictures, log, lambda key: key)
    monkeypatch.setattr(page_around, "CACHE_SIZE", 1)
    page = data(replace(review, sheets=sheets, pictures=pictures))
    assert page == data(review)
    assert len(log) == len(page["sheets"]) + len(review.filings)
    assert len(list(groupby(log))) == len(set(log))


def test_only_the_cells_of_rows_in_sight_are_kept() -> None:
    """Each sheet has the cells its windows show, and no more."""
    page = data(samples_review())
    rows: dict[int, set[int]] = {}
    for row in page["findings"]:
        for window in row[COLUMNS.index("windows")]:
            rows.setdefault(window[0], set()).update(window[1])
    for at, sheet in enumerate(page["sheets"]):
        flat = sheet["cells"]
        spans = [(flat[start], flat[start + 2]) for start in range(0, len(flat), 6)]
        assert all(rows[at] & set(range(top, bottom + 1)) for top, bottom in spans)
    assert sum(len(sheet["cells"]) for sheet in page["sheets"]) > 1_000


def test_a_picture_has_the_figures_of_the_filing() -> None:
    """Funds, kinds of spending, projects and points of the seed."""
    filing = next(entry for entry in data(samples_review())["filings"] if entry["name"] == "岳阳市君山产业开发区管委会")
    picture = filing["picture"]
    assert picture["funds"] == [1200, 10716.16, 10716.16]
    assert picture["kinds"] == [256.79, 10459.37]
    assert picture["projects"] == [["产业开发专项", 10459.37]]
    assert picture["bars"] == [
        ["预算执行", 10, 10, 10], ["产出指标", 50, 45, 45], ["效益指标", 30, 30, 30], ["满意度指标", 10, 10, 10],
    ]  # fmt: skip


def test_a_project_alone_is_drawn_and_a_base_table_is_not() -> None:
    """Without 附件2 the picture is that of the first 附件3; 附件1 has neither funds nor points."""
    pictures = samples_review().pictures
    assert pictures["示范县林业局（2023）"].form == "附件3"
    base = [path for path in sorted(SAMPLES.rglob("附件1*.xlsx")) if "合格" in str(path)]
    assert review_of(audited(base, SAMPLES), root=None, made_at=MADE_AT).pictures == {}


def test_points_of_the_parts_add_up_to_the_scores() -> None:
    """The drawn points of the parts add up to the score that is shown."""
    audit = samples_audit()
    assert audit.scores
    for key, score in audit.scores.items():
        assert sum(part.recomputed or 0 for part in score.parts) == pytest.approx(score.recomputed, abs=0.01), key


def test_what_the_officer_noted_stands_beside_its_finding() -> None:
    """Notes follow their finding by its key, wherever grouping puts it."""
    findings = (finding("A1", path="乙.xlsx"), finding("A1", path="甲.xlsx"))
    rows = (FilingRow("甲局", "甲局", files=("甲.xlsx",)), FilingRow("乙局", "乙局", files=("乙.xlsx",)))
    notes = {"k1": OfficerNote("已退回", "电话已通知"), "gone": OfficerNote("待处理")}
    page = data(
        Review("", MADE_AT, filings=rows, findings=findings, keys=("k1", "k2"), context=ReviewContext(handled=notes))
    )
    own = [page["columns"].index(name) for name in ("path", "status", "note")]
    beside = [[page["texts"][row[at]] for at in own] for row in page["findings"]]
    assert beside == [["甲.xlsx", "", ""], ["乙.xlsx", "已退回", "电话已通知"]]


def test_a_second_round_tells_what_became_of_each_finding() -> None:
    """Each finding of the first round has its owner, outcome, place and values; without one there is no list."""
    assert data(Review("", MADE_AT))["steps"] is None
    page = data(
        Review(
            "", MADE_AT, filings=(FilingRow("甲局", "甲局"),), context=ReviewContext(steps=(step(Outcome.RESOLVED),))
        )
    )
    wanted = [0, "甲局", "已整改", "附件1", "", "A1-05", "附件1 F5", "控制率", "125.00%", "100.00%", "超过 100%。"]
    assert page["steps"] == [[*wanted, ""]]


def test_departments_of_one_name_are_shown_with_their_year() -> None:
    """Filings of departments with the same name are shown with their year or folder."""
    ids = ("甲局（2022）", "甲局（2023）", "文件夹 x", "乙局（2023）")
    names = ("甲局", "甲局", "甲局", "乙局")
    rows = tuple(FilingRow(key, name) for key, name in zip(ids, names, strict=True))
    filings = data(Review("", MADE_AT, filings=rows))["filings"]
    assert [filing["name"] for filing in filings] == ["甲局（2022）", "甲局（2023）", "甲局〔文件夹 x〕", "乙局"]
    borrowed = FilingRow("丙局（2023）", "乙局", issued_to="丙局")
    assert data(Review("", MADE_AT, filings=(borrowed,)))["filings"][0]["name"] == "乙局（表样下发给：丙局）"


def test_findings_without_a_filing_come_last_and_infinite_numbers_are_blank() -> None:
    """A finding without a filing has number -1; infinite numbers become null."""
    row = FilingRow("甲局", "甲局", score_filed=float("inf"), execution_rate=float("nan"), files=("甲.xlsx",))
    review = Review(
        "", MADE_AT, filings=(row,), findings=(finding(None, path="散件.xlsx"), finding(None, path="甲.xlsx"))
    )
    assert [row[1] for row in data(review)["findings"]] == [0, -1]
    assert (data(review)["filings"][0]["filed"], data(review)["filings"][0]["rate"]) == (None, None)


def test_findings_of_a_submission_without_a_filing_go_by_its_file() -> None:
    """The filing that holds the file takes them."""
    row = FilingRow("甲局", "甲局", files=("甲.xlsx",))
    review = Review(
        "", MADE_AT, filings=(row,), findings=(finding(None),), submissions={"甲": SubmissionOrigin("甲局", "附件1")}
    )
    assert data(review)["findings"][0][1] == 0


def test_who_owes_and_what_to_read_first_stand_on_the_page() -> None:
    """The page has the accounts of the roster with their missing forms, and the spot checks by filing."""
    account = Account("001", "甲局", "某某", "0000000", ("附件1", "附件2"), ("附件1",), ("附件2",), ())
    silent = Account("002", "乙局", "", "", ("附件1",), (), ("附件1",), ())
    inbox = Inbox(2023, (account, silent), ())
    rows = (FilingRow("甲局（2023）", "甲局"),)
    spots = (Ranked("甲局（2023）", "甲局", 3, (Reason("full_marks", 3, "12 项指标全部满分"),)),)
    page = data(Review("", MADE_AT, filings=rows, spot_checks=spots, context=ReviewContext(inbox=inbox)))
    assert page["owed"] == [["甲局", "部分报送", 2, 1, "附件2", ""], ["乙局", "未报", 1, 0, "全部", ""]]
    assert page["spots"] == [[0, 3, ["12 项指标全部满分"]]]
