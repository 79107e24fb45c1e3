"""Forms of another layout than the issued templates, read into submissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.findings import address
from xltool.forms import base_data, project, review, self_review
from xltool.reader import surroundings
from xltool.reader.extract import extract, owner_of, scale_money
from xltool.reader.filed_cells import parse
from xltool.reader.money_units import find_money_units
from xltool.reader.notes.doubts import doubtful_fields
from xltool.reader.notes.foreign import notes_on_foreign
from xltool.reader.notes.leftovers import account_for_cells
from xltool.reader.notes.values import FormReading
from xltool.reader.records import FOREIGN, FileRecord, Submission

if TYPE_CHECKING:
    from xltool.expr.nodes import Field
    from xltool.reader.labels.search import LabelSearch
    from xltool.reader.locate import LocatedForm


def read_foreign(located: LocatedForm, record: FileRecord, *, is_issued: bool) -> Submission:
    """Read one form that was located by its labels; amounts come out in 万元, whatever unit the form notes.

    `is_issued` says that it is a template of ours whose names are gone.
    """
    region, search = located.region, located.search
    if region is None or search is None:
        raise TypeError(located.form.key)
    submission = Submission(
        id=_unused_id(located, record),
        path=record.path,
        sheet=located.sheet.name,
        form=located.form.key,
        layout=FOREIGN,
        year=region.year or _year_in_heads(search),
        department="",
        project="",
        sha256=record.sha256,
    )
    submission.places = {address(*position): place for position, place in located.sheet.places.items()}
    submission.surroundings = surroundings.pack(located)
    if region.year is not None:
        submission.derived[base_data.title_year.key] = float(region.year)
    for key, (year, position) in search.years.items():
        submission.derived[key], submission.derived_cells[key] = float(year), address(*position)
    for key, (points, position) in search.printed.items():
        submission.derived[key], submission.derived_cells[key] = points, address(*position)
    submission.incomplete = dict(search.incomplete)
    if search.grade is not None:
        grade, position = search.grade
        submission.derived[review.grade.key] = grade
        submission.derived_cells[review.grade.key] = address(*position)
    units = find_money_units(located)
    extract(submission, located, None)
    submission.unit = units.form.name if units.form is not None else ""
    scale_money(submission, located.form, units.factor, units.own)
    _add_stand_ins(submission)
    _add_rates(submission, located, search)
    submission.department, submission.project = owner_of(submission, located)
    left = account_for_cells(submission, located).left
    submission.doubtful = tuple(sorted(doubtful_fields(submission, located, left)))
    submission.notes = notes_on_foreign(FormReading.of(submission, located), units, left=left, is_issued=is_issued)
    return submission


def _add_stand_ins(submission: Submission) -> None:
    """Keep what stands in for what has no cell on the form: the budget of the year, the sum of its spending, points."""

    def amount(item: Field) -> float | None:
        filed = submission.values.get(item.key)
        return filed.value if filed is not None and isinstance(filed.value, float) else None

    initial, budget = amount(project.year.initial), amount(project.year.budget)
    is_unadjusted = project.year.budget.key not in submission.values or budget == initial
    if initial is not None and is_unadjusted:
        submission.derived[review.budget_stand_in.key] = initial
    parts = [amount(item) for item in (self_review.basic_spending, self_review.project_spending)]
    if amount(self_review.spent) is None and None not in parts:
        submission.derived[self_review.spent_in_parts.key] = sum(part or 0.0 for part in parts)
    whole = amount(project.year.total_weight)
    if whole is not None and submission.value(project.year.weight.key) is None:
        submission.derived[review.total_without_execution.key] = whole


def _add_rates(submission: Submission, located: LocatedForm, search: LabelSearch) -> None:
    """Keep the rates beside the parts of the money, which no field of ours has a cell for."""
    for rate, line in zip(project.breakdown_rates.values(), project.breakdown, strict=True):
        position = search.rates.get(rate.key)
        cell = None if position is None else located.sheet.cells.get(position)
        if position is None or cell is None:
            continue
        budget, executed = (submission.value(item.key) for item in (line.budget, line.executed))
        expected = executed / budget if isinstance(executed, float) and isinstance(budget, float) and budget else None
        value = parse(rate, cell, expected).value
        if isinstance(value, float):
            submission.derived[rate.key], submission.derived_cells[rate.key] = value, address(*position)


def _unused_id(located: LocatedForm, record: FileRecord) -> str:
    """An id that no other form of the file has: path and sheet, and the place on the sheet where there are several."""
    used = {submission.id for submission in record.submissions}
    identity = f"{record.path}#{located.sheet.name}"
    if located.region is not None and identity in used:
        top, left = located.region.top, located.region.left
        by_row = f"{identity}!{top}"
        return f"{identity}!{address(top, left)}" if by_row in used else by_row
    return identity


def _year_in_heads(search: LabelSearch) -> int | None:
    """The year reported, from the heads of the amounts where the title has none."""
    printed = search.years.get(base_data.actual_year.key) or search.years.get(base_data.budget_year.key)
    return None if printed is None else printed[0]
