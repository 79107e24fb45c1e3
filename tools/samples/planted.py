"""示范县水利局: a filing with planted defects, each with the findings it has to give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tools.samples.sample import (
    ERROR,
    INFO,
    WARNING,
    Expected,
    FieldRef,
    Paper,
    Sample,
    indicator_rows,
    papers_as_sheets,
)
from xltool.forms import base_data as b
from xltool.forms import foot, review, self_review
from xltool.forms import project as p

if TYPE_CHECKING:
    from xltool.expr.nodes import Field

YEAR = 2023
BUREAU, OTHER_BUREAU = "示范县水利局", "示范县林业局"
RIVER, WATER = "中小河流治理", "农村饮水维修养护"
FOOT: dict[Field, Any] = {
    foot.filler: "某某",
    foot.filed_on: date(2024, 4, 10),
    foot.phone: "0000000",
    foot.signature: "某某",
}


@dataclass(frozen=True)
class Planted:
    """A defect: its name, the changed values by cell, and the findings it has to give."""

    name: str
    changes: tuple[tuple[FieldRef, object], ...]
    expected: tuple[Expected, ...]
    issued_to: str = ""
    """The department whose template was used, where the defect is the wrong template."""

    @property
    def where(self) -> FieldRef:
        """The first cell that is changed."""
        return self.changes[0][0]


def _line(item: b.Spending, last: float, budget: float, actual: float) -> dict[Field, Any]:
    return dict(zip(item, (last, budget, actual), strict=True))


def _funds(line: review.Funds, initial: float, budget: float, executed: float) -> dict[Field, Any]:
    return dict(zip(line.amounts, (initial, budget, executed), strict=True))


def _base_data() -> Paper:
    values: dict[Field, Any] = {
        b.unit: BUREAU,
        b.posts: 24,
        b.staff: 23,
        **_line(b.vehicle_purchase, 0, 0, 0),
        **_line(b.vehicle_running, 9, 8.5, 8.2),
        **_line(b.abroad, 0, 0, 0),
        **_line(b.reception, 4.5, 4.3, 4.1),
        **_line(b.running, 46, 45, 44.2),
        **_line(b.office, 9, 8.8, 7.5),
        **_line(b.utilities, 12, 12, 11.6),
        **_line(b.meetings, 3, 3, 2.4),
        b.procurement_budget: 60,
        b.procurement_actual: 59,
        b.adjustment_before: 390,
        b.adjustment_after: 402,
        b.thrift: "实行公务接待事前审批和公务用车派车单制度，会议培训费按标准从严控制，办公用品集中采购。",
        **FOOT,
    }
    rows = [
        {"项目名称": RIVER, "上年决算数": 260, "本年预算数": 300, "本年决算数": 295},
        {"项目名称": WATER, "上年决算数": 140, "本年预算数": 150, "本年决算数": 148},
    ]
    return Paper("附件1", values, rows)


def _self_review() -> Paper:
    values: dict[Field, Any] = {
        self_review.department: BUREAU,
        **_funds(self_review.year, 840, 852, 845),
        self_review.general_budget: 822,
        self_review.fund_budget: 30,
        self_review.special_account: 0,
        self_review.other_income: 0,
        self_review.basic_spending: 402,
        self_review.project_spending: 443,
        review.goal: "（1）治理中小河流18公里，提高沿河集镇防洪能力。\n"
        "（2）维修养护农村供水工程40处，保障群众饮水安全。\n"
        "（3）开展取用水专项检查，完善“一河一策”管理台账。",
        review.achievement: "（1）全年治理中小河流18.6公里，沿河集镇防洪能力达到10年一遇。\n"
        "（2）全年维修养护农村供水工程42处，供水保证率达到96%。\n"
        "（3）取用水专项检查覆盖全部取水户，“一河一策”管理台账已更新完毕。",
        **FOOT,
    }
    rows = indicator_rows(
        ("数量指标", "中小河流治理长度", "≥18公里", "18.6公里", 8, 8),
        ("数量指标", "供水工程维修处数", "40处", "42处", 8, 8),
        ("数量指标", "取用水检查户数", "120户", "126户", 6, 6),
        ("质量指标", "水利工程验收合格率", "100%", "100%", 8, 8),
        ("质量指标", "供水水质达标率", "≥95%", "96%", 7, 7),
        ("时效指标", "汛前工程完工率", "100%", "100%", 7, 7),
        ("成本指标", "会议培训费控制数", "≤3万元", "2.4万元", 6, 6),
        ("经济效益指标", "减少洪涝损失", "≥200万元", "215万元", 8, 8),
        ("社会效益指标", "饮水保障人口", "≥3万人", "3.1万人", 8, 8),
        ("生态效益指标", "河道生态流量达标率", "≥90%", "93%", 7, 7),
        ("可持续影响指标", "河道管护责任落实率", "100%", "100%", 7, 7),
        ("服务对象满意度指标", "群众满意度", "≥90%", "92%", 10, 10),
    )
    return Paper("附件2", values, rows)


def _project(name: str, funds: tuple[float, float, float], goals: tuple[str, str], rows: list[dict[str, Any]]) -> Paper:
    values: dict[Field, Any] = {
        p.name: name,
        p.supervisor: BUREAU,
        p.implementer: BUREAU,
        **_funds(p.appropriation, *funds),
        **_funds(p.carried_over, 0, 0, 0),
        **_funds(p.other_funds, 0, 0, 0),
        review.goal: goals[0],
        review.achievement: goals[1],
        **FOOT,
    }
    return Paper("附件3", values, rows, project=name)


def _river() -> Paper:
    goals = (
        "（1）治理清溪河、白沙河河段18公里。\n（2）新建护岸9公里，疏浚河道12公里。",
        "（1）清溪河、白沙河共治理河段18.6公里，已全部通过验收。\n（2）新建护岸9.2公里，疏浚河道12.5公里。",
    )
    rows = indicator_rows(
        ("数量指标", "新建护岸长度", "≥9公里", "9.2公里", 10, 10),
        ("数量指标", "疏浚河道长度", "≥12公里", "12.5公里", 8, 8),
        ("数量指标", "加固堤防处数", "6处", "6处", 6, 6),
        ("质量指标", "单元工程合格率", "100%", "100%", 10, 10),
        ("时效指标", "主汛期前完工率", "≥95%", "96%", 8, 8),
        ("成本指标", "项目总成本", "≤300万元", "295万元", 8, 8),
        ("经济效益指标", "保护农田面积", "≥5000亩", "5200亩", 8, 8),
        ("社会效益指标", "保护沿河人口", "≥1.2万人", "1.25万人", 8, 8),
        ("生态效益指标", "岸坡植被恢复率", "≥85%", "88%", 7, 7),
        ("可持续影响指标", "工程管护移交率", "100%", "100%", 7, 7),
        ("服务对象满意度指标", "沿河群众满意度", "≥90%", "93%", 10, 10),
    )
    return _project(RIVER, (300, 300, 295), goals, rows)


def _water() -> Paper:
    goals = (
        "（1）维修养护农村供水工程40处。\n（2）更换老旧管网15公里，检测水质200个样品。",
        "（1）维修养护农村供水工程42处。\n（2）更换老旧管网15.5公里，检测水质206个样品。",
    )
    rows = indicator_rows(
        ("数量指标", "维修养护水厂和泵站", "40处", "42处", 8, 8),
        ("数量指标", "更换老旧管网长度", "15公里", "15.5公里", 8, 8),
        ("数量指标", "水质检测样品数", "200个", "206个", 8, 8),
        ("质量指标", "水质检测合格率", "≥95%", "97%", 10, 10),
        ("时效指标", "报修及时处理率", "≥95%", "98%", 8, 8),
        ("成本指标", "项目总成本", "≤150万元", "148万元", 8, 8),
        ("经济效益指标", "供水管网节水量", "≥10万吨", "10.6万吨", 8, 8),
        ("社会效益指标", "受益农村人口", "≥2.6万人", "2.7万人", 8, 8),
        ("生态效益指标", "水源地保护达标率", "100%", "100%", 7, 7),
        ("可持续影响指标", "管水员持证上岗率", "≥90%", "92%", 7, 7),
        ("服务对象满意度指标", "用水户满意度", "≥90%", "91%", 10, 10),
    )
    return _project(WATER, (150, 150, 148), goals, rows)


def papers() -> list[Paper]:
    """Its four forms before anything is planted; an audit of them gives no finding."""
    return [_base_data(), _self_review(), _river(), _water()]


def _base(item: Field, row: str = "") -> FieldRef:
    return FieldRef("附件1", item, row)


def _whole(item: Field, row: str = "") -> FieldRef:
    return FieldRef("附件2", item, row)


def _of_river(item: Field, row: str = "") -> FieldRef:
    return FieldRef("附件3", item, row, RIVER)


def _of_water(item: Field, row: str = "") -> FieldRef:
    return FieldRef("附件3", item, row, WATER)


DEFECTS = (
    Planted(
        "超编：在职26人，编制24人",
        ((_base(b.staff), 26),),
        (Expected("A1-05", WARNING, _base(b.control), (_base(b.posts), _base(b.staff))),),
    ),
    Planted(
        "三公经费合计12.30被手工改为11.30",
        ((_base(b.three_public.actual), 11.3),),
        (
            Expected("A1-07", ERROR, _base(b.three_public.actual)),
            Expected("W-04", WARNING, _base(b.three_public.actual)),
            Expected("W-13", WARNING, FieldRef("附件1")),
        ),
    ),
    Planted(
        "附件1项目预算数310与附件3年初预算数300不一致",
        ((_base(b.project_budget, RIVER), 310),),
        (Expected("X-06", ERROR, _of_river(p.year.initial), (_base(b.project_budget, RIVER),)),),
    ),
    Planted(
        "公用经费决算数48.20超过预算数45.00",
        ((_base(b.running.actual), 48.2),),
        (Expected("A1-19", WARNING, _base(b.running.actual), (_base(b.running.budget),)),),
    ),
    Planted(
        "办公经费写成“7.50.”，多了一个句点",
        ((_base(b.office.actual), "7.50."),),
        (Expected("T-05", WARNING, _base(b.office.actual)),),
    ),
    Planted(
        "厉行节约保障措施没有填",
        ((_base(b.thrift), None),),
        (Expected("A1-30", WARNING, _base(b.thrift)),),
    ),
    Planted(
        "一般公共预算少填20万元，收入合计与资金总额对不上",
        ((_whole(self_review.general_budget), 802),),
        (Expected("A2-08", ERROR, _whole(self_review.income), (_whole(self_review.year.budget),)),),
    ),
    Planted(
        "目标“完善‘一河一策’管理台账”没有回应",
        (
            (
                _whole(review.achievement),
                (
                    "（1）全年治理中小河流18.6公里，沿河集镇防洪能力达到10年一遇。\n"
                    "（2）全年维修养护农村供水工程42处，供水保证率达到96%。"
                ),
            ),
        ),
        (Expected("A2-17", WARNING, _whole(review.achievement), (_whole(review.goal),)),),
    ),
    Planted(
        "供水工程目标40处、完成36处（完成情况写42处），仍记满分",
        ((_whole(review.actual_value, "供水工程维修处数"), "36处"),),
        (
            Expected("S-14", ERROR, _whole(review.score, "供水工程维修处数")),
            # 完成情况 still says 42处.
            Expected(
                "A2-18",
                WARNING,
                _whole(review.achievement),
                (_whole(review.actual_value, "供水工程维修处数"), _whole(review.indicator, "供水工程维修处数")),
            ),
        ),
    ),
    Planted(
        "得分8分，超过分值7分",
        ((_whole(review.score, "汛前工程完工率"), 8),),
        (Expected("S-08", ERROR, _whole(review.score, "汛前工程完工率"), (_whole(review.weight, "汛前工程完工率"),)),),
    ),
    Planted(
        "未得满分（5.70/6）没有写原因",
        ((_whole(review.actual_value, "取用水检查户数"), "114户"), (_whole(review.score, "取用水检查户数"), 5.7)),
        (Expected("S-20", WARNING, _whole(review.reason, "取用水检查户数")),),
    ),
    Planted(
        "单位负责人没有签字",
        ((_whole(foot.signature), None),),
        (Expected("A1-34", WARNING, _whole(foot.signature)),),
    ),
    Planted(
        "产出指标多填2分，分值合计102分",
        ((_of_river(review.weight, "单元工程合格率"), 12), (_of_river(review.score, "单元工程合格率"), 12)),
        (
            Expected("S-01", ERROR, _of_river(p.year.total_weight)),
            Expected("S-04", WARNING, _of_river(review.weight, "新建护岸长度")),
        ),
    ),
    Planted(
        "完成值照抄目标值“≥95%”",
        ((_of_river(review.actual_value, "主汛期前完工率"), "≥95%"),),
        (Expected("S-30", WARNING, _of_river(review.actual_value, "主汛期前完工率")),),
    ),
    Planted(
        "目标以“亩”计，完成值以“公里”计",
        ((_of_river(review.actual_value, "保护农田面积"), "5200公里"),),
        (Expected("S-24", WARNING, _of_river(review.actual_value, "保护农田面积")),),
    ),
    Planted(
        "填报日期早于年度终了",
        ((_of_river(foot.filed_on), date(2023, 12, 20)),),
        (
            Expected("A1-35", WARNING, _of_river(foot.filed_on)),
            Expected("X-14", INFO, _of_river(foot.filed_on), (_whole(foot.filed_on),)),
        ),
    ),
    Planted(
        "预期目标整格只填了一个金额",
        ((_of_water(review.goal), "150万元"),),
        (Expected("A2-15", ERROR, _of_water(review.goal)),),
    ),
    Planted(
        "满意度完成值102%",
        ((_of_water(review.actual_value, "用水户满意度"), "102%"),),
        (Expected("S-31", ERROR, _of_water(review.actual_value, "用水户满意度")),),
    ),
    Planted(
        "用了下发给林业局的表样",
        ((_of_water(p.implementer), BUREAU),),
        (Expected("W-17", ERROR, _of_water(p.implementer)),),
        issued_to=OTHER_BUREAU,
    ),
)


def with_defects(*defects: Planted) -> Sample:
    """The filing with these defects planted."""
    forms = papers()
    for defect in defects:
        for ref, value in defect.changes:
            _paper(forms, ref).enter(ref, value)
        if defect.issued_to:
            _paper(forms, defect.where).issued_to = defect.issued_to
    return Sample(
        f"{BUREAU}_{YEAR}_问题示例",
        f"一个部门、两个项目的报送，其中埋设了{len(defects)}处问题，其余内容都是对的。"
        "几张表一起审核（xltool audit），应当只指出下表所列的问题，位置与表中一致。"
        "批量检查（xltool batch）按签发记录分单位，误用林业局表样的那份附件3会列在林业局名下，"
        "水利局名下则多一条“没有对应的附件3”（X-06）。",
        papers_as_sheets(forms, BUREAU, YEAR),
        tuple(expected for defect in defects for expected in defect.expected),
    )


def _paper(forms: list[Paper], ref: FieldRef) -> Paper:
    (paper,) = (paper for paper in forms if paper.form == ref.form and ref.project in {"", paper.project})
    return paper


def sample() -> Sample:
    """The sample folder."""
    return with_defects(*DEFECTS)
