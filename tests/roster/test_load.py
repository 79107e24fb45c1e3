"""Rosters as bureaus keep them: read whatever the format, and every error told with its row and column."""

from __future__ import annotations

import csv
import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import openpyxl
import pytest

from tests.support.sheets import book
from xltool.roster import Department, Indicator, Project, RosterError, load

if TYPE_CHECKING:
    from pathlib import Path

Rows = list[list[Any]]
UNITS: Final[Rows] = [
    ["单位编码", "单位名称", "简称", "编制数", "联系人", "联系电话", "评分口径"],
    ["012", "某某县水利局", "水利局、水局", 12, "某某", "0000000", None],
    ["013", "某某县教育局"],
]
PROJECTS: Final[Rows] = [
    ["单位编码", "项目名称", "主管部门", "实施单位", "年初预算数"],
    ["012", "河道治理", "某某县水利局", "某某县河道所", 996.72],
]
INDICATORS: Final[Rows] = [
    ["单位编码", "项目名称", "一级指标", "二级指标", "三级指标", "年度指标值", "分值"],
    ["012", "河道治理", "产出指标", "数量指标", "治理河长", "≥15公里", 60],
    ["012", "河道治理", "满意度", "满意度", "群众满意度", "≥90%", 30],
    ["013", None, None, "质量", "合格率", "100%", 90],
]


def whole(folder: Path, **changed: Rows) -> Path:
    """The sample roster, some of its sheets put in place of others."""
    return book(folder / "roster.xlsx", **{"单位": UNITS, "项目": PROJECTS, "指标": INDICATORS} | changed)


def problems(path: Path) -> list[str]:
    """The errors of a roster."""
    with pytest.raises(RosterError) as raised:
        load(path)
    return list(raised.value.problems)


def written(path: Path, rows: Rows, encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    """Rows as a csv file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


# --- what is read -----------------------------------------------------------------------------


def test_a_whole_roster(tmp_path: Path) -> None:
    """Departments with contact, posts, projects and indicators; words for 二级指标 become those of the forms."""
    roster = load(whole(tmp_path))
    first, second = roster.departments
    assert first == Department(
        "012", "某某县水利局", ("水利局", "水局"), 12, "某某", "0000000",
        projects=(
            Project(
                "河道治理", "某某县水利局", "某某县河道所", 996.72,
                indicators=(
                    Indicator("数量指标", "治理河长", "≥15公里", 60),
                    Indicator("服务对象满意度指标", "群众满意度", "≥90%", 30),
                ),
            ),
        ),
    )  # fmt: skip
    assert second == Department("013", "某某县教育局", indicators=(Indicator("质量指标", "合格率", "100%", 90),))
    assert (roster.lists_projects, roster.notices) == (True, ())
    assert roster.coded(" 013 ") is second


def test_only_codes_and_names_are_required(tmp_path: Path) -> None:
    """单位 alone, with its first two columns, is a roster; it says nothing of projects."""
    roster = load(book(tmp_path / "r.xlsx", 单位=[row[:2] for row in UNITS]))
    assert [department.code for department in roster.departments] == ["012", "013"]
    assert not roster.lists_projects


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ","), ("utf-8", ","), ("gb18030", ","), ("utf-16", "\t"), ("utf-8", ";")]
)
def test_csv_as_excel_and_wps_save_it(encoding: str, delimiter: str, tmp_path: Path) -> None:
    """UTF-8 with and without mark, GB18030 and Excel's Unicode text; zeros before a code stay."""
    roster = load(written(tmp_path / "名册.csv", UNITS, encoding, delimiter))
    assert [(department.code, department.name, department.posts) for department in roster.departments] == [
        ("012", "某某县水利局", 12),
        ("013", "某某县教育局", None),
    ]


def test_a_folder_of_csv(tmp_path: Path) -> None:
    """单位.csv, 项目.csv and 指标.csv say the same as three sheets; other files are told of."""
    folder = tmp_path / "名册"
    for name, rows in (("单位", UNITS), ("项目", PROJECTS), ("指标", INDICATORS), ("旧表", [["x"]])):
        written(folder / f"{name}.csv", rows)
    (folder / "说明.docx").write_bytes(b"")
    roster = load(folder)
    assert roster.departments == load(whole(tmp_path)).departments
    assert roster.notices == ("没有用到的工作表或文件：旧表",)


@pytest.mark.parametrize(
    ("cell", "number_format", "code"),
    [
        (12, "General", "12"),
        (12.0, "0.00", "12"),
        (12, "000", "012"),
        ("０１２", "@", "012"),
        ("　012 ", "@", "012"),
        ("\t012", "@", "012"),
        ("'012", "@", "012"),
        ('="012"', "@", "012"),
        ("A-01", "@", "A-01"),
        ("430611000001234567", "@", "430611000001234567"),
    ],
)
def test_codes_are_texts(cell: Any, number_format: str, code: str, tmp_path: Path) -> None:  # noqa: ANN401 - any cell
    """A number is read as its digits, with the zeros its format shows; full-width digits and padding are folded."""
    path = tmp_path / "r.xlsx"
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "单位"
    sheet.append(["单位编码", "单位名称"])
    sheet.append([None, "某某局"])
    sheet["A2"].value, sheet["A2"].data_type = cell, "n" if isinstance(cell, int | float) else "s"
    sheet["A2"].number_format = number_format
    workbook.save(path)
    assert [department.code for department in load(path).departments] == [code]


def test_columns_in_any_order_under_other_heads(tmp_path: Path) -> None:
    """A title above, heads in other words, order and marks, columns nobody asked for: read, and the latter told of."""
    units: Rows = [
        ["2024年预算单位名册"],
        ["序号", "部门名称", "备注", "*单位代码", "人员编制（人）"],
        [1, "某某县水利局", "x", "012", "１２人"],
        [2, None, None, None, None],
        [None, "合计", None, None, 12],
    ]
    projects: Rows = [
        ["项目名称", "年初预算（元）", "单位编码"],
        ["河道治理", 9_967_200, "012"],
        ["桥", "5万元", "012"],
    ]
    roster = load(book(tmp_path / "r.xlsx", **{"预算单位名单": units, "2024年项目清单": projects}))
    (department,) = roster.departments
    assert (department.code, department.name, department.posts) == ("012", "某某县水利局", 12)
    assert [item.budget for item in department.projects] == [996.72, 5.0]
    assert roster.notices == ("单位表没有用到的列：序号、备注", "单位表第5行是合计行，没有当作数据")


def test_hidden_rows_merged_codes_and_formulas(tmp_path: Path) -> None:
    """A filtered row counts and is told of, a code merged over its projects is that of each, a formula its result."""
    path = whole(tmp_path, 项目=[*PROJECTS, [None, "水库除险", None, None, 10.005]])
    workbook = openpyxl.load_workbook(path)
    workbook["项目"].merge_cells("A2:A3")
    workbook["单位"].row_dimensions[3].hidden = True
    workbook.save(path)
    roster = load(path)
    assert [(item.name, item.budget) for item in roster.departments[0].projects] == [
        ("河道治理", 996.72),
        ("水库除险", 10.01),
    ]
    assert roster.notices == ("单位表有 1 行被隐藏（第3行），已照常读取",)
    workbook["项目"]["E2"] = "=500+496.72"
    workbook.save(path)
    assert problems(path) == ["项目表 第2行 年初预算数列：公式没有计算结果，请用 WPS 或 Excel 打开并保存后重新运行"]


def test_values_are_read_as_their_cells_show_them(tmp_path: Path) -> None:
    """A target of 95 % kept as 0.95, a plain number, a date."""
    rows = [
        INDICATORS[0],
        ["012", None, None, "数量", "a", 15, 30],
        ["012", None, None, "质量", "b", 0.95, 30],
        ["012", None, None, "时效", "c", dt.date(2024, 12, 31), 30],
    ]
    path = whole(tmp_path, 指标=rows)
    workbook = openpyxl.load_workbook(path)
    workbook["指标"]["F3"].number_format = "0%"
    workbook.save(path)
    assert [indicator.target for indicator in load(path).departments[0].indicators] == ["15", "95%", "2024年12月31日"]


def test_parts_of_a_budget(tmp_path: Path) -> None:
    """年初预算数 may be given in parts, alone or beside their sum; a sum that differs is an error."""
    head: list[Any] = ["单位编码", "项目名称", "年初预算数", "当年财政拨款", "其他资金"]
    fine = [head, ["012", "a", None, 80, 20], ["012", "b", 100, 80, 20]]
    assert [item.budget for item in load(whole(tmp_path, 项目=fine, 指标=[])).departments[0].projects] == [100, 100]
    wrong = [head, ["012", "a", 120, 80, 20]]
    assert problems(whole(tmp_path, 项目=wrong, 指标=[])) == [
        "项目表 第2行 年初预算数列：120万元 与当年财政拨款、上年结转资金、其他资金之和 100万元 不一致"
    ]


def test_two_departments_of_one_name_are_told(tmp_path: Path) -> None:
    """The code tells them apart, so it is no error."""
    path = book(tmp_path / "r.xlsx", 单位=[["单位编码", "单位名称"], ["1", "某某局"], ["2", "某某 局"]])
    assert load(path).notices == ("单位表第2行、第3行的单位名称相同，编码不同，按不同单位处理",)
