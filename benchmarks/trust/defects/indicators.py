"""Defects in the indicators of 附件2 and 附件3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.trust.defects.common import (
    OVERTYPED,
    SAME,
    TEXT_LEFT,
    TOTAL,
    counted_rows,
    first_rows,
    funds_line,
    met_in_full,
    overtyped,
)
from benchmarks.trust.planting import Case, Counted, Plan, plants
from tests.support.workbook_editor import WorkbookEditor
from xltool.forms import review

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.samples.sample import FieldRef, Paper


@plants("S-01", S_04=TOTAL, S_05=TOTAL, S_06=TOTAL)
def too_many_points(case: Case) -> Iterator[Plan]:
    """A weight too high or too low."""
    for paper in case.reviews:
        for row, by in zip(met_in_full(case, paper, 4)[:2], (2, -1), strict=False):
            refs = (case.ref(paper, review.weight, row.name), case.ref(paper, review.score, row.name))
            yield Plan(case.ref(paper, funds_line(paper).total_weight), tuple((ref, row.weight + by) for ref in refs))


@plants("S-02", W_04=OVERTYPED)
def total_weight_wrong(case: Case) -> Iterator[Plan]:
    """总分分值 typed over."""
    for paper in case.reviews:
        yield overtyped(case, case.ref(paper, funds_line(paper).total_weight), 5)


@plants("S-03", W_04=OVERTYPED)
def total_score_wrong(case: Case) -> Iterator[Plan]:
    """总分得分 typed over."""
    for paper in case.reviews:
        for by in (1.5, -0.5):
            yield overtyped(case, case.ref(paper, funds_line(paper).total_score), by)


def _moved(case: Case, paper: Paper, giver: str, taker: str) -> Iterator[Plan]:
    groups = {part: group.name for group in review.GROUPS for part in group.parts}
    givers = [row for row in met_in_full(case, paper, 4) if groups[row.part] == giver]
    takers = [row["三级指标"] for row in paper.rows if groups[row["二级指标"]] == taker and row["得分"] == row["分值"]]
    if givers and takers:
        changes = []
        for name, by in ((givers[0].name, -2), (takers[0], 2)):
            changes += [
                (case.ref(paper, column, name), case.row(paper, name)[column.key] + by)
                for column in (review.weight, review.score)
            ]
        yield Plan(case.ref(paper, review.weight, first_rows(case, paper)[giver]), tuple(changes))


@plants("S-04", S_05="两类指标之间挪动分值", S_06="两类指标之间挪动分值")
def output_light(case: Case) -> Iterator[Plan]:
    """Two points of 产出 given to 效益."""
    for paper in case.reviews:
        yield from _moved(case, paper, "产出指标", "效益指标")


@plants("S-05", S_04="两类指标之间挪动分值", S_06="两类指标之间挪动分值")
def benefit_light(case: Case) -> Iterator[Plan]:
    """Two points of 效益 given to 产出."""
    for paper in case.reviews:
        yield from _moved(case, paper, "效益指标", "产出指标")


@plants("S-06", S_05="两类指标之间挪动分值", S_04="两类指标之间挪动分值")
def satisfaction_heavy(case: Case) -> Iterator[Plan]:
    """Two points of 效益 given to 满意度."""
    for paper in case.reviews:
        for plan in _moved(case, paper, "效益指标", "满意度指标"):
            yield Plan(case.ref(paper, review.weight, first_rows(case, paper)["满意度指标"]), plan.changes)


@plants("S-07")
def heading_wrong(case: Case) -> Iterator[Plan]:
    """A heading that prints other points than its rows have."""
    for paper in case.reviews:
        cell = case.find(case.ref(paper, None), "产出指标")
        edit = case.edit(case.ref(paper, None), WorkbookEditor.put, cell, "产出指标（60分）")
        yield Plan(case.ref(paper, review.weight, first_rows(case, paper)["产出指标"]), edits=(edit,))


@plants("S-08")
def score_above(case: Case) -> Iterator[Plan]:
    """得分 above 分值."""
    for paper, row in counted_rows(case):
        ref = case.ref(paper, review.score, row.name)
        yield Plan(ref, ((ref, row.weight + 1),))


@plants("S-09", S_16=SAME, S_20=SAME)
def score_below(case: Case) -> Iterator[Plan]:
    """得分 below 0."""
    for paper, row in counted_rows(case, 1):
        ref = case.ref(paper, review.score, row.name)
        yield Plan(ref, ((ref, -1),))


@plants("S-10", S_01=TOTAL, S_04=TOTAL, S_05=TOTAL, S_06=TOTAL, S_08="分值为0，得分大于分值")
def no_weight(case: Case) -> Iterator[Plan]:
    """分值 blank, 0, or in words."""
    for value in (None, 0, "合格"):
        for paper, row in counted_rows(case, 1):
            ref = case.ref(paper, review.weight, row.name)
            yield Plan(ref, ((ref, value),))


@plants("S-11")
def no_score(case: Case) -> Iterator[Plan]:
    """得分 blank or in words."""
    for value in (None, "满分"):
        for paper, row in counted_rows(case, 1):
            ref = case.ref(paper, review.score, row.name)
            yield Plan(ref, ((ref, value),))


@plants("S-12")
def no_target(case: Case) -> Iterator[Plan]:
    """年度指标值 blank."""
    for paper, row in counted_rows(case):
        ref = case.ref(paper, review.target_value, row.name)
        yield Plan(ref, ((ref, None),))


@plants("S-13")
def no_actual(case: Case) -> Iterator[Plan]:
    """实际完成值 blank, or words where a number is due."""
    for value in (None, "已完成", "全部落实到位"):
        for paper, row in counted_rows(case, 1):
            ref = case.ref(paper, review.actual_value, row.name)
            yield Plan(ref, ((ref, value),))


def _reached(counted: Counted, share: float) -> str:
    value = counted.target * share
    return (
        f"{value:.0f}{counted.unit}"
        if counted.target == int(counted.target) and counted.target > 20
        else f"{value:.2f}{counted.unit}"
    )


@plants("S-14", A2_18=TEXT_LEFT)
def unmet_in_full(case: Case) -> Iterator[Plan]:
    """Short of the target, full marks."""
    for paper, row in counted_rows(case, 3):
        ref = case.ref(paper, review.actual_value, row.name)
        yield Plan(case.ref(paper, review.score, row.name), ((ref, _reached(row, 0.8)),))


REASON = "因汛期停工，下年补齐"


@plants("S-15", A2_18=TEXT_LEFT)
def unmet_too_high(case: Case) -> Iterator[Plan]:
    """Short by a half, score lowered a little."""
    for paper, row in counted_rows(case):
        changes = (
            (case.ref(paper, review.actual_value, row.name), _reached(row, 0.5)),
            (case.ref(paper, review.score, row.name), round(row.weight * 0.9, 2)),
            (case.ref(paper, review.reason, row.name), REASON),
        )
        yield Plan(case.ref(paper, review.score, row.name), changes)


@plants("S-16")
def met_not_full(case: Case) -> Iterator[Plan]:
    """Met, marked down without a reason."""
    for paper, row in counted_rows(case):
        ref = case.ref(paper, review.score, row.name)
        yield Plan(ref, ((ref, row.weight - 1),))


@plants("S-17", A2_18=TEXT_LEFT)
def reverse_wrong(case: Case) -> Iterator[Plan]:
    """Above its ceiling with full marks; below it without."""
    for paper, row in counted_rows(case, 1):
        target = (case.ref(paper, review.target_value, row.name), f"≤{row.target:g}{row.unit}")
        actual, score = (case.ref(paper, column, row.name) for column in (review.actual_value, review.score))
        yield Plan(score, (target, (actual, _reached(row, 1.3))))
        yield Plan(score, (target, (actual, _reached(row, 0.8)), (score, row.weight - 1)))


@plants("S-18", A2_18=TEXT_LEFT)
def reverse_mild(case: Case) -> Iterator[Plan]:
    """Far above its ceiling, score lowered a little."""
    for paper in case.reviews:
        for row in met_in_full(case, paper, 4)[:1]:
            changes = (
                (case.ref(paper, review.target_value, row.name), f"≤{row.target:g}{row.unit}"),
                (case.ref(paper, review.actual_value, row.name), _reached(row, 1.5)),
                (case.ref(paper, review.score, row.name), round(row.weight * 0.9, 2)),
                (case.ref(paper, review.reason, row.name), REASON),
            )
            yield Plan(case.ref(paper, review.score, row.name), changes)


@plants("S-19", A2_18=TEXT_LEFT)
def zero_missed(case: Case) -> Iterator[Plan]:
    """None wanted, some happened, full marks; none happened, marks taken."""
    for paper, row in counted_rows(case, 1):
        target = (case.ref(paper, review.target_value, row.name), f"0{row.unit}")
        actual, score = (case.ref(paper, column, row.name) for column in (review.actual_value, review.score))
        yield Plan(score, (target, (actual, f"2{row.unit}")))
        yield Plan(
            score,
            (
                target,
                (actual, f"0{row.unit}"),
                (score, row.weight - 1),
                (case.ref(paper, review.reason, row.name), REASON),
            ),
        )


@plants("S-20", A2_18=TEXT_LEFT)
def no_reason(case: Case) -> Iterator[Plan]:
    """Short of the target, scored in proportion, no reason."""
    for paper, row in counted_rows(case):
        reached = _reached(row, 0.8)
        number = float(reached.removesuffix(row.unit))
        changes = (
            (case.ref(paper, review.actual_value, row.name), reached),
            (case.ref(paper, review.score, row.name), round(row.weight * number / row.target, 2)),
        )
        yield Plan(case.ref(paper, review.reason, row.name), changes)


@plants("S-21", A2_18=TEXT_LEFT)
def far_over(case: Case) -> Iterator[Plan]:
    """Twice the target, no word on it."""
    for paper, row in counted_rows(case, 1):
        ref = case.ref(paper, review.actual_value, row.name)
        yield Plan(ref, ((ref, _reached(row, 2)),))


@plants("S-22")
def wrong_band(case: Case) -> Iterator[Plan]:
    """部分达成 with full marks, 达成 with half, 未达成 with most."""
    for paper, row in counted_rows(case, 1):
        for actual, share in (("部分达成", 1.0), ("达成", 0.5), ("未达成", 0.9)):
            score = case.ref(paper, review.score, row.name)
            changes: list[tuple[FieldRef, Any]] = [
                (case.ref(paper, review.target_value, row.name), "效果明显"),
                (case.ref(paper, review.actual_value, row.name), actual),
                (score, round(row.weight * share, 2)),
                (case.ref(paper, review.reason, row.name), REASON),
            ]
            yield Plan(score, tuple(changes))


@plants("S-23")
def rate_above_all(case: Case) -> Iterator[Plan]:
    """A rate of 100% and more as target."""
    for paper in case.reviews:
        for name in case.rates(paper)[:1]:
            ref = case.ref(paper, review.target_value, name)
            yield Plan(ref, ((ref, "≥100%"), (case.ref(paper, review.actual_value, name), "100%")))


@plants("S-24")
def units_differ(case: Case) -> Iterator[Plan]:
    """Another unit in the actual than in the target; 万元 left out."""
    for paper, row in counted_rows(case):
        ref = case.ref(paper, review.actual_value, row.name)
        yield Plan(ref, ((ref, f"{row.actual:g}{'米' if row.unit != '米' else '处'}"),))
    for paper, row in counted_rows(case, 1):
        ref = case.ref(paper, review.actual_value, row.name)
        yield Plan(
            ref, ((case.ref(paper, review.target_value, row.name), f"≥{row.target:g}万元"), (ref, f"{row.actual:g}"))
        )


@plants("S-25")
def name_differs(case: Case) -> Iterator[Plan]:
    """A number in the name, another in the target."""
    for paper, row in counted_rows(case, 1):
        ref = case.ref(paper, review.indicator, row.name)
        yield Plan(ref, ((ref, f"{row.name}{row.target * 2:g}{row.unit}"),))


@plants("S-26")
def misfiled(case: Case) -> Iterator[Plan]:
    """A count of firms among the 时效指标."""
    for paper in case.reviews:
        for row in paper.rows:
            if row["二级指标"] == "时效指标":
                ref = case.ref(paper, review.indicator, row["三级指标"])
                yield Plan(ref, ((ref, "培育龙头企业"),))
                break


@plants("S-27", X_11="改名后与部门表同名")
def named_twice(case: Case) -> Iterator[Plan]:
    """Two rows of one name."""
    for paper in case.reviews:
        rows = met_in_full(case, paper)
        if len(rows) > 1:
            yield Plan(
                case.ref(paper, review.indicator, rows[0].name),
                ((case.ref(paper, review.indicator, rows[1].name), rows[0].name),),
            )


@plants("S-28")
def points_as_target(case: Case) -> Iterator[Plan]:
    """100分 as target."""
    for paper in case.reviews:
        for name in case.rates(paper)[:2]:
            refs = [case.ref(paper, column, name) for column in (review.target_value, review.actual_value)]
            yield Plan(refs[0], tuple((ref, "100分") for ref in refs))


@plants("S-29")
def prompt_left(case: Case) -> Iterator[Plan]:
    """A prompt of the template left in."""
    for paper, row in counted_rows(case, 1):
        for text in ("指标1", "……", "指标2：", None):
            ref = case.ref(paper, review.indicator, row.name)
            yield Plan(ref, ((ref, text),))


@plants("S-30", A2_18=TEXT_LEFT)
def target_copied(case: Case) -> Iterator[Plan]:
    """The target again as actual, with its sign."""
    for paper, row in counted_rows(case):
        ref = case.ref(paper, review.actual_value, row.name)
        yield Plan(ref, ((ref, f"≥{row.target:g}{row.unit}"),))


@plants("S-31")
def more_than_all(case: Case) -> Iterator[Plan]:
    """More than 100 % pleased or passed."""
    for paper in case.reviews:
        names = [name for name in case.rates(paper) if "满意" in name or "合格率" in name]
        for name in names[:2]:
            ref = case.ref(paper, review.actual_value, name)
            yield Plan(ref, ((ref, "102%"),))


@plants("S-33")
def three_decimals(case: Case) -> Iterator[Plan]:
    """A score of three decimals."""
    for paper, row in counted_rows(case, 1):
        ref = case.ref(paper, review.score, row.name)
        yield Plan(ref, ((ref, row.weight - 0.125), (case.ref(paper, review.reason, row.name), REASON)))


@plants("S-34")
def unfinished_in_full(case: Case) -> Iterator[Plan]:
    """The text says it is not finished; the score is full."""
    for paper, row in counted_rows(case, 1):
        if row.part != "数量指标":
            continue
        text = str(case.value(case.ref(paper, review.achievement)))
        for phrase in ("尚未完工", "正在抓紧施工", "计划明年启动建设"):
            change = (case.ref(paper, review.achievement), f"{text}\n其中{row.name}{phrase}。")
            yield Plan(case.ref(paper, review.score, row.name), (change,))
