"""A department explains, an officer accepts: what both wrote is seen, carried on, and bound to who wrote it when."""

from __future__ import annotations

import getpass
import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

import docx
import openpyxl
import pytest

import xltool
from tests.auditing.test_rounds import DATE, POSTS, SAVING, STAFF, steps, submit
from tests.batches.folders import InlinePool
from tests.support.sheets import records_of, rows_of, sheet_names
from tests.support.workbook_editor import WorkbookEditor
from xltool.auditing.rounds.outcomes import Outcome
from xltool.batches import pipeline, reading, side_inputs
from xltool.findings import address
from xltool.outputs.decisions import account_name
from xltool.outputs.officer_notes import ACCEPTED, DISMISSED, KEY, LOG, NOTE, OFFICER, RUN, STATUS, TIME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl's, of data bars
WHY: Final = "含退役士兵安置 6 人，编办〔2023〕12 号"
ANSWER: Final = 12
"""Column of 整改说明 in the list of a returned copy."""


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process, at a fixed time, under an account of this name."""
    monkeypatch.setattr(reading, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)
    monkeypatch.setattr(pipeline, "account_name", lambda: "caizheng01")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


def reviewed(out: Path) -> dict[str, Any]:
    """What findings.json says."""
    data: dict[str, Any] = json.loads((out / "findings.json").read_text(encoding="utf-8"))
    return data


def problems(out: Path) -> dict[str, dict[str, Any]]:
    """The rows of 问题清单 by rule."""
    return {row["规则"]: row for row in records_of(out / "review.xlsx", "问题清单")}


def file_again(folder: Path, out: Path, *answers: tuple[str, str], into: Path | None = None) -> Path:
    """Put the returned copies into a folder, explained by rule."""
    for copy in (out / "returned").rglob("*.xlsx"):
        editor = WorkbookEditor(copy)
        rows = {row[10]: number for number, row in enumerate(rows_of(copy, "问题清单"), start=1)}
        for rule, text in answers:
            editor.put("问题清单", f"L{rows[rule]}", text)
        place = (into or folder) / copy.relative_to(out / "returned")
        place.parent.mkdir(parents=True, exist_ok=True)
        editor.save(place)
    return into or folder


def decide(out: Path, rule: str, noted: Mapping[str, str | None]) -> None:
    """What the officer writes beside the finding of a rule."""
    review, editor = out / "review.xlsx", WorkbookEditor(out / "review.xlsx")
    for number, row in enumerate(records_of(review, "问题清单"), start=2):
        if row["规则"] == rule:
            for head, text in noted.items():
                editor.put("问题清单", address(number, list(row).index(head) + 1), text)
    editor.save(review)


def asked(out: Path) -> str:
    """What the letters to departments ask for: the texts of their tables of problems."""
    texts = []
    for path in sorted((out / "notices").glob("退回通知*.docx")):
        tables = [table for table in docx.Document(str(path)).tables if table.rows[0].cells[-1].text == "怎样修改"]
        texts += [cell.text for table in tables for row in table.rows for cell in row.cells]
    return "\n".join(texts)


@pytest.mark.parametrize("same_folder", [True, False])
def test_an_explanation_is_seen_wherever_the_finding_is(tmp_path: Path, *, same_folder: bool) -> None:
    """In review.xlsx, on the page, in findings.json, in the letter and in the next returned copy."""
    first, out = submit(tmp_path / "一", (SAVING, None), (STAFF, 60)), tmp_path / "果"
    xltool.batch(first, out=out)
    if same_folder:
        file_again(first, out, ("A1-05", WHY))
        xltool.batch(first, out=out)
    else:
        second = file_again(first, out, ("A1-05", WHY), into=tmp_path / "二")
        before, out = out, tmp_path / "果二"
        xltool.batch(second, out=out, prior_review=before)
        assert {step["rule"]: (step["became"], step["explanation"]) for step in steps(out)} == {
            "A1-05": (Outcome.EXPLAINED, WHY), "A1-30": (Outcome.UNRESOLVED, None),
        }  # fmt: skip
        rounds = records_of(out / "review.xlsx", "整改情况")
        assert {row["规则"]: (row["整改结果"], row["单位说明"]) for row in rounds} == {
            "A1-05": ("已说明", WHY), "A1-30": ("未整改", None),
        }  # fmt: skip
    assert {rule: row["单位说明"] for rule, row in problems(out).items()} == {"A1-05": WHY, "A1-30": None}
    explained = {finding["rule"]: finding["explanation"] for finding in reviewed(out)["findings"]}
    assert explained == {"A1-05": WHY, "A1-30": None}
    assert reviewed(out)["explanations"] == []
    assert WHY in (out / "review.html").read_text(encoding="utf-8")
    assert f"你单位说明：{WHY}" in asked(out)
    (copy,) = (out / "returned").rglob("*.xlsx")
    assert WHY in [row[ANSWER - 1] for row in rows_of(copy, "问题清单")]


def test_without_explanations_nothing_is_said_of_them(tmp_path: Path) -> None:
    """No empty column takes up the screen."""
    xltool.batch(submit(tmp_path / "一", (STAFF, 60)), out=tmp_path / "果")
    assert "单位说明" not in problems(tmp_path / "果")["A1-05"]
    assert "其他单位说明" not in sheet_names(tmp_path / "果" / "review.xlsx")


@pytest.mark.parametrize("state", [ACCEPTED, DISMISSED])
@pytest.mark.parametrize("same_folder", [True, False])
def test_what_the_officer_settles_leaves_letters_and_returned_copies(
    tmp_path: Path, state: str, *, same_folder: bool
) -> None:
    """The finding stays in the review; the rest is still asked for, and with nothing left nobody is written to."""
    folder, out = submit(tmp_path / "一", (SAVING, None), (STAFF, 60)), tmp_path / "果"
    xltool.batch(folder, out=out)
    file_again(folder, out, ("A1-05", WHY))
    xltool.batch(folder, out=out)
    decide(out, "A1-05", {STATUS: state})
    before = out
    if not same_folder:
        out = tmp_path / "果二"
    prior = {} if same_folder else {"prior_review": before}
    xltool.batch(folder, out=out, **prior)  # type: ignore[arg-type] # a folder
    assert problems(out)["A1-05"][STATUS] == state
    assert "超过 100%" not in asked(out)
    assert "厉行节约保障措施" in asked(out)
    (copy,) = (out / "returned").rglob("*.xlsx")
    assert [row[10] for row in rows_of(copy, "问题清单")[4:]] == ["A1-30"]
    if not same_folder:
        assert {step["rule"]: step["became"] for step in steps(out)}["A1-05"] == Outcome.ACCEPTED
    decide(out, "A1-30", {STATUS: ACCEPTED})
    xltool.batch(folder, out=out, **prior)  # type: ignore[arg-type] # a folder
    assert not list((out / "returned").rglob("*.xlsx"))
    assert asked(out) == ""
    assert set(problems(out)) == {"A1-05", "A1-30"}


def test_an_acceptance_holds_for_what_was_accepted(tmp_path: Path) -> None:
    """Another figure was not accepted: the finding is open again, and the letter asks for it."""
    folder, out = submit(tmp_path / "一", (STAFF, 60)), tmp_path / "果"
    xltool.batch(folder, out=out)
    decide(out, "A1-05", {STATUS: ACCEPTED, NOTE: "批文已看"})
    xltool.batch(folder, out=out)
    assert asked(out) == ""
    second = submit(tmp_path / "二", (STAFF, 90))
    xltool.batch(second, out=out)
    row = problems(out)["A1-05"]
    assert (row[STATUS], row[NOTE]) == (
        "待处理",
        "批文已看；原为“说明认可”，之后填报有变（当时填报 250.00%，应为 空），请重新确认",
    )
    assert "超过 100%" in asked(out)
    decided = [(each["status"], each["officer"]) for each in reviewed(out)["decisions"]]
    assert decided == [(ACCEPTED, "caizheng01"), ("待处理", "（程序）")]
    xltool.batch(second, out=out, fresh=True)
    assert [each["officer"] for each in reviewed(out)["decisions"]] == ["caizheng01", "（程序）"]


def test_an_explanation_that_belongs_to_no_finding_is_listed(tmp_path: Path) -> None:
    """That of a problem that is corrected, and one whose row says nothing any more."""
    first, out = submit(tmp_path / "一", (SAVING, None), (STAFF, 60)), tmp_path / "果"
    xltool.batch(first, out=out)
    file_again(first, out, ("A1-30", "已补填"))
    (path,) = (path for path in first.iterdir() if path.name.startswith("附件1"))
    book = openpyxl.load_workbook(path)
    book["附件1"]["B28"] = "压减会议"
    book["问题清单"].cell(20, ANSWER).value = "另：车辆已封存"
    book.save(path)
    outcome = xltool.batch(first, out=out)
    rows = records_of(out / "review.xlsx", "其他单位说明")
    assert [(row["规则"], row["单位说明"], row["没有列入问题清单的原因"]) for row in rows] == [
        ("A1-30", "已补填", "这个问题本次没有再出现"),
        (None, "另：车辆已封存", "清单这一行对不上本次的问题，请人工查看"),
    ]
    listed = [(each["rule"], each["text"], each["path"]) for each in reviewed(out)["explanations"]]
    assert listed == [("A1-30", "已补填", path.name), ("", "另：车辆已封存", path.name)]
    assert any("有 1 条单位写的整改说明对不上问题" in message for message in outcome.messages)


def test_a_list_without_ids_is_matched_by_rule_and_cell(tmp_path: Path) -> None:
    """A program that keeps no hidden columns, or an older list."""
    first, out = submit(tmp_path / "一", (STAFF, 60)), tmp_path / "果"
    xltool.batch(first, out=out)
    file_again(first, out, ("A1-05", WHY))
    (path,) = (path for path in first.iterdir() if path.name.startswith("附件1"))
    book = openpyxl.load_workbook(path)
    book["问题清单"].delete_cols(13, 2)
    book.save(path)
    xltool.batch(first, out=out)
    assert problems(out)["A1-05"]["单位说明"] == WHY


def test_a_decision_carries_who_when_and_in_which_review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is listed for the auditor, also when it was changed or taken off again."""
    folder, out = submit(tmp_path / "一", (STAFF, 60), (SAVING, None)), tmp_path / "果"
    xltool.batch(folder, out=out)
    assert LOG not in sheet_names(out / "review.xlsx")
    runs = [reviewed(out)["run"]["digest"]]
    decide(out, "A1-05", {STATUS: "已联系单位", NOTE: "周五前报"})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700100000")
    xltool.batch(folder, out=out)
    runs.append(reviewed(out)["run"]["digest"])
    decide(out, "A1-05", {STATUS: ACCEPTED})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700200000")
    xltool.batch(folder, out=out, officer="某某")
    runs.append(reviewed(out)["run"]["digest"])
    decide(out, "A1-05", {STATUS: None, NOTE: None})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700300000")
    xltool.batch(folder, out=out)
    assert len(set(runs)) == 3
    names = ("status", "note", "officer", "time", "run")
    decided = [tuple(each[name] for name in names) for each in reviewed(out)["decisions"]]
    assert decided == [
        ("已联系单位", "周五前报", "caizheng01", "2023-11-16T10:00:00", runs[0]),
        (ACCEPTED, "周五前报", "某某", "2023-11-17T13:46:40", runs[1]),
        ("", "", "caizheng01", "2023-11-18T17:33:20", runs[2]),
    ]
    assert {each["about"]["规则"] for each in reviewed(out)["decisions"]} == {"A1-05"}
    rows = records_of(out / "review.xlsx", LOG)
    assert [(row[STATUS], row[OFFICER], row[TIME], row[RUN], row["规则"]) for row in rows] == [
        ("已联系单位", "caizheng01", "2023-11-16 10:00:00", runs[0], "A1-05"),
        (ACCEPTED, "某某", "2023-11-17 13:46:40", runs[1], "A1-05"),
        ("（撤销）", "caizheng01", "2023-11-18 17:33:20", runs[2], "A1-05"),
    ]
    assert all(row[KEY] for row in rows)
    xltool.batch(submit(tmp_path / "二", (STAFF, 60)), out=out)
    assert [tuple(each[name] for name in names) for each in reviewed(out)["decisions"]] == decided


def test_decisions_of_the_round_before_go_into_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each once, however often the second round runs; what was taken off in the second round stays off."""
    folder, before, out = submit(tmp_path / "一", (STAFF, 60)), tmp_path / "果", tmp_path / "果二"
    xltool.batch(folder, out=before)
    decide(before, "A1-05", {STATUS: ACCEPTED})
    for epoch in ("1700100000", "1700200000"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        xltool.batch(folder, out=out, prior_review=before)
        (decision,) = reviewed(out)["decisions"]
        assert (decision["time"], decision["run"]) == ("2023-11-16T10:00:00", reviewed(before)["run"]["digest"])
    decide(out, "A1-05", {STATUS: None})
    xltool.batch(folder, out=out, prior_review=before)
    xltool.batch(folder, out=out, prior_review=before, fresh=True)
    assert problems(out)["A1-05"][STATUS] is None
    assert [each["status"] for each in reviewed(out)["decisions"]] == [ACCEPTED, ""]


def test_the_digest_of_a_run_is_that_of_its_record(tmp_path: Path) -> None:
    """Whoever has the record can compute it: JSON without blanks, members in their order, without the digest."""
    xltool.batch(submit(tmp_path / "一", (DATE, "2024-05-20"), (POSTS, 50)), out=tmp_path / "果")
    run = reviewed(tmp_path / "果")["run"]
    digest = run.pop("digest")
    text = json.dumps(run, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == digest


def test_an_account_without_a_name_does_not_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services of Windows have none; any other account has one."""
    assert account_name() == getpass.getuser()

    def nobody() -> str:
        raise OSError

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert account_name() == ""
