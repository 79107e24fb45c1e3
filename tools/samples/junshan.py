"""The real filing of 君山产业开发区: the findings it must give and the rules that must stay silent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.support import seed
from tools.samples.sample import ERROR, INFO, WARNING, Expected, FieldRef, Sample
from xltool.forms import base_data as b
from xltool.forms import foot, review, self_review
from xltool.forms import project as p
from xltool.template.order import SheetOrder

if TYPE_CHECKING:
    from xltool.expr.nodes import Field
    from xltool.findings import Severity

ZONE = "君山产业开发区"
HONEST_NAME = f"{seed.DEPARTMENT}（如实填报）"
LATE_STAGE = "培育省级专精特新中小企业"
COST = "预算控制数"
FULL_MARKS = (
    "持续推进“送解优”行动",
    "落实放权赋能",
    "保护园区周边环境卫生",
    "推动园区周边明渠、沟壑清淤工程",
    "启动“五好园区”等扩产项目建设",
    "优化营商环境",
    "推动园区周边公共基础设施建设",
    "扶持企业发展",
    "为企业家排忧解难",
    "提高周边群众生活幸福指数",
)
"""Seven 效益 rows and three 满意度 rows whose target and actual read 100分."""
MISFITS = (
    "园区技工贸总收入",
    "税收总额",
    LATE_STAGE,
    "培育国家级专精特新“小巨人”企业",
    "培育农业产业化国家级重点龙头企业",
    "固定资产投资总量",
    "扶持企业发展",
    "为企业家排忧解难",
    "提高周边群众生活幸福指数",
)
"""Two 质量, three 时效, one 成本 and three 满意度 rows of another category."""


def _at(form: str, field: Field, row: str = "") -> FieldRef:
    return FieldRef(form, field, row)


def _expect(rule: str, severity: Severity, form: str, field: Field, *also: Field) -> Expected:
    return Expected(rule, severity, _at(form, field), tuple(_at(form, other) for other in also))


def _of_rows(rule: str, severity: Severity, form: str, field: Field, *rows: str) -> Expected:
    """A finding for several rows, at the first of them."""
    first, *rest = (_at(form, field, row) for row in rows)
    return Expected(rule, severity, first, tuple(rest))


BASE_DATA = (
    _expect("A1-05", WARNING, "附件1", b.control, b.posts, b.staff),
    _expect("A1-10", WARNING, "附件1", b.three_public.actual, b.three_public.last),
    _expect("A1-19", WARNING, "附件1", b.running.actual, b.running.budget),
    _expect("A1-17", WARNING, "附件1", b.project_spending.actual, b.project_spending.budget),
    _expect("A1-30", WARNING, "附件1", b.thrift),
    Expected(
        "A1-24",
        WARNING,
        _at("附件1", b.adjustment_before),
        (
            _at("附件1", b.adjustment_after),
            _at("附件2", self_review.basic_spending),
            _at("附件2", self_review.year.initial),
            _at("附件3", p.year.initial),
        ),
    ),
    _expect("A1-22", WARNING, "附件1", b.procurement_budget, b.procurement_actual),
    _expect("A1-34", WARNING, "附件1", foot.signature),
    _expect("A1-13", INFO, "附件1", b.vehicle_running.actual, b.vehicle_running.last),
    _expect("A1-14", INFO, "附件1", b.reception.actual, b.reception.last),
    _expect("A1-33", INFO, "附件1", b.office.actual, b.office.budget),
    _expect("A1-33", INFO, "附件1", b.utilities.actual, b.utilities.budget),
    _expect("A1-33", INFO, "附件1", b.meetings.actual, b.meetings.budget),
    _expect("A1-36", INFO, "附件1", b.three_public.actual, b.three_public.budget),
    _expect("T-01", INFO, "附件1", b.meetings.actual),
)


def _both(form: str) -> tuple[Expected, ...]:
    """The findings of both 附件2 and 附件3, which have the same indicators and texts and no signature."""
    return (
        _of_rows("S-24", WARNING, form, review.actual_value, COST),
        _of_rows("S-28", WARNING, form, review.target_value, *FULL_MARKS),
        *(
            Expected("S-34", WARNING, _at(form, review.score, row), (_at(form, review.achievement),))
            for row in ("推动园区周边明渠、沟壑清淤工程", "启动“五好园区”等扩产项目建设")
        ),
        _expect("A2-17", WARNING, form, review.achievement, review.goal),
        _expect("A1-34", WARNING, form, foot.signature),
        _of_rows("S-21", INFO, form, review.actual_value, "培育高新技术企业5家"),
        _of_rows("S-21", INFO, form, review.actual_value, LATE_STAGE),
        _of_rows("S-25", INFO, form, review.indicator, "培育高新技术企业5家"),
        _of_rows("S-26", INFO, form, review.indicator, *MISFITS),
    )


SELF_REVIEW = (
    _expect("A2-13", WARNING, "附件2", self_review.year.budget, self_review.year.initial),
    *_both("附件2"),
)
COPIED = (
    # 23 of 23 rows are those of 附件2: named at the first.
    Expected(
        "A3-11",
        WARNING,
        _at("附件3", review.indicator, "全年引进招商引资项目"),
        (_at("附件2", review.indicator, "全年引进招商引资项目"),),
    ),
    Expected("A3-13", INFO, _at("附件3", review.goal), (_at("附件2", review.goal),)),
)
PROJECT = (
    # A3-02 covers A3-03 (the amount in the wrong column), A3-12 covers X-13 (the actual beside it).
    _expect("A3-02", ERROR, "附件3", p.appropriation.initial, *p.year.amounts),
    Expected(
        "A3-12",
        ERROR,
        _at("附件3", review.target_value, COST),
        (
            _at("附件3", review.actual_value, COST),
            _at("附件2", self_review.year.initial),
            _at("附件3", p.year.initial),
        ),
    ),
    _expect("A3-09", WARNING, "附件3", p.year.budget, p.year.initial),
    _expect("A3-04", WARNING, "附件3", p.appropriation.budget, p.appropriation.executed),
    *COPIED,
    *_both("附件3"),
)
SCORE_AS_TEXT = (_expect("A2-14", INFO, "附件2", self_review.year.score),)
"""10分 in the score cell, which the template's formula prevents."""
OVERTYPED = (
    Expected("W-13", WARNING, FieldRef("附件2")),
    _expect("W-04", WARNING, "附件2", self_review.year.score),
    _expect("W-04", WARNING, "附件2", self_review.year.total_score),
    Expected("W-13", WARNING, FieldRef("附件3")),
    _expect("W-04", WARNING, "附件3", p.year.initial),
    _expect("W-04", WARNING, "附件3", p.year.budget),
    _expect("W-04", WARNING, "附件3", p.year.executed),
)
"""Findings that follow from lifting the protection and typing over formulas."""
MUST_FLAG = (*BASE_DATA, *SELF_REVIEW, *SCORE_AS_TEXT, *PROJECT)

MUST_NOT_FLAG = {
    "A1-04": "控制率 125% = 15/12",
    "A1-18": "其中项之和不大于公用经费，差额允许",
    "A1-07": "三公经费 23.21 = 5.51 + 17.70",
    "A1-08": "公务用车 5.51 = 0 + 5.51",
    "A1-11": "三公经费控制率恰为100%",
    "A1-15": "只有一个项目，三栏都等于合计",
    "A1-09": "三公经费含项目支出部分，可以大于公用经费",
    "A1-29": "没有完工的楼堂馆所项目，全部留空",
    "A1-25": "“——”不是填报内容",
    "A2-03": "执行率 10716.16/10716.16 = 100%",
    "A2-04": "“10分”就是10",
    "A2-09": "9716.16 + 1000 = 10716.16",
    "A2-11": "256.79 + 10459.37 = 10716.16",
    "S-01": "10 + 50 + 30 + 10 = 100",
    "S-03": "10 + 45 + 30 + 10 = 95",
    "S-18": "超支893%，线性法得0分，且写了原因",
    "X-04": "996.72是年初数，不与附件3全年预算数比较",
    "X-07": "年初1200大于项目年初996.72",
    "X-03": "项目支出三处都是10459.37",
    "X-09": "39.19不大于256.79",
    "A2-12": "收入等于支出",
    "A2-18": "文字中的12个数与指标行一致",
    "A2-20": "增长率的基数只差不到0.5%",
    "A1-35": "2024年6月12日在年度终了之后",
    "A2-01": "“市级预算部门名称”是表样文字",
    "A1-01": "附件1没有部门名称格",
    "S-27": "表内没有同名指标",
    "A3-01": "主管部门可以就是实施单位",
    "T-03": "空白、全角空格不是内容",
}
"""Rules that must give no finding on the seed, each with the reason."""


def as_filed() -> Sample:
    """The filing as filed: totals of 附件3 and scores of 附件2 are typed over their formulas."""
    return Sample(
        f"{ZONE}_{seed.YEAR}_原样",
        "一份真实报送（姓名、电话已隐去），按原数填入下发的表样。原件附件3的资金总额与其中项矛盾，附件2的得分写作“10分”，"
        "表样的公式不允许这样填，因此这两张表是取消保护后手工改写的，和实际工作中的做法一样：既有内容问题，也有公式被覆盖的问题（W类）。",
        tuple((seed.order(), sheet) for sheet in seed.seed_sheets().values()),
        (*MUST_FLAG, *OVERTYPED),
    )


HONEST_BASE_DATA = tuple(expected for expected in BASE_DATA if expected.rule != "A1-24")
"""Without A1-24: from this 附件3 the department's initial basic spending cannot be derived."""
HONEST_PROJECT = (
    # The template adds the breakdown up where it was put, so nothing contradicts itself (no A3-02) and nothing is
    # overtyped (no W): the amount in the wrong column shows in what other forms say, and in the blank columns.
    Expected("X-06", ERROR, _at("附件3", p.year.initial), (FieldRef("附件1", b.project_budget, seed.PROJECT),)),
    Expected("X-07", ERROR, _at("附件2", self_review.year.initial), (_at("附件3", p.year.initial),)),
    Expected(
        "A3-12",
        ERROR,
        _at("附件3", review.target_value, COST),
        (
            _at("附件3", review.actual_value, COST),
            _at("附件2", self_review.year.initial),
            _at("附件3", p.year.initial),
        ),
    ),
    _expect("A3-04", WARNING, "附件3", p.appropriation.budget, p.appropriation.executed),
    *COPIED,
    *_both("附件3"),
)


def _is_the_zone(value: object) -> bool:
    return isinstance(value, str) and value.strip() == seed.DEPARTMENT


def honestly_filed() -> Sample:
    """The same filing with every formula intact; the breakdown stays in the column the department chose."""
    order = replace(seed.order(), department=HONEST_NAME)
    sheets = []
    for sheet in seed.seed_sheets().values():
        values = seed.honest(sheet.prefill)
        names = {item: HONEST_NAME for item, value in values.items() if _is_the_zone(value)}
        sheets.append((order, SheetOrder(sheet.form, sheet.project, {**values, **names})))
    return Sample(
        f"{ZONE}_{seed.YEAR}_附件3如实填报",
        "同一份报送，三张表都在表样中如实填写，没有改动任何公式：附件3的其中项仍填在原来的栏次，资金总额由公式得出。"
        "与“原样”对照可以看出表样能防住什么：总额与其中项不可能再矛盾（A3-02），公式不会被覆盖（W类），得分也不会带“分”字（A2-14）；"
        "而金额填错栏次的后果当场显现：年初预算数成了10459.37万元，全年两栏空着，执行率和执行率得分算不出来（附件3总分只有85分），"
        "与附件1、附件2的勾稽（X-06、X-07）随之报错。三张表一并提供，是因为这些勾稽关系单看附件3看不出来。单位名称后加“（如实填报）”，批量检查时才不会与“原样”并成一份报送。",
        tuple(sheets),
        (*HONEST_BASE_DATA, *SELF_REVIEW, *HONEST_PROJECT),
    )
