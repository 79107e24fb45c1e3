"""Rosters as bureaus keep them: read whatever the format, and every error told with its row and column."""

from __future__ import annotations

import csv
import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import openpyxl
import pytest

from tests.support.lint import lint
from tests.support.programs.ooxml import needs_validator, validate
from tests.support.rosters import book
from xltool.forms.roster import DEPARTMENTS, SHEETS
from xltool.roster import Department, Indicator, Project, RosterError, load
from xltool.template.empty_roster import empty_roster

if TYPE_CHECKING:
    from collections.abc import Mapping
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


# --- what is wrong ----------------------------------------------------------------------------


WRONG: Final[Mapping[str, tuple[dict[str, Rows], str]]] = {
    "duplicate code": (
        {"单位": [*UNITS, ["０12", "某某县林业局"]]},
        "单位表 第4行 单位编码列：与第2行重复（012）。每个单位一个编码，请改正其中一个",
    ),
    "no code": ({"单位": [*UNITS, [None, "某某县林业局"]]}, "单位表 第4行 单位编码列：没有填写"),
    "no name": ({"单位": [*UNITS, ["014"]]}, "单位表 第4行 单位名称列：没有填写"),
    "digits lost": (
        {"单位": [*UNITS, [430611000001234567, "某某局"]]},
        "单位表 第4行 单位编码列：编码有 18 位却存成了数字，末尾几位已经失真，请改为文本后重新录入",
    ),
    "scientific": (
        {"单位": [*UNITS, ["4.30611E+17", "某某局"]]},
        "单位表 第4行 单位编码列：编码成了科学计数法“4.30611E+17”，原来的数字已经丢失，请改为文本后重新录入",
    ),
    "posts": (
        {"单位": [*UNITS, ["014", "某某局", None, 1.5]]},
        "单位表 第4行 编制数列：“1.5”应为不小于 0 的整数（人）",
    ),
    "negative posts": (
        {"单位": [*UNITS, ["014", "某某局", None, -1]]},
        "单位表 第4行 编制数列：“-1”应为不小于 0 的整数（人）",
    ),
    "profile": (
        {"单位": [*UNITS, ["014", "某某局", None, None, None, None, "严格"]]},
        "单位表 第4行 评分口径列：没有这个评分口径：严格；可选 默认、湖北、江西、旧版80/50、四川、永德，或不填",
    ),
    "negative budget": (
        {"项目": [*PROJECTS, ["012", "桥", None, None, -5]]},
        "项目表 第3行 年初预算数列：金额 -5万元 是负数，应不小于 0",
    ),
    "unreadable budget": (
        {"项目": [*PROJECTS, ["012", "桥", None, None, "待定"]]},
        "项目表 第3行 年初预算数列：“待定”不能读作金额，应填数字（万元）",
    ),
    "unknown code": (
        {"项目": [*PROJECTS, ["99", "桥", None, None, 5]]},
        "项目表 第3行 单位编码列：“单位”表里没有编码 99",
    ),
    "zero lost": (
        {"项目": [*PROJECTS, [13, "桥", None, None, 5]]},
        "项目表 第3行 单位编码列：“单位”表里没有编码 13；是不是“013”？开头的 0 可能丢了，请把这一列设为文本",
    ),
    "duplicate project": (
        {"项目": [*PROJECTS, ["012", "河道 治理", None, None, 5]]},
        "项目表 第3行 项目名称列：与第2行重复：某某县水利局已有项目“河道 治理”",
    ),
    "weights": (
        {"指标": [*INDICATORS[:3], ["013", None, None, "质量", "合格率", "100%", 80]]},
        "指标表 第4行 分值列：013 某某县教育局（附件2）第4行分值合计 80，应为 90（100 分减去预算执行率 10 分）",
    ),
    "weight": (
        {"指标": [*INDICATORS, ["013", None, None, "数量", "x", "1", 0]]},
        "指标表 第5行 分值列：“0”应为大于 0 的数字",
    ),
    "no weight": (
        {"指标": [*INDICATORS, ["013", None, None, "数量", "x", "1"]]},
        "指标表 第5行 分值列：没有填写，应为大于 0 的数字",
    ),
    "no target": (
        {"指标": [*INDICATORS[:3], ["013", None, None, "质量", "x", None, 90]]},
        "指标表 第4行 年度指标值列：没有填写",
    ),
    "group": (
        {"指标": [*INDICATORS[:3], ["013", None, "效益指标（30分）", "质量", "x", "1", 90]]},
        "指标表 第4行 一级指标列：“效益指标（30分）”下没有“质量指标”，它属于“产出指标”",
    ),
    "project unknown": (
        {"指标": [*INDICATORS, ["013", "桥", None, "质量", "x", "1", 90]]},
        "指标表 第5行 项目名称列：“项目”表里某某县教育局没有项目“桥”",
    ),
    "indicator twice": (
        {"指标": [*INDICATORS[:3], *([["013", None, None, "质量", "x", "1", 45]] * 2)]},
        "指标表 第5行 三级指标列：与第4行重复：同一张表已有指标“x”",
    ),
    "column missing": ({"项目": [["单位编码", "年初预算数"], ["012", 5]], "指标": []}, "项目表：缺少列：项目名称"),
    "head twice": (
        {"单位": [["单位编码", "单位名称", "单位编码"], ["012", "某某局", "013"]], "项目": [], "指标": []},
        "单位表 第1行 单位编码列：表头重复（A、C 列），请只保留一列",
    ),
    "budget below its projects": (
        {"单位": [[*UNITS[0], "年初预算数"], [*UNITS[1], 900], UNITS[2]]},
        "单位表 第2行 年初预算数列：本单位年初预算数 900万元 小于各项目之和 996.72万元",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_an_error_names_row_and_column(case: str, tmp_path: Path) -> None:
    """Each thing that can be wrong is told with its sheet, row, column and what to do."""
    changed, message = WRONG[case]
    assert message in problems(whole(tmp_path, **changed))


@pytest.mark.parametrize("case", sorted(WRONG))
def test_an_error_is_told_once_and_alone(case: str, tmp_path: Path) -> None:
    """One mistake makes one line, but where it takes others with it."""
    changed, _ = WRONG[case]
    messages = problems(whole(tmp_path, **changed))
    assert len(messages) == 1


def test_an_unknown_second_level_lists_those_there_are(tmp_path: Path) -> None:
    """The words of the forms are offered."""
    (message,) = problems(whole(tmp_path, 指标=[*INDICATORS[:3], ["013", None, None, "其他", "x", "1", 90]]))
    assert message.startswith("指标表 第4行 二级指标列：没有二级指标“其他”；可选 数量指标、")


def test_all_errors_come_at_once_in_their_order(tmp_path: Path) -> None:
    """Sheet by sheet, row by row; after 50 lines only the number."""
    units = [*UNITS, *([f"x{number}", None, None, -1] for number in range(40))]
    with pytest.raises(RosterError) as raised:
        load(whole(tmp_path, 单位=units, 项目=[*PROJECTS, ["99", "桥", None, None, -5]]))
    error = raised.value
    assert len(error.problems) == 82
    assert [text.split("：")[0] for text in error.problems[:3]] == [
        "单位表 第4行 单位名称列", "单位表 第4行 编制数列", "单位表 第5行 单位名称列",
    ]  # fmt: skip
    assert error.problems[-1].startswith("项目表 第3行 年初预算数列")
    assert len(error.lines) == 51
    assert error.lines[-1] == "名册 roster.xlsx 有 82 处错误（只列出前 50 处），改正后重新运行；没有写出任何文件"
    assert str(error) == "\n".join(error.lines)


def test_error_values_are_told(tmp_path: Path) -> None:
    """#REF! in a column that is used is an error; in one nobody asks for it is not."""
    path = whole(tmp_path)
    workbook = openpyxl.load_workbook(path)
    for place in ("D2", "H2"):
        workbook["单位"][place].value, workbook["单位"][place].data_type = "#REF!", "e"
    workbook.save(path)
    assert problems(path) == ["单位表 第2行 编制数列：单元格是错误值 #REF!"]


def test_other_profiles_may_be_known(tmp_path: Path) -> None:
    """The names of 评分口径 and what weights add up to under each are the caller's to give."""
    units = [UNITS[0], UNITS[1], ["013", "某某县教育局", None, None, None, None, "湖北"]]
    rows = [*INDICATORS[:3], ["013", None, None, "质量", "合格率", "100%", 80]]
    roster = load(whole(tmp_path, 单位=units, 指标=rows), {"": 90, "湖北": 80})
    assert roster.departments[1].profile == "湖北"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (None, "没有.xlsx", "找不到名册"),
        (b"", "空.xlsx", "名册无法读取"),
        (b"not a workbook", "假.xlsx", "名册无法读取"),
        (b"\xff\xfe\xff", "乱码.csv", "文字编码无法识别"),
        ("单位编码,单位名称\n1,某\n".encode() + b'2,"' + b"x" * 1_000_001 + b'"', "长.csv", "第3行不是正确的 csv"),
    ],
)
def test_a_file_that_is_no_roster(content: bytes | None, name: str, said: str, tmp_path: Path) -> None:
    """One Chinese line that names the file."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=said) as raised:
        load(path)
    assert str(path) in str(raised.value)


def test_a_workbook_or_folder_without_departments(tmp_path: Path) -> None:
    """What is missing is said: the sheet, the csv files, the rows."""
    assert problems(book(tmp_path / "r.xlsx", Sheet1=[["x"]])) == ["单位表：名册里没有“单位”工作表（只有 Sheet1）"]
    assert problems(book(tmp_path / "r.xlsx", 单位=UNITS[:1])) == ["单位表：没有单位，请在表头下面每行填写一个单位"]
    assert problems(book(tmp_path / "r.xlsx", 单位=[["编码表"]])) == ["单位表：缺少列：单位编码、单位名称"]
    with pytest.raises(ValueError, match="没有 csv 文件"):
        load(tmp_path)


# --- the empty roster -------------------------------------------------------------------------


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """The empty roster as a file."""
    path = tmp_path / "roster.xlsx"
    path.write_bytes(empty_roster())
    return path


def test_the_empty_roster_holds_examples_only(empty: Path) -> None:
    """Its example rows are no data: left as it is, it has no departments; with one it is a roster."""
    assert problems(empty) == ["单位表：没有单位，请在表头下面每行填写一个单位"]
    workbook = openpyxl.load_workbook(empty)
    workbook["单位"]["A3"], workbook["单位"]["B3"] = "001", "某某县某某局"
    workbook.save(empty)
    roster = load(empty)
    assert [(department.code, department.name) for department in roster.departments] == [("001", "某某县某某局")]
    assert roster.notices == tuple(f"{sheet.key}表第2行是示例，没有当作数据" for sheet in SHEETS)


def test_the_examples_would_be_right(empty: Path) -> None:
    """With another code the example rows are a roster without an error."""
    workbook = openpyxl.load_workbook(empty)
    for sheet in SHEETS:
        workbook[sheet.key]["A2"] = "001"
    workbook.save(empty)
    (department,) = load(empty).departments
    assert [item.budget for item in department.projects] == [996.72]


def test_the_empty_roster_guides_whoever_fills_it_in(empty: Path) -> None:
    """Heads as declared, a prompt in every column, lists for 一级 and 二级指标, codes as texts, A4."""
    workbook = openpyxl.load_workbook(empty)
    assert workbook.sheetnames == [*(sheet.key for sheet in SHEETS), "填写说明"]
    for sheet in SHEETS:
        page = workbook[sheet.key]
        assert [cell.value for cell in page[1]] == [column.key for column in sheet.columns]
        assert (page.freeze_panes, page.page_setup.paperSize) == ("C2", 9)
        rules = page.data_validations.dataValidation
        assert len(rules) == len(sheet.columns)
        assert all(rule.prompt and len(rule.prompt) <= 255 for rule in rules)
        assert page.column_dimensions["A"].width > 10
        lists = [rule.formula1 for rule in rules if rule.type == "list"]
        assert len(lists) == {"单位": 1, "项目": 0, "指标": 2}[sheet.key]
    assert DEPARTMENTS.columns[0].key == "单位编码"


def test_the_empty_roster_passes_the_lint(empty: Path) -> None:
    """Nothing Excel would repair or refuse, nothing WPS lacks; the same bytes each time."""
    assert lint(empty) == []
    assert empty_roster() == empty.read_bytes()


@needs_validator
def test_the_empty_roster_follows_the_schema(empty: Path) -> None:
    """The Open XML SDK finds nothing to say."""
    assert validate(empty) == []
