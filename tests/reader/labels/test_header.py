"""Names, date and total above the table, in the words and places of many regions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.labels.drawn import check, filled, read_drawn
from tests.reader.layouts import vary
from xltool.reader.labels.lines import parts_of_line, value_before_next_label

FUNDS = """
@项目资金\\n（万元） | > |  | 年初预算数{年初预算数} | 全年预算数{全年预算数} | 全年执行数{全年执行数} | 执行率{执行率}
$年度资金总额:^ | ^ | 年度资金总额 | 100 | 100 | 80 | 80%
$当年财政拨款:^ | ^ | 其中：当年财政拨款 | 100 | 100 | 80 |
"""
INDICATORS = """
@绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 得分
#^ | 产出指标 | 数量指标 | 培训人次 | 100人次 | 100人次 | 50
"""


def project(*head: str) -> str:
    """A project's form with these lines above its funds."""
    return "\n".join(("== 附件3 Sheet1", *head)) + FUNDS + INDICATORS


def department(*head: str) -> str:
    """A department's form with these lines above its indicators."""
    return "\n".join(("== 附件2 Sheet1", *head)) + INDICATORS


@pytest.mark.parametrize(
    "label",
    [
        "项目名称",
        "转移支付（项目）名称",
        "转移（项目）名称",
        "项目（政策）名称",
        "专项资金名称",
        "政策名称：",
        "项目名称及代码",
    ],
)
def test_labels_of_a_project(label: str) -> None:
    """What a project, a policy and a transfer are called."""
    check(project(f"!项目支出绩效自评表\n-{label} | > | 某项目{{项目支出名称}} | > | > | > | >"))


@pytest.mark.parametrize(
    "label",
    [
        "地方主管部门",
        "县级主管部门",
        "市县主管部门",
        "县（区）级主管部门",
        "项目主管单位",
        "主管部门（单位）",
        "主管单位",
    ],
)
def test_labels_of_the_department_above(label: str) -> None:
    """The department above, of whatever place."""
    check(project(f"!项目支出绩效自评表\n-{label} | > | 某县某局{{主管部门}} | > | > | > | >"))


@pytest.mark.parametrize("label", ["中央主管部门", "省级主管部门", "中央主管部门及代码"])
def test_departments_of_the_state_and_the_province_are_others(label: str) -> None:
    """A county's form names the ministry and the province's department too; its own stands elsewhere, or nowhere."""
    check(project(f"!项目支出绩效自评表\n-{label} | > | 某部 | > | > | > | >"))


@pytest.mark.parametrize(
    "label",
    [
        "资金使用单位",
        "项目实施单位",
        "具体实施单位",
        "项目承担单位",
        "实施单位（盖章）",
        "实施（主管）单位",
        "执行单位",
        "预算单位",
    ],
)
def test_labels_of_the_unit_that_does_it(label: str) -> None:
    """The unit that carries a project out, or files its form."""
    check(project(f"!项目支出绩效自评表\n-{label} | > | 某县某中心{{实施单位}} | > | > | > | >"))


@pytest.mark.parametrize(
    "label",
    [
        "部门",
        "部门（单位）名称",
        "预算部门、单位名称",
        "主管部门",
        "填报部门",
        "一级预算单位",
        "县级预算部门",
        "级预算单位名称",
        "自评单位",
        "项目主管部门",
    ],
)
def test_labels_of_a_department(label: str) -> None:
    """What files the form of a whole department."""
    check(department(f"!部门整体支出绩效自评表\n-{label} | > | 某县某局{{部门名称}} | > | > | > | >"))


def test_the_strongest_label_counts() -> None:
    """A department above the department, and a unit that fills in the form, are other names."""
    check(
        department(
            "!部门整体支出绩效自评表",
            "-主管部门 | > | 某县政府 | 部门名称 | 某县某局{部门名称} | > | >",
        )
    )
    check(
        project(
            "!项目支出绩效自评表",
            "-预算单位 | > | 某县财政局 | 实施单位 | 某县某局{实施单位} | > | >",
        )
    )


def test_the_department_of_a_city_above_that_of_the_county() -> None:
    """A county's form names both; its own department is meant, whichever stands first."""
    for first, second in (("市级", "县级"), ("县级", "市级")):
        names = {"市级": "某市某局", "县级": "某县某局{主管部门}"}
        lines = [f"-{level}主管部门 | > | {names[level]} | > | > | > | >" for level in (first, second)]
        check(project("!项目支出绩效自评表\n-项目名称 | > | 某项目{项目支出名称} | > | > | > | >", *lines))
    check(project("!项目支出绩效自评表\n-市级主管部门 | > | 某市某局{主管部门} | > | > | > | >"))


def test_a_cell_of_the_table_counts_before_the_line_above() -> None:
    """The line above names the unit again, with a signature and a date behind it."""
    submission = check(
        project(
            "!某项目自评表\\n",
            "!项目单位（盖章）：某县图书馆　　主要领导签字：",
            "!填报日期：2023.6.28{填报日期=2023.6.28}",
            "-主管部门 | > | 某县某局{主管部门} | > | 项目实施单位 | 某县图书馆{实施单位} | >",
        ).replace("某项目自评表\\n", "项目支出绩效自评表")
    )
    assert submission.values["填报日期"].raw == "填报日期：2023.6.28"
    assert submission.value("填报日期") == "2023-06-28"


def test_the_line_above_names_the_unit_where_no_cell_does() -> None:
    """Name, date and total in a line, each up to the next label."""
    submission = check(
        project(
            "!2022年度项目支出绩效自评表",
            "!填报单位：某县某局（盖章）　　填报日期：2023年3月2日　　自评总分：95"
            "{实施单位=某县某局}{填报日期=2023年3月2日}{总分_得分=95}",
        )
    )
    assert submission.value("总分_得分") == 95
    assert submission.values["总分_得分"].raw == submission.values["实施单位"].raw
    assert submission.department == "某县某局"


@pytest.mark.parametrize("label", ["自评总分（分）", "项目总得分", "综合得分"])
def test_the_total_in_the_head(label: str) -> None:
    """The total stands beside a label above the table."""
    check(
        department(f"!部门整体支出绩效自评表\n-部门名称 | > | 某局{{部门名称}} | > | {label} | 97.93{{总分_得分}} | >")
    )


def test_a_column_of_a_scoring_list_is_no_total() -> None:
    """自评分 over the points of a list of management."""
    check(
        project(
            "!项目支出绩效自评表", "-评价内容 | > | 分值 | 自评分 | 复核分 | > | >", "-决策依据 | > | 2 | 2 |  | > | >"
        )
    )


def test_unit_and_person_in_one_cell() -> None:
    """Of 项目实施单位/项目负责人 the unit is the value."""
    submission = check(
        project(
            "!项目支出绩效自评表",
            "-项目实施单位/项目负责人 | > | 某县农技中心/某某{实施单位=某县农技中心} | > | > | > | >",
        )
    )
    assert submission.values["实施单位"].raw == "某县农技中心/某某"


def test_a_date_in_prose_is_no_date_of_the_form() -> None:
    """A text of the table that mentions 填报日期 is no line of labels."""
    text = "-预期目标 | > | 一是按要求报送：填报日期：2023年1月1日前{预期目标} | > | > | > | >"
    submission, _ = read_drawn(project("!项目支出绩效自评表", text))
    assert "填报日期" not in filled(submission)


def test_parts_of_a_line() -> None:
    """Known labels may be spaced; a colon within a time belongs to the value."""
    assert parts_of_line("时间：9:00　地点：某县", lambda _: False) == [("时间", "9:00"), ("地点", "某县")]
    known = "主 管 部 门".__eq__
    assert parts_of_line("项目：甲 主 管 部 门：乙", known) == [("项目", "甲"), ("主 管 部 门", "乙")]
    assert parts_of_line("没有标签", known) == []
    assert value_before_next_label("某县图书馆　　主要领导签字：") == "某县图书馆"
    assert value_before_next_label("某县图书馆") == "某县图书馆"


@pytest.mark.parametrize("words", ["相关项目建设单位", "各乡镇", "各有关单位", "各项目实施单位"])
def test_words_that_name_nobody(words: str) -> None:
    """The unit that does it is anybody; the form is that of the department above."""
    submission = check(
        project("!项目支出绩效自评表", f"-主管部门 | > | 某县某局{{主管部门}} | > | 实施单位 | {words}{{实施单位}} | >")
    )
    assert submission.department == "某县某局"


NAMES = {"项目支出名称": "某项目", "主管部门": "某县某局", "实施单位": "某县某中心"}
LABELS = {
    "项目支出名称": ("项目名称", "转移支付（项目）名称", "项目支出名称"),
    "主管部门": ("主管部门", "地方主管部门", "项目主管单位", "主管部门及代码"),
    "实施单位": ("实施单位", "项目实施单位", "资金使用单位"),
}
SPELLINGS = ("{}", "{}：", " {} ", "{}（盖章）", "1、{}")


@st.composite
def drawn_names(draw: st.DrawFn) -> str:
    """The three names beside their labels, below them, or in one cell with them."""
    order = draw(st.permutations(list(NAMES)))
    labels = {key: draw(st.sampled_from(LABELS[key])) for key in order}
    spelled = {key: draw(st.sampled_from(SPELLINGS)).format(labels[key]) for key in order}
    marked = {key: f"{NAMES[key]}{{{key}}}" for key in order}
    wide = draw(st.booleans())
    match draw(st.sampled_from(("beside", "below", "inline", "pairs"))):
        case "beside":
            lines = [f"-{spelled[key]} | {'> | ' * wide}{marked[key]} | > | > | > | >" for key in order]
        case "below":
            lines = [f"-{' | '.join(spelled[key] for key in order)}", f"-{' | '.join(marked[key] for key in order)}"]
        case "inline":
            lines = [f"-{labels[key]}：{NAMES[key]}{{{key}={NAMES[key]}}} | > | > | > | > | >" for key in order]
        case _:
            first, second, third = order
            lines = [
                f"-{spelled[first]} | {marked[first]} | > | > | > | >",
                f"-{spelled[second]} | {marked[second]} | > | {spelled[third]} | {marked[third]} | >",
            ]
    return project("!项目支出绩效自评表", *lines)


@vary(max_examples=60)
@given(drawn_names())
def test_any_arrangement_of_the_names_reads_the_same(text: str) -> None:
    """Beside, below or behind a colon, merged or not, in any order and spelling of the labels."""
    submission, marked = read_drawn(text)
    shown = filled(submission)
    assert {key: shown.get(key) for key in NAMES} == {key: marked[key] for key in NAMES}


def test_a_telephone_beside_a_name_is_not_that_of_the_foot() -> None:
    """Above the funds 联系电话 and 单位负责人 are those of the project; below the table they are the form's."""
    head = "!项目支出绩效自评表\n-项目名称 | 某项目{项目支出名称} | 单位负责人 | 某某 | 联系电话 | 0000000 | 无"
    check(project(head))
    check(project(head) + "!填表人：某某　联系电话：0000001{填表人=某某}{联系电话=0000001}")
