"""Defects of whole files, and places that only foreign files can get wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.trust.defects.common import amount_at, base_ref, funds_line, whole_ref
from benchmarks.trust.planting import Case, Plan, plants
from tests.support.workbook_editor import WorkbookEditor
from tools.samples.sample import papers_as_sheets
from xltool.findings import address, row_column
from xltool.forms import base_data as b
from xltool.forms import project as p
from xltool.params import DEFAULT
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Work = Callable[[WorkbookEditor, str], object]
MANIFEST, VERSION = "xltool", "D5"
"""The hidden sheet of a template, and its cell with the version that wrote it."""


def _with_part(name: str) -> Work:
    return lambda clerk, _sheet: clerk.add_part(name, b"<a/>")


def _with_text(cell: str, text: str) -> Work:
    return lambda clerk, sheet: clerk.put(sheet, cell, text)


@plants("W-01")
def sheet_gone(case: Case) -> Iterator[Plan]:
    """All forms in one workbook, a sheet of which was deleted."""
    name = "合订本.xlsx"

    def bind(folder: Path) -> None:
        filing = case.filing
        sheets = papers_as_sheets(filing.papers, filing.department, filing.year, filing.profile)
        for path in list(folder.iterdir()):
            path.unlink()
        (folder / name).write_bytes(write_workbook(sheets[0][0], [sheet for _, sheet in sheets]))
        WorkbookEditor(folder / name).drop_sheet("附件2").save(folder / name)

    yield Plan(whole_ref(None), edits=(bind,), whole_file=True, file=name)


@plants("W-02")
def other_version(case: Case) -> Iterator[Plan]:
    """A template of a later version of the program."""
    for paper in case.filing.papers[:2]:
        ref = case.ref(paper, None)
        edit = case.edit(ref, lambda clerk, _sheet: clerk.put(MANIFEST, VERSION, "9.0.0"))
        yield Plan(ref, edits=(edit,), whole_file=True)


@plants("W-07")
def active_content(case: Case) -> Iterator[Plan]:
    """A macro, a link to another workbook, an object."""
    for part in ("xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/embeddings/oleObject1.bin"):
        edit = case.edit(base_ref(None), _with_part(part))
        yield Plan(base_ref(None), edits=(edit,), whole_file=True, about=part)


@plants("W-12")
def row_inserted(case: Case) -> Iterator[Plan]:
    """A row put in below the first project."""
    if case.projects:
        ref = base_ref(b.project_name, case.base.rows[0]["项目名称"])
        below = row_column(case.cell(ref))[0] + 1
        yield Plan(ref, edits=(case.edit(base_ref(None), WorkbookEditor.insert_row, below),), about="插入一行")


@plants("W-25")
def wrong_ending(case: Case) -> Iterator[Plan]:
    """The format changed by renaming the file."""
    name = case.file_of(base_ref(None))
    renamed = f"{name.removesuffix('.xlsx')}.xls"
    yield Plan(
        base_ref(None), edits=(lambda folder: (folder / name).rename(folder / renamed),), whole_file=True, file=renamed
    )


@plants("T-03")
def nothing_in_words(case: Case) -> Iterator[Plan]:
    """A word for nothing where a number is due."""
    for item, text in ((b.abroad.last, "无"), (b.vehicle_purchase.budget, "——"), (b.abroad.actual, "/")):
        if not amount_at(case, base_ref(item)) and case.value(base_ref(item)) in {None, 0}:
            yield Plan(base_ref(item), ((base_ref(item), text),))


@plants("S-35")
def grade_differs(case: Case) -> Iterator[Plan]:
    """A grade beside the total that it does not earn."""
    for paper in case.reviews:
        score = case.ref(paper, funds_line(paper).total_score)
        row, column = row_column(case.cell(score))
        earned = DEFAULT.grade(amount_at(case, score))
        wrong = next(grade for grade in "良优中" if grade != earned)
        cell = address(row, column + 1)
        edit = case.edit(score, _with_text(cell, wrong))
        yield Plan(replace(score, field=None, row=cell), edits=(edit,), about=f"等级“{wrong}”")


@plants("W-22")
def name_slipped(case: Case) -> Iterator[Plan]:
    """The name of the project some cells right of where it belongs, in a row without merged cells."""
    for paper in case.projects[:2]:
        ref = case.ref(paper, p.name)
        row, column = row_column(case.cell(ref))
        there = address(row, column + 2)

        def slip(
            clerk: WorkbookEditor, sheet: str, old: str = case.cell(ref), new: str = there, name: str = paper.project
        ) -> None:
            clerk.split(sheet, old).put(sheet, old, None).put(sheet, new, name)

        yield Plan(replace(ref, field=None, row=there), edits=(case.edit(ref, slip),))


@plants("A1-09", A1_31="负数本身也要提示")
def part_above_the_whole(case: Case) -> Iterator[Plan]:
    """A line above its total, evened out by another that is negative."""
    whole = amount_at(case, base_ref(b.running.actual))
    office, meetings = base_ref(b.office.actual), base_ref(b.meetings.actual)
    yield Plan(office, ((office, round(whole + 3, 2)), (meetings, -9.0), (base_ref(b.utilities.actual), 0.0)))
