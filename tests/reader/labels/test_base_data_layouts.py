"""附件1 of other years and counties: names of lines, prompts in place of projects, years that stand apart."""

from __future__ import annotations

import pytest

from tests.reader.labels.drawn import check, read_drawn

TITLE = "!2016年度部门整体支出绩效评价基础数据表"
PEOPLE = """
-财政供养人员情况（人） | 编制数 | 2016年实际在职人数 | 控制率
-^ | 20{编制数} | 18{实际在职人数} | 90%{控制率}
"""
HEADS = "@经费控制情况（万元） | 2015年决算数{上年决算数} | 2016年预算数{本年预算数} | 2016年决算数{本年决算数}\n"
REST = """
$三公经费:三公经费 | 9 | 8 | 7
$项目支出:项目支出： | 30 | 20 | 10
#1、业务工作专项{项目名称=业务工作专项} | 30 | 20 | 10
$公用经费:公用经费 | 5 | 5 | 5
$部门基本支出预算调整:部门整体支出预算调整 |  | 50 | 60
"""


def drawing(title: str = TITLE, people: str = PEOPLE, heads: str = HEADS, rest: str = REST) -> str:
    """附件1 of these parts."""
    return f"== 附件1 Sheet1\n{title}{people}{heads}{rest.lstrip()}"


def changed(spellings: dict[str, str]) -> str:
    """附件1 with other words for its labels."""
    text = drawing()
    for usual, other in spellings.items():
        assert usual in text
        text = text.replace(usual, other)
    return text


@pytest.mark.parametrize(
    "spellings",
    [
        {"| 编制数 |": "| 人员编制数 |", "2016年实际在职人数": "年末实有在职人数"},
        {"| 编制数 |": "| 核定编制数 |", "2016年实际在职人数": "2016年末实有在职人数"},
        {"2016年实际在职人数": "2016年12月31日实际在职人数"},
        {"公用经费:公用经费": "公用经费:日常公用经费"},
        {"2015年决算数": "20 15 年决算数", "2016年预算数": "20 16 年预算数", "2016年决算数": "20 16 年决算数"},
    ],
)
def test_words_of_other_years(spellings: dict[str, str]) -> None:
    """Names of lines and heads, in the words of older forms."""
    submission = check(changed(spellings))
    assert submission.year == 2016
    assert [row.value("项目名称") for row in submission.rows] == ["业务工作专项"]


@pytest.mark.parametrize("label", ["填报单位", "预算部门、单位名称", "部门（单位）名称", "单位名称"])
def test_the_department(label: str) -> None:
    """In a line above the table, up to the unit of money."""
    submission = check(drawing(f"{TITLE}\n!{label}：某县某局　　　　单位：万元{{填报单位=某县某局}}"))
    assert submission.department == "某县某局"


@pytest.mark.parametrize(
    "prompt",
    [
        "1、业务工作经费",
        "2、运行维护经费",
        "2、运行维护专项",
        "2、运行维护项目",
        "2专项资金\\n（一个项一行）",
        "2、运行维护专项（一个项目一行）",
        "4、其他资金",
        "4、",
        "……",
        "…",
        "（每个专项一行）",
        "每个项目填一行",
        "××项目",
        "项目1",
    ],
)
def test_prompts_are_no_projects(prompt: str) -> None:
    """What the form prints in place of a project, without amounts; the projects below it are read."""
    row = f"~{prompt} |  |  | "
    submission, _ = read_drawn(drawing(rest=REST.replace("$公用经费", f"{row}\n#2、会展专项 | 1 | 2 | 3\n$公用经费")))
    assert [row.value("项目名称") for row in submission.rows] == ["业务工作专项", "会展专项"]
    assert submission.value("公用经费_本年决算数") == 5


@pytest.mark.parametrize(("total", "names"), [(30, ["甲项目", "乙项目"]), (31, ["业务工作专项", "甲项目", "乙项目"])])
def test_a_printed_line_may_add_up_the_projects_below_it(total: int, names: list[str]) -> None:
    """业务工作专项（一个项目一行） with the sum of its projects is no project beside them."""
    rows = f"""-1、业务工作专项 | {total} | 20 | 10
#甲项目{{项目名称}} | 10 | 5 | 4
#乙项目{{项目名称}} | 20 | 15 | 6
~2、运行维护专项 |  |  | """
    text = drawing(rest=REST.replace("#1、业务工作专项{项目名称=业务工作专项} | 30 | 20 | 10", rows))
    submission, _ = read_drawn(text)
    assert [row.value("项目名称") for row in submission.rows] == names


@pytest.mark.parametrize("name", ["小计", "项目支出小计", "合计："])
def test_a_line_that_adds_up_the_projects_is_none(name: str) -> None:
    """小计 below the projects, with the same amounts once more."""
    rest = REST.replace("$公用经费:", f"-{name} | 30 | 20 | 10\n$公用经费:")
    submission, _ = read_drawn(drawing(rest=rest))
    assert [row.value("项目名称") for row in submission.rows] == ["业务工作专项"]
    assert submission.value("公用经费_本年决算数") == 5


def test_a_project_is_named_without_its_place_in_the_list() -> None:
    """其中： and a number before the name of a project are no part of it."""
    submission, _ = read_drawn(drawing(rest=REST.replace("#1、业务工作专项", "#　其中：1、食品抽检经费")))
    assert submission.rows[0].value("项目名称") == "食品抽检经费"


def test_a_prompt_with_amounts_is_a_project() -> None:
    """业务工作经费 is what the department spent, once it has amounts."""
    submission, _ = read_drawn(drawing(rest=REST.replace("1、业务工作专项", "1、业务工作经费")))
    assert [row.value("项目名称") for row in submission.rows] == ["业务工作经费"]


@pytest.mark.parametrize(
    "title",
    [
        "!20 16 年度部门整体支出绩效评价基础数据表",
        "!部门整体支出绩效评价基础数据表\n!（20 16 年度）",
        "!部门整体支出绩效评价基础数据表\n!填报单位：某县某局　　2016年度　　单位：万元",
    ],
)
def test_years_that_stand_apart(title: str) -> None:
    """A year with spaces in it, on a line of its own, or in the line of the unit."""
    submission, _ = read_drawn(drawing(title, heads=HEADS.replace("2015年", "上年").replace("2016年", "本年")))
    assert submission.year == 2016
