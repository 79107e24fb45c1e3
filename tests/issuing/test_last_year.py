"""Values of last year's filings in the forms of this year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.issuing.county import (
    DAM,
    FARMS,
    OLD,
    PROJECTS,
    RIVER,
    SCHOOLS,
    UNITS,
    WATER,
    file_of,
    form_of,
    issue,
    last_year,
    lines,
)
from tests.support.sheets import book
from xltool.findings import row_column
from xltool.forms import FORMS, base_data
from xltool.issuing.issue import LIST
from xltool.template.order import Order, SheetOrder
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from pathlib import Path


def test_last_years_amounts(roster: Path, tmp_path: Path) -> None:
    """上年决算数 is last year's 本年决算数, open; an ended project keeps its row, so that the total is last year's."""
    out = tmp_path / "下发"
    form, submission = form_of(file_of(issue(out, roster=roster, prior=last_year(tmp_path / "上年")), "012", "附件1"))
    amounts = {
        "公务接待_上年决算数": 4.5, "公车运行维护_上年决算数": 7.1, "公用经费_上年决算数": 39.19,
        "三公经费_上年决算数": 11.6, "项目支出_上年决算数": 201.0, "出国经费_上年决算数": None,
    }  # fmt: skip
    assert {key: submission.value(key) for key in amounts} == amounts
    rows = [(row.value("项目名称"), row.value("上年决算数"), row.value("本年预算数")) for row in submission.rows]
    assert rows == [(RIVER, 100.0, 996.72), (DAM, None, 200.0), (OLD, 101.0, None)]
    assert not form.sheet.is_locked(*form.spots("项目名称")[2])
    assert not form.sheet.is_locked(*row_column(str(submission.cell("公务接待_上年决算数"))))
    assert submission.value("编制数") == 12
    first = lines(out)[0]
    assert first["来自上年（可修改）"] == "上年决算数 3 项，项目 2 个"
    assert first["上年文件"] == "附件1.xlsx"
    assert first["说明"] == f"上年的项目今年没有，保留上年决算数行，不发附件3：{OLD}"


def test_last_years_indicators(roster: Path, tmp_path: Path) -> None:
    """Indicators are carried over, unlocked, where the roster gives none; an ended project is listed with its file."""
    out = tmp_path / "下发"
    paths = issue(out, roster=roster, prior=last_year(tmp_path / "上年"))
    form, submission = form_of(file_of(paths, "012", "附件2"))
    rows = [row for row in submission.rows if row.value("三级指标")]
    assert [
        (row.value("二级指标"), row.value("三级指标"), row.value("年度指标值"), row.value("分值")) for row in rows
    ] == [
        ("数量指标", "上年数量", "≥10公里", 60.0),
        ("服务对象满意度指标", "上年满意度", "≥85%", 30.0),
    ]
    assert [row.value("得分") for row in rows] == [None, None]
    assert not form.sheet.is_locked(*row_column(rows[0].cells["三级指标"].cell))
    _, river = form_of(file_of(paths, "012", RIVER))
    assert "上年数量" not in {row.value("三级指标") for row in river.rows}
    assert [(line["上年文件"], line["项目"], line["没有采用的原因"]) for line in lines(out, "上年未采用")] == [
        (f"附件3{OLD}.xlsx", OLD, "今年没有这个项目，指标没有沿用")
    ]
    notes = {line["单位编码"]: line["说明"] for line in lines(out) if line["表"] == "附件2"}
    assert notes == {"012": None, "013": "没有找到本单位上年的报送", "014": "没有找到本单位上年的报送",
                    "015": "没有找到本单位上年的报送"}  # fmt: skip


def test_without_a_roster(tmp_path: Path) -> None:
    """For a single department, last year's projects and indicators are carried over, and nothing is locked."""
    prior = last_year(tmp_path / "上年" / "水利局")
    last_year(tmp_path / "上年" / "教育局", SCHOOLS)
    out = tmp_path / "下发"
    paths = issue(out, department=WATER, prior=tmp_path / "上年")
    assert [path.parent for path in paths] == [out] * 5
    _, third = form_of(file_of(paths, "附件3", OLD))
    assert [row.value("三级指标") for row in third.rows if row.value("三级指标")] == ["上年数量"]
    form, first = form_of(file_of(paths, "附件1"))
    assert first.value("编制数") == 11
    assert not form.sheet.is_locked(*row_column(str(first.cell("编制数"))))
    assert [row.value("项目名称") for row in first.rows] == [RIVER, OLD]
    assert lines(out)[0]["说明"] == "没有今年的项目名单，项目沿用上年"
    assert "上年未采用" not in openpyxl.load_workbook(out / LIST).sheetnames
    assert prior.is_dir()


def test_projects_that_are_named_need_no_roster(tmp_path: Path) -> None:
    """Projects given by --project are those of this year; the other project of last year is listed as ended."""
    out = tmp_path / "下发"
    paths = issue(out, department=WATER, projects=[RIVER], prior=last_year(tmp_path / "上年"))
    assert len(paths) == 4
    assert OLD in lines(out)[0]["说明"]
    assert [line["项目"] for line in lines(out, "上年未采用")] == [OLD]
    with pytest.raises(ValueError, match="请用 --department 指明单位"):
        issue(out, prior=tmp_path / "上年")


def test_a_roster_without_projects_carries_last_years(tmp_path: Path) -> None:
    """Where the roster lists no projects at all, last year's are carried on; where it lists some, they are all."""
    prior = last_year(tmp_path / "上年")
    units = book(tmp_path / "单位.xlsx", 单位=UNITS[:2])
    assert len(issue(tmp_path / "一", roster=units, prior=prior)) == 5
    others = book(tmp_path / "两.xlsx", 单位=UNITS[:3], 项目=[PROJECTS[0], ["013", "校舍", None, None, 5]])
    paths = issue(tmp_path / "二", roster=others, prior=prior)
    assert len([path for path in paths if "012" in path.parent.name]) == 3


def test_uncertain_forms_are_not_used(roster: Path, tmp_path: Path) -> None:
    """Forms of another year or an uncertain department, differing versions and damaged files are listed, not used."""
    prior = tmp_path / "上年"
    last_year(prior / "旧", FARMS, year=2022)
    last_year(prior / "财政", "某某县财政局")
    last_year(prior / "疑", "某某县教育体育局")
    last_year(prior / "一", "农业局", projects=())
    last_year(prior / "二", FARMS, projects=(), extra={base_data.reception.actual: 5.0})
    (prior / "坏.xlsx").write_bytes(b"PK\x03\x04 damaged")
    out = tmp_path / "下发"
    paths = issue(out, roster=roster, prior=prior)
    reasons = {line["上年文件"]: line["没有采用的原因"] for line in lines(out, "上年未采用")}
    assert reasons["旧/附件1.xlsx"] == "是 2022 年度的表，不是上年（2023）"
    assert reasons["财政/附件2.xlsx"] == "名册里没有单位“某某县财政局”，未采用"
    assert reasons["疑/附件1.xlsx"] == f"单位“某某县教育体育局”可能是“{SCHOOLS}”，不能确定，未采用"
    assert "损坏" in reasons["坏.xlsx"]
    _, submission = form_of(file_of(paths, "014", "附件1"))
    assert submission.value("公务接待_上年决算数") is None
    (note,) = (line["说明"] for line in lines(out) if line["单位编码"] == "014" and line["表"] == "附件1")
    assert note == "上年有 2 份内容不同的附件1，未采用：一/附件1.xlsx、二/附件1.xlsx"
    _, second = form_of(file_of(paths, "014", "附件2"))
    assert second.rows[0].value("三级指标") == "上年数量", "two that say the same are one"


def test_a_template_of_another_department_is_not_used(roster: Path, tmp_path: Path) -> None:
    """A template issued to one department and filed by another is used for neither."""
    prior = tmp_path / "上年"
    last_year(prior, FARMS, projects=())
    path = prior / "附件1.xlsx"
    order = SheetOrder(FORMS["附件1"], prefill={base_data.unit: SCHOOLS, base_data.reception.actual: 9.0})
    path.write_bytes(write_workbook(Order(2023, FARMS), [order]))
    out = tmp_path / "下发"
    issue(out, roster=roster, prior=prior)
    (line,) = lines(out, "上年未采用")
    assert line["没有采用的原因"] == f"表样下发给“{FARMS}”，填报的是“{SCHOOLS}”，未采用"


def test_departments_of_one_name_are_distinguished_by_code(tmp_path: Path) -> None:
    """A template that was issued by a roster counts for its code; of others of that name it is not known whose."""
    units = [UNITS[0][:2], ["1", WATER], ["2", WATER]]
    roster = book(tmp_path / "r.xlsx", 单位=units)
    prior = tmp_path / "上年"
    order = SheetOrder(FORMS["附件1"], prefill={base_data.reception.actual: 9.0})
    for name, code in (("甲.xlsx", "2"), ("乙.xlsx", "")):
        prior.mkdir(exist_ok=True)
        (prior / name).write_bytes(write_workbook(Order(2023, WATER, code=code), [order]))
    out = tmp_path / "下发"
    paths = issue(out, roster=roster, prior=prior)
    amounts = [form_of(file_of(paths, f"{code} {WATER}", "附件1"))[1].value("公务接待_上年决算数") for code in "12"]
    assert amounts == [None, 9.0]
    assert [line["上年文件"] for line in lines(out, "上年未采用")] == ["乙.xlsx"]


def test_totals_that_differ_from_their_parts_are_noted(tmp_path: Path) -> None:
    """The list notes totals of last year that are not the sum of their parts, and amounts that could not be read."""
    extra = {base_data.three_public.actual: 20.0, base_data.office.actual: "待定"}
    prior = last_year(tmp_path / "上年", extra=extra)
    out = tmp_path / "下发"
    issue(out, department=WATER, prior=prior)
    note = lines(out)[0]["说明"]
    assert "三公经费上年决算数：上年合计填报 20，明细之和 11.6，请单位核对" in note
    assert "上年本年决算数读不出，没有带入：办公经费" in note
