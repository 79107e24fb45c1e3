"""Figures: numbers in 预期目标 and 实际完成情况, with what they measure, how exactly they are meant, and their subject.

Only a number with a unit is a figure. A figure that may be something other than the year's total (a part, another
period, a plan, a comparison) is an aside, and rules do not use it: silence is preferred to a false alarm. Numbers of
the narrative report are `claims`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from xltool import params
from xltool.forms.tolerances import RELATIVE_NOISE
from xltool.text.lazy_pattern import lazy_pattern
from xltool.text.wording import (
    TEXTS,
    character_pairs,
    count_in,
    fold_case,
    split_sentences,
    split_sentences_uncached,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_COUNTED = (
    "人次|户次|批次|家次|场次|班次|车次|平方公里|平方千米|平方米|立方米|公顷|公里|千米|公斤|万亩|个班|棵|株|人|名|个|家|户|项|次|件|亩"
    "|吨|场|套|台|座|所|间|辆|份|册|期|处|条|批|例|宗|起|篇|部|盏|头|只|栋|幢|米|m2|位|对|支|块|本|幅|张|口|艘|枚|部|km|m"
)
_NUMBER = r"\d+(?:\.\d+)?"
_NUMBERS = lazy_pattern(lambda: re.compile(_NUMBER))
_DIGIT = lazy_pattern(lambda: re.compile(r"\d"))
_FIGURE = lazy_pattern(
    lambda: re.compile(
        # The digit is matched before the look-behind, so that the search jumps from digit to digit.
        rf"(?P<number>\d(?<![\d.第a-z〔\[-]\d)\d*(?:\.\d+)?)(?P<scale>万亿|亿|百万|万|千|百)?余?多?"
        rf"(?P<unit>元|%|个百分点|{_COUNTED})(?![/\d])"
    )
)
_THOUSANDS = lazy_pattern(lambda: re.compile(r",(?<=\d,)(?=\d{3}(?!\d))"))
_SCALES = {"": 1.0, "百": 1e2, "千": 1e3, "万": 1e4, "百万": 1e6, "亿": 1e8, "万亿": 1e12}
_YUAN = 1e-4
_MONEY = "万元"
_UNITS = {"元": (_MONEY, _YUAN), "名": ("人", 1.0), "位": ("人", 1.0), "公里": ("米", 1e3), "千米": ("米", 1e3),
          "km": ("米", 1e3), "m": ("米", 1.0), "m2": ("平方米", 1.0), "平方千米": ("平方公里", 1.0)}  # fmt: skip
_SPELLINGS = {base: tuple(unit for unit, (other, _) in _UNITS.items() if other == base) for base, _ in _UNITS.values()}
"""What else units are written as, by unit: 公里, 千米, km and m are 米."""
_THINGS = frozenset("个家项所处座件起宗场次栋幢套期间条批")
"""Counting words that may replace one another: 5家企业 are 5个."""

_ABOUT = lazy_pattern(lambda: re.compile(r"约|近|大约|将近|接近|左右|上下|余|多"))
_FLOOR = lazy_pattern(lambda: re.compile(r"超过?|突破|逾|以上|不少于|不低于|至少|达到?(?=\d)|余|多|≥|>"))
_CEILING = lazy_pattern(lambda: re.compile(r"不超过?|以内|以下|控制在|不高于|≤|<"))
_HEDGES = "约为|约|近|大约|将近|接近|不超过|不超|超过|超|突破|逾|不少于|不低于|不高于|至少|最多|控制在|≥|≤|>|<|="
_GROWTH = lazy_pattern(lambda: re.compile(r"增长|增幅|增速|提高|提升|上升|下降|减少|降低|降幅|压减|同比|环比"))
_ASIDE = lazy_pattern(
    lambda: re.compile(
        r"上年|去年|前年|同期|往年|历年|累计|至今|以来|上半年|下半年|季度|[1-9]月份?(?!底)|每|平均|人均|户均|亩均|分别|各"
        r"|明年|次年|来年|原有|现有|总数|其中|另|其余|剩余|第[一二三四]|[一二三四]期|比|较|增加到|提高到|下降到|占|完成率"
        r"|增长|同比|日均|月均|最高|最低|单次|单价|协议|辐射|带动|撬动|涉及|约占"
    )
)
_PLAN = lazy_pattern(lambda: re.compile(r"预计|计划|拟|将(?!近)|目标|任务|原定|力争"))
_CLAUSE_END = lazy_pattern(lambda: re.compile(r"[,()]"))
_NOUN_END = lazy_pattern(lambda: re.compile(r"[、,:;()\d]"))
_NEAR = lazy_pattern(lambda: re.compile(r"^(?:以上|左右|以内|上下|以下)"))
_ONE_SENTENCE = lazy_pattern(lambda: re.compile(r"[≤≥<>=]?\d[\w%]*(?:(?<=\d)\.(?=\d)[\w%]*)?"))
"""A cell that begins with a number and has no mark that ends a sentence or numbers a point."""
_SIGNS = "≤≥<>="
_YEAR = lazy_pattern(lambda: re.compile(r"(20\d\d)年(?:度)?(?:初|底|末|前|内)*"))
_VERBS = (
    "完成|实现|达到|达|为|是|有|共计|共|总计|合计|全年|本年度|本年|年度|年内|今年|年底前|年底|力争|争取|确保|已经|已|实际|全部|预期|计划"
    "|全县|全市|全区|全乡|全镇|园区|辖区|我局|我单位|本单位|新培育|培育|组织开展|组织|开展|举办|安排|累积|并|到|和|及|与|推动|推进|圆满|顺利"
)
_QUOTE = lazy_pattern(lambda: re.compile("[“”\"']"))
_HEAD = lazy_pattern(lambda: re.compile(rf"^(?:{_VERBS}|{_HEDGES}|[、,:;()“”·\-])+"))
_SIZE = "数量|总数|总额|总量|个数|人数|户数|次数|人次|面积|长度|里程|数|量"
_LAST_WORDS = frozenset([*_VERBS.split("|"), *_HEDGES.split("|"), *_SIZE.split("|"), *"、,:;()“”"])
_LONGEST_WORD = max(map(len, _LAST_WORDS))
_LAST_CHARACTERS = frozenset(word[-1] for word in _LAST_WORDS)
_OWN_NUMBER = lazy_pattern(lambda: re.compile(rf"(?<!\d){_NUMBER}(?:{_COUNTED})?$"))
_NOTHING = frozenset({"项目", "工作", "建设", "资金", "经费", "任务", "企业", "投资", "总投资", "支出", "收入"})
"""Names too general to tell one figure from another."""
_LIKE = 0.6
"""Share of a name that must stand beside the only number of its unit."""
_HALF = 0.5
"""Part of a unit of the last decimal that rounding may change."""
_TRUNCATED = 0.01
"""How much of a figure may be missing where its decimals were cut off instead of rounded."""
_COARSE = 0.05
"""How much of a figure a whole number of 万 or 亿 may leave out."""
_ROUGH = params.load()["about_in_goals"]
"""How far a figure may lie from a number that 约 stands at, as a share of it."""
_CELLS = 4096
"""Cells and names that are cached: 100% and 群众满意度 occur on most forms."""
_LONGEST_CLAUSE = 300
"""Characters before and after a number that are searched, so that a long sentence with many numbers stays fast."""
_LONGEST_NOUN = 12
"""Characters after a figure that may name what it counts."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number with its unit: money in 万元, rates as fractions; `step` is one unit of its last decimal."""

    text: str
    value: float
    unit: str
    step: float
    decimals: bool
    scaled: bool
    before: str
    """The words before it, from the last figure or comma on."""
    after: str
    """The words after it that name what it counts, as in 15个项目."""
    clause: str
    sentence: str
    start: int
    """Its first character in the sentence."""
    end: int

    @property
    def is_growth(self) -> bool:
        """Whether it is a rate of change, as 增长20%."""
        return self.unit in {"%", "个百分点"} and _GROWTH.search(self.before) is not None

    @property
    def is_least(self) -> bool:
        """Whether the text means this much or more (突破92.4亿元, 20%以上)."""
        return not self.is_most and _FLOOR.search(self.around) is not None

    @property
    def is_most(self) -> bool:
        """Whether the text means this much or less (不超过3件)."""
        return _CEILING.search(self.around) is not None

    @property
    def around(self) -> str:
        """The number with the words next to it that say how exactly it is meant."""
        return self.before[-4:] + self.text + self.after[:3]

    @cached_property
    def subject(self) -> str:
        """What it is a figure of, from the words before and after it; "" if they are too general."""
        named = core_phrase(self.before + _NEAR.sub("", self.after))
        return "" if named in _NOTHING else named

    @property
    def is_plan(self) -> bool:
        """Whether it was planned, or lies in the future."""
        return _PLAN.search(self.clause) is not None

    def is_aside(self, year: int | None) -> bool:
        """Whether it may be something other than the year's total: a part, a comparison, another period."""
        other = {int(match) for match in _YEAR.findall(self.clause)} - {year}
        return bool(other) or _ASIDE.search(self.clause) is not None

    def comparable(self, other: Figure) -> bool:
        """Whether the two measure the same kind of thing."""
        return self.unit == other.unit or (self.unit in _THINGS and other.unit in _THINGS)

    def agrees(self, filed: Figure) -> bool:
        """Whether this figure of a text agrees with a filed one: by rounding, 约, or 突破 and 不超过 on the right side.

        A number without decimals and without 万 or 亿 is exact.
        """
        off, size = abs(self.value - filed.value), max(abs(filed.value), abs(self.value))
        if off <= RELATIVE_NOISE * max(1.0, size):
            return True
        if _ABOUT.search(self.around):
            return off <= max(self.step if self.scaled or self.decimals else 0, _ROUGH * size)
        if (self.is_least and filed.value > self.value) or (self.is_most and filed.value < self.value):
            return True
        step = max(self.step if self.decimals else 0, filed.step if filed.decimals else 0)
        if self.scaled and not self.decimals:
            step = min(self.step, 2 * _COARSE * size)
        return off <= _HALF * step + RELATIVE_NOISE * size or (off < step and off <= _TRUNCATED * size)


@lru_cache(_CELLS)
def core_phrase(text: str) -> str:
    """What a phrase is about: the phrase without verbs, periods, hedges and words of counting at both ends.

    >>> [core_phrase(text) for text in ("力争到2023年底技工贸总收入突破", "税收总额", "培育高新技术企业5家", "数量")]
    ['技工贸总收入', '税收', '高新技术企业', '']
    """
    rest = _QUOTE.sub("", text)
    if _DIGIT.search(rest):
        rest = _OWN_NUMBER.sub("", _YEAR.sub("", rest))
    return _without_last_words(_HEAD.sub("", rest))


def _without_last_words(text: str) -> str:
    """The text without its longest end that consists only of words in `_LAST_WORDS`.

    Words overlap (个数, 数量, 数), so all places where a word may begin are remembered. A pattern that ends in `(…)+$`
    would try every division of the end into words, twice as many with each 数量. Most phrases end in none of them.
    """
    if text[-1:] not in _LAST_CHARACTERS:
        return text
    begins = {len(text)}
    first = len(text)
    for end in range(len(text), 0, -1):
        if end < first:
            break
        if end in begins:
            starts = range(max(0, end - _LONGEST_WORD), end)
            begins.update(start for start in starts if text[start:end] in _LAST_WORDS)
            first = min(first, next((start for start in starts if start in begins), first))
    return text[:first]


@lru_cache(TEXTS)
def figures_in(text: str) -> tuple[Figure, ...]:
    """The figures of a text in their order; a sentence that occurs twice counts once."""
    return _in_sentences(split_sentences(_THOUSANDS.sub("", text)))


def _in_sentences(sentences: Iterable[str]) -> tuple[Figure, ...]:
    return tuple([figure for sentence in dict.fromkeys(sentences) for figure in _in(sentence)])


def _in(sentence: str) -> list[Figure]:
    figures: list[Figure] = []
    last = 0
    for match in _FIGURE.finditer(sentence):
        begin, end = match.span()
        low, high = max(0, begin - _LONGEST_CLAUSE), min(len(sentence), end + _LONGEST_CLAUSE)
        comma, colon, bracket = (
            sentence.rfind(",", low, begin), sentence.rfind(":", low, begin), sentence.rfind("(", low, begin),
        )  # fmt: skip
        start = max(low, comma + 1, colon + 1, bracket + 1)
        clause_end = _CLAUSE_END.search(sentence, end, high)
        stop = clause_end.start() if clause_end else high
        noun_end = _NOUN_END.search(sentence, end, stop)
        after = sentence[end : noun_end.start() if noun_end else stop]
        # In 15个、其中8个 the words between the numbers belong to the second.
        tail = "" if len(after) > _LONGEST_NOUN and _FIGURE.search(sentence[end:stop]) else after[:_LONGEST_NOUN]
        before, clause = sentence[max(start, last) : begin], sentence[start:stop]
        figures.append(_figure(match, before=before, after=tail, clause=clause, sentence=sentence))
        last = end
    return figures


def _figure(match: re.Match[str], *, before: str, after: str, clause: str, sentence: str) -> Figure:
    begin, end = match.span()
    value, unit, step, decimals, scaled = _measured(*match.groups())
    return Figure(
        text=match[0],
        value=value,
        unit=unit,
        step=step,
        decimals=decimals,
        scaled=scaled,
        before=before,
        after=after,
        clause=clause,
        sentence=sentence,
        start=begin,
        end=end,
    )


@lru_cache(_CELLS)
def _measured(number: str, printed: str | None, unit: str) -> tuple[float, str, float, bool, bool]:
    """Value, unit, step, and whether it has decimals and is scaled, of a number with its scale and unit."""
    base, factor = ("%", 0.01) if unit == "%" else _UNITS.get(unit, (unit, 1.0))
    decimals = len(number.partition(".")[2])
    worth = _SCALES[printed or ""] * factor
    scaled = printed is not None and not (printed == "万" and unit == "元")
    return round(float(number) * worth, 9), base, round(10.0**-decimals * worth, 12), decimals > 0, scaled


def spellings_of(unit: str) -> tuple[str, ...]:
    """What a unit is written as: a folded text with a figure of this unit has one of them."""
    return (unit, *_SPELLINGS.get(unit, ()))


def repeats(cell: str, figure: Figure) -> bool:
    """Whether a cell has a figure of a text word for word, perhaps with a sign before it: then both agree.

    A cell with m2 has two numbers, and is read as none.
    """
    text = figure.text
    return (cell == text or (cell[1:] == text and cell[0] in _SIGNS)) and text[-1] != "2"


@lru_cache(_CELLS)
def only_figure(text: str) -> Figure | None:
    """The figure of a cell such as 92.4亿元 or ≥15个; None if the cell has none or several."""
    folded = fold_case(text)
    if len(_NUMBERS.findall(folded.replace(",", ""))) != 1:
        return None
    figures = (
        _in(folded)
        if _ONE_SENTENCE.fullmatch(text)
        else _in_sentences(split_sentences_uncached(_THOUSANDS.sub("", text)))
    )
    return figures[0] if len(figures) == 1 else None


def named_alike(name: str, figure: Figure) -> bool:
    """Whether most of an indicator's name stands beside the figure."""
    own = character_pairs(core_phrase(name))
    return bool(own) and count_in(own, figure.before + figure.after) >= _LIKE * len(own)
