"""Defects in the long texts (numbers, copied passages) and in the kinds of indicators."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from benchmarks.trust.planting import Case, Plan, plants
from tests.support.workbook_editor import WorkbookEditor
from tools.samples.sample import FieldRef
from xltool.findings import address, row_column
from xltool.forms import base_data as b
from xltool.forms import review
from xltool.text.figures import core_phrase, figures_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.samples.sample import Paper
    from xltool.expr.nodes import Field

RESULTS = (
    "（8）走访联系服务对象1746家次，收集意见建议2328条，逐条交办并限期答复，办结率达到97.4%；"
    "编发工作简报38期，其中12期在省级刊物登载，点击量累计突破90万次；接待外地同行考察学习27批次，印发宣传手册46000份；"
    "联合街道社区开展便民集市19场，现场解答政策咨询3280人次，帮助231名困难群众办好证件。"
)
"""A passage that no filing contains; it is planted in three of them."""
LOCAL = "在项目所在村组张榜公示实施内容、资金来源和监督电话，聘请义务监督员19名，收到的建议当场答复"
"""A sentence that is planted in two projects of one department."""
COPIERS = frozenset({1, 3, 5})
"""Seeds of the filings that copy: too few for the passage to count as a common phrase."""


def _text(case: Case, paper: Paper, item: Field) -> str:
    return str(case.value(case.ref(paper, item)) or "")


def _changed(text: str, old: str, by: float) -> str:
    """The text with the number of one figure changed."""
    number = re.sub(r"[^\d.].*", "", old)
    decimals = len(number.partition(".")[2])
    return text.replace(old, f"{float(number) * by + 1:.{decimals}f}{old.removeprefix(number)}", 1)


@plants("A2-18")
def number_differs(case: Case) -> Iterator[Plan]:
    """A number in a long text, the only one of its unit, that differs from its indicator row."""
    for paper in case.reviews:
        names = {row["三级指标"]: row for row in paper.rows}
        for item, column in ((review.goal, review.target_value), (review.achievement, review.actual_value)):
            text = _text(case, paper, item)
            for figure in figures_in(text):
                matching = [name for name, row in names.items() if figure.text in str(row[column.key])]
                is_only_of_unit = sum(other.unit == figure.unit for other in figures_in(text)) == 1
                if (
                    is_only_of_unit
                    and any(core_phrase(name) == figure.subject for name in matching)
                    and text.count(figure.text) == 1
                ):
                    yield Plan(case.ref(paper, item), ((case.ref(paper, item), _changed(text, figure.text, 1.4)),))


@plants("A2-19")
def parts_do_not_add(case: Case) -> Iterator[Plan]:
    """Parts that add to something else than the total."""
    sentences = (
        "（8）发放资料9000份，其中入户发放5200份、集市发放4300份。",
        "（8）专题调研开支2.6万元=1.2万元+1.6万元。",
        "（8）检查企业84家，包括化工企业30家、商贸企业44家。",
        "（8）回访干部120人次、群众300人次，合计400人次。",
        "（8）印刷开支29.97万元。其中：10万元用于年报；10万元用于手册；9.99万元用于海报。",
    )
    for number, paper in enumerate(case.reviews):
        for sentence in sentences[number:]:
            ref = case.ref(paper, review.achievement)
            yield Plan(ref, ((ref, f"{_text(case, paper, review.achievement)}\n{sentence}"),), about=sentence)


@plants("A2-20")
def bases_differ(case: Case) -> Iterator[Plan]:
    """Two growth rates of the same amount that imply different amounts of the year before."""
    for paper in case.reviews:
        goal, achievement = case.ref(paper, review.goal), case.ref(paper, review.achievement)
        aim = f"{_text(case, paper, review.goal)}\n（8）力争辖区用电量180万度，夜市营业额3.6亿元，同比增长20%。"
        done = f"{_text(case, paper, review.achievement)}\n（8）夜市营业额3.72亿元，同比增长35%。"
        yield Plan(achievement, ((goal, aim), (achievement, done)))


@plants(
    "A3-15", A2_17="照抄后不再回应本项目的目标", A2_18="照抄的数字不是本项目的", S_34="照抄的文字说另一件事没有完成"
)
def project_copied(case: Case) -> Iterator[Plan]:
    """The results of one project repeated in another."""
    for first, second in zip(case.projects, case.projects[1:], strict=False):
        text = f"{_text(case, first, review.achievement)}\n（8）{LOCAL}。"
        mine, theirs = (case.ref(paper, review.achievement) for paper in (first, second))
        yield Plan(theirs, ((mine, text), (theirs, text)))


@plants("X-16")
def results_of_another(case: Case) -> Iterator[Plan]:
    """The same results in three departments."""
    if case.filing.seed in COPIERS:
        ref = case.ref(case.whole, review.achievement)
        yield Plan(ref, ((ref, f"{_text(case, case.whole, review.achievement)}\n{RESULTS}"),))


@plants("A1-25")
def dash_filled(case: Case) -> Iterator[Plan]:
    """A number where the form prints ——."""
    above = case.cell(FieldRef("附件1", b.three_public.last))
    for item in (b.procurement_budget, b.adjustment_before):
        cell = address(row_column(case.cell(FieldRef("附件1", item)))[0], row_column(above)[1])
        edit = case.edit(FieldRef("附件1", None), WorkbookEditor.put, cell, 16.14)
        yield Plan(FieldRef("附件1", None, cell), edits=(edit,), about="——格填数")


@plants("S-32", S_27="同一指标改了类别", S_04="分值归到另一类", S_05="分值归到另一类")
def kind_without_any(case: Case) -> Iterator[Plan]:
    """All indicators of a kind under another kind of the same 一级指标."""
    for paper in case.reviews:
        for old, new in (("时效指标", "数量指标"), ("生态效益指标", "社会效益指标")):
            moved = [row["三级指标"] for row in paper.rows if row["二级指标"] == old]
            if moved:
                changes = tuple((case.ref(paper, review.part, name), new) for name in moved)
                first = min(
                    paper.rows, key=lambda row: [p for g in review.GROUPS for p in g.parts].index(row["二级指标"])
                )
                yield Plan(case.ref(paper, review.part, first["三级指标"]), changes)
