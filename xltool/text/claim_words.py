"""The words by which a narrative report names figures (topics), and words that say whose figures they are."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from xltool.text.lazy_pattern import lazy_pattern
from xltool.text.prose import MONEY

if TYPE_CHECKING:
    from xltool.text.paragraphs import Amount

INITIAL, BUDGET, INCOME, SPENT = "年初预算", "全年预算", "收入", "支出"
BASIC, PROJECT = "基本支出", "项目支出"
GENERAL, FUND = "一般公共预算", "政府性基金"
TOTALS: Final = (INITIAL, BUDGET, INCOME, SPENT)
SCORE: Final = "自评得分"
RATE: Final = "执行率"
THREE, RECEPTION, ABROAD, RUNNING = "三公经费", "公务接待", "出国经费", "公用经费"
VEHICLES, PURCHASE, UPKEEP = "公务用车购置和维护经费", "公车购置", "公车运行维护"
OF_THREE: Final = (RECEPTION, ABROAD, VEHICLES, PURCHASE, UPKEEP)
LINES: Final = (THREE, *OF_THREE, RUNNING)
"""Lines of 附件1 that have a budget and what was spent of it."""

_UNITS: Final = "单位|部门|局|镇|乡|街道|委|办|院|校|学校|中心|站|所"
# No word of the list is made of two others (部门整体): each repetition would double the ways to match a text.
_LEAD: Final = (
    rf"(?:截[至止])?(?:20\d\d年(?:度|末|底)?|本年度?|当年|全年|年度|年末|12月(?:底|末|31日)?"
    rf"|其中|我(?:{_UNITS})|本(?:{_UNITS})"
    r"|全?单位|全?部门|整体|共|总计|实际|按支出性质分|以上|的)"
)
_LINK: Final = (
    "(?:为|是|有|共有?|共计|合计|总计|均为|计|达到?|完成|实现|实际|总额|金额|数额|资金|数|决算数?"
    "|安排|批复|下达|的|拨款)"
)
_SIDE: Final = "(?P<side>决算|支出|执行|年初预算|预算)?"
_BUDGETED: Final = lazy_pattern(lambda: re.compile("安排|批复|下达"))
_TOPICS: Final = {
    INITIAL: "年初(?:部门)?预算(?:收入|支出|批复|安排)?",
    BUDGET: "全年预算|调整后?(?:全年)?预算",
    INCOME: "(?:全年预算|预算|总)?收入",
    SPENT: "(?:总|决算)?支出|(?:全年|预算)?(?:支出)?执行",
    BASIC: BASIC,
    PROJECT: PROJECT,
    GENERAL: "一般公共预算(?:财政)?(?:拨款)?(?P<general>收入|支出)?",
    FUND: "政府性基金(?:预算)?(?:财政)?(?:拨款)?(?P<fund>收入|支出)?",
    "编制数": "(?:人员)?(?:核定|核准|批准)?(?:人员|总)?编制(?:人数)?",
    "实际在职人数": "(?:实有|现有)?在职(?:在编)?(?:干部职工|干部|职工|人员|人数|人员数)",
    THREE: rf'[“"]?三公[”"]?经费{_SIDE}',
    RECEPTION: rf"公务接待(?:费用?|经费){_SIDE}",
    ABROAD: rf"(?:因公)?出国(?:[(（]境[)）])?(?:费用?|经费){_SIDE}",
    VEHICLES: rf"公务用车(?:购置[及和与]?运行(?:维护)?)?(?:费用?|经费)?{_SIDE}",
    PURCHASE: rf"公务用车购置(?:费用?|经费){_SIDE}",
    UPKEEP: rf"(?:公务用车|公车)运行(?:维护)?(?:费用?|经费){_SIDE}",
    RUNNING: rf"公用经费{_SIDE}",
    RATE: "(?:预算|资金)?执行率",
}
_SCORE: Final = lazy_pattern(
    lambda: re.compile(
        r"(?:自评|评价|综合|整体|绩效|最终|总体|支出)(?:综合|总|自评|评价|评){0,8}(?:得分|评分|分数|自评分)(?:为|是|共|计|达到?){0,8}$|自评得$"
    )
)
_PART_SCORE: Final = lazy_pattern(
    lambda: re.compile("产出|效益|满意度|过程|投入|执行|管理|指标|扣|满分|项目(?!支出)|上年|去年")
)
COUNTED: Final = {"编制数": "编制", "实际在职人数": "在职"}
"""What is counted, and the word that every mention of it contains."""
A_KIND: Final = lazy_pattern(lambda: re.compile("行政|事业|工勤|参公|参照|全额|差额|自收|领导|[空超缺]编|退休|编外|聘"))
"""Posts or employees of one kind: their number is not that of all."""
PEOPLE: Final = ("人", "个")
_UNITS_OF: Final = {**dict.fromkeys(COUNTED, PEOPLE), RATE: ("%",)}
PARTS: Final = frozenset({BASIC, PROJECT})
_LONGEST: Final = 40
"""Characters before a number that are compared with the topics; a longer clause names none."""
A_WORD: Final = 2
"""Characters of a word: a shorter piece names nothing."""
QUOTED: Final = 40
"""Characters of a sentence that a message quotes before the number."""
# What departments state of themselves although no field asks for it: no reason to distrust the next sentence.
NEUTRAL: Final = lazy_pattern(
    lambda: re.compile(
        "增长|增加|增幅|减少|下降|降低|降幅|比|较|预算支出|追加|调整|调[增减]|结转|结余|人员经费|公用|编制|人员"
        "|退休|接待|用车|其他|非税|国有资本|社会保险|得分|评分|自筹|专户|缴|占|财政拨款"
    )
)
NOT_OURS: Final = lazy_pattern(lambda: re.compile("下属|所属|局属|直属|本级|二级(?:单位|机构|预算)|系统"))
"""Units below the department: what is said of them is not the department's own."""
_BODY: Final = "(?:中心|站|所|[大支]队|院|校|小学|中学|幼儿园|馆|公司|林场|农场)"
A_BODY: Final = lazy_pattern(lambda: re.compile(rf"[^，、]{{2,24}}{_BODY}"))
"""A heading that is the name of a unit below the department, as 水利管理站."""
OF_A_BODY: Final = lazy_pattern(lambda: re.compile(rf"(?<!我)(?<!本){_BODY}[^，]{{0,4}}(?:支出|收入|预算|经费)"))
"""Money of a unit below the department."""
OURS: Final = lazy_pattern(lambda: re.compile(rf"(?:我|本|全)(?:{_UNITS})|部门整体|整体支出"))
"""Words by which a department speaks of itself as a whole."""
OTHER_YEAR: Final = lazy_pattern(
    lambda: re.compile(r"(?<!比)(?<!较)(?:上年|去年|上一年|往年|前年|明年|次年|下年|来年)(?!结转|结余|末结)")
)
YEAR: Final = lazy_pattern(lambda: re.compile(r"(?<![\d比较])(20\d\d)年"))
THIS_YEAR: Final = lazy_pattern(lambda: re.compile("本年|今年|当年"))
PART_OF_YEAR: Final = lazy_pattern(lambda: re.compile(r"(?<!\d)(?:[1-9]|1[01])月|半年|[一二三]季度"))
"""Figures of some months are not those of the year."""
WHOLE_YEAR: Final = lazy_pattern(lambda: re.compile("全年|年末|年底|12月"))
BREAK: Final = lazy_pattern(lambda: re.compile(r"([。！？\n])|[，；：、,;:]|[(（](?!境[)）])|(?<!境)[)）]"))
"""The ends of clauses, those of sentences in a group; the brackets of 出国（境） belong to the word."""
STOPS: Final = frozenset("。！？\n")
"""The ends of sentences."""
ENDS: Final = lazy_pattern(lambda: re.compile(r"[，。；：、！？\n,;:()（）”.]"))
"""What may follow a figure; before anything else it is part of a longer word, as in 300万元以上."""
NATURES: Final = (GENERAL, FUND, "国有资本", "社会保险基金")
"""The budgets that headings and clauses name: what follows is of this one alone."""
_PLANNED: Final = lazy_pattern(lambda: re.compile("预算(?:安排|批复|编制|下达|收入)?情况|年初预算"))
PROJECTS: Final = lazy_pattern(lambda: re.compile("(?<!基本支出和)项目(?!支出)|工程|专项|采购|活动"))
"""From these words on a sentence speaks of single projects."""
NARROWER: Final = lazy_pattern(
    lambda: re.compile("基本支出|项目支出|三公|接待|公用经费|用车|人员经费|出国|会议费|培训费|工资|补助")
)
"""Parts of all spending: what follows is no total."""
WIDER: Final = lazy_pattern(lambda: re.compile(rf"总支出|总收入|整体|部门|单位|(?:我|本)(?:{_UNITS})"))
"""Words that make a figure a total again."""
_OPENING: Final = lazy_pattern(
    lambda: re.compile(
        rf"(?:{_LEAD}|{_LINK})*+|[一二三四五六七八九十]{{1,3}}|(?:\d{{1,2}}[.．])?[^一二三四五六七八九十\d]*(?:情况|方面|如下)|总?收入|总?支出"
    )
)
"""A clause that only opens a sentence: what leads up to a figure, a number of a heading, or …情况."""
_REST_OF_A_LINE: Final = lazy_pattern(
    lambda: re.compile(rf"{_LEAD}*?(?:(?P<budget>(?:年初|年度)?预算)|(?:总|实际)?(?:支出|决算|执行)){_LINK}*+")
)
_SUMMED: Final = lazy_pattern(lambda: re.compile("合计|共计|总计"))


def side_of_a_line(piece: str) -> str:
    """The side (预算 or 支出) that a clause gives of the line named before it, "" if it gives none.

    In 三公经费预算12万元，支出11.2万元 the second clause gives 支出 of 三公经费.
    """
    match = _REST_OF_A_LINE.fullmatch(piece)
    return "" if match is None or _SUMMED.search(piece) else "预算" if match["budget"] else "支出"


def opens(piece: str) -> bool:
    """Whether a clause without a number only opens a sentence: the figures after it belong to the same as before."""
    return _OPENING.fullmatch(piece) is not None and NARROWER.search(piece) is None


def is_part(topic: str, whole: str) -> bool:
    """Whether a figure of the topic is part of the total."""
    if whole == THREE:
        return topic in OF_THREE
    return topic in PARTS or (topic in {GENERAL, FUND} and whole in TOTALS)


def is_plan(words: str) -> bool:
    """Whether the words introduce figures of a budget, not of what was spent."""
    return _PLANNED.search(words) is not None and SPENT not in words


@cache
def _subjects() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The pattern of each topic; compiled at the first report, which most runs do not have."""
    return tuple((topic, re.compile(rf"{_LEAD}*?(?:{words}){_LINK}*+")) for topic, words in _TOPICS.items())


def topic_of(piece: str, amount: Amount) -> tuple[str, str] | None:
    """The topic that the words before a number name, and its side; None if they say anything else."""
    if amount.unit == "分":
        own = _SCORE.search(piece) and not _PART_SCORE.search(piece)
        return (SCORE, "") if own else None
    for topic, pattern in _subjects() if len(piece) <= _LONGEST else ():
        match = pattern.fullmatch(piece)
        if match is not None:
            units = _UNITS_OF.get(topic, (MONEY,))
            said = "预算" if _BUDGETED.search(piece) else ""
            side = "".join(word for word in match.groupdict().values() if word) or said
            return (topic, side) if amount.unit in units else None
    return None
