"""示范县农业农村局: a filing of two projects without a fault."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from tools.samples.sample import Paper, Sample, indicator_rows, papers_as_sheets
from xltool.forms import base_data as b
from xltool.forms import foot, review, self_review
from xltool.forms import project as p

if TYPE_CHECKING:
    from xltool.expr.nodes import Field

YEAR = 2023
BUREAU = "示范县农业农村局"
FARMLAND, TESTING = "高标准农田建设", "农产品质量安全检测"
FOOT: dict[Field, Any] = {
    foot.filler: "某某",
    foot.filed_on: date(2024, 3, 15),
    foot.phone: "0000000",
    foot.signature: "某某",
}


def _line(item: b.Spending, last: float, budget: float, actual: float) -> dict[Field, Any]:
    return dict(zip(item, (last, budget, actual), strict=True))


def _funds(line: review.Funds, initial: float, budget: float, executed: float) -> dict[Field, Any]:
    return dict(zip(line.amounts, (initial, budget, executed), strict=True))


def _base_data() -> Paper:
    values: dict[Field, Any] = {
        b.unit: BUREAU,
        b.posts: 40,
        b.staff: 38,
        **_line(b.vehicle_purchase, 0, 0, 0),
        **_line(b.vehicle_running, 8, 7.5, 7.1),
        **_line(b.abroad, 0, 0, 0),
        **_line(b.reception, 4.5, 4.5, 4.1),
        **_line(b.running, 60, 58, 57),
        **_line(b.office, 20, 20, 19),
        **_line(b.utilities, 15, 15, 14.5),
        **_line(b.meetings, 5, 5, 4),
        b.procurement_budget: 100,
        b.procurement_actual: 98,
        b.adjustment_before: 580,
        b.adjustment_after: 600,
        b.thrift: "执行县级党政机关公务接待管理办法，接待一律先审批后安排；公务用车定点维修、定点加油；"
        "会议培训优先采用视频形式，办公用品集中采购。",
        **FOOT,
    }
    rows = [
        {"项目名称": FARMLAND, "上年决算数": 500, "本年预算数": 600, "本年决算数": 590},
        {"项目名称": TESTING, "上年决算数": 80, "本年预算数": 100, "本年决算数": 98},
    ]
    return Paper("附件1", values, rows)


def _self_review() -> Paper:
    values: dict[Field, Any] = {
        self_review.department: BUREAU,
        **_funds(self_review.year, 1280, 1300, 1288),
        self_review.general_budget: 1300,
        self_review.fund_budget: 0,
        self_review.special_account: 0,
        self_review.other_income: 0,
        self_review.basic_spending: 600,
        self_review.project_spending: 688,
        review.goal: "（1）建成高标准农田3000亩，提高粮食综合生产能力。\n"
        "（2）抽检农产品800批次，合格率不低于98%。\n"
        "（3）培训高素质农民500人次，推广测土配方施肥技术。",
        review.achievement: "（1）全年建成高标准农田3050亩，已通过县级验收，项目区粮食亩均增产32公斤。\n"
        "（2）全年抽检农产品820批次，合格率98.6%，不合格产品全部依法处置。\n"
        "（3）全年培训高素质农民480人次，完成目标的96%，未完成部分因两期班次受汛情影响取消；"
        "测土配方施肥覆盖率达到92%。",
        **FOOT,
    }
    rows = indicator_rows(
        ("数量指标", "高标准农田建设面积", "≥3000亩", "3050亩", 8, 8),
        (
            "数量指标",
            "高素质农民培训人次",
            "500人次",
            "480人次",
            8,
            7.68,
            "汛情取消两期班次；下年避开汛期办班",
        ),
        ("数量指标", "农产品抽检批次", "800批次", "820批次", 7, 7),
        ("质量指标", "高标准农田验收合格率", "100%", "100%", 8, 8),
        ("质量指标", "农产品抽检合格率", "≥98%", "98.6%", 7, 7),
        ("时效指标", "建设任务按期完成率", "100%", "100%", 6, 6),
        ("成本指标", "公用经费控制数", "≤58万元", "57万元", 6, 6),
        ("经济效益指标", "粮食亩均增产", "≥30公斤", "32公斤", 8, 8),
        ("社会效益指标", "受益农户数", "≥1200户", "1260户", 8, 8),
        ("生态效益指标", "测土配方施肥覆盖率", "≥90%", "92%", 7, 7),
        ("可持续影响指标", "农田管护责任落实率", "100%", "100%", 7, 7),
        ("服务对象满意度指标", "农户满意度", "≥90%", "94%", 10, 10),
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


def _farmland() -> Paper:
    goals = (
        "（1）在青山镇、河东镇建成高标准农田3000亩。\n（2）新修田间道路12公里，配套节水灌溉1500亩。",
        (
            "（1）青山镇、河东镇两个项目区共建成高标准农田3050亩，全部通过县级验收。\n"
            "（2）新修田间道路12.4公里，配套节水灌溉1560亩，已移交村集体管护。"
        ),
    )
    rows = indicator_rows(
        ("数量指标", "项目区建成农田面积", "≥3000亩", "3050亩", 10, 10),
        ("数量指标", "新修田间道路", "≥12公里", "12.4公里", 8, 8),
        ("质量指标", "单项工程验收合格率", "100%", "100%", 12, 12),
        ("时效指标", "完工及时率", "100%", "100%", 10, 10),
        ("成本指标", "项目总成本", "≤600万元", "590万元", 10, 10),
        ("经济效益指标", "亩均节本增收", "≥150元", "165元", 8, 8),
        ("社会效益指标", "项目区受益农户数", "≥900户", "930户", 8, 8),
        ("生态效益指标", "节水灌溉面积", "≥1500亩", "1560亩", 7, 7),
        ("可持续影响指标", "管护主体落实率", "100%", "100%", 7, 7),
        ("服务对象满意度指标", "项目区农户满意度", "≥90%", "93%", 10, 10),
    )
    return _project(FARMLAND, (600, 600, 590), goals, rows)


def _testing() -> Paper:
    goals = (
        "（1）完成定量检测800批次、快速检测5000个样品。\n（2）检测报告出具及时率不低于95%，全年不发生重大农产品质量安全事件。",
        (
            "（1）完成定量检测820批次、快速检测5100个样品，合格率98.6%。\n"
            "（2）检测报告出具及时率97%，全年没有发生重大农产品质量安全事件。"
        ),
    )
    rows = indicator_rows(
        ("数量指标", "定量检测批次", "800批次", "820批次", 10, 10),
        ("数量指标", "快速检测样品数", "5000个", "5100个", 10, 10),
        ("质量指标", "检测结果准确率", "100%", "100%", 12, 12),
        ("时效指标", "检测报告及时出具率", "≥95%", "97%", 10, 10),
        ("成本指标", "项目总成本", "≤100万元", "98万元", 8, 8),
        ("经济效益指标", "认证农产品产值", "≥2000万元", "2120万元", 8, 8),
        ("社会效益指标", "重大农产品质量安全事件数", "0起", "0起", 8, 8),
        ("生态效益指标", "高毒农药检出率", "≤1%", "0.4%", 7, 7),
        ("可持续影响指标", "检测人员持证率", "100%", "100%", 7, 7),
        ("服务对象满意度指标", "消费者满意度", "≥90%", "92%", 10, 10),
    )
    return _project(TESTING, (100, 100, 98), goals, rows)


def papers() -> list[Paper]:
    """Its four forms."""
    return [_base_data(), _self_review(), _farmland(), _testing()]


def sample() -> Sample:
    """The sample folder."""
    return Sample(
        f"{BUREAU}_{YEAR}_合格",
        "一个部门、两个项目的完整报送：附件1、附件2各一份，附件3每个项目一份。合计、比率全部由表样公式计算，"
        "有一项指标没有完成（高素质农民培训），按比例记分并写明了原因。审核结果：没有发现问题。",
        papers_as_sheets(papers(), BUREAU, YEAR),
    )
