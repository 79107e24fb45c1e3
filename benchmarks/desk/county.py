"""A county: departments with honest filings, the roster that agrees with them, and what they filed a year ago."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import openpyxl

from benchmarks.corpus.honest import Clerk
from tools.samples.sample import Paper, papers_as_sheets
from xltool.forms import base_data, foot, self_review
from xltool.forms import project as form3
from xltool.template.order import file_name
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.corpus.filing import Filing
    from xltool.expr.nodes import Field

YEAR: Final = 2023
COUNTY: Final = "临江县"
BUREAUS: Final = (
    "发展和改革局", "教育局", "科学技术局", "工业和信息化局", "民族宗教事务局", "公安局", "民政局",
    "司法局", "财政局", "人力资源和社会保障局", "自然资源局", "住房和城乡建设局", "交通运输局", "水利局",
    "农业农村局", "商务局", "文化旅游广电体育局", "卫生健康局", "退役军人事务局", "应急管理局", "审计局",
    "市场监督管理局", "统计局", "医疗保障局", "林业局", "信访局", "城市管理和综合执法局", "乡村振兴局",
    "行政审批服务局", "机关事务服务中心", "供销合作社联合社", "总工会", "妇女联合会", "残疾人联合会",
    "科学技术协会", "融媒体中心", "档案馆", "党校", "红十字会", "气象局",
)  # fmt: skip
TOWNS: Final = (
    "城关", "白沙", "柳林", "石桥", "东山", "南湖", "西岭", "北渡", "新河", "双溪", "龙泉", "清水", "高坪",
    "长田", "大坝", "小江", "金鸡", "银杏", "桃源", "梅花", "竹山", "松柏", "枫树", "荷塘", "云峰",
    "月亮湾", "星沙", "永兴", "太平", "和平", "团结", "幸福", "红旗", "前进", "光明", "胜利", "兴隆",
    "福寿", "安乐", "富强",
)  # fmt: skip
NAMES: Final = tuple(COUNTY + name for name in BUREAUS) + tuple(f"{COUNTY}{name}镇人民政府" for name in TOWNS)
MOST: Final = len(NAMES)
UNAPPROVED: Final = 10
"""Every tenth department has no approved indicators in the roster; it is issued last year's."""


@dataclass(frozen=True)
class Office:
    """A department: its code and its honest filing."""

    code: str
    filing: Filing

    @property
    def name(self) -> str:
        """Its full name."""
        return self.filing.department

    @property
    def short(self) -> str:
        """Its name without the county."""
        return self.name.removeprefix(COUNTY)

    @property
    def projects(self) -> list[Paper]:
        """Its 附件3."""
        return self.filing.papers_of("附件3")

    @property
    def listed(self) -> bool:
        """Whether the roster lists its indicators."""
        return int(self.code) % UNAPPROVED != 0


def offices(count: int) -> list[Office]:
    """So many departments; ValueError for more than the county has."""
    if not 1 <= count <= MOST:
        msg = f"1 to {MOST} departments, not {count}"
        raise ValueError(msg)
    return [Office(f"{number:03d}", _filing(number, name)) for number, name in enumerate(NAMES[:count], start=1)]


def _filing(number: int, name: str) -> Filing:
    """The first filing, by seed, that answers its goals in the same words; other words are measured in trust."""
    for seed in range(number * 1000, number * 1000 + 100):
        clerk = Clerk(seed, year=YEAR, projects=3 + number % 3)
        clerk.department = name
        filing = clerk.filing()
        if "换言之" not in filing.traits:
            return filing
    raise LookupError(name)


# --- the roster -------------------------------------------------------------------------------


def write_roster(known: Sequence[Office], path: Path) -> Path:
    """Write the roster: departments, projects and approved indicators, as they will be filed."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "单位"
    sheet.append(["单位编码", "单位名称", "简称", "编制数", "联系人", "联系电话", "年初预算数"])
    for office in known:
        base, whole = office.filing.papers_of("附件1")[0], office.filing.papers_of("附件2")[0]
        contact, phone = base.values[foot.filler], base.values[foot.phone]
        budget = whole.values[self_review.year.initial]
        sheet.append([office.code, office.name, office.short, base.values[base_data.posts], contact, phone, budget])
    _projects(book.create_sheet("项目"), known)
    _indicators(book.create_sheet("指标"), known)
    book.save(path)
    return path


def _projects(sheet: Any, known: Sequence[Office]) -> None:
    sheet.append(
        ["单位编码", "项目名称", "主管部门", "实施单位", "年初预算数", "当年财政拨款", "上年结转资金", "其他资金"]
    )
    for office in known:
        for paper in office.projects:
            parts = [_amount(paper.values.get(line.initial)) for line in form3.breakdown]
            whole = round(sum(part or 0.0 for part in parts), 2)
            units = [paper.values[form3.supervisor], paper.values[form3.implementer]]
            sheet.append([office.code, paper.project, *units, whole, *parts])


def _indicators(sheet: Any, known: Sequence[Office]) -> None:
    keys = ("一级指标", "二级指标", "三级指标", "年度指标值", "分值")
    sheet.append(["单位编码", "项目名称", *keys])
    for office in known:
        for paper in office.filing.papers:
            for row in paper.rows if paper.form != "附件1" and office.listed else ():
                sheet.append([office.code, paper.project or None, *(row.get(key) for key in keys)])


def _amount(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


# --- a year ago -------------------------------------------------------------------------------


def write_last_year(known: Sequence[Office], folder: Path) -> Path:
    """Write last year's filings: 附件1 from this year's 上年决算数, and 附件2."""
    for office in known:
        own = folder / office.name
        own.mkdir(parents=True)
        papers = [_last_base(office), _last_review(office)]
        for order, sheet in papers_as_sheets(papers, office.name, YEAR - 1):
            (own / file_name(order, sheet)).write_bytes(write_workbook(order, [sheet]))
    return folder


def _last_base(office: Office) -> Paper:
    """附件1 of last year. Its 本年决算数 are this year's 上年决算数."""
    now = office.filing.papers_of("附件1")[0]
    values: dict[Field, Any] = dict(now.values)
    items = base_data.FORM.fields
    for key, item in items.items():
        stem, _, measure = key.rpartition("_")
        if item.is_input and measure in base_data.MEASURES and f"{stem}_上年决算数" in items:
            values[item] = now.values.get(items[f"{stem}_上年决算数"])
    values[foot.filed_on] = f"{YEAR}-05-20"
    rows = [
        {"项目名称": row["项目名称"], **dict.fromkeys(base_data.MEASURES, row["上年决算数"])}
        for row in now.rows
        if row["上年决算数"] is not None
    ]
    return Paper("附件1", values, rows)


def _last_review(office: Office) -> Paper:
    clerk = Clerk(office.filing.seed, year=YEAR - 1, projects=1)
    clerk.department = office.name
    return clerk.filing().papers_of("附件2")[0]
