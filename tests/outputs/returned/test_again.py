"""A copy that is sent again: read as the filing it is, and marked anew without a trace of last time."""

from __future__ import annotations

import re
import warnings
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Final

import openpyxl
import pytest
from lxml import etree

from tests.outputs.returned.test_copy import ABOUT, FINDINGS, FIRST, SECOND, finding, small
from tests.support import filings
from tests.support.documents import forms, write_xlsx
from tests.support.laden import COMMENTED, MINE, SHEET
from tests.support.opened import canonical, cell, changed, parts_of, strict
from tests.support.programs.office import convert, needs_office, recalculate
from tools.samples.checking import audited
from tools.samples.folders import ROOT, SAMPLES
from xltool.findings import Severity
from xltool.outputs.returned.checked_file import CheckedFile
from xltool.outputs.returned.copy import list_workbook, returned_copy
from xltool.outputs.returned.earlier_marks import remove_marks
from xltool.outputs.returned.package import EditablePackage
from xltool.outputs.returned.styles import MARKS, CellStyles
from xltool.outputs.returned.workbook_part import WorkbookPart
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tools.samples.sample import Sample
    from xltool.auditing.result import Audit
    from xltool.findings import Finding

COLOURS = set(MARKS.values())


def stripped(data: bytes) -> bytes:
    """A copy without its marks."""
    package = EditablePackage(data)
    book = WorkbookPart(package)
    remove_marks(book, CellStyles(package.edit(book.styles)))
    return package.save()


def looks(data: bytes) -> dict[str, dict[str, tuple[object, ...]]]:
    """Of every cell of every sheet: value, fill, number format, lock and comment."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says what it does not know
        book = openpyxl.load_workbook(BytesIO(data))
    return {
        sheet.title: {
            each.coordinate: (
                each.value, each.fill.fill_type, each.fill.fgColor.rgb, each.number_format, each.protection.locked,
                each.comment.text if each.comment else None,
            )
            for row in sheet.iter_rows() for each in row
        }
        for sheet in book.worksheets
    }  # fmt: skip


def marked(data: bytes) -> set[tuple[str, str]]:
    """Sheet and cell of every mark."""
    return {
        (sheet, reference)
        for sheet, cells in looks(data).items()
        for reference, look in cells.items()
        if look[2] in COLOURS
    }


def test_without_its_marks_a_copy_is_what_was_filed(filed: bytes, copy: bytes) -> None:
    """Its parts are those of the filed file, except unused styles, sizes of boxes and the selection."""
    old, new = parts_of(filed), parts_of(stripped(copy))
    assert set(old) == set(new)
    aside = {"xl/styles.xml", "xl/workbook.xml", FIRST, "xl/drawings/vmlDrawing1.vml", "xl/comments1.xml"}
    different = {
        name
        for name in old
        if old[name] != new[name] and (name.endswith((".png", ".vml")) or canonical(old[name]) != canonical(new[name]))
    }
    assert different <= aside
    for name in ("xl/workbook.xml", FIRST):
        before, after = (
            re.sub(rb' (?:tabSelected|activeTab|firstSheet|spans)="[^"]*"', b"", canonical(parts[name]))
            for parts in (old, new)
        )
        assert after == before
    texts = [
        [
            "".join(map(str, comment.itertext()))
            for comment in etree.fromstring(parts["xl/comments1.xml"]).iter("{*}comment", "{*}author")
        ]
        for parts in (old, new)
    ]
    assert texts[0] == texts[1]
    shapes = [parts["xl/drawings/vmlDrawing1.vml"].count(b"<v:shape ") for parts in (old, new)]
    assert shapes[0] == shapes[1]
    assert looks(stripped(copy)) == looks(filed)


def test_a_copy_marked_again_is_the_same_copy(copy: bytes) -> None:
    """A copy of a copy has the same bytes, so that marks do not accumulate."""
    assert returned_copy(copy, FINDINGS, ABOUT) == copy


def test_a_workbook_that_is_no_copy_is_not_changed_by_stripping(filed: bytes) -> None:
    """No part of it."""
    old, new = parts_of(filed), parts_of(stripped(filed))
    assert {name for name in old if old[name] != new[name]} <= {"xl/styles.xml"}
    assert canonical(old["xl/styles.xml"]) == canonical(new["xl/styles.xml"])


def test_a_mended_cell_does_not_stay_marked(filed: bytes, copy: bytes) -> None:
    """The second copy marks the present findings only; every other cell looks as it was filed."""
    again = returned_copy(copy, [finding("B5", Severity.WARNING)], ABOUT)
    assert marked(again) == {(SHEET, "B5")}
    before, after = looks(filed), looks(again)
    assert [*after] == ["问题清单", *before]
    for sheet, cells in before.items():
        for reference, look in cells.items():
            if (sheet, reference) != (SHEET, "B5"):
                assert after[sheet][reference] == look
    assert after[SHEET][COMMENTED][-1] == MINE


def test_what_the_department_wrote_into_our_comment_stays(copy: bytes) -> None:
    """Our words go, theirs remain."""
    answer = "已核对，凭证第12号"

    def answered(name: str, part: bytes) -> bytes:
        end = "第 2、3 项〕"
        return part.replace(end.encode(), f"{end}\n{answer}".encode()) if name == "xl/comments1.xml" else part

    theirs = changed(copy, answered)
    again = looks(returned_copy(theirs, [finding("B5")], ABOUT))
    assert again[SHEET]["B3"][-1] == f"\n{answer}"
    assert again[SHEET]["B3"][2] not in COLOURS


def test_what_the_department_answered_stays_with_its_finding() -> None:
    """The 整改说明 of a finding that remains is kept in the new list; that of a resolved finding is dropped."""
    book = openpyxl.load_workbook(BytesIO(returned_copy(small(), [finding("B2", sheet="表")], ABOUT)))
    book["问题清单"]["L5"] = "已向财政部门说明"
    buffer = BytesIO()
    book.save(buffer)
    findings = [finding("A1", sheet="表"), finding("B2", sheet="表")]
    again = openpyxl.load_workbook(BytesIO(returned_copy(buffer.getvalue(), findings, ABOUT)))
    assert again.sheetnames == ["问题清单", "表"]
    assert [row[11].value for row in again["问题清单"].iter_rows(min_row=5)] == [None, "已向财政部门说明"]


@needs_office
def test_marks_are_known_after_another_program_has_saved_the_copy(filed: bytes, tmp_path: Path) -> None:
    """Although a program renumbers styles and parts and rewrites comments, marks are replaced and fills restored."""
    sent, back = tmp_path / "附件1.xlsx", tmp_path / "退回.xlsx"
    sent.write_bytes(filed)
    back.write_bytes(returned_copy(filed, FINDINGS, ABOUT))
    before, after = (path.read_bytes() for path in recalculate([sent, back], tmp_path / "out"))
    assert len(marked(after)) == 8
    again = returned_copy(after, [finding("B5", Severity.WARNING)], ABOUT)
    assert marked(again) == {(SHEET, "B5")}
    own, look = looks(before), looks(again)
    assert [*look] == ["问题清单", *own]
    for sheet, cells in own.items():
        for reference, was in cells.items():
            if (sheet, reference) != (SHEET, "B5"):
                assert look[sheet][reference][:5] == was[:5]
    assert look[SHEET][COMMENTED][-1] == own[SHEET][COMMENTED][-1]


def test_a_mark_that_moved_with_its_row_gets_its_own_fill_back(filed: bytes, copy: bytes) -> None:
    """The number in its comment tells which it was, not the address it had."""

    def moved(name: str, part: bytes) -> bytes:
        if name == FIRST:
            return (
                part.replace(b'r="C13"', b'r="XX13"')
                .replace(b'<c r="C14"', b'<c r="C13"')
                .replace(b'r="XX13"', b'r="C14"')
            )
        return part.replace(b'ref="C13"', b'ref="C14"') if name == "xl/comments1.xml" else part

    assert looks(stripped(changed(copy, moved)))[SHEET]["C14"][2] == looks(filed)[SHEET]["C13"][2]


def test_without_the_list_the_fill_comes_from_a_cell_alike(filed: bytes, copy: bytes) -> None:
    """Without the list, the only style that differs in its fill alone is restored; otherwise the cell gets no fill."""
    package = EditablePackage(copy)
    book = WorkbookPart(package)
    book.remove(book.sheets[0])
    now, was = looks(stripped(package.save())), looks(filed)
    assert now[SHEET]["B3"] == was[SHEET]["B3"]
    assert not [look for cells in now.values() for look in cells.values() if look[2] in COLOURS]


def test_a_strict_copy_is_marked_again(filed: bytes) -> None:
    """The other dialect has its own way back."""
    turned = returned_copy(strict(filed), FINDINGS, ABOUT)
    assert returned_copy(turned, FINDINGS, ABOUT) == turned
    root = etree.fromstring(parts_of(stripped(turned))[SECOND])
    assert next(root.iter("{*}legacyDrawing"), None) is None


# --- reading ----------------------------------------------------------------------------------


def _findings(result: Audit) -> list[dict[str, object]]:
    return [finding.to_dict() for finding in result.findings]


def _returned(paths: Iterable[Path], findings: Sequence[Finding], folder: Path) -> list[Path]:
    """Copies of files under their own names."""
    folder.mkdir()
    copies = []
    for path in paths:
        own = [own_finding for own_finding in findings if own_finding.path == path.name]
        copies.append(folder / path.name)
        copies[-1].write_bytes(returned_copy(path.read_bytes(), own, CheckedFile("某单位", path.name, ABOUT.made_at)))
    return copies


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.folder)
def test_a_copy_of_a_template_has_the_findings_of_the_filing(sample: Sample, tmp_path: Path) -> None:
    """A copy has the same findings as the filing, including those on changes of the template."""
    paths = sorted((ROOT / "samples" / sample.folder).iterdir())
    result = audited(paths)
    assert _findings(audited(_returned(paths, result.findings, tmp_path / "退回"))) == _findings(result)


CLEAN: Final = frozenset({"huanggang_soil_2020"})
"""Filings without an error or a warning: nothing is returned."""


@pytest.mark.parametrize("name", ["seed", *(name for name in filings.NAMES if name not in CLEAN)])
def test_a_copy_of_another_layout_has_the_findings_of_the_filing(name: str, tmp_path: Path) -> None:
    """Forms without names and manifest; the list is no content of theirs."""
    source = write_xlsx(forms() if name == "seed" else filings.build(name).forms, tmp_path / "报送.xlsx")
    result = audited([source])
    assert [finding for finding in result.findings if finding.severity is not Severity.INFO]
    copies = _returned([source], result.findings, tmp_path / "退回")
    assert _findings(audited(copies)) == _findings(result)
    copy = copies[0].read_bytes()
    assert returned_copy(copy, result.findings, CheckedFile("某单位", source.name, ABOUT.made_at)) == copy


@needs_office
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_a_copy_saved_in_another_format_is_still_read_without_the_list(kind: str, tmp_path: Path) -> None:
    """The list is recognised by its content, not by the name of its sheet, which a format may lose."""
    source = write_xlsx(forms()[1:2], tmp_path / "报送.xlsx")
    (copy,) = _returned([source], audited([source]).findings, tmp_path / "退回")
    saved, plain = convert([copy, source.rename(tmp_path / "原样.xlsx")], tmp_path / "另存", kind)
    assert [(finding.rule, finding.cell, finding.message) for finding in audited([saved]).findings] == [
        (finding.rule, finding.cell, finding.message) for finding in audited([plain]).findings
    ]


def test_a_list_is_no_filing(tmp_path: Path) -> None:
    """A list that is filed with the forms is skipped, by its author, or by its mark if that was changed."""
    path = tmp_path / "附件1.xls.问题清单.xlsx"
    path.write_bytes(list_workbook(FINDINGS, ABOUT, "原文件是 .xls 格式。"))
    record = read_file(path, path.name)
    assert (record.status, record.code) == ("skipped", "result")
    book = openpyxl.load_workbook(path)
    book.properties.creator = "某某"
    book.save(path)
    record = read_file(path, path.name)
    assert (record.status, record.code, record.reason) == ("skipped", "list", "审核问题清单，不是填报的表")


def test_the_day_of_the_run_is_the_only_time_in_a_copy(filed: bytes, copy: bytes) -> None:
    """Another day changes the list's line alone."""
    later = returned_copy(filed, FINDINGS, CheckedFile(ABOUT.department, ABOUT.path, datetime(2025, 1, 2)))  # noqa: DTZ001
    old, new = parts_of(copy), parts_of(later)
    assert {name for name in old if old[name] != new[name]} == {"xl/worksheets/sheet4.xml"}
    assert cell(etree.fromstring(new["xl/worksheets/sheet4.xml"]), "A2") is not None
