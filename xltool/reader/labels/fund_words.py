"""Labels of the block of the funds: what is measured (预算数, 执行率), and whose money it is (财政拨款, 其他资金)."""

from __future__ import annotations

import re
from enum import Enum, unique
from functools import lru_cache
from math import nan
from typing import Final

from xltool.reader.labels.area import fold_label, without_note
from xltool.reader.notation.tokens import to_halfwidth

INITIAL, BUDGET, EXECUTED = "年初预算数", "全年预算数", "全年执行数"
RATE, WEIGHT, SCORE = "执行率", "分值", "得分"
AMOUNTS: Final = (INITIAL, BUDGET, EXECUTED)
LONGEST: Final = 30
_LETTER: Final = re.compile(r"(?<=[\u4e00-\u9fff])[A-D]$")
_CIRCLED: Final = re.compile(r"(?<!\s)\s*[①-⑳](?:\s*[=＝].{0,20})?\s*$")
"""The number of a column behind its head, with the formula in such numbers: ⑤=④/③."""
_QUOTIENT: Final = re.compile(r"=\(?[A-E]/[A-E]\)?(?:[×*]100%?)?$")
"""The formula of a rate behind its head: 执行率(%)=B/A."""
_RATE_WITH_FORMULA: Final = re.compile(r"(?:预算|资金)(?:执行|支出)\(.{0,12}[/÷].{0,12}\)")
"""A rate that only its formula tells from the block of the funds: 预算执行（E/C×100%）."""
_YEAR: Final = re.compile(r"20\d\d年?度?")
_GROUP: Final = re.compile(r"^[\u4e00-\u9fff]{2,8}[:：]\s{0,4}(?=[（(]?[一二三四1-9①-⑨])")
"""What the first of several numbered lines is one of: 资金结构：（1）基本支出."""
_NUMBER: Final = re.compile(r"['‘’¥￥]?\s*(-?\d[\d,，]{0,20}(?:\.\d{1,10})?)\s*(?:亿元|万元|元|万|分|%)?[.。]?")
_DAMAGED: Final = re.compile(
    r"(?!20\d\d[.．])\d[\dOoIlSBZ,，.．。、]{1,20}\s?(?:亿元|万元|元|万|分|%)?|#(?:DIV/0!|REF!|VALUE!|NAME\?|N/A|NUM!|NULL!)"
)
"""Digits with a letter or a sign among them (1O0, 12..5), or an error value: an amount, though nobody knows which."""

_OF_YEAR: Final = r"(?:全年|年度|当年|本年度?|项目|资金|部门|预算|实际|调整后?的?|\(调整后?\)|全年\(调整后?\)){0,3}"
_SUM: Final = "(?:数|金额|额|总额)"
WEIGHT_WORDS: Final = (
    r"(?:指标|考核|评价|标准|设定|目标|三级指标|单项|参考){0,2}(?:分值|权重[分值]?|权数|满分值?|标准分[值数]?|赋分)"
    r"(?:[/、]?(?:分值|权重))?(?:占比|设定)?(?:\(?%\)?)?|自评权[重数]|应得分|基准分"
)
SCORE_WORDS: Final = (
    r"(?:单位|部门|项目|年度|指标|自我|自评价?|考核|考评|评定|评价|实际|最终|绩效|本次){0,3}"
    r"(?:得分值?|评分|自评分[数值]?|评价分数?|打分)(?:情况|结果)?|(?:单项|实)得分"
)
"""Words for the points of an indicator, or of the execution of the budget, and for what was earned of them."""
_MEASURES: Final = (
    (INITIAL, rf"(?:部门|项目|资金)?(?:年初|期初)(?:批复|安排|部门)?(?:预算(?:资金|安排)?)?(?:{_SUM}|批复数|安排数)"),
    (
        INITIAL,
        r"年初(?:批复|安排|部门|下达)?预算(?:资金|安排|批复)?(?:数|额)?|年初安排(?:资金)?|预算批复数?|批复预算数?",
    ),
    (BUDGET, rf"{_OF_YEAR}预算(?:安排)?{_SUM}(?:\(调整后?\))?"),
    (BUDGET, r"(?:全年|调整后?)预算|预算安排(?:资金)?|调整后?的?(?:全年)?预算数?"),
    (BUDGET, r"计划(?:投资|安排|投入)(?:资金)?(?:额|数|金额)?|计划数|全年数"),
    (
        BUDGET,
        r"(?:预算|指标|资金)?(?:下达|安排)(?:预算|资金|指标)?数|下达(?:资金|预算)|安排资金|预算(?:指标数|批复金额)",
    ),
    (BUDGET, r"(?:最终|年终|财政)预算数|年度(?:预算安排|资金安排|安排资金)"),
    (
        EXECUTED,
        rf"(?!支出总额$)(?:全年|年度|预算|实际|资金|当年|本年度?|累计){{0,3}}(?:执行|支出|使用|投入|拨付|支付)(?:资金)?{_SUM}|(?:实际|全年)(?:执行|支出)|决算数",
    ),
    (EXECUTED, r"(?:年末|年终)执行数|已(?:支出|执行)(?:数|金额|资金)?|(?:支出|年度)决算数?|累计支出|实际使用资金"),
    (EXECUTED, r"(?:全年)?执行资金|(?:实际)?支出资金|(?:实际|资金)(?:使用|支出)情况"),
    (
        RATE,
        r"(?:全年|年度|财政|预算|资金|项目|支出){0,3}(?:执行|支出|使用|支付|拨付)(?:实现)?(?:率|进度|比[例率])|(?:预算|资金)完成率",
    ),
    (WEIGHT, rf"(?:预算)?(?:执行率?)?(?:{WEIGHT_WORDS})"),
    (SCORE, rf"(?:预算|执行率?){{0,2}}(?:{SCORE_WORDS})"),
)
_MEASURE_PATTERNS: Final = [(measure, re.compile(pattern)) for measure, pattern in _MEASURES]


@unique
class Source(Enum):
    """Whose money a line or a column of the funds is."""

    TOTAL = "年度资金总额"
    FISCAL = "当年财政拨款"
    LEVEL = "一级政府的财政拨款"
    """中央补助, 省级资金, 地方资金."""
    BUDGET = "一本预算的财政拨款"
    """一般公共预算, 政府性基金."""
    CARRIED = "上年结转资金"
    OTHER = "其他资金"
    OWN = "单位自有的资金"
    """单位资金, 自筹资金, 专户管理的资金."""
    BASIC = "支出_基本支出"
    PROJECT = "支出_项目支出"


_WHOLE: Final = r"(?:年度|本年度?|当年|全年|项目|专项|部门|单位|整体|财政|预算|支出|总){0,4}"
_THIS_YEAR: Final = r"(?:当年|本年度?|年度|全年)?"
_LEVEL: Final = (
    r"(?:中央|自治区|省|市|县|区|州|盟|旗|镇|乡镇|地|地方|本级|上级|同级|区县|兵团)(?:\([市县区]\))?(?:级|本级)?"
)
_MONEY: Final = "(?:财政|专项|配套|补助|转移支付|预算|安排|资金|拨款|收入)"
_BUDGETS: Final = "(?:一般公共预算|一般预算内?|公共财政预算|政府性基金(?:预算)?|国有资本经营预算)"
_OWN: Final = (
    "(?:单位|自有|自筹|单位自[筹有]|社会(?:投入|资本)?|企业(?:投入)?|群众|业主|村集体|(?:银行)?贷款|(?:财政)?专户(?:管理)?|非财政(?:拨款|性)?|非税收入"
    "|事业收入|经营收入|捐赠)"
)
_SOURCES: Final = (
    (Source.BASIC, r"基本支出(?:总额|合计|小计)?"),
    (Source.PROJECT, r"项目支出(?:总额|合计|小计)?"),
    (Source.TOTAL, rf"(?!支出总额$|支出合计$){_WHOLE}(?:资金|预算|投资|支出|金额|经费)?(?:总额|合计|总计|总金额|总数)"),
    (Source.TOTAL, r"(?:项目)?总(?:投资|资金|金额|预算|额)|资金(?:来源合计|总量)|年度(?:总?金额|资金|预算)"),
    (Source.TOTAL, r"(?:年度|本年)?(?:部门|单位)?整体(?:支出|预算|资金)"),
    (Source.FISCAL, rf"(?:本级|{_THIS_YEAR})财政(?:预算)?(?:拨款|性资金|资金|补助)(?:资金)?(?:收入|小计|合计)?"),
    (Source.FISCAL, r"(?:公共财政|政府)(?:预算)?(?:拨款|资金|投入)|财政投入|财政安排资金|预算内资金"),
    (Source.FISCAL, r"预算(?:内)?拨款|中央、省、市补助县级资金"),
    (
        Source.CARRIED,
        r"(?:上年度?|以前年度|历年|往年|年初)(?:财政(?:拨款)?)?结[转余](?:和?结余)?(?:资金|数)?|结余结转(?:资金)?",
    ),
    (Source.CARRIED, r"使用结转资金|结转(?:和?结余)?(?:资金)?"),
    (Source.OTHER, r"其[他它](?:(?:来源|渠道)?资金(?:收入|来源|投入)?|来源|收入|经费|投入)?"),
    (Source.LEVEL, rf"{_THIS_YEAR}(?:{_LEVEL}[、/和及]?){{1,4}}{_MONEY}{{0,4}}|(?:上级)?转移支付(?:资金)?"),
    (Source.LEVEL, r"中央(?:预算内投资|下达资金)|省级以上资金|[省市]对下转移支付(?:资金)?|配套资金"),
    (Source.BUDGET, rf"{_THIS_YEAR}{_BUDGETS}(?:财政)?(?:拨款|资金|收入|补助)?"),
    (Source.BUDGET, r"(?:地方)?(?:政府)?(?:一般|专项)?债券(?:资金)?"),
    (Source.OWN, rf"{_OWN}{{1,2}}(?:收入)?(?:资金)?"),
)
_INLINE: Final = re.compile(
    r"(?P<label>[^:\d]{2,20}):(?P<amount>[ ¥￥-]{0,3}\d[\d,]{0,20}(?:\.\d{1,10})? ?(?:亿元|万元|元))"
)
_TASKS: Final = re.compile(
    r"(?:年度|全年|部门|单位|履职|重点|主要|核心|具体|工作){0,4}(?:任务|工作|事项)(?:名称|内容|清单)?"
    r"|项目(?:支出)?名称|(?:任务|工作)(?:及|和|、)项目(?:名称)?"
)
_INCOMES: Final = re.compile(r"(?:资金)?收入(?:项目|来源|类别|内容|名称|情况|预算|构成)?")
_SPENDING: Final = re.compile(r"(?:资金)?支出(?:项目|类别|内容|名称|情况|类型|预算|构成)?")
_ALL_SPENDING: Final = re.compile(r"(?:(?:本年|年度|部门)?支出)?(?:小计|合计|总计|总额)")
_SOURCE_PATTERNS: Final = [(source, re.compile(pattern)) for source, pattern in _SOURCES]


def measure_of(text: str) -> str | None:
    """What a label says is measured; None for any other text.

    >>> measure_of("全年（调整）预算数（A）"), measure_of("预算执行率（B/A×100%）"), measure_of("实际投入资金额")
    ('全年预算数', '执行率', '全年执行数')
    """
    return _cached_measure(text) if len(text) <= LONGEST else None


@lru_cache(maxsize=1024)
def _cached_measure(text: str) -> str | None:
    if _RATE_WITH_FORMULA.fullmatch(fold_label(text)):
        return RATE
    label = _plain(text)
    return next((measure for measure, pattern in _MEASURE_PATTERNS if pattern.fullmatch(label)), None)


def source_of(text: str) -> Source | None:
    """Whose money a label names; None for any other text.

    >>> source_of("其中：当年财政拨款").value, source_of("省级财政资金").name, source_of("单位自筹资金").name
    ('当年财政拨款', 'LEVEL', 'OWN')
    """
    return _cached_source(text) if len(text) <= LONGEST else None


@lru_cache(maxsize=1024)
def _cached_source(text: str) -> Source | None:
    label = _plain(text)
    return next((source for source, pattern in _SOURCE_PATTERNS if pattern.fullmatch(label)), None)


def is_adjusted(text: str) -> bool:
    """Whether a head behind that of the first budget stands for the budget as adjusted: 小计③=①+②, 调整后.

    >>> is_adjusted("小计③=①+②"), is_adjusted("合计"), is_adjusted("调整后"), is_adjusted("资金总额")
    (True, True, True, False)
    """
    return len(text) <= LONGEST and _plain(text) in {"小计", "合计", "调整后"}


def heads_tasks(text: str) -> bool:
    """Whether a text heads the names of tasks or projects, which have a line of money each."""
    return len(text) <= LONGEST and _TASKS.fullmatch(fold_label(text)) is not None


def column_of_spending(texts: dict[int, str], measures: dict[int, str]) -> int:
    """The column of the head 支出 behind that of 收入, over or beside a budget and what was spent; 0 where none is."""
    short = {column: fold_label(text) for column, text in texts.items() if len(text) <= LONGEST}
    income = next((column for column, text in short.items() if _INCOMES.fullmatch(text)), None)
    spending = next((column for column, text in short.items() if _SPENDING.fullmatch(text)), 0)
    behind = {measure for column, measure in measures.items() if column > spending}
    is_beside = income is not None and income < spending
    return spending if is_beside and EXECUTED in behind and {INITIAL, BUDGET} & behind else 0


def amount_of(text: str) -> float | None:
    """The amount that is all that a text says, NaN where its digits are damaged.

    >>> amount_of("1,580.00万元"), amount_of("1O0"), amount_of("预算数")
    (1580.0, nan, None)
    """
    plain = to_halfwidth(text)[0]
    match = _NUMBER.fullmatch(plain)
    if match is not None:
        return float(match[1].replace(",", "").replace("，", ""))
    return None if _DAMAGED.fullmatch(plain) is None else nan


def inline_amount(text: str) -> tuple[str, str] | None:
    """Label and amount of a cell that holds both (年度金额：208万元); None for any other."""
    match = _INLINE.fullmatch(to_halfwidth(text)[0].strip()) if len(text) <= LONGEST else None
    return None if match is None else (match["label"], match["amount"].strip())


def names_all_spending(text: str) -> bool:
    """Whether a text names all that was spent: below the head of the kinds of spending, or on the first line of all.

    Elsewhere 支出总额 is a sum of its own, beside that of the incomes.
    """
    return len(text) <= LONGEST and _ALL_SPENDING.fullmatch(fold_label(text)) is not None


def _plain(text: str) -> str:
    """A folded label without notes, year, letter and formula: 2023年全年预算数（万元）（A） → 全年预算数."""
    label = _QUOTIENT.sub("", fold_label(_GROUP.sub("", _CIRCLED.sub("", text).strip())))
    while (shorter := without_note(label)) != label:
        label = shorter
    return _YEAR.sub("", _LETTER.sub("", label)) or label
