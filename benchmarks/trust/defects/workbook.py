"""Defects of the workbook itself and of how values are written."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from benchmarks.trust.defects.common import TOLD, amount_at, counted_rows, funds_line, on_base, on_whole
from benchmarks.trust.planting import Case, Plan, plants
from tests.support.clerk import Clerk
from tools.samples.sample import Spot
from xltool.forms import base_data as b
from xltool.forms import foot, review, self_review

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xltool.expr.nodes import Field


@plants("W-03")
def label_changed(case: Case) -> Iterator[Plan]:
    """A printed text changed."""
    for spot, text, new in (
        (on_base(None), "3、公务接待", "3、接待费"),
        (on_whole(None), "其中：基本支出", "其中：人员支出"),
    ):
        cell = case.find(spot, text)
        edit = case.clerk(spot, Clerk.put, cell, new)
        yield Plan(Spot(spot.form, None, cell), edits=(edit,))


@plants("W-04")
def formula_overtyped(case: Case) -> Iterator[Plan]:
    """The right value typed over its formula."""
    for spot in (on_base(b.three_public.last), on_whole(self_review.spent), on_whole(self_review.year.total_score)):
        if isinstance(case.shown(spot), int | float):
            yield Plan(spot, ((spot, case.shown(spot)),))


@plants("W-05")
def unreadable(case: Case) -> Iterator[Plan]:
    """Words where an amount is due; a number as text that no formula counts."""
    yield Plan(on_base(b.office.last), ((on_base(b.office.last), "约二十万"),))
    yield Plan(on_base(b.utilities.actual), ((on_base(b.utilities.actual), "见附表"),))
    spot = on_whole(review.score, case.whole.rows[0]["三级指标"])
    yield Plan(spot, ((spot, f"{case.value(spot):g}"),))


@plants("W-06")
def hidden(case: Case) -> Iterator[Plan]:
    """A hidden row, a hidden column."""
    row = int(case.cell(on_base(b.reception.last)).lstrip("ABCDEFGH"))
    yield Plan(
        Spot("附件1", None, f"A{row}"),
        edits=(case.clerk(on_base(None), Clerk.hide_row, row),),
    )
    for paper in case.projects[:1]:
        spot = case.on(paper, None)
        yield Plan(
            Spot("附件3", None, "I1", paper.project),
            edits=(case.clerk(spot, Clerk.hide_column, 9),),
        )


@plants("W-08")
def error_value(case: Case) -> Iterator[Plan]:
    """#REF! in a cell."""
    for spot in (on_base(b.control), on_whole(self_review.income), on_base(b.running.actual)):
        cell = case.cell(spot)
        yield Plan(spot, edits=(case.clerk(spot, Clerk.show_error, cell, "#REF!"),))


@plants("W-09")
def stale(case: Case) -> Iterator[Plan]:
    """A saved result that is not the formula's."""
    for spot in (
        on_base(b.three_public.actual),
        on_whole(self_review.year.total_score),
        on_whole(self_review.year.rate),
    ):
        if isinstance(case.shown(spot), int | float):
            cell, value = case.cell(spot), round(amount_at(case, spot) * 0.9, 4)
            edit = case.clerk(spot, Clerk.show, cell, value)
            if value:
                yield Plan(spot, edits=(edit,))


@plants("W-10")
def stray_note(case: Case) -> Iterator[Plan]:
    """A note below the form."""
    edit = case.clerk(on_whole(None), Clerk.put, "B120", "待局长审定")
    yield Plan(Spot("附件2", None, "B120"), edits=(edit,))


@plants("W-11")
def unit_changed(case: Case) -> Iterator[Plan]:
    """单位：元."""
    cell = case.find(on_base(None), "单位：万元")
    edit = case.clerk(on_base(None), Clerk.put, cell, "单位：元")
    yield Plan(Spot("附件1", None, cell), edits=(edit,))


@plants("W-13")
def unprotected(case: Case) -> Iterator[Plan]:
    """Protection lifted; a formula's cell unlocked."""
    for paper in case.reviews:
        spot = case.on(paper, None)
        yield Plan(spot, edits=(case.clerk(spot, Clerk.unprotect),))
    cell = case.cell(on_base(b.control))
    yield Plan(on_base(b.control), edits=(case.clerk(on_base(None), Clerk.unlock, cell),))


@plants("W-14")
def unvalidated(case: Case) -> Iterator[Plan]:
    """A validation removed."""
    cell = case.cell(on_base(b.staff))
    yield Plan(on_base(b.staff), edits=(case.clerk(on_base(None), Clerk.drop_validations, cell),))


@plants("W-15", A2_10="改写后的结果不对", A2_11="改写后的结果不对")
def rewritten(case: Case) -> Iterator[Plan]:
    """A formula rewritten, with the right and with a wrong result."""
    spot = on_whole(self_review.spent)
    cell, first, second = (
        case.cell(one) for one in (spot, on_whole(self_review.basic_spending), on_whole(self_review.project_spending))
    )
    value = amount_at(case, spot)
    for formula, result in ((f"{first}+{second}", value), (f"{first}+{second}+5", value + 5)):
        edit = case.clerk(spot, Clerk.rewrite, cell, formula, result)
        yield Plan(spot, edits=(edit,))


@plants("W-16")
def uncalculated(case: Case) -> Iterator[Plan]:
    """No formula has a result."""
    for paper in case.reviews:
        spot = case.on(paper, funds_line(paper).rate)
        yield Plan(spot, edits=(case.clerk(spot, lambda clerk, _sheet: clerk.forget_results()),))


@plants("W-17", X_01=TOLD)
def of_another(case: Case) -> Iterator[Plan]:
    """The department's name on the form of another."""
    spot = on_whole(self_review.department)
    yield Plan(spot, ((spot, "示范县统计局"),))


@plants("W-18")
def no_manifest(case: Case) -> Iterator[Plan]:
    """Copied into a workbook of one's own."""
    yield Plan(on_whole(None), edits=(case.clerk(on_whole(None), lambda clerk, _sheet: clerk.drop_manifest()),))


@plants("W-19")
def broken(case: Case) -> Iterator[Plan]:
    """A file cut off, a file emptied."""
    name = case.file_of(on_whole(None))

    def cut(folder: Path) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes()[:5000])

    yield Plan(on_whole(None), edits=(cut,), whole_file=True)
    yield Plan(on_whole(None), edits=(lambda folder: (folder / name).write_bytes(b""),), whole_file=True)


@plants("W-20")
def name_gone(case: Case) -> Iterator[Plan]:
    """A defined name lost, with what it stood for."""
    edit = case.clerk(on_whole(None), Clerk.drop_name, self_review.basic_spending.defined_name)
    yield Plan(on_whole(None), edits=(edit,))


@plants("W-21", X_06="重复的附件3")
def filed_twice(case: Case) -> Iterator[Plan]:
    """A form filed twice."""
    name = case.file_of(on_whole(None))
    yield Plan(
        on_whole(None), edits=(lambda folder: shutil.copy(folder / name, folder / f"副本{name}"),), whole_file=True
    )


def _notation(case: Case, texts: dict[Field, str]) -> Iterator[Plan]:
    for item, text in texts.items():
        value = f"{amount_at(case, on_base(item)):.2f}"
        yield Plan(on_base(item), ((on_base(item), text.format(value)),))


@plants("T-01")
def wide(case: Case) -> Iterator[Plan]:
    """Full-width blanks about a number."""
    yield from _notation(case, {b.office.actual: "{}\u3000", b.utilities.last: "\u00a0{}"})


@plants("T-02")
def grouped(case: Case) -> Iterator[Plan]:
    """Thousands separators."""
    spot = on_base(b.running.last)
    value = 1234.5
    yield Plan(spot, ((spot, f"{value:,.2f}"),))


@plants("T-05")
def stray_mark(case: Case) -> Iterator[Plan]:
    """A full stop behind a number."""
    yield from _notation(case, {b.office.actual: "{}.", b.meetings.last: "{}。", b.running.actual: "{}，"})


@plants("T-06")
def misread(case: Case) -> Iterator[Plan]:
    """A sign misread by a scanner."""
    for paper in case.reviews:
        for name in case.rates(paper)[:1]:
            spot = case.on(paper, review.target_value, name)
            yield Plan(spot, ((spot, "W90%"),))


@plants("T-07")
def odd_date(case: Case) -> Iterator[Plan]:
    """A date written in dots."""
    spot = on_whole(foot.filed_on)
    yield Plan(spot, ((spot, "2024.03.15"),))


@plants("T-08")
def ranges(case: Case) -> Iterator[Plan]:
    """A range as target."""
    for paper, one in counted_rows(case, 1):
        spot = case.on(paper, review.target_value, one.name)
        yield Plan(spot, ((spot, f"{one.target * 0.9:.2f}-{one.target * 1.5:.2f}{one.unit}"),))


@plants("T-09")
def lookalike(case: Case) -> Iterator[Plan]:
    """A sign that only looks right."""
    for paper, one in counted_rows(case, 1):
        spot = case.on(paper, review.target_value, one.name)
        yield Plan(spot, ((spot, f"≧{one.target:g}{one.unit}"),))


@plants("T-10")
def with_unit(case: Case) -> Iterator[Plan]:
    """A unit behind an amount."""
    yield from _notation(case, {b.office.last: "{}万元", b.meetings.actual: "{} 万元"})
