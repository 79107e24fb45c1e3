"""Calculated cells that were typed over or never calculated, and numbers no formula counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reader.changed import CONTROL, PUBLIC, RECEPTION, SCORE, STAFF, changed, finding_keys, notes
from tests.support.filled import cell_of
from xltool.auditing import audit
from xltool.forms import FORMS
from xltool.reader.notation.tokens import State

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.expr.nodes import Field
    from xltool.reader.records import FileRecord


def rules_at(record: FileRecord, cell: str) -> set[str]:
    """Rules whose finding stands at a cell, of the whole audit, or is folded into one that does."""
    at_cell = [finding for finding in audit.audit([record]).findings if finding.cell == cell]
    folded = {each.rule for finding in at_cell for each in finding.consequences}
    return folded | {finding.rule for finding in at_cell}


@pytest.mark.parametrize(
    ("typed", "agrees"),
    [("125%", True), ("125", True), (1.25, True), ("1.25%", False), (1.2, False), ("125.2%", False)],
)
def test_overtyped_rate(tmp_path: Path, typed: str | float, *, agrees: bool) -> None:
    """125%, 1.25 and 125 are the right rate; 1.25% for 125% is not."""
    reported = notes(changed(tmp_path, "附件1", lambda clerk: clerk.put("附件1", CONTROL, typed)))
    (verdict,) = [note for note in reported if note.rule == "W-04"]
    assert ("一致" in verdict.message) is agrees, verdict.message


@pytest.mark.parametrize(
    ("part", "total", "agrees"),
    [(27.484, 27.48, True), (27.4849, 27.48, True), (27.475, 27.48, True), (27.47, 27.48, False), (20, 27.48, False)],
)
def test_overtyped_total_within_printed_precision(tmp_path: Path, part: float, total: float, *, agrees: bool) -> None:
    """A total typed with two decimals agrees with one that has more, within half a cent; a whole one is too much."""
    record = changed(tmp_path, "附件1", lambda clerk: clerk.put("附件1", RECEPTION, part).put("附件1", PUBLIC, total))
    (verdict,) = [note for note in notes(record) if note.cell == PUBLIC]
    assert verdict.rule == "W-04"
    assert ("一致" in verdict.message) is agrees, verdict.message


@pytest.mark.parametrize(
    ("typed", "agrees"), [(0.9166, True), (0.9167, True), ("91.67%", True), (0.92, True), (0.93, False)]
)
def test_overtyped_rate_within_printed_precision(tmp_path: Path, typed: str | float, *, agrees: bool) -> None:
    """11 of 12 is 91.666…%: rounded or truncated at the decimals that were printed, it is right."""
    record = changed(tmp_path, "附件1", lambda clerk: clerk.put("附件1", STAFF, 11).put("附件1", CONTROL, typed))
    (verdict,) = [note for note in notes(record) if note.rule == "W-04"]
    assert ("一致" in verdict.message) is agrees, verdict.message


def test_overtyped_with_a_wrong_value_is_also_an_error_of_its_rule(tmp_path: Path) -> None:
    """The rule of the sum speaks of the wrong value and of the formula, and is silent on a right value."""
    wrong = changed(tmp_path, "附件1", lambda clerk: clerk.put("附件1", PUBLIC, 30))
    (finding,) = [finding for finding in audit.audit([wrong]).findings if finding.rule == "A1-07"]
    assert finding.cell == PUBLIC
    assert "这一格的公式已被改动（W-04）" in finding.message
    right = changed(tmp_path, "附件1", lambda clerk: clerk.put("附件1", PUBLIC, 27.48))
    assert "A1-07" not in rules_at(right, PUBLIC)


def test_never_calculated_is_recomputed(tmp_path: Path) -> None:
    """Without results every value is recomputed, none is 0, and no rule takes them for blank."""
    with_results = audit.audit([changed(tmp_path, "附件2", lambda clerk: clerk)])
    without = audit.audit([changed(tmp_path, "附件2", lambda clerk: clerk.forget_results())])
    assert [finding for finding in without.findings if finding.rule != "W-16"] == with_results.findings
    (submission,) = without.submissions
    assert submission.values["总分_得分"].state is State.NOT_CALCULATED
    assert without.recomputed(submission, review_total()) == 95


def review_total() -> Field:
    """The total score of 附件2."""
    return FORMS["附件2"].fields["总分_得分"]


def test_text_that_no_formula_counts(tmp_path: Path) -> None:
    """A total that is wrong because an input is text: the input is told, not the total, and only once."""
    record = changed(tmp_path, "附件1", lambda clerk: clerk.put("附件1", RECEPTION, "27.48").show("附件1", PUBLIC, ""))
    reported = notes(record)
    assert finding_keys(reported) == [("W-05", "warning", RECEPTION)]
    assert "没有计入" in reported[0].message


def test_text_in_a_table_that_no_formula_counts(tmp_path: Path) -> None:
    """The same in a table column, through the total that rests on it."""
    total = cell_of("附件2", "总分_得分")
    record = changed(tmp_path, "附件2", lambda clerk: clerk.put("附件2", SCORE, "6").show("附件2", total, 89))
    assert finding_keys(notes(record)) == [("W-05", "warning", SCORE)]


def test_without_manifest_a_stale_result_is_still_found(tmp_path: Path) -> None:
    """Where nobody can say which formula was issued, a result that does not follow from the inputs is still told."""
    record = changed(tmp_path, "附件1", lambda clerk: clerk.drop_manifest().show("附件1", PUBLIC, 99.0))
    assert finding_keys(notes(record)) == [("W-18", "info", None), ("W-09", "error", PUBLIC)]
