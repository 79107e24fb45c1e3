"""review.html as a file: its data, the parts of forms it shows, its links, and that it is the same every time."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, overload

import openpyxl
import pytest

from tests.outputs.reviewed import (
    HOSTILE,
    MADE_AT,
    SAMPLES,
    audited,
    hostile_review,
    samples_audit,
    samples_review,
    step,
)
from tests.support.documents import forms, write_docx
from xltool.auditing.plausibility.ranking import Ranked, Reason
from xltool.auditing.rounds.comparison import Outcome
from xltool.findings import Finding, Place, Severity, row_column
from xltool.outputs.model import FilingRow, FormSheet, Review, ReviewContext, SheetFace, SubmissionOrigin
from xltool.outputs.officer_notes import Handling
from xltool.outputs.page import surroundings as page_around
from xltool.outputs.page.data import COLUMNS, FORMS, SEVERITIES, page_data
from xltool.outputs.page.page import SCRIPTS, linker, page_bytes, write_page
from xltool.outputs.page.surroundings import MOST_ROWS, Surroundings
from xltool.outputs.review import review_of
from xltool.roster.inbox import Account, Inbox

if TYPE_CHECKING:
    from collections.abc import Callable, ItemsView, Iterator

    from xltool.outputs.page.surroundings import Window

ASSETS: Final = Path(__file__).parents[2] / "xltool" / "outputs" / "page"
TOO_NEW: Final = (
    r"\.replaceAll\(", r"\.replaceChildren\(", r"\.at\(", r"structuredClone", r"\?\?=", r"\|\|=", r"Object\.hasOwn",
    r":has\(", r":is\(", r":where\(", r":focus-visible", r"\binset:", r"aspect-ratio", r"@container", r"@layer",
)  # fmt: skip
"""What came after Chromium 80."""


def no_link(_: str) -> None:
    """A page without links."""


def data(review: Review) -> dict[str, Any]:
    """The data of a page without links."""
    return page_data(review, no_link)


def finding(cell: str | None, *also: str, sheet: str | None = "附件1", path: str = "甲.xlsx") -> Finding:
    """A finding on a cell that rests on others."""
    related = tuple(Place(path, sheet, other) for other in also)
    return Finding("A1-05", Severity.WARNING, path, "", "", "", "甲", sheet, cell, related=related)


def junshan(form: str) -> tuple[str, SheetFace]:
    """The seed's form, as filed into a template."""
    sheets = samples_review().sheets.items()
    return next((key, sheet) for key, sheet in sheets if "原样" in sheet.path and sheet.name == form)


def around(form: str, cell: str, *also: str) -> Window:
    """The window around a cell of the seed."""
    key, sheet = junshan(form)
    (window,) = Surroundings({key: sheet}).windows(finding(cell, *also, sheet=form, path=sheet.path))
    return window


# --- the part of a form ----------------------------------------------------------------------


def test_the_cell_marked_shows_what_the_workbook_holds_there() -> None:
    """For every finding of the samples, the marked cell's text is that of the cell at the finding's address."""
    books: dict[str, Any] = {}
    surroundings = Surroundings(samples_review().sheets)
    checked = 0
    for finding in samples_review().findings:
        windows = surroundings.windows(finding)
        if finding.cell is None:
            continue
        assert windows[0].marked == row_column(finding.cell), finding
        held = books.setdefault(finding.path, openpyxl.load_workbook(SAMPLES / finding.path, data_only=True))
        value = held[finding.sheet][finding.cell].value
        text = surroundings.shown(windows[0].submission).at(windows[0].marked).text
        if isinstance(value, str):
            assert text == re.sub(r"\s+", " ", value.strip())[:59] + "…" * (len(value) > 60) or "\n" in value, finding
        elif isinstance(value, int | float):
            assert float(text.rstrip("%")) / (100 if "%" in text else 1) == pytest.approx(value, abs=5e-5)
        checked += value is not None
    assert checked > 60


def test_a_window_shows_two_rows_around_the_cell_and_the_head_of_its_column() -> None:
    """公务接待 stands in row 12 of 附件1; the years over the amounts stand in row 6."""
    window = around("附件1", "F12", "B12")
    assert window.rows == (6, 10, 11, 12, 13, 14)
    assert (window.left, window.right) == (1, 7)
    assert (window.marked, window.related) == ((12, 6), ((12, 2),))


def test_no_head_is_added_that_is_in_sight_or_is_the_title() -> None:
    """The head two rows above is shown anyway; above the first field stands the title only."""
    assert around("附件1", "F7").rows == (5, 6, 7, 8, 9)
    assert around("附件1", "B3").rows == (1, 2, 3, 4, 5)


def test_rows_of_related_cells_are_shown_too_but_not_without_end() -> None:
    """The parts of a sum are in sight; of many cells the nearest to the front are."""
    assert around("附件1", "F7", "F8", "F12").rows == (5, 6, 7, 8, 9, 12)
    many = around("附件2", "D5", *(f"D{row}" for row in range(16, 45)))
    assert len(many.rows) == MOST_ROWS
    assert all(row in many.rows for row, _ in many.related)


def test_a_merged_cell_is_found_by_any_of_its_cells_and_shown_from_its_top() -> None:
    """预期目标 takes three rows; 一级指标 takes a dozen, of which four are enough."""
    assert around("附件2", "B12").rows == (10, 11, 12, 13, 14, 15, 16)
    tall = around("附件2", "B16")
    assert len(tall.rows) == 2 + 4 + 2
    key, sheet = junshan("附件2")
    shown = Surroundings({key: sheet}).shown(key)
    assert shown.at((18, 2)) is shown.at((16, 2))


@pytest.mark.parametrize(
    "lost",
    [
        finding(None, path="p"),
        finding("ZZ900", path="p"),
        finding("F7", sheet="附件9", path="p"),
        finding("F7", path="另一个.xlsx"),
        finding("不是地址", path="p"),
    ],
)
def test_where_the_cell_is_not_known_nothing_is_shown(lost: Finding) -> None:
    """A whole file, a cell outside the form, another sheet or file, and no address at all."""
    key, sheet = junshan("附件1")
    there = FormSheet("p", sheet.name, sheet.surroundings, sheet.places)
    assert Surroundings({key: there}).windows(lost) == []
    assert Surroundings({key: there}).windows(finding("F7", path="p"))
    assert Surroundings({key: replace(there, surroundings=b"")}).windows(finding("F7", path="p")) == []


def test_the_other_side_of_a_finding_across_forms_has_a_window_of_its_own() -> None:
    """X-07 compares 附件2 with 附件3: both are shown, the first with the cell to mend."""
    across = next(finding for finding in samples_review().findings if finding.rule == "X-07" and "如实" in finding.path)
    first, second = Surroundings(samples_review().sheets).windows(across)
    assert (first.marked, first.related) == (row_column(across.cell or ""), ())
    assert (second.marked, second.related) == (None, (row_column(across.related[0].cell or ""),))
    assert second.submission.startswith(across.related[0].path)


def test_a_window_of_a_document_names_the_rows_of_its_table(tmp_path: Path) -> None:
    """Of a docx, the rows of one table are shown, by the numbers its reader counts."""
    audit = audited([write_docx(forms(), tmp_path / "全套.docx")], tmp_path)
    review = review_of(audit, root=None, made_at=MADE_AT)
    surroundings = Surroundings(review.sheets)
    over = next(finding for finding in review.findings if finding.rule == "A1-05")
    assert (over.sheet, over.cell) == ("表格1", "F2")
    (window,) = surroundings.windows(over)
    shown = surroundings.shown(window.submission)
    assert [shown.row_names[row] for row in window.rows] == [1, 2, 3, 4]
    assert window.marked is not None
    assert shown.at(window.marked).text == "125%"


# --- the data ---------------------------------------------------------------------------------


def test_the_data_tells_every_finding_by_its_numbers() -> None:
    """Read back by the numbers, the findings are those of the review, by filing and form."""
    review = samples_review()
    told = data(review)

    def text(number: int) -> str | None:
        return None if number < 0 else told["texts"][number]

    rows = [dict(zip(told["columns"], row, strict=True)) for row in told["findings"]]
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
    assert tuple(told["columns"]) == COLUMNS
    assert len(told["texts"]) == len(set(told["texts"]))


class OnDisk(Sequence[Finding]):
    """Findings that are read as they are asked for: in their order, or some of one file."""

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
        found = self.findings[at]
        assert len({one.path for one in found}) == 1
        return found


def test_findings_need_not_be_in_memory(tmp_path: Path) -> None:
    """All are read once, and some of a file at a time; whatever their order, the page is that of a list of them."""
    review = samples_review()
    mixed = sorted(zip(review.findings, review.keys, strict=True), key=lambda pair: pair[1])
    for pairs in (list(zip(review.findings, review.keys, strict=True)), mixed):
        findings, keys = zip(*pairs, strict=True)
        handled = {key: Handling("已退回", key) for key in keys[::3]}
        lying = OnDisk(findings)
        made = replace(review, findings=lying, keys=keys, context=ReviewContext(handled=handled))
        told = data(made)
        assert lying.read == 1
        page = page_bytes(replace(made, findings=findings), tmp_path)
        assert page_bytes(replace(made, findings=OnDisk(findings)), tmp_path) == page
        wanted = sorted((one.path, one.message, handled.get(key, Handling()).note) for one, key in pairs)
        texts = told["texts"]
        at = [COLUMNS.index(name) for name in ("path", "message", "note")]
        assert sorted(tuple(texts[row[number]] for number in at) for row in told["findings"]) == wanted


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


def test_what_a_filing_shows_is_read_while_its_findings_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets and picture of a filing are looked up together, each once, however few of them stay unpacked."""
    review, log = samples_review(), list[str]()
    whose = {key: origin.filing or "" for key, origin in review.submissions.items()}
    sheets = Logged(review.sheets, log, whose.__getitem__)
    pictures = Logged(review.pictures, log, lambda key: key)
    monkeypatch.setattr(page_around, "CACHE_SIZE", 1)
    told = data(replace(review, sheets=sheets, pictures=pictures))
    assert told == data(review)
    assert len(log) == len(told["sheets"]) + len(review.filings)
    assert len(list(groupby(log))) == len(set(log))


def test_only_the_cells_of_rows_in_sight_are_kept() -> None:
    """Each sheet has the cells its windows show, and no more."""
    told = data(samples_review())
    rows: dict[int, set[int]] = {}
    for row in told["findings"]:
        for window in row[COLUMNS.index("windows")]:
            rows.setdefault(window[0], set()).update(window[1])
    for at, sheet in enumerate(told["sheets"]):
        flat = sheet["cells"]
        spans = [(flat[start], flat[start + 2]) for start in range(0, len(flat), 6)]
        assert all(rows[at] & set(range(top, bottom + 1)) for top, bottom in spans)
    assert sum(len(sheet["cells"]) for sheet in told["sheets"]) > 1_000


def test_a_picture_has_the_figures_of_the_filing() -> None:
    """Funds, kinds of spending, projects and points of the seed."""
    filing = next(one for one in data(samples_review())["filings"] if one["name"] == "岳阳市君山产业开发区管委会")
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
    """What is drawn and what is said are the same points."""
    audit = samples_audit()
    assert audit.scores
    for key, score in audit.scores.items():
        assert sum(part.recomputed or 0 for part in score.parts) == pytest.approx(score.recomputed, abs=0.01), key


def test_what_the_officer_noted_stands_beside_its_finding() -> None:
    """Notes follow their finding by its key, wherever grouping puts it."""
    findings = (finding("A1", path="乙.xlsx"), finding("A1", path="甲.xlsx"))
    rows = (FilingRow("甲局", "甲局", files=("甲.xlsx",)), FilingRow("乙局", "乙局", files=("乙.xlsx",)))
    notes = {"k1": Handling("已退回", "电话已通知"), "gone": Handling("待处理")}
    told = data(
        Review("", MADE_AT, filings=rows, findings=findings, keys=("k1", "k2"), context=ReviewContext(handled=notes))
    )
    beside = [[told["texts"][number] for number in (row[5], *row[-2:])] for row in told["findings"]]
    assert beside == [["甲.xlsx", "", ""], ["乙.xlsx", "已退回", "电话已通知"]]


def test_a_second_round_tells_what_became_of_each_finding() -> None:
    """Whose it is, what became of it, where, then and now; without a first round there is nothing to tell."""
    assert data(Review("", MADE_AT))["steps"] is None
    told = data(
        Review(
            "", MADE_AT, filings=(FilingRow("甲局", "甲局"),), context=ReviewContext(steps=(step(Outcome.RESOLVED),))
        )
    )
    wanted = [0, "甲局", "已整改", "附件1", "", "A1-05", "附件1 F5", "控制率", "125.00%", "100.00%", "超过 100%。"]
    assert told["steps"] == [wanted]


def test_namesakes_are_told_apart() -> None:
    """Two filings of one department bear the year or the folder they go by."""
    ids = ("甲局（2022）", "甲局（2023）", "文件夹 x", "乙局（2023）")
    names = ("甲局", "甲局", "甲局", "乙局")
    rows = tuple(FilingRow(key, name) for key, name in zip(ids, names, strict=True))
    told = data(Review("", MADE_AT, filings=rows))["filings"]
    assert [one["name"] for one in told] == ["甲局（2022）", "甲局（2023）", "甲局〔文件夹 x〕", "乙局"]
    borrowed = FilingRow("丙局（2023）", "乙局", issued_to="丙局")
    assert data(Review("", MADE_AT, filings=(borrowed,)))["filings"][0]["name"] == "乙局（表样下发给：丙局）"


def test_findings_of_nobody_come_last_and_infinite_numbers_are_blank() -> None:
    """A file that belongs to no filing has number -1; what JSON cannot hold is left out."""
    row = FilingRow("甲局", "甲局", score_filed=float("inf"), execution_rate=float("nan"), files=("甲.xlsx",))
    told = Review(
        "", MADE_AT, filings=(row,), findings=(finding(None, path="散件.xlsx"), finding(None, path="甲.xlsx"))
    )
    assert [one[1] for one in data(told)["findings"]] == [0, -1]
    assert (data(told)["filings"][0]["filed"], data(told)["filings"][0]["rate"]) == (None, None)


# --- the file ---------------------------------------------------------------------------------


def embedded(page: str) -> Any:  # noqa: ANN401 - JSON
    """The data as a browser finds it in the page."""
    (text,) = re.findall(r'<script id="data" type="application/json">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


def test_hostile_texts_begin_no_tag(tmp_path: Path) -> None:
    """The page has its own tags only, and the texts come out of it as they went in."""
    page = page_bytes(hostile_review(), tmp_path).decode()
    assert len(re.findall("</script>", page)) == 2
    assert "<img" not in page
    assert "<!--" not in page
    texts = embedded(page)["texts"]
    assert [text for text in HOSTILE if text in texts] == [text for text in HOSTILE if text.isprintable()]
    assert "右\ufffd左␀\ufffd" in texts


def test_the_same_review_gives_the_same_bytes(tmp_path: Path) -> None:
    """Twice the same; another time of the run changes that line alone."""
    review = samples_review()
    page = page_bytes(review, tmp_path).decode()
    assert page_bytes(review, tmp_path).decode() == page
    later = page_bytes(replace(review, made_at=MADE_AT.replace(minute=31)), tmp_path).decode()
    assert later.replace("2024-04-02 09:31", "2024-04-02 09:30") == page


def test_the_page_is_the_same_wherever_the_folders_lie() -> None:
    """Links hold the way from the page to the filings, not the place of either."""
    here, there = (
        page_bytes(replace(samples_review(), root=Path(place, "报送")), Path(place, "结果"))
        for place in ("/甲", "/乙/丙")
    )
    assert here == there


def test_links_lead_to_the_file_from_the_folder_of_the_page(tmp_path: Path) -> None:
    """Percent-encoded, relative, to the archive where the file lies in one; none without a root."""
    link = linker(tmp_path / "报送 材料", tmp_path / "审核结果")
    assert link("水利局/附件1#2?.xlsx") == (
        "./../%E6%8A%A5%E9%80%81%20%E6%9D%90%E6%96%99/%E6%B0%B4%E5%88%A9%E5%B1%80/%E9%99%84%E4%BB%B61%232%3F.xlsx"
    )
    assert (link("a.zip/b.xlsx") or "").endswith("/a.zip")
    assert link("半\ud800") is None
    assert linker(None, tmp_path)("a.xlsx") is None
    assert linker(tmp_path, tmp_path)("javascript:x.xlsx") == "./javascript%3Ax.xlsx"


def test_on_another_drive_links_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no way from one folder to the other, the whole address is given."""

    def no_way(*_: object) -> str:
        msg = "path is on another drive"
        raise ValueError(msg)

    monkeypatch.setattr(os.path, "relpath", no_way)
    link = linker(tmp_path / "报送", tmp_path)
    assert link("a.xlsx") == (tmp_path / "报送" / "a.xlsx").as_uri()


def test_the_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """Where the page cannot be put in its place, an OSError says so and nothing is left behind."""
    write_page(tmp_path / "新" / "review.html", samples_review())
    assert [path.name for path in (tmp_path / "新").iterdir()] == ["review.html"]
    (tmp_path / "review.html").mkdir()
    with pytest.raises(OSError, match=r"review\.html"):
        write_page(tmp_path / "review.html", samples_review())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["review.html", "新"]


def test_an_empty_review_is_a_page_too(tmp_path: Path) -> None:
    """Nothing filed, nothing found."""
    told = embedded(page_bytes(Review("", MADE_AT), tmp_path).decode())
    assert told["findings"] == told["filings"] == told["sheets"] == []


def test_findings_of_a_submission_without_a_filing_go_by_its_file() -> None:
    """The filing that holds the file takes them."""
    row = FilingRow("甲局", "甲局", files=("甲.xlsx",))
    told = Review(
        "", MADE_AT, filings=(row,), findings=(finding(None),), submissions={"甲": SubmissionOrigin("甲局", "附件1")}
    )
    assert data(told)["findings"][0][1] == 0


def test_script_and_style_are_written_for_old_browsers() -> None:
    """Nothing is used that Chromium 80 does not know, and no text is put in as markup."""
    for name in (*SCRIPTS, "page.css"):
        source = (ASSETS / name).read_text(encoding="utf-8")
        assert [new for new in TOO_NEW if re.search(new, source)] == [], name
        assert re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|\.style\b", source) is None


def test_who_owes_and_what_to_read_first_stand_on_the_page() -> None:
    """Accounts of the roster with what is missing, and spot checks by the number of their filing."""
    account = Account("001", "甲局", "某某", "0000000", ("附件1", "附件2"), ("附件1",), ("附件2",), ())
    silent = Account("002", "乙局", "", "", ("附件1",), (), ("附件1",), ())
    inbox = Inbox(2023, (account, silent), ())
    rows = (FilingRow("甲局（2023）", "甲局"),)
    spots = (Ranked("甲局（2023）", "甲局", 3, (Reason("full_marks", 3, "12 项指标全部满分"),)),)
    told = data(Review("", MADE_AT, filings=rows, spot_checks=spots, context=ReviewContext(inbox=inbox)))
    assert told["owed"] == [["甲局", "部分报送", 2, 1, "附件2", ""], ["乙局", "未报", 1, 0, "全部", ""]]
    assert told["spots"] == [[0, 3, ["12 项指标全部满分"]]]
