"""Spot checks: signs are counted, put into words with their figures, and make an order of reading."""

from __future__ import annotations

import warnings
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

from tests.outputs.reviewed import workbook_bytes
from xltool import params
from xltool.auditing.audit import audit
from xltool.auditing.plausibility.copies import USUAL
from xltool.auditing.plausibility.ranking import SIGNS_OF_RULES, Ranked, ranked
from xltool.findings import Finding, Severity
from xltool.forms import review
from xltool.outputs import json_output
from xltool.outputs.frames import write_frames
from xltool.outputs.review import review_of
from xltool.reader.notation.tokens import State
from xltool.reader.records import FiledCell, FileRecord, Submission, TableRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from xltool.outputs.model import Review

Row = tuple[str, float, float, str, float, float]
"""Name, target, actual, unit, weight, score."""


def rows(count: int, *, exact: bool = False, mark: str = "") -> list[Row]:
    """Indicators that were met and have full marks; `mark` makes them a department's own."""
    return [(f"{mark}指标{at}", 100, 100 if exact else 103 + at, "人", 5, 5) for at in range(count)]


def form(  # noqa: PLR0913 - what differs between forms, each by name
    department: str,
    indicators: Sequence[Row],
    *,
    key: str = "附件2",
    executed: float = 100,
    texts: str = "",
    project: str = "",
    filing: str = "",
) -> Submission:
    """A form of a department: budget 100 of which so much was spent, and its indicators."""
    path = f"{department}/{key}{project}.xlsx"
    submission = Submission(f"{path}#{key}", path, key, key, "template", 2023, department, project, "")
    submission.filing = filing or f"{department}（2023）"
    for measure, amount in (("全年预算数", 100.0), ("全年执行数", float(executed))):
        submission.values[f"年度资金总额_{measure}"] = _filed(f"年度资金总额_{measure}", amount)
    submission.values["年度资金总额_分值"] = _filed("年度资金总额_分值", 10.0)
    if texts:
        submission.values[review.achievement.key] = _filed(review.achievement.key, texts)
    submission.rows = [_row(number, row) for number, row in enumerate(indicators, 10)]
    return submission


def _filed(key: str, value: float | str) -> FiledCell:
    return FiledCell(key, "C5", value, value, State.FILLED)


def _row(number: int, row: Row) -> TableRow:
    name, target, done, unit, weight, score = row
    cells: dict[str, float | str] = {
        "一级指标": "产出指标",
        "二级指标": "数量指标",
        "三级指标": name,
        "年度指标值": f"{target:g}{unit}",
        "实际完成值": f"{done:g}{unit}",
        "分值": float(weight),
        "得分": float(score),
    }
    table_row = TableRow(review.INDICATORS, number, {key: _filed(key, value) for key, value in cells.items()})
    table_row.derived = {"目标数值": float(target), "完成数值": float(done), "目标单位": unit, "完成单位": unit}
    return table_row


def listed(*submissions: Submission, findings: Sequence[Finding] = ()) -> list[Ranked]:
    """The ranking of these forms; `findings` stand for what the rules found."""
    result = audit([FileRecord(submission.path, "read", submissions=[submission]) for submission in submissions])
    result.findings = list(findings)
    return ranked(result)


def signs(*submissions: Submission) -> dict[str, list[tuple[str, str]]]:
    """Sign and words of each reason, by department."""
    return {
        ranked.department: [(reason.sign, reason.text) for reason in ranked.reasons] for ranked in listed(*submissions)
    }


def test_an_ordinary_filing_has_no_reason() -> None:
    """Targets passed by this and that, one score taken off: nothing to read first."""
    assert listed(form("甲局", [*rows(11), ("差一点", 100, 90, "人", 5, 4.5)])) == []
    assert listed() == []


def test_all_full_marks() -> None:
    """Every indicator of every form and the execution in full; with few indicators, or a point off, it is no sign."""
    whole, part = form("甲局", rows(9)), form("甲局", rows(3), key="附件3", project="治理")
    assert signs(whole, part) == {"甲局": [("full_marks", "附件2、附件3的 12 项指标和执行率全部满分")]}
    second = form("甲局", rows(2), key="附件3", project="维修")
    assert "附件2、2 张附件3的 14 项指标" in signs(whole, part, second)["甲局"][0][1]
    assert signs(form("甲局", rows(9))) == {}
    assert signs(form("甲局", rows(12), executed=99)) == {}
    blank = form("甲局", rows(12))
    del blank.values["年度资金总额_分值"]
    assert signs(blank) == {}
    assert signs(form("甲局", [])) == {}


def test_targets_met_exactly() -> None:
    """Only pairs that could have differed count: 100% cannot be passed, 0 accidents are 0, units have to agree."""
    off = ("差一点", 100, 100, "人", 5, 4)
    assert signs(form("甲局", [*rows(5, exact=True), off])) == {
        "甲局": [("met_exactly", "6 项可比指标的完成值与指标值全部相等")]
    }
    assert signs(form("甲局", [*rows(3, exact=True), off])) == {}
    assert signs(form("甲局", [*rows(5, exact=True), off, *rows(1)])) == {}
    rates: list[Row] = [(f"率{at}", 1.0, 1.0, "%", 5, 5) for at in range(5)]
    none: list[Row] = [(f"事故{at}", 0.0, 0.0, "起", 5, 5) for at in range(4)]
    assert signs(form("甲局", [*rates, *none])) == {}
    other = form("甲局", [*rows(5, exact=True), off])
    for row in other.rows:
        row.derived["完成单位"] = "次"
    assert signs(other) == {}


def test_money_unspent_and_output_in_full() -> None:
    """Below four fifths of the budget with all output in full; the project is named."""
    low = form("甲局", rows(6), key="附件3", project="治理", executed=62.35)
    assert signs(low) == {"甲局": [("low_execution", "附件3（治理）执行率 62.35%，产出指标却全部满分")]}
    assert signs(form("甲局", rows(6), executed=80)) == {}
    assert signs(form("甲局", [*rows(5), ("差", 9, 8, "人", 5, 4)], executed=50)) == {}
    benefit = form("甲局", rows(6), executed=50)
    for row in benefit.rows:
        row.cells["一级指标"].value = "效益指标"
    assert signs(benefit) == {}


TEXT = "全年完成任务若干项，" * 9


def test_texts_of_another_department() -> None:
    """The same long text under another name is a sign on both, with its length; a department's own is none."""
    by_department = signs(
        form("甲局", [], texts=TEXT), form("乙局", [], texts=f"{TEXT} "), form("丙局", [], texts=TEXT[:79])
    )
    assert by_department == {
        "甲局": [("copied_narrative", "实际完成情况与乙局的文字完全相同（90 字）")],
        "乙局": [("copied_narrative", "实际完成情况与甲局的文字完全相同（90 字）")],
    }
    twice = (form("甲局", [], texts=TEXT), form("甲 局", [], texts=TEXT, filing="甲局（2022）"))
    assert signs(*twice) == {}


def test_indicators_of_another_department() -> None:
    """Four fifths of the rows, by name, target and actual; fewer, or too few rows, are no sign."""
    own = ("自有", 7, 8, "个", 5, 4)
    copied = signs(form("甲局", [*rows(8), own]), form("乙局", [*rows(8), ("另有", 7, 9, "个", 5, 4)]))
    assert copied["甲局"] == [("copied_indicators", "附件2的 9 项指标中有 8 项的名称、指标值、完成值与乙局完全相同")]
    assert signs(form("甲局", [*rows(3), own]), form("乙局", rows(3))) == {}
    assert (
        signs(form("甲局", [*rows(5), *rows(5, mark="甲"), own]), form("乙局", [*rows(5), *rows(4, mark="乙")])) == {}
    )


def test_usual_rows_prove_nothing_but_whole_copies_do() -> None:
    """Rows that everybody bears are not counted, however many departments there are; equal sets are."""
    names = [f"单位{number}" for number in range(USUAL + 5)]
    usual = [form(name, [*rows(8), (f"{name}自有", 7, 8, "个", 5, 4)]) for name in names]
    assert signs(*usual) == {}
    assert set(signs(*(form(name, [*rows(8), ("都有", 7, 8, "个", 5, 4)]) for name in names))) == set(names)


def test_findings_of_rules_are_signs_too() -> None:
    """What a rule found on a form is counted for its filing; a finding of a file or of another rule is not."""
    submission = form("甲局", [])
    findings = [
        Finding(rule, Severity.WARNING, submission.path, "", "", "", submission.id)
        for rule in ("S-34", "S-34", "Y-07", "A1-10")
    ]
    (row,) = listed(submission, findings=[*findings, Finding("S-34", Severity.WARNING, submission.path, "", "", "")])
    assert [(reason.sign, reason.points, reason.text) for reason in row.reasons] == [
        ("unfinished", 2, "文字写明没有完成而得满分 2 处（S-34）"),
        ("jump", 1, "人数或经费比上年大起大落 1 处（Y-07）"),
    ]
    assert row.points == 3


def test_a_filing_without_signs_is_named_by_its_department() -> None:
    """A filing that could not be judged has findings, and nothing was noted of it."""
    submission = form("甲局", [])
    result = audit([FileRecord(submission.path, "read", submissions=[submission])])
    result.findings = [Finding("S-34", Severity.WARNING, submission.path, "", "", "", submission.id)]
    (row,) = ranked(replace(result, signs=[]))
    assert (row.filing, row.department) == ("甲局（2023）", "甲局")


def test_one_sign_counts_once() -> None:
    """A text that is another's to the letter and one that resembles it are one sign."""
    submissions = (form("甲局", [], texts=TEXT), form("乙局", [], texts=TEXT))
    alike = Finding("X-16", Severity.WARNING, submissions[0].path, "", "", "", submissions[0].id)
    assert [row.points for row in listed(*submissions, findings=[alike])] == [3, 3]


def test_the_order_is_by_points_then_name() -> None:
    """The same forms in any order give the same list."""
    submissions = [
        form("甲局", rows(12)),
        form("乙局", rows(12, mark="乙"), executed=50),
        form("丙局", rows(12, mark="丙")),
    ]
    expected = [("乙局", 3), ("丙局", 1), ("甲局", 1)]
    assert [(row.department, row.points) for row in listed(*submissions)] == expected
    assert [(row.department, row.points) for row in listed(*reversed(submissions))] == expected


def test_every_sign_has_its_parameters() -> None:
    """Points, threshold and basis stand in the parameters for every sign there is."""
    known = params.load().signs
    signs_seen = {"full_marks", "met_exactly", "low_execution", "copied_narrative", "copied_indicators"}
    assert set(known) == signs_seen | {sign for sign, _ in SIGNS_OF_RULES.values()}
    assert all(sign.points > 0 and sign.basis for sign in known.values())


@pytest.mark.parametrize("copies", [0, 2])
def test_sheet_frame_and_json(tmp_path: Path, copies: int) -> None:
    """The sheet has a row a filing with links, the frame a row a reason, and the JSON both."""
    submissions = [
        form(f"单位{number}", [*rows(12), ("差", 9, 8, "人", 5, 4)], executed=50) for number in range(copies)
    ]
    result = audit([FileRecord(submission.path, "read", submissions=[submission]) for submission in submissions])
    review_data = review_of(result, root=tmp_path, made_at=datetime(2024, 4, 2, tzinfo=UTC))
    sheet = _sheet(review_data, tmp_path)
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    frame = pd.read_parquet(write_frames([], review_data.spot_checks, tmp_path)[-1])
    if not copies:
        assert lines[0][0] == "没有需要优先抽查的单位。"
        assert json_output.spot_checks_json(review_data.spot_checks)["spot_checks"] == []
        assert len(frame) == 0
        return
    assert [row[1:3] for row in lines] == [["单位0", 3], ["单位1", 3]]
    assert lines[0][3] == "附件2的 13 项指标中有 13 项的名称、指标值、完成值与单位1完全相同（3分）"
    assert sheet["H3"].hyperlink.target.replace("\\", "/").endswith("单位0/附件2.xlsx")
    assert list(frame["rank"]) == [1, 2]
    assert list(frame["sign"]) == ["copied_indicators"] * 2
    listed_in_json = json_output.spot_checks_json(review_data.spot_checks)["spot_checks"]
    assert listed_in_json[0]["reasons"][0]["points"] == 3


def test_without_files_a_row_has_no_link(tmp_path: Path) -> None:
    """A filing without a file still has its row."""
    result = audit([FileRecord("a.xlsx", "read", submissions=[form("甲局", rows(12))])])
    review_data = review_of(result, root=None, made_at=datetime(2024, 4, 2, tzinfo=UTC))
    bare = replace(review_data, filings=tuple(replace(filing, files=()) for filing in review_data.filings))
    assert _sheet(bare, tmp_path)["H3"].value is None


def _sheet(review: Review, folder: Path) -> Worksheet:
    """The sheet as written."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of what it does not know
        return openpyxl.load_workbook(BytesIO(workbook_bytes(review, folder)))["抽查建议"]
