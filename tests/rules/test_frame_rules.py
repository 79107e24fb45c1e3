"""Frame rules on the seed, on their own examples, on honest filings and on any text at all."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from xltool.findings import Severity
from xltool.rules.catalogue import RULES
from xltool.rules.goals.answers import items
from xltool.rules.samples import (
    base_form,
    department_form,
    filing_view,
    funds,
    goals,
    indicator,
    project_form,
    project_row,
    report_view,
)
from xltool.text.views import FieldRef, FilingView, FormView, Hit, Passage
from xltool.text.wording import numbered_points

if TYPE_CHECKING:
    from xltool.rules.model import Rule

DATA = Path(__file__).parent.parent / "data"
FRAME = [known for known in RULES.values() if known.judge is not None]
SEED_RULES = (
    "A2-17",
    "A2-18",
    "A2-19",
    "A2-20",
    "A3-11",
    "A3-12",
    "A3-15",
    "S-32",
    "S-34",
    "X-01",
    "X-02",
    "X-06",
    "X-11",
    "X-12",
    "X-13",
    "X-14",
)
Place = tuple[str, str, str, int | None]


def _load(name: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def _row(row: dict[str, Any]) -> dict[str, Any]:
    texts = (row["三级指标"], row["年度指标值"], row["实际完成值"])
    built = indicator(*texts, row["分值"], row["得分"], row["二级指标"])
    return {**built, "偏差原因分析及改进措施": row["偏差原因"] or None}


def seed() -> FilingView:
    """The three forms of the seed filing."""
    data, texts = _load("junshan_2023.json")["transcription"], _load("junshan_2023_goals.json")
    foot = {"填表人": data["填表人"], "填报日期": data["填报日期"]}
    second, third = data["附件2"], data["附件3"]
    rows = tuple(_row(row) for row in second["indicators"])
    money = third["资金"]["年度资金总额"]
    measures = ("年初预算数", "全年预算数", "全年执行数")
    _, budget, actual = data["附件1"]["rows"]["1、产业开发专项"]
    names = {key: third[key] for key in ("项目支出名称", "主管部门", "实施单位")}
    return filing_view(
        base_form(foot, rows=(project_row("1、产业开发专项", budget, actual),)),
        department_form(
            {**foot, **texts, "部门名称": second["市级预算部门名称"]},
            {f"年度资金总额_{measure}": second["年度资金总额"][measure] for measure in measures},
            rows,
        ),
        project_form(
            {**foot, **texts, **names},
            {f"年度资金总额_{measure}": value for measure, value in zip(measures, money, strict=True)},
            rows,
        ),
    )


def _hits(rule: Rule, view: FilingView) -> list[Hit]:
    assert rule.judge is not None
    return list(rule.judge_filing(view))


def _message(rule: Rule, hit: Hit) -> str:
    return rule.message.format(**{"filed": "填报内容", "expected": hit.expected or "空", **hit.words})


def _place(code: str, hit: Hit) -> Place:
    assert isinstance(hit.at, FieldRef)
    return code, hit.at.view.form, hit.at.field.key, hit.at.row


def test_seed_fires_where_a_reader_would() -> None:
    """Rules on texts and rows fire on the seed in exactly these places."""
    view = seed()
    places = [_place(code, hit) for code in SEED_RULES for hit in _hits(RULES[code], view)]
    assert places == [
        ("A2-17", "附件2", "实际完成情况", None),
        ("A2-17", "附件3", "实际完成情况", None),
        ("A3-11", "附件3", "三级指标", 0),
        ("A3-12", "附件3", "年度指标值", 8),
        ("S-34", "附件2", "得分", 16),
        ("S-34", "附件2", "得分", 17),
        ("S-34", "附件3", "得分", 16),
        ("S-34", "附件3", "得分", 17),
    ]


def test_seed_words() -> None:
    """Messages for the seed name the goals, rows and amounts in question."""
    view = seed()
    goal = _message(RULES["A2-17"], _hits(RULES["A2-17"], view)[0])
    for name in ("荆江门片区绿化提质改造", "企业家沙龙", "送解优", "放权赋能"):
        assert f"「{name}」" in goal.split("；", maxsplit=1)[0]
    assert "「冷链物流」" in goal.split("；")[1]
    assert "23 行绩效指标中，有 23 行" in _message(RULES["A3-11"], _hits(RULES["A3-11"], view)[0])
    cost = _hits(RULES["A3-12"], view)[0]
    assert cost.expected == "996.72万元 / 10459.37万元"
    assert [(spot.view.form, spot.field.key) for spot in cost.also] == [
        ("附件3", "实际完成值"),
        ("附件2", "年度资金总额_年初预算数"),
        ("附件3", "年度资金总额_年初预算数"),
    ]
    street, park = (hit.words["原文"] for hit in _hits(RULES["S-34"], view)[:2])
    assert "明年上半年正式启动建设" in street
    assert "五好园区" in park


def test_each_goal_is_missed_when_its_answer_is_taken_away() -> None:
    """The heuristic is not silent by accident: without its sentence, an item is unanswered."""
    texts = _load("junshan_2023_goals.json")
    for name in ("冷链物流", "集中供热站", "五好园区"):
        parts = [part for part in texts["实际完成情况"].split("；") if name not in part]
        hits = _hits(RULES["A2-17"], goals(texts["预期目标"], "；".join(parts)))
        assert any(name in hit.words["未回应"] for hit in hits), name


EXAMPLES = [
    pytest.param(rule, view, good, id=f"{rule.code}-{'good' if good else 'bad'}-{number}")
    for rule in FRAME
    for good, views in zip((True, False), rule.views, strict=True)
    for number, view in enumerate(views)
]


@pytest.mark.parametrize(("rule", "view", "good"), EXAMPLES)
def test_examples(rule: Rule, view: FilingView, good: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A rule is silent on its good examples and fires on its bad ones, with words for its message."""
    hits = _hits(rule, view)
    assert bool(hits) is not good
    for hit in hits:
        message = _message(rule, hit)
        assert "{" not in message
        assert "None" not in message
        assert hit.at.view.form in rule.form_keys


HONEST = {
    "water": (
        (
            "（1）完成城北水厂扩建和老旧管网更新，保障城区供水安全；（2）推进河长制，常态化开展“清四乱”行动；"
            "（3）落实最严格水资源管理制度，开展节水宣传进社区活动；（4）加强水旱灾害防御。"
        ),
        (
            "（1）城北水厂10月建成通水，更换老旧供水管道12公里。（2）各级河长巡河1560次，清理“四乱”问题23个。"
            "（3）核发取水许可18件，用水总量低于控制指标；在社区举办节水宣传活动6场。（4）安全度汛，无人员伤亡。"
        ),
    ),
    "education": (
        "1.落实义务教育“双减”政策；2.推进集团化办学；3.建设教师发展中心；4.开展校园安全专项整治；5.完成上级交办的其他任务。",
        (
            "1.“双减”落地，课后服务覆盖率100%。2.组建教育集团5个，覆盖学校21所。3.教师发展中心9月启用。"
            "4.排查校园安全隐患64处，全部整改。5.上级交办事项全部办结。"
        ),
    ),
    "town": (
        "一是推进人居环境整治，落实门前三包；二是实施高标准农田建设；三是推动全域旅游；四是做好“一老一小”服务。",
        (
            "一是清运垃圾3200吨，沿街商户门前三包责任书签订率98%；二是建成高标准农田1.2万亩；三是旅游接待12万人次；"
            "四是为老年人助餐9000人次，新增托位60个，“一老一小”服务站投入使用。"
        ),
    ),
    "court": (
        "全面落实司法责任制，开展涉企案件清理、执行攻坚和诉源治理，推进智慧法院建设，打造“枫桥式人民法庭”。",
        (
            "院庭长办案占比45%，司法责任进一步压实；清理涉企积案37件，执行到位1.2亿元，诉前化解纠纷2100件；"
            "智慧法庭全部上线；2个法庭获评枫桥式人民法庭。"
        ),
    ),
    "own up": (
        "完成文化馆改造、体育公园和滨江步道建设。",
        "文化馆已开放；体育公园受征地影响尚未开工；滨江步道正在施工，预计明年6月完工。",
    ),
    "in prose": (
        "加快农村公路建设，推动城乡公交一体化，开展超限超载治理，落实安全生产责任制。",
        "全年硬化通组公路42公里；开通城乡公交线路6条；查处超限车辆310台；行业未发生较大以上安全事故。",
    ),
    "health": (
        "完成疾控中心迁建、县医院传染病区建设；推动“县管乡用”改革；实施国家基本公共卫生服务项目。",
        "疾控中心新址主体封顶；县医院传染病楼投入使用；下派医务人员45名，实行县管乡用；居民健康档案建档率92%。",
    ),
    "forest": (
        "（一）完成春季造林和退化林修复；（二）建设国家储备林；（三）推进林长制。",
        "（一）春季植树1.2万亩，修复退化林0.8万亩；（二）国储林项目完成投资1.1亿元；（三）林长巡林900次。",
    ),
    "office": (
        "保障机关正常运转，完成全年各项工作任务。建设法治政府，推进政务公开。",
        "机关运转有序，任务全面完成。办理行政复议12件，主动公开信息320条。",
    ),
    "city": (
        "启动智慧停车项目建设，完成背街小巷改造，开展城市“牛皮癣”整治。",
        "新增智慧泊位1200个；改造小巷18条；清理小广告3万处。",
    ),
    "finance": ("完成预算编制、决算公开和内部审计。", "按时报送部门预算，公开2022年度决算，完成内审项目3个。"),
}


@pytest.mark.parametrize("name", HONEST)
def test_silent_on_honest_filings(name: str) -> None:
    """Goals answered in other words, or owned up to, raise nothing."""
    assert not [_message(RULES["A2-17"], hit) for hit in _hits(RULES["A2-17"], goals(*HONEST[name]))]


def test_items_are_named_as_written() -> None:
    """What the goals of the seed name, in their order; what carries numbers is not among it."""
    named = [item.name for item in items(_load("junshan_2023_goals.json")["预期目标"])]
    assert named == [
        "企业家沙龙",
        "送解优",
        "放权赋能",
        "园区事园区办",
        "冷链物流",
        "集中供热站改扩建",
        "荆江门片区绿化提质改造",
        "昌泰明渠",
        "君建明渠",
        "万雨合业",
        "国泰食品二期",
        "五好园区",
    ]


@pytest.mark.parametrize(
    ("name", "money", "messages"),
    [
        ("农村河道治理项目", (0, 60), ["项目“农村河道治理项目”与附件1的项目名称“河道治理”不一致（两表金额相同）。"]),
        (
            "农村河道治理项目",
            (0, 61),
            [
                "项目“农村河道治理项目”与附件1的项目名称“河道治理”不一致。",
                "项目“农村河道治理项目”的全年执行数 61.00万元，与附件1的本年决算数 60.00万元 不一致。",
            ],
        ),
        (
            "堤防加固",
            (0, 60),
            [
                "项目“河道治理”没有对应的附件3项目支出绩效自评表（没有一并提交，或附件3的项目名称写得不同）。",
                "项目“堤防加固”在附件1的项目支出中没有对应的项目行，或与另一张附件3重复。",
            ],
        ),
    ],
)
def test_a_project_that_was_added_is_known_by_a_longer_name(
    name: str, money: tuple[float, float], messages: list[str]
) -> None:
    """Without a budget at the beginning of the year, amounts alone do not tell which project it is."""
    filing = filing_view(
        base_form(rows=(project_row("河道治理", 0, 60),)), project_form({"项目支出名称": name}, funds(*money))
    )
    rule = RULES["X-06"]
    assert [_message(rule, hit) for hit in _hits(rule, filing)] == messages


def test_a_year_is_no_figure_of_a_goal() -> None:
    """A goal with a figure is for A2-18; the year before a goal is none."""
    assert [item.name for item in items("2023年开展“企业家沙龙”活动")] == ["企业家沙龙"]
    assert items("2023年开展“企业家沙龙”活动12场") == []


def test_one_sentence_may_answer_all_numbered_goals() -> None:
    """A sentence that says that all is done leaves no goal without an answer."""
    goal = "1.推进河道清淤；2.开展节水宣传；3.建设饮水工程"
    assert _hits(RULES["A2-17"], goals(goal, "各项任务全部完成。")) == []


def test_numbered_points() -> None:
    """Points are found by every way of numbering, and a decimal is no number of a point."""
    assert numbered_points("一、甲\n二、乙\n十二、丙\n二十、丁") == {1: "甲", 2: "乙", 12: "丙", 20: "丁"}
    assert numbered_points("1.甲；2.乙3.5亿元") == {1: "甲；", 2: "乙3.5亿元"}
    assert numbered_points("①甲\n②乙") == {1: "甲", 2: "乙"}


@pytest.mark.timeout(60)  # each pair of sentences compared takes minutes
def test_long_texts_take_no_time() -> None:
    """Goal and answer of thirty thousand characters, with names in each clause, are judged within seconds."""
    names = [f"{chr(0x4E00 + index * 7)}{chr(0x5E00 + index)}厂" for index in range(2000)]
    goal = "；".join(f"推进{left}、{right}等项目建设，开展“{left}赛”" for left, right in pairwise(names))[:30000]
    achievement = "。".join(f"{name}正在施工，明年完工" for name in reversed(names))[:30000]
    rows = tuple(indicator(f"推动{name}、{name}路建设", "100分", "100分") for name in names[:60])
    for rule in FRAME:
        _hits(rule, goals(goal, achievement, rows))


def test_one_goal_without_an_answer_is_a_hint() -> None:
    """One goal without an answer is a hint; so are several, if the answer has as many sentences that answer no goal."""
    goal, achievement = "开展“企业家沙龙”；完成税收3亿元", "税收3.5亿元。"
    (hit,) = _hits(RULES["A2-17"], goals(f"{goal}。", achievement))
    (several,) = _hits(RULES["A2-17"], goals(f"{goal}；建设“数字门牌”。", achievement))
    (perhaps,) = _hits(RULES["A2-17"], goals(f"{goal}；建设“数字门牌”。", f"{achievement}二维码已经上墙。"))
    (near,) = _hits(RULES["A2-17"], goals("开展“学雷锋”志愿活动；建设“数字门牌”。", "志愿者上街清扫。"))
    severities = [hit.severity for hit in (hit, several, perhaps, near)]
    assert severities == [Severity.INFO, Severity.WARNING, Severity.INFO, Severity.INFO]
    assert "「二维码已经上墙」没有对应的目标，可能是换了说法" in _message(RULES["A2-17"], perhaps)


@pytest.mark.timeout(60)  # each pair of sentences compared takes minutes
def test_a_long_report_takes_no_time() -> None:
    """A report that repeats words of rules thousands of times, on one line or many, is judged within seconds."""
    repeated = [word * 5000 for word in ("项目支出", "内设", "共计", "其中", "2023年全年", "1、", "约", "一般公共预算")]
    listed = ["，".join(f"项目支出{number}万元" for number in range(500))]
    stated = [f"本年度完成第{number}项工作任务{number * 7}个，推进相关建设。" for number in range(1000)]
    achievement = "；".join(f"本年度完成第{number}项工作任务{number}个，推进相关建设" for number in range(100))
    view = filing_view(department_form({"实际完成情况": achievement}), report_view(*repeated, *listed, *stated))
    for rule in FRAME:
        _hits(rule, view)


WORDS = st.lists(
    st.sampled_from(
        [
            *"，。；、：（）()“”\"'1一二十.%和等的①\n \u3000\ud7ff{}",
            "完成",
            "推进",
            "明年",
            "尚未",
            "项目",
            "（1）",
            "绿化",
            "15个",
        ]
    )
    | st.text(max_size=3)
).map("".join)
VALUES = st.none() | WORDS | st.floats(allow_nan=True, allow_infinity=True)
TEXTS = ("预期目标", "实际完成情况", "部门名称", "填报单位", "主管部门", "项目支出名称", "填表人", "填报日期")
COLUMNS = ("二级指标", "三级指标", "年度指标值", "实际完成值", "项目名称", "目标单位", "偏差原因分析及改进措施")
NUMBERS = ("分值", "得分", "目标数值", "完成数值", "本年预算数", "本年决算数")
ROWS = st.fixed_dictionaries({}, optional={key: st.none() | WORDS for key in COLUMNS} | dict.fromkeys(NUMBERS, VALUES))
FORMS = st.builds(
    FormView,
    st.sampled_from(["附件1", "附件2", "附件3"]),
    st.text(max_size=2),
    st.none() | st.integers(2000, 2030),
    st.fixed_dictionaries({}, optional=dict.fromkeys(TEXTS, WORDS)),
    st.dictionaries(st.sampled_from(["年度资金总额_年初预算数", "年度资金总额_全年执行数"]), st.floats()),
    st.lists(ROWS, max_size=4).map(tuple),
)


LINES = st.lists(
    st.sampled_from(
        [
            *"，。；：、（）“”一二.%万元和为等1\n",
            *("一、", "（二）", "1.", "256.79万元", "95分", "12名", "100%", "2022年", "2023年", "其中：", "约", "余"),
            *("基本支出", "项目支出", "一般公共预算", "政府性基金", "支出", "收入", "年初预算", "自评得分", "等级为优"),
            *("内设机构5个：", "包括", "主要用于", "人员工资", "下属单位", "我单位"),
        ]
    )
).map("".join)
REPORTS = st.lists(LINES, max_size=6).map(lambda lines: report_view(*lines))
GIVEN = st.lists(FORMS | REPORTS, max_size=4).map(lambda views: filing_view(*views))


@settings(deadline=None)
@given(st.builds(lambda now, last: replace(now, prior=last), GIVEN, st.none() | GIVEN))
def test_never_raises(view: FilingView) -> None:
    """Whatever was filed, a rule gives hits with words for its message, or none."""
    for rule in FRAME:
        for hit in _hits(rule, view):
            assert _message(rule, hit)
            assert isinstance(hit.at, Passage) or hit.at.row is None or hit.at.row < len(hit.at.view.rows)
