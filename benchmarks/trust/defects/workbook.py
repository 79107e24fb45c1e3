"""Defects of the workbook itself and of how values are written."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from benchmarks.trust.defects.common import OTHER_SIDE, amount_at, base_ref, counted_rows, funds_line, whole_ref
from benchmarks.trust.planting import Case, Plan, plants
from tests.support.workbook_editor import WorkbookEditor
from tools.samples.sample import FieldRef
from xltool.forms import base_data as b
from xltool.forms import foot, review, self_review

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xltool.expr.nodes import Field


@plants("W-03")
def label_changed(case: Case) -> Iterator[Plan]:
    """A printed text changed."""
    for ref, text, new in (
        (base_ref(None), "3、公务接待", "3、接待费"),
        (whole_ref(None), "其中：基本支出", "其中：人员支出"),
    ):
        cell = case.find(ref, text)
        edit = case.edit(ref, WorkbookEditor.put, cell, new)
        yield Plan(FieldRef(ref.form, None, cell), edits=(edit,))


@plants("W-04")
def formula_overtyped(case: Case) -> Iterator[Plan]:
    """The right value typed over its formula."""
    for ref in (base_ref(b.three_public.last), whole_ref(self_review.spent), whole_ref(self_review.year.total_score)):
        if isinstance(case.shown(ref), int | float):
            yield Plan(ref, ((ref, case.shown(ref)),))


@plants("W-05")
def unreadable(case: Case) -> Iterator[Plan]:
    """Words where an amount is due; a number as text that no formula counts."""
    yield Plan(base_ref(b.office.last), ((base_ref(b.office.last), "约二十万"),))
    yield Plan(base_ref(b.utilities.actual), ((base_ref(b.utilities.actual), "见附表"),))
    ref = whole_ref(review.score, case.whole.rows[0]["三级指标"])
    yield Plan(ref, ((ref, f"{case.value(ref):g}"),))


@plants("W-06")
def hidden(case: Case) -> Iterator[Plan]:
    """A hidden row, a hidden column."""
    row = int(case.cell(base_ref(b.reception.last)).lstrip("ABCDEFGH"))
    yield Plan(
        FieldRef("附件1", None, f"A{row}"),
        edits=(case.edit(base_ref(None), WorkbookEditor.hide_row, row),),
    )
    for paper in case.projects[:1]:
        ref = case.ref(paper, None)
        yield Plan(
            FieldRef("附件3", None, "I1", paper.project),
            edits=(case.edit(ref, WorkbookEditor.hide_column, 9),),
        )


@plants("W-08")
def error_value(case: Case) -> Iterator[Plan]:
    """#REF! in a cell."""
    for ref in (base_ref(b.control), whole_ref(self_review.income), base_ref(b.running.actual)):
        cell = case.cell(ref)
        yield Plan(ref, edits=(case.edit(ref, WorkbookEditor.show_error, cell, "#REF!"),))


@plants("W-09")
def stale(case: Case) -> Iterator[Plan]:
    """A saved result that is not the formula's."""
    for ref in (
        base_ref(b.three_public.actual),
        whole_ref(self_review.year.total_score),
        whole_ref(self_review.year.rate),
    ):
        if isinstance(case.shown(ref), int | float):
            cell, value = case.cell(ref), round(amount_at(case, ref) * 0.9, 4)
            edit = case.edit(ref, WorkbookEditor.show, cell, value)
            if value:
                yield Plan(ref, edits=(edit,))


@plants("W-10")
def stray_note(case: Case) -> Iterator[Plan]:
    """A note below the form."""
    edit = case.edit(whole_ref(None), WorkbookEditor.put, "B120", "待局长审定")
    yield Plan(FieldRef("附件2", None, "B120"), edits=(edit,))


@plants("W-11")
def unit_changed(case: Case) -> Iterator[Plan]:
    """单位：元."""
    cell = case.find(base_ref(None), "单位：万元")
    edit = case.edit(base_ref(None), WorkbookEditor.put, cell, "单位：元")
    yield Plan(FieldRef("附件1", None, cell), edits=(edit,))


@plants("W-13")
def unprotected(case: Case) -> Iterator[Plan]:
    """Protection lifted; a formula's cell unlocked."""
    for paper in case.reviews:
        ref = case.ref(paper, None)
        yield Plan(ref, edits=(case.edit(ref, WorkbookEditor.unprotect),))
    cell = case.cell(base_ref(b.control))
    yield Plan(base_ref(b.control), edits=(case.edit(base_ref(None), WorkbookEditor.unlock, cell),))


@plants("W-14")
def unvalidated(case: Case) -> Iterator[Plan]:
    """A validation removed."""
    cell = case.cell(base_ref(b.staff))
    yield Plan(base_ref(b.staff), edits=(case.edit(base_ref(None), WorkbookEditor.drop_validations, cell),))


@plants("W-15", A2_10="改写后的结果不对", A2_11="改写后的结果不对")
def rewritten(case: Case) -> Iterator[Plan]:
    """A formula rewritten, with the right and with a wrong result."""
    ref = whole_ref(self_review.spent)
    cell, first, second = (
        case.cell(each)
        for each in (ref, whole_ref(self_review.basic_spending), whole_ref(self_review.project_spending))
    )
    value = amount_at(case, ref)
    for formula, result in ((f"{first}+{second}", value), (f"{first}+{second}+5", value + 5)):
        edit = case.edit(ref, WorkbookEditor.rewrite, cell, formula, result)
        yield Plan(ref, edits=(edit,))


@plants("W-16")
def uncalculated(case: Case) -> Iterator[Plan]:
    """No formula has a result."""
    for paper in case.reviews:
        ref = case.ref(paper, funds_line(paper).rate)
        yield Plan(ref, edits=(case.edit(ref, lambda clerk, _sheet: clerk.forget_results()),))


@plants("W-17", X_01=OTHER_SIDE)
def of_another(case: Case) -> Iterator[Plan]:
    """The department's name on the form of another."""
    ref = whole_ref(self_review.department)
    yield Plan(ref, ((ref, "示范县统计局"),))


@plants("W-18")
def no_manifest(case: Case) -> Iterator[Plan]:
    """Copied into a workbook of one's own."""
    yield Plan(whole_ref(None), edits=(case.edit(whole_ref(None), lambda clerk, _sheet: clerk.drop_manifest()),))


@plants("W-19")
def broken(case: Case) -> Iterator[Plan]:
    """A file cut off, a file emptied."""
    name = case.file_of(whole_ref(None))

    def cut(folder: Path) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes()[:5000])

    yield Plan(whole_ref(None), edits=(cut,), whole_file=True)
    yield Plan(whole_ref(None), edits=(lambda folder: (folder / name).write_bytes(b""),), whole_file=True)


@plants("W-20")
def name_gone(case: Case) -> Iterator[Plan]:
    """A defined name lost, with what it stood for."""
    edit = case.edit(whole_ref(None), WorkbookEditor.drop_name, self_review.basic_spending.defined_name)
    yield Plan(whole_ref(None), edits=(edit,))


@plants("W-21", X_06="重复的附件3")
def filed_twice(case: Case) -> Iterator[Plan]:
    """A form filed twice."""
    name = case.file_of(whole_ref(None))
    yield Plan(
        whole_ref(None), edits=(lambda folder: shutil.copy(folder / name, folder / f"副本{name}"),), whole_file=True
    )


def _notation(case: Case, texts: dict[Field, str]) -> Iterator[Plan]:
    for item, text in texts.items():
        value = f"{amount_at(case, base_ref(item)):.2f}"
        yield Plan(base_ref(item), ((base_ref(item), text.format(value)),))


@plants("T-01")
def wide(case: Case) -> Iterator[Plan]:
    """Full-width blanks about a number."""
    yield from _notation(case, {b.office.actual: "{}\u3000", b.utilities.last: "\u00a0{}"})


@plants("T-02")
def grouped(case: Case) -> Iterator[Plan]:
    """Thousands separators."""
    ref = base_ref(b.running.last)
    value = 1234.5
    yield Plan(ref, ((ref, f"{value:,.2f}"),))


@plants("T-05")
def stray_mark(case: Case) -> Iterator[Plan]:
    """A full stop behind a number."""
    yield from _notation(case, {b.office.actual: "{}.", b.meetings.last: "{}。", b.running.actual: "{}，"})


@plants("T-06")
def misread(case: Case) -> Iterator[Plan]:
    """A sign misread by a scanner."""
    for paper in case.reviews:
        for name in case.rates(paper)[:1]:
            ref = case.ref(paper, review.target_value, name)
            yield Plan(ref, ((ref, "W90%"),))


@plants("T-07")
def odd_date(case: Case) -> Iterator[Plan]:
    """A date written in dots."""
    ref = whole_ref(foot.filed_on)
    yield Plan(ref, ((ref, "2024.03.15"),))


@plants("T-08")
def ranges(case: Case) -> Iterator[Plan]:
    """A range as target."""
    for paper, row in counted_rows(case, 1):
        ref = case.ref(paper, review.target_value, row.name)
        yield Plan(ref, ((ref, f"{row.target * 0.9:.2f}-{row.target * 1.5:.2f}{row.unit}"),))


@plants("T-09")
def lookalike(case: Case) -> Iterator[Plan]:
    """A sign that only looks right."""
    for paper, row in counted_rows(case, 1):
        ref = case.ref(paper, review.target_value, row.name)
        yield Plan(ref, ((ref, f"≧{row.target:g}{row.unit}"),))


@plants("T-10")
def with_unit(case: Case) -> Iterator[Plan]:
    """A unit behind an amount."""
    yield from _notation(case, {b.office.last: "{}万元", b.meetings.actual: "{} 万元"})
