"""Whether the parts that a narrative report states add up to its totals (R-03, R-10)."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from xltool.expr.nodes import Kind
from xltool.findings import Severity
from xltool.forms import self_review
from xltool.forms.model import Role
from xltool.forms.tolerances import ROUNDED_SUM
from xltool.forms.words import show
from xltool.rules.model import frame_rule
from xltool.rules.needs import OF_REPORT
from xltool.rules.report.figures import companions, no_carry_over, words_of
from xltool.rules.samples import department_form, filing_view, report_view
from xltool.text.approximation import slack_of
from xltool.text.basis import ARITHMETIC
from xltool.text.claim_words import (
    ABROAD,
    BASIC,
    BUDGET,
    FUND,
    GENERAL,
    INCOME,
    PROJECT,
    PURCHASE,
    RECEPTION,
    SPENT,
    THREE,
    UPKEEP,
    VEHICLES,
)
from xltool.text.claims import Claim, claims_of
from xltool.text.lazy_pattern import lazy_pattern
from xltool.text.views import FieldRef, FilingView, FormView, Hit, Passage, ReportView

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ERROR = Severity.ERROR
_CARRIED: Final = lazy_pattern(lambda: re.compile("(?:上年|年初|以前年度)结[转余]"))
_BOTH: Final = (BASIC, PROJECT)
_COMPLETE: Final = (set(_BOTH), {ABROAD, RECEPTION, VEHICLES}, {ABROAD, RECEPTION, PURCHASE, UPKEEP})
"""Parts that are all there are; 一般公共预算 and 政府性基金 are not and may add up to less."""
_NAMES: Final = {INCOME: "收入合计", SPENT: "支出合计", BUDGET: "全年预算数"}


class _Total(NamedTuple):
    """The amount that 基本支出 and 项目支出 must add up to; not `exact` where they may honestly add up to less."""

    value: float
    slack: float
    exact: bool


_GENERAL = "二、一般公共预算支出情况"
_PARTS = ("本年度基本支出为256.79万元。", "本年度项目支出为10459.37万元。")
_WHOLE = "全年预算收入10716.16万元，其中，一般公共预算9716.16万元，政府性基金预算收入1000万元。"
_ALL = {"收入_一般公共预算": 9716.16, "收入_政府性基金拨款": 1000.0, "收入_合计": 10716.16, "支出_合计": 10716.16}
_FORM = department_form(numbers=_ALL)


@frame_rule(
    "R-03",
    "报告一般公共预算支出等于基本加项目",
    severity=ERROR,
    basis="政府预算分类：一般公共预算支出与政府性基金预算支出分别核算",
    roles=(Role.NARRATIVE_REPORT,),
    needs=OF_REPORT,
    good=[
        filing_view(
            report_view(_GENERAL, "基本支出256.79万元。", "项目支出9459.37万元。", "五、绩效情况", _WHOLE), _FORM
        ),
        filing_view(
            report_view(_GENERAL, "一般公共预算支出9716.16万元，其中：基本支出256.79万元，项目支出9459.37万元。")
        ),
        filing_view(report_view(_GENERAL, "基本支出2567900元，项目支出9459.37万元，支出合计0.97亿元。")),
        filing_view(report_view(_GENERAL, "基本支出256.79万元，项目支出9000万元。", "五、绩效情况", _WHOLE)),
        filing_view(report_view("二、支出情况", *_PARTS, "五、绩效情况", _WHOLE), _FORM),
        filing_view(report_view(_GENERAL, *_PARTS)),
        filing_view(report_view(_GENERAL, *_PARTS), department_form()),
        filing_view(report_view(_GENERAL, _PARTS[0]), _FORM),
        filing_view(
            report_view(_GENERAL, *_PARTS, "年初结转1000万元。"),
            department_form(numbers={"收入_一般公共预算": 9716.16}),
        ),
        filing_view(report_view(_GENERAL, "基本支出约260万元，项目支出近1亿元。"), _FORM),
        filing_view(report_view(_GENERAL, "年初预算1200万元，其中：基本支出203.28万元，项目支出996.72万元。"), _FORM),
        filing_view(
            report_view(_GENERAL, "基本支出1500万元，项目支出1310.56万元，合计2810.56万元，其中三公经费支出15.25万元。")
        ),
        filing_view(report_view(_GENERAL, "基本支出150万元，项目支出100万元，公用经费支出38万元。")),
    ],
    bad=[
        filing_view(report_view(_GENERAL, *_PARTS, "五、绩效情况", _WHOLE)),
        filing_view(report_view(_GENERAL, *_PARTS), _FORM),
        filing_view(
            report_view(_GENERAL, "一般公共预算支出9716.16万元，其中：基本支出256.79万元，项目支出9549.37万元。")
        ),
        filing_view(report_view(_GENERAL, "支出合计9716.16万元。", "基本支出256.79万元，项目支出9359.37万元。")),
        filing_view(report_view(_GENERAL, "基本支出256.79万元。", "项目支出9000万元。"), _FORM),
    ],
)
def general_budget_adds_up(filing: FilingView) -> Iterator[Hit]:
    """报告“{标题}”一节中基本支出 {基本} 加项目支出 {项目} 合计 {filed}，与一般公共预算 {expected} 不一致{说明}。

    一般公共预算一节只填一般公共预算安排的支出，政府性基金等其他预算安排的支出在各自一节填列，不重复计算。
    """
    for report in filing.reports:
        said = claims_of(report)
        parts = [_only(claim for claim in said if claim.topic == topic and _is_general(claim)) for topic in _BOTH]
        basic, project = parts
        if basic is not None and project is not None:
            view = next((view for view in companions(filing, report) if view.role is Role.DEPARTMENT_REVIEW), None)
            total = _stated(said) or _implied(report, said, view)
            yield from _general(report, basic, project, total, said, view)


def _is_general(claim: Claim) -> bool:
    return claim.nature == GENERAL and not claim.planned and not claim.amount.bound


def _only(candidates: Iterator[Claim]) -> Claim | None:
    """The first claim, if all claims have the same value; None otherwise."""
    claims = list(candidates)
    return claims[0] if len({claim.amount.value for claim in claims}) == 1 else None


def _stated(said: Sequence[Claim]) -> _Total | None:
    """The spending of the general budget that the report itself states."""
    of_spending = (
        claim
        for claim in said
        if _is_general(claim) and SPENT in {claim.topic, claim.side} and claim.topic in {SPENT, GENERAL}
    )
    claim = _only(of_spending)
    return None if claim is None else _Total(claim.amount.value, slack_of(claim.amount), exact=True)


def _implied(report: ReportView, said: Sequence[Claim], view: FormView | None) -> _Total | None:
    """The income of the general budget in the report, or else in 附件2: no more than that can have been spent."""
    claim = _only(claim for claim in said if _is_general(claim) and claim.topic == GENERAL)
    value = None if view is None else view.numbers.get(self_review.general_budget.key)
    if claim is not None:
        value = claim.amount.value
    if value is None or any(_CARRIED.search(paragraph.text) for paragraph in report.paragraphs):
        return None
    return _Total(value, 0.0, exact=view is not None and self_review.spent.key in view.numbers and no_carry_over(view))


def _general(  # noqa: PLR0913, PLR0917 - both parts, the whole and what else the message names
    report: ReportView, basic: Claim, project: Claim, total: _Total | None, said: Sequence[Claim], view: FormView | None
) -> Iterator[Hit]:
    added = basic.amount.value + project.amount.value
    if total is None:
        return
    over = added - total.value
    slack = slack_of(basic.amount) + slack_of(project.amount) + total.slack
    if over > slack or (total.exact and over < -slack):
        words = {
            "标题": next((head.title for head in project.headings if GENERAL in head.title), project.under),
            "基本": basic.shown,
            "项目": project.shown,
            "说明": _cause(over, said, view),
        }
        spots = (
            ()
            if view is None
            else (FieldRef(view, self_review.general_budget), FieldRef(view, self_review.project_spending))
        )
        filed = Passage(report, show(round(added, 4), Kind.MONEY), self_review.project_spending)
        yield Hit(filed, spots, words, expected=show(total.value, Kind.MONEY))


def _cause(over: float, said: Sequence[Claim], view: FormView | None) -> str:
    """By how much parts and total differ, and that this is 政府性基金 if it is the same amount."""
    funds = [claim.amount.value for claim in said if claim.topic == FUND]
    funds += [] if view is None else [view.numbers.get(self_review.fund_budget.key, 0.0)]
    amount = show(round(abs(over), 4), Kind.MONEY)
    if any(fund and abs(over - fund) < ROUNDED_SUM for fund in funds):
        return f"，多出的 {amount} 正是政府性基金预算支出，不应计入本节的项目支出"
    return f"，相差 {amount}"


_SPLIT = "支出10716.16万元，其中：基本支出256.79万元，项目支出10459.37万元。"


@frame_rule(
    "R-10",
    "报告各分项相加等于合计",
    severity=ERROR,
    basis=ARITHMETIC,
    roles=(Role.NARRATIVE_REPORT,),
    needs=OF_REPORT,
    good=[
        filing_view(report_view(_SPLIT, _WHOLE)),
        filing_view(report_view("支出10716.16万元。其中，基本支出2567900元；项目支出1.05亿元。")),
        filing_view(report_view("年初预算1200万元，其中：基本支出203.28万元，项目支出996.72万元。")),
        filing_view(report_view("支出约1.07亿元，其中：基本支出256.79万元，项目支出8000万元。")),
        filing_view(report_view("支出10716.16万元，其中：基本支出256.79万元，其余为专项。")),
        filing_view(
            report_view("收入10716.16万元，其中：一般公共预算9000万元，政府性基金1000万元，其他资金716.16万元。")
        ),
        filing_view(report_view("一般公共预算支出500万元，其中：基本支出200万元，项目支出310万元。")),
        filing_view(report_view("支出10716.16万元。基本支出256.79万元，项目支出459.37万元（本级）。")),
        filing_view(
            report_view("“三公”经费支出11.2万元，比上年减少1.3万元；其中公务接待费4.1万元，公务用车运行维护费7.1万元。")
        ),
        filing_view(
            report_view("三公经费支出11.2万元，其中：公务用车费7.1万元（其中运行维护费7.1万元），公务接待费4.1万元。")
        ),
        filing_view(
            report_view("三公经费支出11.2万元，其中公务用车7.1万元，其中公务用车运行维护费7.1万元，公务接待费4.1万元。")
        ),
        filing_view(report_view("三公经费支出11.2万元，其中：公务接待费预算5万元；公务用车运行费预算8万元。")),
        filing_view(
            report_view(
                "三公经费支出11.2万元，其中：公务接待费预算5万元，支出4.1万元；公务用车费预算9万元，支出7.1万元。"
            )
        ),
        filing_view(report_view("三公经费支出11.2万元，其中公务接待费3万元，公务用车运行维护费7.1万元。")),
        filing_view(
            report_view("三公经费支出11.2万元。项目支出688万元，其中公务接待费4万元，公务用车运行维护费17万元。")
        ),
        filing_view(
            report_view("三公经费支出11.2万元。招商活动支出50万元，其中公务接待费4万元，公务用车运行维护费17万元。")
        ),
    ],
    bad=[
        filing_view(report_view("支出10716.16万元，其中：基本支出256.79万元，项目支出10495.37万元。")),
        filing_view(report_view("年初预算1200万元，其中：基本支出203.28万元，项目支出896.72万元。")),
        filing_view(report_view("全年支出1.07亿元。其中，基本支出256.79万元，项目支出9459.37万元。")),
        filing_view(report_view("收入10716.16万元，其中：一般公共预算9716.16万元，政府性基金1100万元。")),
        filing_view(
            report_view("“三公”经费预算12万元，支出11.2万元；其中公务接待费4.1万元，公务用车运行维护费7.9万元。")
        ),
        filing_view(report_view("三公经费预算12万元。其中，公务接待费预算4.5万元，公务用车购置费18万元。")),
        filing_view(
            report_view(
                "三公经费11.2万元，其中：出国（境）费0万元，公务用车购置及运行维护费6.1万元，公务接待费4.1万元。"
            )
        ),
    ],
)
def parts_add_up(filing: FilingView) -> Iterator[Hit]:
    """报告“{标题}”一节中{分项}合计 {filed}，与所属的{合计} {expected} 不一致。

    核对合计与各分项，改正写错的数；注意金额单位（元、万元、亿元）一致。
    """
    for report in filing.reports:
        wholes: dict[Claim, list[Claim]] = defaultdict(list)
        for claim in claims_of(report):
            whole = claim.parent
            # R-03 checks the parts of what was spent of the general budget.
            if whole is not None and (whole.topic == THREE or not _is_general(whole)):
                wholes[whole].append(claim)
        for whole, parts in wholes.items():
            yield from _added(report, whole, parts)


def _added(view: ReportView, whole: Claim, parts: Sequence[Claim]) -> Iterator[Hit]:
    parts = _without_their_parts(parts)
    topics = [part.topic for part in parts]
    mixed = whole.topic == THREE and any(part.planned != whole.planned for part in parts)
    rough = any(claim.amount.bound for claim in (whole, *parts))
    if rough or mixed or len(parts) <= 1 or len(set(topics)) < len(topics):
        return
    over = sum(part.amount.value for part in parts) - whole.amount.value
    # An amount of 0 is not rounded, so it adds no slack.
    slack = sum(slack_of(claim.amount) for claim in (whole, *parts) if claim.amount.value)
    if over > slack or (set(topics) in _COMPLETE and over < -slack):
        listed = "、".join(f"{part.topic} {part.shown}" for part in parts)
        words = {**words_of(whole), "分项": listed, "合计": _NAMES.get(whole.topic, whole.topic)}
        added = show(round(over + whole.amount.value, 4), Kind.MONEY)
        yield Hit(Passage(view, added), (), words, expected=whole.shown)


def _without_their_parts(parts: Sequence[Claim]) -> Sequence[Claim]:
    """The parts without 购置 and 运行维护 where 公务用车, which includes both, is stated as well."""
    if all(part.topic != VEHICLES for part in parts):
        return parts
    return [part for part in parts if part.topic not in {PURCHASE, UPKEEP}]
