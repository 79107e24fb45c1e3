"""The numbers of the narrative report against those of the forms (R-01, R-02, R-08)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from xltool.findings import Severity
from xltool.forms import FORMS, base_data, self_review
from xltool.forms.model import Role
from xltool.forms.tolerances import CENT
from xltool.forms.words import shorten, show
from xltool.rules.model import frame_rule
from xltool.rules.needs import OF_REPORT, AllForms, AnyForm, Filled
from xltool.rules.samples import base_form, department_form, filing_view, report_view
from xltool.text import claim_words as said
from xltool.text.approximation import can_mean
from xltool.text.basis import PRACTICE
from xltool.text.claims import Claim, claims_of, counts_of
from xltool.text.lazy_pattern import lazy_pattern
from xltool.text.views import FieldRef, FilingView, FormView, Hit, Passage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.expr.nodes import Field
    from xltool.params import Profile
    from xltool.text.views import ReportView

ERROR = Severity.ERROR
_YEAR = self_review.year
_FIELDS: Final[dict[str, tuple[Field, ...]]] = {
    said.INITIAL: (_YEAR.initial,),
    said.BUDGET: (_YEAR.budget,),
    said.INCOME: (self_review.income, _YEAR.budget),
    said.SPENT: (self_review.spent, _YEAR.executed),
    said.BASIC: (self_review.basic_spending,),
    said.PROJECT: (self_review.project_spending,),
    said.GENERAL: (self_review.general_budget,),
    said.FUND: (self_review.fund_budget,),
    said.SCORE: (_YEAR.total_score,),
    "编制数": (base_data.posts,),
    "实际在职人数": (base_data.staff,),
    said.RATE: (_YEAR.rate,),
}
_LINES: Final = {
    said.THREE: base_data.three_public,
    said.RECEPTION: base_data.reception,
    said.ABROAD: base_data.abroad,
    said.VEHICLES: base_data.vehicles,
    said.PURCHASE: base_data.vehicle_purchase,
    said.UPKEEP: base_data.vehicle_running,
    said.RUNNING: base_data.running,
}
_OTHER_SOURCES: Final = (self_review.fund_budget, self_review.special_account, self_review.other_income)


def fields_of(claim: Claim) -> tuple[Field, ...]:
    """The fields that a claim is about, whether or not it can be compared with them."""
    return (*_LINES[claim.topic],)[1:] if claim.topic in _LINES else _FIELDS[claim.topic]


def words_of(claim: Claim) -> dict[str, str]:
    """The heading above a claim and its clause, as words of a message."""
    return {"标题": claim.under, "原文": shorten(claim.quote)}


def companions(filing: FilingView, report: ReportView) -> list[FormView]:
    """The forms a report can be compared with: 附件1 and 附件2 of its year, each if the filing has only one of it."""
    unique = [views[0] for role in (Role.BASE_DATA, Role.DEPARTMENT_REVIEW) if len(views := filing.forms_of(role)) == 1]
    return [view for view in unique if None in {view.year, report.year} or view.year == report.year]


def number_of(view: FormView, field: Field) -> float:
    """An amount on a form, 0 where it is blank."""
    return view.numbers.get(field.key, 0.0)


def no_carry_over(view: FormView) -> bool:
    """Whether 附件2 spent all its income, so that income and spending of each budget must agree."""
    return abs(number_of(view, self_review.income) - number_of(view, self_review.spent)) <= CENT


def _compared(claim: Claim, view: FormView) -> tuple[Field, ...]:
    """The fields of a form of which the claim must agree with at least one; empty where honest figures may differ."""
    if claim.topic in _LINES:
        line = _LINES[claim.topic]
        fields: tuple[Field, ...] = (line.budget,) if claim.planned else (line.actual,)
        fields = fields if claim.planned or claim.side else (line.budget, line.actual)
    else:
        fields = _FIELDS[claim.topic] if _is_comparable(claim, view) else ()
    return tuple(field for field in fields if FORMS[view.form].has(field))


def _is_comparable(claim: Claim, view: FormView) -> bool:
    within = claim.parent.topic if claim.parent else ""
    if claim.topic in {said.BASIC, said.PROJECT}:
        only_general = claim.nature == said.GENERAL and not any(number_of(view, item) for item in _OTHER_SOURCES)
        return not claim.planned and within != said.INCOME and (claim.nature == "" or only_general)
    if claim.topic in {said.GENERAL, said.FUND}:
        spent = said.SPENT in {claim.side, within}
        return not claim.planned and (not spent or no_carry_over(view))
    if claim.topic in {said.INCOME, said.SPENT}:
        carried = claim.topic == said.INCOME and re.search("结转|结余", claim.paragraph.text)
        return not claim.planned and claim.nature == "" and not carried
    return claim.nature == "" or claim.topic not in said.TOTALS


def _contradicted(claim: Claim, filing: FilingView, report: ReportView) -> Iterator[Hit]:
    """A hit for each form that the claim contradicts."""
    for view in companions(filing, report):
        filled = [item for item in _compared(claim, view) if item.key in view.numbers]
        if filled and not any(can_mean(claim.amount, view.numbers[item.key]) for item in filled):
            right = show(view.numbers[filled[0].key], filled[0].kind)
            words = {**words_of(claim), "表": view.form, "栏目": filled[0].key.replace("_", "")}
            yield Hit(Passage(report, claim.shown, filled[0]), (FieldRef(view, filled[0]),), words, expected=right)


def contradictions(filing: FilingView, *, scores: bool) -> Iterator[Hit]:
    """Hits for claims that contradict a form, each figure once: for claims on scores, or for all others."""
    for report in filing.reports:
        claims = [claim for claim in claims_of(report) if (claim.topic == said.SCORE) is scores]
        # Different numbers of posts or people in one report are those of several offices or years.
        uncertain = {topic for topic in said.COUNTED if len(counts_of(report, topic)) > 1}
        hits: dict[tuple[str, float], Hit] = {}
        for claim in claims:
            if claim.topic not in uncertain:
                for hit in _contradicted(claim, filing, report):
                    hits.setdefault((claim.topic, claim.amount.value), hit)
        yield from hits.values()


_BASE = base_form(
    numbers={"编制数": 12, "实际在职人数": 15, "三公经费_本年预算数": 30, "三公经费_本年决算数": 27.48},
)
_LINES_OF = base_form(
    numbers={
        **_BASE.numbers,
        "公务接待_本年预算数": 20,
        "公务接待_本年决算数": 18.48,
        "公车运行维护_本年决算数": 9,
        "公用经费_本年预算数": 40,
        "公用经费_本年决算数": 39.19,
    },
)
_SUM = {
    "年度资金总额_年初预算数": 1200.0,
    "年度资金总额_全年预算数": 10716.16,
    "年度资金总额_全年执行数": 10716.16,
    "年度资金总额_执行率": 1.0,
    "收入_合计": 10716.16,
    "收入_一般公共预算": 9716.16,
    "收入_政府性基金拨款": 1000.0,
    "支出_合计": 10716.16,
    "支出_基本支出": 256.79,
    "支出_项目支出": 10459.37,
    "总分_得分": 95.0,
}
_FORM = department_form(numbers=_SUM)


def _said(*lines: str, **changed: float) -> FilingView:
    return filing_view(_BASE, department_form(numbers=_SUM | changed), report_view(*lines))


def _lines(*lines: str) -> FilingView:
    return filing_view(_LINES_OF, _FORM, report_view(*lines))


@frame_rule(
    "R-01",
    "报告自评得分与表一致",
    severity=ERROR,
    basis=PRACTICE,
    roles=(Role.NARRATIVE_REPORT,),
    needs=(*OF_REPORT, AllForms((Role.DEPARTMENT_REVIEW,)), Filled((_YEAR.total_score,), (Role.DEPARTMENT_REVIEW,))),
    good=[
        _said("对单位整体支出评分为95分。"),
        _said("部门整体支出绩效自评得分95 分，其中产出指标得分45分，效益指标得分30分。".replace(" ", "")),
        _said("自评总分100分，自评得分95.0分，评价等级为“优”。"),
        _said("2022年自评得分88分，2023年自评得分95分。"),
        _said("水库除险项目自评得分92分。"),
        _said("预算执行率得分10分，综合评分95分。"),
        filing_view(_BASE, report_view("自评得分为90分。")),
        filing_view(_FORM, report_view("自评得分为90分。", year=2022)),
        filing_view(_FORM, _FORM, report_view("自评得分为90分。")),
        filing_view(_FORM, report_view("项目自评得分为90分。", title="2023年度水库除险项目支出绩效自评报告")),
    ],
    bad=[
        _said("对单位整体支出评分为98分。"),
        _said("根据评分标准，2023年度部门整体支出绩效自评得分96.5分，等级为优。"),
        _said("经自评小组讨论，综合得分为92分。"),
    ],
)
def score_agrees(filing: FilingView) -> Iterator[Hit]:
    """报告“{标题}”一节写明“{原文}”，自评得分 {filed} 与{表}总分 {expected} 不一致。

    核对是哪一处写错，报告与表的自评得分改为一致。
    """
    yield from contradictions(filing, scores=True)


@frame_rule(
    "R-02",
    "报告金额和人数与表一致",
    severity=ERROR,
    basis=PRACTICE,
    roles=(Role.NARRATIVE_REPORT,),
    needs=(*OF_REPORT, AnyForm((Role.BASE_DATA, Role.DEPARTMENT_REVIEW))),
    good=[
        _said("2023年，我单位全年预算收入10716.16万元，其中，一般公共预算9716.16万元，政府性基金预算收入1000万元。"),
        _said("支出10716.16万元。其中，基本支出256.79万元，项目支出10459.37万元。"),
        _said("本年度基本支出为2567900元，项目支出为1.05亿元。"),
        _said("全年支出约1.07亿元，项目支出1.04亿余元，基本支出近260万元。"),
        _said("2022年支出9000万元，其中基本支出230万元，项目支出8770万元。"),
        _said("上年支出9000万元，其中基本支出230万元，项目支出8770万元。"),
        _said("2022年基本支出230万元，本年基本支出256.79万元。"),
        _said("支出比上年增加1200万元，增长12.6%；基本支出较2022年减少30万元。"),
        _said("年初预算1200万元，其中：基本支出203.28万元，项目支出996.72万元。全年预算10716.16万元。"),
        _said("年初预算1200.00万元，追加预算9516.16万元，全年执行数为10716.16万元，预算执行率100%。"),
        _said("（一）局本级支出5000万元，其中基本支出200万元，项目支出4800万元。"),
        _said("下属事业单位2个，基本支出100万元。"),
        _said("下属单位支出100万元。我单位支出10716.16万元。"),
        _said("二、水库除险项目", "项目支出300万元，执行率98%。"),
        _said("招商服务专项支出500万元，执行率96%。"),
        _said("核定编制12名，其中行政编制5名、事业编制7名；年末在职人员15人，退休人员8人。"),
        _said("“三公”经费支出27.48万元，三公经费预算30万元；三公经费27.5万元。"),
        _said("二、一般公共预算支出情况", "本年度项目支出为9459.37万元，支出合计9716.16万元。"),
        _said("一般公共预算支出9600万元，政府性基金支出900万元。", 收入_合计=11000),
        _said("政府性基金预算收入1000万元，支出1000万元。国有资本经营预算收入0万元，支出0万元。"),
        _said("基本支出、项目支出分别为256.79万元、10459.37万元。"),
        _said("收入10000万元，上年结转716.16万元，支出10716.16万元。"),
        _said("截至2024年5月，支出3000万元，基本支出90万元。"),
        _said("预算安排情况：收入1200万元，基本支出预算203.28万元。"),
        _said("三、部门预算收入情况", "收入1200万元，基本支出203.28万元，项目支出996.72万元。"),
        _said("基本支出年初预算数为210万元，支出决算为260万元，完成年初预算的102%。"),
        _said("基本支出：年初预算203.28万元，支出256.79万元。", "基本支出256.79万元，年初预算203.28万元，执行率126%。"),
        _said("（一）基本支出情况", "年初预算数203.28万元，全年执行数256.79万元，执行率126%。"),
        _said("三公经费支出情况：年初预算30万元，实际支出27.48万元，执行率91.6%。"),
        _said("三公经费支出不超过30万元，公务接待费3万元。"),
        _said("开展防汛演练，实际支出5万元。组织培训200人，支出3万元。"),
        _said("水库除险是重点工程。年初预算300万元，全年预算280万元，执行率98%。"),
        _said("总收入10716.16万元，其中：财政拨款收入10000万元，其他收入716.16万元。"),
        _said("部门收入预算1250万元，支出预算1250万元。"),
        _said("项目支出10459.37万元，其中一般公共预算9459.37万元，政府性基金1000万元。"),
        _said("办公室，编制3名；财务股，编制2名；年末编制12名。"),
        _said("项目支出安排996.72万元，基本支出批复203.28万元；一般公共预算安排1200万元。"),
        _said("基本支出256.79万元左右的经费用于人员工资。"),
        _said("本年度共拨付3笔：100万元、200万元、50万元。项目支出不足1.05亿元，全年支出超过1亿元。"),
        _lines("下属事业单位2个，分别为水管站、农技站。核定编制12名，其中行政编制5名；年末在职15人。"),
        _lines("下属水管站。核定编制10名，在职人员9人。局机关核定编制8名，在职人员6人。"),
        _lines("局机关编制8名，下属水管站编制4名。2022年末在职人员14人，2023年末在职人员15人。"),
        _lines("（二）水利管理站", "编制10名，在职人员9人。支出100万元，公用经费支出5万元，三公经费1万元。"),
        _lines("农技推广中心支出100万元。公用经费支出5万元。", "防汛专项支出500万元，其中公务接待费0.3万元。"),
        _lines("三公经费预算30万元，支出27.48万元，其中公务接待费预算20万元、支出18.48万元。"),
        _lines("三公经费支出27.48万元，预算30万元；公务用车运行维护费9万元，支出合计27.48万元。"),
        _lines("公务接待费上年支出4.5万元，本年支出18.48万元。公务接待费预算20万元，支出比上年减少1万元。"),
        _lines("三公经费支出27.48万元，用于接待和用车，支出22万元。公用经费预算40万元，其中办公费9万元，支出8万元。"),
        _lines("因公出国（境）费0万元，公用经费支出39.19万元，控制在预算40万元以内，人均公用经费2.6万元。"),
        _lines("截至6月底，支出3000万元，执行率46%。6月末支出3000万元，基本支出90万元。上半年支出3000万元。"),
        _lines("全系统编制120名，在职人员110人。"),
        filing_view(_BASE, _FORM, report_view("2022年支出10716.16万元，支出9000万元。", year=None)),
        filing_view(
            _BASE,
            department_form(numbers={"收入_合计": 50, "支出_项目支出": 40}),
            report_view("二、一般公共预算支出情况", "项目支出40万元。"),
        ),
    ],
    bad=[
        _said("2023年，我单位全年预算收入10617.16万元。"),
        _said("支出10716.16万元。其中，基本支出265.79万元，项目支出10450.37万元。"),
        _said("（一）基本支出情况。本年度基本支出为526.79万元，主要为人员薪金。"),
        _said("本年度基本支出为256.79元。"),
        _said("全年支出约1.7亿元。"),
        _said("2023年年初预算数为1250万元，全年预算数10716.16万元。"),
        _said("2023年度调整后预算10816.16万元。"),
        _said("2023年全年执行数10176.16万元，预算执行率94.9%。"),
        _said("2022年支出9000万元；本年支出11716.16万元。"),
        _said("收入10716.16万元，其中：一般公共预算拨款9176.16万元。"),
        _said("本年度政府性基金预算收入1200万元，支出1200万元。"),
        _said("我单位人员编制15名，在职人员15人。"),
        _said("编制12人，现有在职人员12人。"),
        _said("2023年“三公”经费支出32.48万元。", "三公经费支出32.48万元。"),
        _said("三公经费预算27.48万元。"),
        _said("基本支出近200万元。"),
        _said("项目支出突破1.1亿元。"),
        _said("水利专项工程支出500万元。我单位整体支出10716.16万元，基本支出356.79万元。"),
        _lines("下属事业单位2个，分别为水管站、农技站。核定编制21名，其中行政编制5名；年末在职15人。"),
        _lines("下属事业单位2个，分别为水管站、农技站。核定编制12名；年末在职人员18人，退休人员8人。"),
        _lines("“三公”经费预算30万元，支出24.78万元，比上年减少1万元。"),
        _lines("公务接待费预算20万元，决算14.88万元。"),
        _lines("公务用车运行维护费19万元。"),
        _lines("水利专项支出500万元，完成预算的98%。公用经费支出93.19万元，控制在预算40万元以内。"),
        _lines("1-6月支出3000万元，全年支出10761.16万元。"),
        filing_view(
            department_form(numbers={"支出_项目支出": 40}), report_view("二、一般公共预算支出情况", "项目支出400万元。")
        ),
        filing_view(_FORM, report_view("支出合计11716.16万元。", year=None)),
    ],
)
def figures_agree(filing: FilingView) -> Iterator[Hit]:
    """报告“{标题}”一节写明“{原文}”，与{表}的{栏目} {expected} 不一致。

    以部门决算为准核对，报告与表改为一致；注意金额单位（元、万元、亿元）和小数点。
    """
    yield from contradictions(filing, scores=False)


_GRADE = lazy_pattern(
    lambda: re.compile(
        r"(?:等级|评级|结论|结果|等次|档次)(?:评定)?(?:为|是|达到?|评定为)?[“\"]?(?P<grade>优|良|中(?!等?[以及于间])|较?差)"
    )
)


@frame_rule(
    "R-08",
    "报告评价等级与得分相符",
    severity=ERROR,
    basis="绩效评价等级：90分以上为优，80至90分为良，60至80分为中，60分以下为差（评分口径另有规定的从其规定）",
    roles=(Role.NARRATIVE_REPORT,),
    needs=OF_REPORT,
    good=[
        filing_view(report_view("支出100万元。自评得分95分，评价等级为“优”。")),
        filing_view(report_view("自评得分89.5分，等级为良好。")),
        filing_view(report_view("自评得分55分，评价结果为较差。")),
        filing_view(report_view("综合得分76分，评价结论为中等；信用等级为优。")),
        filing_view(report_view("自评得分85分。", "供水水质等级为优。")),
    ],
    bad=[
        filing_view(report_view("自评得分85分，评价等级为“优”。")),
        filing_view(report_view("综合得分92分，评价结论为良。")),
        filing_view(report_view("整体支出绩效自评得分78分，评价结果为良好。")),
    ],
)
def grade_fits_score(filing: FilingView) -> Iterator[Hit]:
    """报告“{标题}”一节自评得分 {得分}，写明的等级是“{filed}”，按分数段应为“{expected}”。

    核对自评得分和等级，改正写错的一处。
    """
    for report in filing.reports:
        for claim in claims_of(report):
            if claim.topic == said.SCORE:
                yield from _misgraded(report, claim, filing.profile)


def _misgraded(view: ReportView, claim: Claim, profile: Profile) -> Iterator[Hit]:
    match = _GRADE.search(claim.paragraph.text, claim.amount.end)
    right = profile.grade(claim.amount.value)
    if match is not None and right is not None and match["grade"][-1] != right:
        words = {"标题": claim.under, "得分": claim.shown}
        yield Hit(Passage(view, match["grade"]), (), words, expected=right)
