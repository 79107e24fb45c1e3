"""Five filings of other places in their own layouts, and the values that must be read from them.

The values come from the transcriptions in tests/data/filings; the layouts are built here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from tests.support.documents import Form, shown
from tests.support.seed import DATA

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Row = dict[str, object]
NAMES: Final = (
    "chizhou_tangxi_village_2022",
    "chongqing_media_2021",
    "huanggang_soil_2020",
    "hunan_dept_basic_2018_wanglu",
    "zhongjiang_water_2022",
)
MEASURES: Final = ("年初预算数", "全年预算数", "全年执行数")
REASON: Final = "偏差原因分析及改进措施"


@dataclass
class Built:
    """A filing as forms, and what must be read from it: values by field, rows by column."""

    forms: list[Form]
    values: dict[str, object]
    rows: list[Row] = field(default_factory=list)


@cache
def document(name: str) -> dict[str, Any]:
    """A transcription, with the findings it must and must not give."""
    transcribed: dict[str, Any] = json.loads((DATA / "filings" / f"{name}.json").read_text(encoding="utf-8"))
    return transcribed


def build(name: str) -> Built:
    """A filing by the name of its transcription."""
    return _BUILDERS[name](document(name)["transcription"], document(name))


def _table(form: Form, at: int, rows: Sequence[Row], *, levels: bool = True, start: int = 1) -> int:
    """Rows of indicators, their levels merged where there are any; gives the next row."""
    for first, members in groupby(rows, lambda row: str(row.get("一级指标", ""))):
        below = list(members)
        if levels:
            form.add(at, (first, 1, len(below)), start=start)
        for second, lines in groupby(below, lambda row: str(row.get("二级指标", ""))):
            listed = list(lines)
            form.add(at, (second, 1, len(listed)), start=start + levels)
            for line in listed:
                rest = [shown(value) for key, value in line.items() if key not in {"一级指标", "二级指标"}]
                form.add(at, *rest, start=start + levels + 1)
                at += 1
    return at


def _named(rows: Sequence[Row]) -> list[Row]:
    """Rows with the column names of the records, blanks as None."""
    return [
        {REASON if key == "偏差原因" else key: value if value != "" else None for key, value in row.items()}
        for row in rows
    ]


def _chizhou(filed: dict[str, Any], _: dict[str, Any]) -> Built:
    """A total row of zeros above a filled breakdown, codes before names, narrative in 元, a dotted filler line."""
    funds = filed["资金"]
    form = Form("自评表", ["项目支出绩效自评表", "（2022年度）"], 9, foot=[])
    form.add(1, ("项目名称", 2), (filed["项目名称"], 7))
    form.add(2, ("主管部门", 2), (filed["主管部门"], 2), ("实施单位", 2), (filed["实施单位"], 3))
    form.add(3, ("项目资金\n（万元）", 1, 5), ("", 2), *MEASURES, "分值", "执行率", "得分")
    lines = ("年度资金总额", "其中:本年财政拨款", "上年结转资金", "其他资金")
    for row, line in enumerate(lines, 4):
        rest = [shown(funds[key]) for key in ("分值", "执行率", "得分")] if row == 4 else ["—", "/", "—"]
        form.add(row, (line, 2), *map(shown, funds[line]), *rest, start=2)
    goals = [f"{part}\n…………" for part in filed["text"].split("; ")]
    form.add(8, ("年度总体目标", 1, 2), ("预期目标", 4), ("实际完成情况", 4))
    form.add(9, *((text, 4) for text in goals), start=2)
    heads = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", REASON)
    form.add(10, ("绩效指标", 1, len(filed["indicators"]) + 1), *heads)
    _table(form, 11, filed["indicators"], start=2)
    values: dict[str, object] = {
        "项目支出名称": filed["项目名称"],
        "主管部门": filed["主管部门"],
        "实施单位": filed["实施单位"],
        "预期目标": goals[0],
        "实际完成情况": goals[1],
        **{f"年度资金总额_{key}": funds[key] for key in ("分值", "执行率", "得分")},
    }
    for line, key in zip(lines, ("年度资金总额", "当年财政拨款", "上年结转资金", "其他资金"), strict=True):
        values |= {f"{key}_{measure}": value for measure, value in zip(MEASURES, funds[line], strict=True)}
    return Built([form], values, _named(filed["indicators"]))


def _zhongjiang(filed: dict[str, Any], noted: dict[str, Any]) -> Built:
    """分值 before 年度指标值, no 年初 column, 全年实际值, an empty category, notes below the table."""
    total, ours = filed["资金"]["年度资金总额"], filed["资金"]["其中:本年财政拨款"]
    note = "注：1.一级指标分值统一设置为：产出50分、效益30分、满意度10分、预算执行率10分。"
    form = Form("自评表", ["2022年度绩效目标自评表"], 9, foot=[note])
    form.add(1, ("项目名称", 2), (filed["项目名称"], 7))
    form.add(2, ("项目负责人及电话", 2), (filed["项目负责人及电话"], 7))
    form.add(3, ("主管部门", 2), (filed["主管部门"], 3), ("实施单位", 2), (filed["实施单位"], 2))
    form.add(4, ("项目预算\n执行情况\n（万元）", 1, 3), ("", 2), *((key, 1) for key in total), "")
    form.add(5, ("年度资金总额：", 2), *map(shown, total.values()), "", start=2)
    form.add(6, ("其中：本年财政拨款", 2), *map(shown, ours), "/", "/", "/", "", start=2)
    order = ("一级指标", "二级指标", "三级指标", "分值", "年度指标值", "实际完成值", "得分", "偏差原因")
    rows = [{key: row[key] for key in order} for row in filed["indicators"]]
    _zhongjiang_table(form, rows, next(flag["found"] for flag in noted["flags"] if flag["rule"] == "S-07"))
    score = shown(filed["总分"]["得分"])
    form.add(form.height + 1, ("总分", 4), shown(filed["总分"]["分值"]), "", "", score, "")
    budget, executed, *rest = total.values()
    values = {
        "项目支出名称": filed["项目名称"],
        "主管部门": filed["主管部门"],
        "实施单位": filed["实施单位"],
        "年度资金总额_全年预算数": budget,
        "年度资金总额_全年执行数": executed,
        **{f"年度资金总额_{key}": value for key, value in zip(("分值", "执行率", "得分"), rest, strict=True)},
        **{f"当年财政拨款_{key}": value for key, value in zip(MEASURES[1:], ours, strict=True)},
        **{f"总分_{key}": value for key, value in filed["总分"].items()},
    }
    return Built([form], values, _named(rows))


def _zhongjiang_table(form: Form, rows: Sequence[Row], headings: str) -> None:
    """The indicators under headings with points, 经济效益指标 without any."""
    points = dict(re.findall(r"([^\s(]+)\((\d+)分\)", headings))
    names = {
        first: f"{first}({points[first.removesuffix('指标')]}分)" for first in (str(row["一级指标"]) for row in rows)
    }
    printed = [row | {"一级指标": names[str(row["一级指标"])]} for row in rows]
    at = next(number for number, row in enumerate(rows) if row["一级指标"] == "效益指标")
    empty: Row = {**dict.fromkeys(rows[0], ""), "一级指标": names["效益指标"], "二级指标": "经济效益指标"}
    heads = ("一级指标", "二级指标", "三级指标", "分值", "年度指标值", "全年实际值", "得分", "未完成原因分析")
    form.add(7, ("绩效指标", 1, len(rows) + 2), *heads)
    _table(form, 8, [*printed[:at], empty, *printed[at:]], start=2)


def _chongqing(filed: dict[str, Any], _: dict[str, Any]) -> Built:
    """No levels, 指标性质 that is no operator, 调整指标值, 得分系数, 是否核心指标, the total above the table."""
    form = Form("自评表", ["2021年度部门整体绩效自评表"], 10, foot=["联系人：某某    联系电话："])
    form.add(1, ("自评总分", 2), (shown(filed["自评总分"]), 2), ("执行率", 2), ("执行率权重", 2), ("执行率得分", 2))
    form.add(2, ("", 2), ("", 2), *((shown(filed[key]), 2) for key in ("执行率", "执行率权重", "执行率得分")))
    heads = ["指标名称", "计量单位", "指标性质", "年初指标值", "调整指标值", "全年完成值", "得分系数", "指标权重"]
    heads += ["指标得分", "是否核心\n指标"]
    form.add(3, *heads)
    for at, row in enumerate(filed["indicators"], 4):
        form.add(at, *map(shown, row))
    values = {
        "总分_得分": filed["自评总分"],
        "年度资金总额_执行率": filed["执行率"],
        "年度资金总额_分值": filed["执行率权重"],
        "年度资金总额_得分": filed["执行率得分"],
        "联系电话": None,
    }
    rows = [
        {"三级指标": row[0], "年度指标值": row[3] or None, "实际完成值": row[5] or None, "分值": row[7], "得分": row[8]}
        for row in filed["indicators"]
    ]
    return Built([form], values, rows)


def _huanggang(filed: dict[str, Any], _: dict[str, Any]) -> Built:
    """Execution of 20 points said in the head, two goals with heads of their own, no 分值 column."""
    funds = filed["资金"]
    form = Form("自评表", ["2020年度水土保持监测项目绩效自评表"], 7, foot=[])
    form.add(1, ("项目名称", 2), ("水土保持监测", 5))
    form.add(2, ("预算执行情况（万元）", 1, 2), ("", 2), *funds)
    form.add(3, ("年度财政资金总额", 2), *map(shown, funds.values()), start=2)
    at, rows = 4, []
    for title in ("年度绩效目标1(40分)", "年度绩效目标2(40分)"):
        listed = [
            dict(zip(("二级指标", "三级指标", "年度指标值", "实际完成值", "得分"), row, strict=True))
            for row in filed[title]
        ]
        form.add(at, (title, 1, len(listed) + 1), "二级指标", "三级指标", "年初目标值(A)", "实际完成值(B)", "得分", "")
        at = _table(form, at + 1, listed, levels=False, start=2)
        rows += listed
    form.add(at, ("总分", 5), shown(filed["总分"]), "")
    budget, executed, rate, score = funds.values()
    values = {
        "项目支出名称": "水土保持监测",
        "年度资金总额_全年预算数": budget,
        "年度资金总额_全年执行数": executed,
        "年度资金总额_执行率": rate,
        "年度资金总额_得分": score,
        "总分_得分": filed["总分"],
    }
    return Built([form], values, rows)


def _hunan(filed: dict[str, Any], noted: dict[str, Any]) -> Built:
    """附件1 under its old number 附件3, a rate broken over two lines, 7.50., beside a table that is no form."""
    form = Form("附件3", ["附件3", "2018年度部门整体支出绩效评价基础数据表", "单位：万元"], 7, foot=[])
    form.add(1, ("财政供养人员情况", 1, 2), ("编制数", 2), ("2018年实际在职人数", 2), ("控制率", 2))
    broken = filed["控制率"].replace("95.", "95.\n")
    form.add(2, *((shown(value), 2) for value in (filed["编制数"], filed["2018年实际在职人数"], broken)), start=2)
    form.add(3, "经费控制情况", *((head, 2) for head in filed["columns"]))
    for row, (label, amounts) in enumerate(filed["rows"].items(), 4):
        form.add(row, label, *((shown(amount), 2) for amount in amounts))
    index = Form("指标表", ["部门整体支出绩效评价指标表"], 3, foot=[])
    for row, (name, points) in enumerate(filed["指标表"].items(), 1):
        index.add(row, name, *map(shown, points))
    values: dict[str, object] = {key: filed[key] for key in ("编制数", "控制率")} | {
        "实际在职人数": filed["2018年实际在职人数"]
    }
    read_as = next(flag["expected"] for flag in noted["flags"] if flag["rule"] == "T-05")
    for label, amounts in filed["rows"].items():
        key = _HUNAN.get(label, label.rpartition(":")[2])
        if key is not None:
            measures = zip(("上年决算数", "本年预算数", "本年决算数"), amounts, strict=True)
            values |= {f"{key}_{each}": float(read_as) if amount == "7.50." else amount for each, amount in measures}
    for gone in ("政府采购金额_上年决算数", "部门基本支出预算调整_上年决算数"):  # not fields of the form
        values.pop(gone)
    projects: list[Row] = [
        {"项目名称": label[2:], **dict(zip(("上年决算数", "本年预算数", "本年决算数"), amounts, strict=True))}
        for label, amounts in filed["rows"].items()
        if label.endswith("专项") and any(amount is not None for amount in amounts)
    ]
    return Built([form, index], values, projects)


_HUNAN: Final = {
    "1、公务用车购置和维护经费": "公务用车购置和维护经费",
    "2、出国经费": "出国经费",
    "3、公务接待": "公务接待",
    "项目支出:": "项目支出",
    "1、业务工作专项": None,
    "2、运行维护专项": None,
    "水费、电费、差旅费": "水费电费差旅费",
    "会议费、培训费": "会议费培训费",
    "部门整体支出预算调整": "部门基本支出预算调整",
}
_BUILDERS: Final[dict[str, Callable[[dict[str, Any], dict[str, Any]], Built]]] = dict(
    zip(NAMES, (_chizhou, _chongqing, _huanggang, _hunan, _zhongjiang), strict=True)
)
