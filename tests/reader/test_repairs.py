"""Notation that was repaired, and notation that was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reader.changed import CONTROL, NOTATION, OFFICE, POSTS, Case, changed, finding_keys, notes
from tests.support.filled import cell_of
from xltool.auditing import audit
from xltool.reader.notation.tokens import State

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.workbook_editor import WorkbookEditor


@pytest.mark.parametrize("case", NOTATION, ids=str)
def test_notation_is_repaired_and_told(tmp_path: Path, case: Case) -> None:
    """A repair is told at its cell, with what was made of it, and is the only note but for an overtyped formula."""
    reported = [note for note in notes(changed(tmp_path, case.form, case.change)) if note.rule != "W-04"]
    assert finding_keys(reported) == [(case.rule, case.severity or "info", case.cell)]
    assert all(words in reported[0].message for words in case.words), reported[0].message


def test_repairs_of_a_kind_are_one_note(tmp_path: Path) -> None:
    """Many cells written the same way are one note with all their addresses."""
    other = cell_of("附件1", "水费电费差旅费_本年决算数")
    record = changed(
        tmp_path, "附件1", lambda clerk: clerk.put("附件1", OFFICE, "１９").put("附件1", other, "１５.７７")
    )
    (note,) = notes(record)
    assert (note.rule, note.cell, [place.cell for place in note.related]) == ("T-01", OFFICE, [other])


@pytest.mark.parametrize("typed", ["十来人", "12个月", "见附表", "2024-06-12", "#NAME"])
def test_what_cannot_be_read_stays_what_it_is(tmp_path: Path, typed: str) -> None:
    """A cell that is no number: unparsed, warned of, its text kept, and no rule judges by it."""
    record = changed(tmp_path, "附件1", lambda clerk: clerk.put("附件1", POSTS, typed).show("附件1", CONTROL, ""))
    (submission,) = record.submissions
    posts = submission.values["编制数"]
    assert (posts.state, posts.value, posts.raw) == (State.UNPARSED, None, typed)
    findings = audit.audit([record]).findings
    assert [(note.rule, note.severity.value) for note in findings if note.cell == POSTS] == [("W-05", "warning")]
    assert [note.rule for note in findings if note.cell == CONTROL] == []


def test_project_of_a_unit_below_the_department_is_no_mistake(tmp_path: Path) -> None:
    """附件3 filled in by a subordinate unit names the department as 主管部门: the template is the right one."""
    implementer, supervisor = cell_of("附件3", "实施单位"), cell_of("附件3", "主管部门")
    below = changed(tmp_path, "附件3", lambda clerk: clerk.put("附件3", implementer, "园区服务中心"))
    assert finding_keys(notes(below)) == []

    def other(clerk: WorkbookEditor) -> None:
        clerk.put("附件3", implementer, "园区服务中心").put("附件3", supervisor, "某某局")

    assert finding_keys(notes(changed(tmp_path, "附件3", other))) == [("W-17", "error", implementer)]
