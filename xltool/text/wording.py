"""Tools for rules on texts: fold, split into sentences and clauses, and find the words of a phrase that are its own.

No dictionary is used. A phrase is compared by its pairs of neighbouring characters, since most Chinese words have two.
Words that occur in every filing are removed before, since finding 项目建设 in a text proves nothing; the pairs that
remain are the telling pairs.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

from xltool import normalize
from xltool.text.lazy_pattern import lazy_pattern
from xltool.text.outline import number_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ABOUT = """
项目 工程 工作 行动 活动 任务 建设 改造 企业 园区 产业 服务 发展 管理 经济 社会 群众 周边 单位 部门 人员 政策 措施
制度 机制 体系 模式 事项 方面 问题 情况 目标 指标 责任 能力 水平 质量 效益 成效 效果 作用 资金 经费 预算
"""
_VERBS = """
完成 启动 推动 推进 落实 开展 实施 组织 加强 强化 加快 加大 提升 提高 优化 完善 保障 确保 做好 抓好 打造 促进 引导
扶持 支持 宣传 形成 建立 健全 深化 持续 积极 全面 深入 扎实 有效 进一步 着力 力争 争取 全力 重点 常态化 保护 提供
"""
_ATTRIBUTES = """
惠民 利民 为民 各项 各类 其他 其它 相关 有关 主要 优质 上级 交办 年度 全年 本年 高质量 精细化 规范化 标准化 十四五
十三五 三公 从严治党 主体责任 依法行政 区委 市委 县委 党委 政府 财政
"""
COMMON = (*_ABOUT.split(), *_VERBS.split(), *_ATTRIBUTES.split())
"""Words that occur in every filing, so that they prove nothing."""

SYNONYMS = tuple(
    frozenset(group.split())
    for group in (
        "沙龙 座谈 恳谈 茶叙 早餐会 交流会",
        "绿化 植树 造林 苗木 增绿 栽植 补植 景观",
        "清淤 疏浚 清障 清理",
        "检查 巡查 督查 排查 抽查 监督 执法 筛查 清查",
        "培训 讲座 授课 轮训 学习班 集训",
        "普法 法治 法律 宣讲 复议",
        "放权 下放 权限 赋权 承接 放管服 审批",
        "整治 治理 清理 取缔",
        "维修 修缮 修复 养护 翻新",
        "招商 签约 引进 落户",
        "走访 慰问 看望 上门",
        "供热 供汽 蒸汽 热力",
        "照明 路灯 亮化",
        "人居 垃圾 保洁 户厕 厕所 改厕 卫生",
        "水资源 取水 用水 节水",
        "禁毒 戒毒 涉毒",
        "防火 火灾 火情 火患 山火",
        "灌溉 灌渠 渠道 水渠",
        "防汛 汛期 度汛 抗洪",
        "道路 公路 通车 硬化",
        "就业 岗位 用工 招聘",
        "党建 支部 党员 主题教育",
    )
)
"""Groups of words of which any may answer any other."""

ADVERB = (
    "力争|争取|确保|常态化|持续|积极|全面|深入|扎实|大力|加快|着力|稳步|有序|切实|认真|继续|进一步|重点|统筹|协同|按时|按期|如期"
    "|及时|年底前|年内|全年|本年度?|今年|组织|协调|支持|并|计划"
)
VERB = "完成|启动|推动|推进|落实|开展|建设|建成|实施|举办|新建"
OPENED = lazy_pattern(lambda: re.compile(rf"^(?:{ADVERB})*(?:{VERB}){{1,2}}(?:好|了)?(?P<object>.+)$"))
QUOTED = lazy_pattern(lambda: re.compile(r"[“\"]([^“”\",、。]{2,})[”\"]"))

_COMMON = lazy_pattern(lambda: re.compile("|".join(sorted(COMMON, key=len, reverse=True))))
_PIECE = lazy_pattern(lambda: re.compile(r"[^的等为以对把将与和及或在了、,\W]{2,}"))
# A point before three digits and a counting word (1.3126名) ends the number of the sentence: people are whole.
_MARK = lazy_pattern(
    lambda: re.compile(
        r"(?P<opens>[\n。;；:：])[ \t\u3000]*"
        r"(?:[(（](?P<paren>[一二三四五六七八九十]{1,3}|\d{1,2})[)）]"
        r"|(?P<plain>[一二三四五六七八九十]{1,3}|\d{1,2})(?:[、)）]|[.．](?!\d)|[.．](?=\d{3,8}[名人户个家次件所座处项场期份套辆台]))"
        r"|(?P<list>[一二三四五六七八九十])是|(?P<ring>[①-⑳])"
        r"|(?:目标|任务)(?P<aim>[一二三四五六七八九十]{1,3}|\d{1,2})(?:完成情况)?[:：、.．])"
    )
)
_CLAUSE = lazy_pattern(lambda: re.compile("[,:]"))
_ENDS = lazy_pattern(lambda: re.compile(r"[。;；!！?？\n]|\.(?!\d)"))
TEXTS = 256
"""Texts whose results are cached: those of one filing, which several rules read one after the other."""
LONGEST = 16
"""Characters of a name in which a contraction is searched."""
_QUOTE = lazy_pattern(lambda: re.compile("[‘’「」『』＂]"))
_QUOTES = dict(zip("‘’「」『』＂", '“”“”“”"', strict=True))


@lru_cache(4096)
def fold_case(text: str) -> str:
    """The text for comparison: `normalize.fold` (width, white space), and lower case."""
    return normalize.fold(text).casefold()


@lru_cache(2 * TEXTS)  # texts compared between filings are read again after some hundred files
def split_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text (also between semicolons and numbered points), folded, without the numbers of points.

    >>> split_sentences("1.3126名对象发放到位；2.维修1.5公里。3.2公里")
    ('3126名对象发放到位', '维修1.5公里', '3.2公里')
    """
    return split_sentences_uncached(text)


def split_sentences_uncached(text: str) -> tuple[str, ...]:
    """As `split_sentences`, for cells that are read once and would push the texts of the filing out of the cache."""
    quoted = _QUOTE.sub(lambda mark: _QUOTES[mark[0]], text)
    # Marks count in full and in half width.
    marked = _MARK.sub(r"\g<opens>\n", f"\n{normalize.with_narrow_marks(quoted)}")
    return tuple(part for part in (normalize.fold(part).casefold() for part in _ENDS.split(marked)) if part)


@lru_cache(256)
def split_clauses(sentence: str) -> tuple[str, ...]:
    """The clauses of a folded sentence; cached, because rules read them again for every row."""
    return tuple(part for part in _CLAUSE.split(sentence) if part)


@lru_cache(TEXTS)
def numbered_points(text: str) -> Mapping[int, str]:
    """The points of a numbered text by number, the first of each; where (1) and 1、 both occur, only (1) counts."""
    text = f"\n{text}"
    marks = list(_MARK.finditer(text))
    marks = [mark for mark in marks if mark["paren"]] or marks
    points: dict[int, str] = {}
    for index, mark in enumerate(marks):
        end = marks[index + 1].end("opens") if index + 1 < len(marks) else len(text)
        points.setdefault(_number(str(mark[mark.lastgroup or 0])), text[mark.end() : end].strip())
    return points


def _number(text: str) -> int:
    return ord(text) - ord("①") + 1 if "①" <= text <= "⑳" else number_in(text)


def telling_pieces(phrase: str) -> list[str]:
    """What remains of a folded phrase without common words: strings of two or more characters."""
    return _PIECE.findall(_COMMON.sub(",", phrase))


@lru_cache(1024)
def character_pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a text."""
    return frozenset([text[at : at + 2] for at in range(len(text) - 1)])


@lru_cache(4096)
def telling_pairs(phrase: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a phrase without common words."""
    return frozenset([piece[at : at + 2] for piece in telling_pieces(phrase) for at in range(len(piece) - 1)])


def any_in(words: Iterable[str], text: str) -> bool:
    """Whether one of the words occurs in the text; faster than splitting the text, for a few words."""
    for word in words:  # noqa: SIM110 - a generator takes twice the time
        if word in text:
            return True
    return False


def count_in(words: Iterable[str], text: str) -> int:
    """How many of the words occur in the text."""
    return sum([word in text for word in words])


def contracted_in(name: str, text: str) -> bool:
    """Whether three characters of the name stand side by side in the text, in their order: 国储林 for 国家储备林."""
    there = [character for character in name[:LONGEST] if character in text]
    return any(
        f"{left}{middle}{right}" in text
        for (_, left), (at, middle) in combinations(enumerate(there), 2)
        if f"{left}{middle}" in text
        for right in there[at + 1 :]
    )


def synonyms_of(phrase: str) -> frozenset[str]:
    """All words that may answer a word of the phrase."""
    return frozenset(word for group in SYNONYMS if any(word in phrase for word in group) for word in group)


def cut_short(text: str, length: int = 60) -> str:
    """The text, cut off with … where it is too long for a message."""
    return text if len(text) <= length else text[: length - 1] + "…"
