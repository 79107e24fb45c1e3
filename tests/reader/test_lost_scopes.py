"""A copy of a template whose names lost their sheet is still a template of ours."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.filled import cell_of, filled
from tests.support.workbook_editor import WorkbookEditor
from xltool.auditing.audit import audit
from xltool.auditing.coverage.model import RuleState
from xltool.auditing.coverage.noted import NO_NAMES
from xltool.batches.grouping import as_one_set
from xltool.forms import project, self_review
from xltool.reader.reading import read_file
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.reader.records import FileRecord

_NAME: Final = re.compile(r'<definedName [^>]*name="(?P<name>[^"]+)".*?</definedName>')
PROGRAMS: Final = ("all", "first", "last")
"""What a program that has no names of sheets does: it keeps all as names of the workbook, or of those of one name the
first or the last."""


def without_scopes(text: str, program: str) -> str:
    """A workbook part as this program writes it again; `none` keeps no name of a field."""
    names = [match for match in _NAME.finditer(text) if not match["name"].startswith("_xlnm")]
    kept = {match["name"]: match for match in (names if program == "last" else reversed(names))}
    for match in names:
        is_kept = program == "all" or (program != "none" and kept[match["name"]] is match)
        again = re.sub(r' localSheetId="\d+"', "", match[0]) if is_kept else ""
        text = text.replace(match[0], again)
    return text


def copied(path: Path, copy: Path, program: str) -> FileRecord:
    """What is read of a copy by this program."""
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(copy, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "xl/workbook.xml":
                content = without_scopes(content.decode(), program).encode()
            after.writestr(name, content)
    return read_file(copy, path.name)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three forms in one workbook: a formula overtyped, a sheet unprotected, another department, a row put in."""
    folder = tmp_path_factory.mktemp("changed")
    clerk = WorkbookEditor(filled(folder / "全部.xlsx", "附件1", "附件2", "附件3"))
    clerk.put("附件3", cell_of("附件3", project.year.rate.key), 0.5)
    clerk.put("附件2", cell_of("附件2", self_review.department.key), "别的局")
    clerk.unprotect("附件3").insert_row("附件3", 10)
    clerk.rename_sheet("附件2", "部门自评")
    return clerk.save(folder / "改过.xlsx")


@pytest.mark.parametrize("program", PROGRAMS)
def test_names_that_collided_are_put_back(changed: Path, tmp_path: Path, program: str) -> None:
    """Every form is read and checked as in the file before the copy; no column is missing."""
    own, again = read_file(changed, changed.name), copied(changed, tmp_path / "另存.xlsx", program)
    for before, after in zip(own.submissions, again.submissions, strict=True):
        assert (after.form, after.layout, after.issue) == (before.form, "template", before.issue)
        assert after.values == before.values
        assert after.rows == before.rows
        assert after.notes == before.notes
    rules = {note.rule for submission in again.submissions for note in submission.notes}
    assert {"W-13", "W-17"} <= rules
    assert "W-20" not in rules
    assert not again.submissions[2].values[project.year.rate.key].intact


def test_a_name_that_is_gone_everywhere_is_missing(tmp_path: Path) -> None:
    """What stood for it went with it: the column is missing, as in a file whose names have their sheets."""
    clerk = WorkbookEditor(filled(tmp_path / "附件1.xlsx", "附件1", "附件2")).drop_name("附件2", "支出_基本支出")
    record = copied(clerk.save(tmp_path / "改过.xlsx"), tmp_path / "另存.xlsx", "first")
    (note,) = (note for submission in record.submissions for note in submission.notes if note.rule == "W-20")
    assert "基本支出" in note.words["清单"]
    assert note.severity is None


def test_labels_in_another_order_put_nothing_back(tmp_path: Path) -> None:
    """Where the labels do not say where the rows are now, the columns whose names are gone are missing."""
    clerk = WorkbookEditor(filled(tmp_path / "附件1.xlsx", "附件1", "附件2"))
    clerk.put("附件2", "A47", "单位负责人签字：").put("附件2", "A48", "填表人：")
    record = copied(clerk.save(tmp_path / "改过.xlsx"), tmp_path / "另存.xlsx", "first")
    (note,) = (note for submission in record.submissions for note in submission.notes if note.rule == "W-20")
    assert "填表人" in note.words["清单"]


def test_what_needs_the_names_is_undecided_without_them(changed: Path, tmp_path: Path) -> None:
    """Read by its labels, a template whose names are all gone was not compared with its issue, and that is said."""
    record = copied(changed, tmp_path / "另存.xlsx", "none")
    as_one_set([record])
    (coverage,) = audit([record]).coverage
    undecided = coverage.codes(RuleState.UNDECIDED, RULES)
    assert {"W-04", "W-13", "W-17"} <= set(undecided)
    assert {coverage.reasons[code] for code in ("W-04", "W-13", "W-17")} == {NO_NAMES}
