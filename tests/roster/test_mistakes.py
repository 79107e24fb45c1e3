"""Mistakes of a roster: each with its row and column, all of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import openpyxl
import pytest

from tests.roster.test_load import INDICATORS, PROJECTS, UNITS, Rows, problems, whole
from tests.support.sheets import book
from xltool.forms.roster import EXAMPLE_NAME
from xltool.roster import RosterError, load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

WRONG: Final[Mapping[str, tuple[dict[str, Rows], str]]] = {
    "duplicate code": (
        {"单位": [*UNITS, ["０12", "某某县林业局"]]},
        "单位表 第4行 单位编码列：与第2行重复（012）。每个单位一个编码，请改正其中一个",
    ),
    "no code": ({"单位": [*UNITS, [None, "某某县林业局"]]}, "单位表 第4行 单位编码列：没有填写"),
    "example": (
        {"单位": [*UNITS, ["014", f"某某局{EXAMPLE_NAME}"]]},
        f"单位表 第4行 单位名称列：还是示例的名称（某某局{EXAMPLE_NAME}），请改成单位全称，或删除本行",
    ),
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
