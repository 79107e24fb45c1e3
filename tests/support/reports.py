"""Narrative reports as people write them: the seed's, and honest reports of other places with other structures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import docx

from tests.support.seed import DATA
from tools.samples.clean import BUREAU

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from docx.document import Document

Table = list[list[str]]
Block = str | Table


def seed_report() -> list[str]:
    """The report of the 2023 filing of 君山产业开发区, line by line."""
    return (DATA / "junshan_2023_report.txt").read_text(encoding="utf-8").splitlines()


BUREAU_REPORT: Final[list[Block]] = [
    f"{BUREAU}",
    "2023年度部门整体支出绩效自评报告",
    "一、部门概况",
    "（一）部门职责。贯彻执行农业农村工作的方针政策，负责全县农业生产、农产品质量安全、高标准农田建设和农村改革工作。",
    (
        "（二）机构和人员。我局内设办公室、产业股、农田建设股等8个股室，下属事业单位2个，分别为：农技推广中心、农产品检测站。"
        "核定编制40名，其中行政编制12名、事业编制28名；2023年末在职人员38人，退休人员25人，在职人员控制率95%。"
    ),
    "（三）预算和支出。2023年部门年初预算1280万元，其中：基本支出580万元，项目支出700万元；年中追加20万元，全年预算1300万元。",
    "二、资金使用情况",
    (
        "2023年度部门总收入1300万元，全部为一般公共预算拨款。全年支出1288万元，较2022年的1246万元增长3.37%，预算执行率99.08%。"
        "支出按性质分：基本支出600万元，占46.6%；项目支出688万元，占53.4%。具体见下表。"
    ),
    [
        ["科目", "年初预算数", "全年预算数", "执行数"],
        ["基本支出", "580", "600", "600"],
        ["项目支出", "700", "700", "688"],
        ["合计", "1280", "1300", "1288"],
    ],
    (
        "1.基本支出。基本支出年初预算580万元，年中因人员调资追加20万元，全年支出600万元，完成预算的100%，"
        "主要用于在职人员工资、津贴补贴、社会保险缴费和日常公用经费。公用经费支出57万元，控制在预算58万元以内。"
    ),
    (
        "2.项目支出。高标准农田建设项目年初预算600万元，实际支出590万元，执行率98.33%；"
        "农产品质量安全检测项目预算100万元，支出98万元，执行率98%。项目支出主要用于工程施工、监理检测、试剂耗材和编外检测人员劳务费。"
    ),
    "3.“三公”经费。“三公”经费预算12万元，支出11.2万元，比上年减少1.3万元；其中公务接待费4.1万元，公务用车运行维护费7.1万元。",
    "三、政府性基金、国有资本经营和社会保险基金预算支出情况",
    "本部门2023年没有政府性基金预算支出、国有资本经营预算支出和社会保险基金预算支出。",
    "四、绩效目标完成情况",
    "全年建成高标准农田3050亩，已通过县级验收，项目区粮食亩均增产32公斤。",
    "全年抽检农产品820批次，合格率98.6%，不合格产品全部依法处置。",
    "培训高素质农民480人次，完成目标的96%，未完成部分因两期班次受汛情影响取消。",
    "五、综合评价及结论",
    (
        "按照评分标准，产出指标得49.68分，效益指标得30分，满意度指标得10分，预算执行得9.91分，"
        "2023年度部门整体支出绩效自评得分99.59分，评价等级为“优”。2022年自评得分为96分。"
    ),
    "六、存在的问题",
    "（1）培训计划受天气影响较大。（2）个别项目资料归档不及时。",
    "七、改进措施",
    "一是错开汛期安排培训；二是2024年起项目资料按月归档，2024年计划安排项目支出720万元。",
    [["联系人", "某某"], ["电话", "0000000"]],
]
"""A report of the sample without a fault (tools.samples.clean): all figures are right, the title takes two lines."""

TOWN: Final = "某县青山镇人民政府"
TOWN_REPORT: Final[list[Block]] = [
    "附件4",
    f"关于{TOWN}2022年度部门整体支出绩效自我评价的报告",
    f"单位名称：{TOWN}（盖章）",
    "报告日期：2023年5月10日",
    "根据县财政局关于开展2022年度预算绩效自评工作的通知要求，我镇对2022年度部门整体支出开展了绩效自评，现报告如下：",
    "一、基本情况",
    (
        "1、机构设置。青山镇人民政府内设机构6个，分别是：党政综合办公室、经济发展和生态环境办公室、社会事务办公室、"
        "自然资源和规划办公室、社会治安和应急管理办公室及财政所。"
    ),
    "2、人员情况。人员编制52名，实有在职人员49人，临聘人员11人，村（社区）干部63人。",
    "二、一般公共预算支出情况",
    "（一）基本支出。2022年基本支出812.4万元，其中人员经费705.15万元，日常公用经费107.25万元。",
    "（二）项目支出。2022年项目支出1,403.07万元，主要用于村级组织运行经费、村干部报酬、人居环境整治和防汛抗旱。",
    "以上合计，一般公共预算支出22154700元。",
    "三、政府性基金预算支出情况",
    "2022年政府性基金收入320万元，支出300万元，用于征地补偿，结转下年20万元。",
    "四、整体绩效情况",
    (
        "2022年我镇收入2535.47万元，支出2515.47万元，其中：基本支出812.40万元，项目支出1703.07万元。"
        "年初预算1500万元，调整后预算2535.47万元，执行率99.2%。全年支出比2021年的2100万元增加近420万元。"
    ),
    "青山片区道路硬化项目总投资500余万元，2022年支出260万元，执行率86.67%。全镇税收约1.2亿元。",
    "五、自评结果",
    "自评得分92.5分，等次为优秀。",
    "六、存在问题和下一步打算",
    "预算编制不够精细，下一步将加强预算管理，力争明年支出进度达到95%以上。",
    "附件：1.部门整体支出绩效评价基础数据表",
]
"""The report of a town with two budgets, money carried over and mixed units; its figures are in TOWN_NUMBERS."""
TOWN_NUMBERS: Final = {
    "附件1": {"编制数": 52.0, "实际在职人数": 49.0, "公用经费_本年决算数": 107.25},
    "附件2": {
        "年度资金总额_年初预算数": 1500.0,
        "年度资金总额_全年预算数": 2535.47,
        "年度资金总额_全年执行数": 2515.47,
        "年度资金总额_执行率": 0.9921,
        "收入_合计": 2535.47,
        "收入_一般公共预算": 2215.47,
        "收入_政府性基金拨款": 320.0,
        "支出_合计": 2515.47,
        "支出_基本支出": 812.4,
        "支出_项目支出": 1703.07,
        "总分_得分": 92.5,
    },
}


def lines_of(blocks: Sequence[Block]) -> list[tuple[int, str]]:
    """The paragraphs of a report, numbered."""
    return list(enumerate((block for block in blocks if isinstance(block, str)), 1))


def add_to(document: Document, blocks: Sequence[Block]) -> None:
    """Paragraphs and tables at the end of a document."""
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        table = document.add_table(len(block), len(block[0]))
        for row, texts in zip(table.rows, block, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text


def write_report(blocks: Sequence[Block], path: Path, *, after: Path | None = None) -> Path:
    """Write a Word document of these blocks, after the contents of another document where one is given."""
    document = docx.Document() if after is None else docx.Document(str(after))
    add_to(document, blocks)
    document.save(str(path))
    return path
