"""Whether 实际完成情况 answers what 预期目标 names, on 附件2 and 附件3 (A2-17).

The rule prefers silence: a warning that a careful reader would not give costs more trust than a missed one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING

from xltool.findings import Severity
from xltool.forms import review
from xltool.forms.model import REVIEW_ROLES
from xltool.rules.goals.unfinished import said_of, unfinished
from xltool.rules.model import frame_rule
from xltool.rules.needs import AnyForm, Filled
from xltool.rules.samples import goals
from xltool.text.lazy_pattern import lazy_pattern
from xltool.text.views import FieldRef, FilingView, Hit
from xltool.text.wording import (
    ADVERB,
    OPENED,
    QUOTED,
    VERB,
    any_in,
    character_pairs,
    contracted_in,
    count_in,
    cut_short,
    fold_case,
    numbered_points,
    split_clauses,
    split_sentences,
    synonyms_of,
    telling_pairs,
    telling_pieces,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

INFO, WARNING = Severity.INFO, Severity.WARNING
PRACTICE = "审核惯例：实际完成情况应与预期目标逐条对应"
LISTED, JUDGED, IN_A_CLAUSE = 6, 200, 30
"""Items that a message lists, and items of a text and of a clause that are checked: enough for any real one."""
FEW = 12
"""Up to so many names are searched one by one; more are searched with a pattern."""
SEVERAL = 3
"""So many numbered goals are looked for in the answer one by one, whatever they hold."""
PAIRS = 16
"""Pairs of goal and answer that are cached: those of one filing."""
LONGEST_NAME, LONGEST_QUOTED, SHORTHAND, TWO_WORDS, A_WORD, CONTEXT = 24, 12, 5, 4, 2, 2
"""Characters of an item, a quoted name, an abbreviation, two words and one; pairs that a paraphrase shares."""

_NAMED = lazy_pattern(
    lambda: re.compile(
        rf"^(?:{ADVERB})*(?:{VERB}|完善|打造|创建|争创|做好|抓好|深化|优化|加强|强化|巩固|构建|搭建|擦亮)"
    )
)
_DIGIT = lazy_pattern(lambda: re.compile(r"\d"))
_QUOTES = frozenset('“”"')
_YEAR = lazy_pattern(lambda: re.compile(r"20\d\d年(?:度|底)?(?:前|内)?"))
_AND = lazy_pattern(
    lambda: re.compile(r"(?<![普涉温缓柔缓谐饱总])(?:和(?![谐平美睦])|以及|(?<!以)及(?![时格])|与(?!会))")
)
_NUMERAL = lazy_pattern(lambda: re.compile("[一二三四五六七八九十两双]"))
_SLOGANS = {"十四五", "十三五", "三公"}
_WORKS = lazy_pattern(lambda: re.compile(rf"^(?:{ADVERB})*(?:完成|启动|建成|新建)|(?:项目|工程)建设"))
_TAIL = lazy_pattern(lambda: re.compile(r"(?:等[^等]*|的?相关工作)$"))


@dataclass(frozen=True)
class Item:
    """Something that a goal names: its name, the items listed beside it, its clause, and the rest of its sentence.

    Names in quotes and works to be built are firm: an answer has to name them. A policy to be
    continued (落实最严格水资源管理制度) may be answered in any words, so without a firm item there is no finding.
    """

    name: str
    siblings: tuple[str, ...]
    clause: str
    context: str
    firm: bool


@dataclass(frozen=True)
class AnswerText:
    """The sentences of 实际完成情况, in which answers are searched."""

    sentences: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """All sentences, one a line."""
        return "\n".join(self.sentences)


def _listed(phrase: str) -> list[str]:
    """The items of an enumeration by 、 and 和, if both sides of 和 are long enough to be names."""
    items = phrase.split("、")
    last = _AND.split(items[-1])
    if len(last) > 1 and all(len(part) > 2 for part in last):  # noqa: PLR2004 - shorter ones are halves of one name
        items[-1:] = last
    return [item for item in items if item]


def _items_of(clause: str) -> list[Item]:
    """The quoted names of a clause and the objects of its verb; none if it has numbers, which A2-18 checks."""
    if _DIGIT.search(clause):
        clause = _YEAR.sub("", clause)
        if _DIGIT.search(clause):
            return []
    quoted = QUOTED.findall(clause) if _NAMED.match(clause) else []
    items = [
        Item(name, (), clause, "", firm=True) for name in quoted if len(name) <= LONGEST_QUOTED and name not in _SLOGANS
    ]
    opened = OPENED.match(clause)
    listed = _listed(_TAIL.sub("", opened["object"])) if opened else []
    governed = [
        name for name in listed if len(name) <= LONGEST_NAME and _QUOTES.isdisjoint(name) and telling_pairs(name)
    ]
    for name in governed[:IN_A_CLAUSE]:
        siblings = tuple(other for other in governed[:IN_A_CLAUSE] if other != name)
        items.append(Item(name, siblings, clause, "", firm=_WORKS.search(clause) is not None))
    return items


def items(goal: str) -> list[Item]:
    """What a text of goals names, in its order, each name once."""
    by_name: dict[str, Item] = {}
    for sentence in split_sentences(goal):
        named = [item for clause in split_clauses(sentence) for item in _items_of(clause)]
        without = _without([item.name for item in named], sentence) if named else sentence
        for item in named:
            if item.name not in by_name:
                context = without if item.firm else sentence.replace(item.name, ",")
                by_name[item.name] = Item(item.name, item.siblings, item.clause, context, item.firm)
        if len(by_name) >= JUDGED:
            break
    return list(by_name.values())


def _without(names: list[str], sentence: str) -> str:
    """The sentence with a comma in place of each name; of names that begin at the same place, of the first."""
    if len(names) > FEW:
        return re.sub("|".join(map(re.escape, names)), ",", sentence)
    # For a few names, compiling a pattern takes longer than this search.
    parts, at = [], 0
    while places := [(place, name) for name in names if (place := sentence.find(name, at)) >= 0]:
        place, name = min(places, key=itemgetter(0))
        parts.append(sentence[at:place])
        at = place + len(name)
    return ",".join((*parts, sentence[at:]))


def _shared_end(name: str, siblings: tuple[str, ...]) -> str:
    """The longest ending of two or more characters that a listed neighbour has too: 明渠 of 昌泰明渠、君建明渠."""
    for start in range(1, len(name) - 1):
        if any(other.endswith(name[start:]) for other in siblings):
            return name[start:]
    return ""


def _own(name: str, siblings: tuple[str, ...]) -> frozenset[str]:
    return telling_pairs(name) - character_pairs(_shared_end(name, siblings)) or telling_pairs(name)


def _in_other_words(item: Item, answer: AnswerText) -> bool:
    """Whether the answer spells the name out, contracts it, or has a word of the same meaning."""
    name = item.name
    if len(name) <= SHORTHAND and _spelt_out(name, answer):
        return True  # 送解优 is answered by 送政策、解难题、优服务
    halves = {half for half in (name[:2], name[2:], name[0] + name[2:3]) if len(half) == A_WORD}
    if len(name) <= TWO_WORDS and f"“{name}”" not in item.clause and any_in(halves, answer.text):
        return True  # 决算 or 内审 may stand for 决算公开 and 内部审计, but 园区 not for “五好园区”
    meant = synonyms_of(name if item.siblings else item.clause)
    return contracted_in(name, answer.text) or any_in(meant, answer.text)


def _spelt_out(name: str, answer: AnswerText) -> bool:
    """Whether a sentence has all characters of the name in their order, close to one another."""
    inside = [sentence for sentence in answer.sentences if all(character in sentence for character in name)]
    near = "[^\n]{0,8}?".join(map(re.escape, name))
    return any(re.search(near, sentence) for sentence in inside)


def answered(item: Item, answer: AnswerText) -> bool:
    """Whether the text speaks of the item: by a word of its own, in other words, or together with its kind."""
    if _NUMERAL.search(item.name) and len(item.name) <= TWO_WORDS and not telling_pairs(item.context):
        return True  # “六稳”, “三重一大”制度 are never repeated, and the goal names nothing else to search for
    own = _own(item.name, item.siblings)
    if any_in(own, answer.text) or (
        not own and 2 * count_in(character_pairs(item.name), answer.text) >= len(character_pairs(item.name))
    ):
        return True
    kind = _shared_end(item.name, item.siblings)
    if kind and kind in answer.text:  # 两条明渠均已开工 answers both, 君建明渠已开工 only one
        return not any(
            any_in(_own(other, (item.name,)), answer.text) for other in item.siblings if other.endswith(kind)
        )
    return _in_other_words(item, answer) or (
        not item.siblings and count_in(telling_pairs(item.context), answer.text) >= CONTEXT
    )


def _by_number(named: list[Item], goal: str, achievement: str) -> set[str]:
    """The items that are the only ones of a numbered goal, if the answer has a point with the same number."""
    answers, by_number = numbered_points(achievement), set()
    for number, point in numbered_points(goal).items():
        text = fold_case(point)
        inside = [item.name for item in named if item.name in text]
        if len(inside) == 1 and fold_case(answers.get(number, "")):
            by_number.update(inside)
    return by_number


def _unanswered_points(goal: str, achievement: str, answer: AnswerText) -> list[str]:
    """Numbered goals whose number and words are both missing.

    An answer without numbers of its own is only held against several goals where it has fewer sentences than those;
    goals with figures only where there are several, because A2-18 compares single figures.
    """
    points = numbered_points(goal)
    if not points:
        return []
    several, answers = len(points) >= SEVERAL, numbered_points(achievement)
    if not answers and (not several or len(answer.sentences) >= len(points)):
        return []
    missing = [
        text for number, text in points.items() if number not in answers and (several or not _DIGIT.search(text))
    ]
    silent = [text for text in missing if (own := telling_pairs(fold_case(text))) and not any_in(own, answer.text)]
    unanswered = [text for text in silent if not any_in(synonyms_of(fold_case(text)), answer.text)]
    if not answers and len(unanswered) == len(points):
        return []  # 各项任务全部完成 answers all of them
    return [re.split(r"[，,。；;：:]", text)[0].strip() for text in unanswered]


def _enumerated(names: list[str]) -> str:
    listed = "".join(f"「{cut_short(name, LONGEST_NAME)}」" for name in names[:LISTED])
    return listed if len(names) <= LISTED else f"{listed}等{len(names)}项"


def _only_unfinished(item: Item, answer: AnswerText, year: int | None) -> bool:
    own = _own(item.name, item.siblings)
    near = [sentence for sentence in answer.sentences if any_in(own, sentence)]
    spoken = [said_of(sentence, lambda clause: any_in(own, clause)) for sentence in near]
    return any(spoken) and all(unfinished(said, year) for said in spoken if said)


@dataclass(frozen=True)
class Gaps:
    """Items without an answer, items whose answer says they are unfinished, and sentences that answer no goal.

    Each of the last, `unasked`, may be the answer to a missing item in words that were not recognised.
    """

    missing: list[str]
    unfinished: list[str]
    unasked: list[str]


@lru_cache(PAIRS)
def _gaps(goal: str, achievement: str, year: int | None) -> Gaps | None:
    """The gaps of an answer; None if there are none. Cached, because 附件2 and 附件3 often hold the same text."""
    if not fold_case(goal) or not fold_case(achievement) or fold_case(goal) == fold_case(achievement):
        return None  # A2-15 and A2-16 report these
    answer = AnswerText(split_sentences(achievement))
    named = items(goal)
    missing = [item for item in named if not answered(item, answer)]
    if missing:
        by_number = _by_number(named, goal, achievement)
        missing = [item for item in missing if item.name not in by_number]
    names = [item.name for item in missing]
    points = [text for text in _unanswered_points(goal, achievement, answer) if not any(name in text for name in names)]
    if not points and not any(item.firm for item in missing):
        return None
    open_items = [item.name for item in named if item not in missing and _only_unfinished(item, answer, year)]
    return Gaps(names + points, open_items, _unasked(goal, answer, names + points))


def _unasked(goal: str, answer: AnswerText, missing: list[str]) -> list[str]:
    others = [
        part for sentence in split_sentences(goal) for part in split_clauses(sentence) if not any_in(missing, part)
    ]
    asked = {pair for piece in telling_pieces("\n".join(others)) for pair in character_pairs(piece)}
    return [sentence for sentence in answer.sentences if asked.isdisjoint(telling_pairs(sentence))]


_HONEST = (
    goals("（1）常态化开展“企业家沙龙”；（2）落实放权赋能。", "（1）召开企业家座谈会4次。（2）承接下放审批权限32项。"),
    goals("持续推进“送解优”行动。", "组织干部送政策、解难题、优服务，走访企业120家。"),
    goals("完成荆江门片区绿化提质改造和文化广场建设。", "荆江门沿线补植苗木2万株；文化广场10月竣工。"),
    goals("1.启动昌泰明渠、君建明渠等项目建设。", "1.两条明渠均于9月开工。"),
    goals("开展安全生产检查，推进“互联网+监管”。", "全年排查隐患46处；监管事项全部接入互联网+监管平台。"),
    goals("（1）保障机关正常运转；（2）加强森林防火巡护。", "（1）运转正常。（2）全年没有山火。"),
    goals("推进项目建设，落实各项惠民政策，完成上级交办的其他工作。", "各项工作顺利。"),
    goals("1.举办技能培训。2.推动老旧小区改造、农贸市场升级。", "一、组织焊工讲座3期。二、小区改造4个，市场升级1个。"),
    goals("完善“园区事园区办”闭环运行模式。", "园区办事大厅受理事项，做到园区事园区办。"),
    goals("（1）打造“数字菜场”；（2）完成国家储备林和内部审计。", "（1）农贸交易上线；（2）国储林1万亩，审计3次。"),
    goals("开展城市“牛皮癣”整治。", "清理小广告3万处。"),
    goals("落实最严格水资源管理制度；推进平安创建。", "核发许可18件；发案率下降12%。"),
    goals("开展“企业家沙龙”，着力破解用工难点。", "协调破解一批难点问题。"),
    goals("全年引进项目15个；完成税收3亿元。", "签约17个，税收3.5亿元。"),
    goals("完成道路硬化、普及健康知识和和谐社区创建。", "道路全部硬化，居民健康知识知晓率90%，创建和谐社区2个。"),
    goals("完成冷链物流建设。", "完成冷链物流建设。"),
    goals("完成冷链物流建设。", ""),
    goals(
        "1.新建农村公路20公里。2.加固危桥15座。3.培训养路工120人次。",
        "农村公路新建21公里。桥涵加固改造任务全部完成。举办业务讲座6期。",
    ),
    goals("1.新建公路20公里。2.加固危桥15座。3.培训120人次。", "公路新建21公里，危桥加固16座，培训养路工130人次。"),
)
_UNANSWERED = (
    goals("常态化开展“企业家沙龙”，持续推进“送解优”行动；落实放权赋能。", "新培育规模以上工业企业9家。"),
    goals(
        "完成冷链物流、集中供热站改扩建和荆江门片区绿化提质改造。",
        "冷链物流项目正在抓紧装修和扫尾；集中供热站扩容项目已交付使用。",
    ),
    goals("启动昌泰明渠、君建明渠等项目建设。", "君建明渠已开工。"),
    goals("完善“园区事园区办”闭环运行模式。", "招商签约17个项目。"),
    goals("（1）招商引资方面。（十一）加强森林巡护。（十二）保障运转。", "（1）招商签约17个。（12）运转正常。"),
    goals("①新建路网、水网、电网、气网、管网、林网、云网；②培训干部。", "①印发方案；②培训干部20人。"),
    goals("开展“企业家沙龙”；完成税收3亿元。", "税收3.5亿元。"),
    goals("开展全民阅读活动；完成非遗保护传承。", "读书会36场；新增省级非物质文化遗产2项。"),
    goals("1.新建农村公路20公里。2.加固危桥15座。3.培训养路工120人次。", "1.新建农村公路21公里。"),
    goals("（1）新建农村公路20公里；（2）加固危桥15座；（3）培训养路工120人次。", "农村公路新建21公里，按期完工。"),
    goals(
        "目标1：新建农村公路20公里。\n目标2：加固危桥15座。\n目标3：培训养路工120人次。", "目标1：农村公路新建21公里。"
    ),
)


@frame_rule(
    "A2-17",
    "预期目标逐项有回应",
    severity=WARNING,
    basis=PRACTICE,
    roles=REVIEW_ROLES,
    needs=(AnyForm(REVIEW_ROLES), Filled((review.goal, review.achievement))),
    good=_HONEST,
    bad=_UNANSWERED,
)
def goals_answered(filing: FilingView) -> Iterator[Hit]:
    """预期目标中的{未回应}，在实际完成情况中没有找到对应内容{其他}。

    逐条对应预期目标填写完成情况：已经完成的补写完成结果，没有完成的写明进展、原因和下步安排，换了说法的改用目标中的名称。
    """
    for view in filing.forms:
        texts = (view.text(review.goal.key), view.text(review.achievement.key))
        gaps = _gaps(*texts, view.year) if view.role in REVIEW_ROLES else None
        if gaps is None:
            continue
        # A single item may be answered in words that are not recognised, so it is only a hint.
        sure = len(gaps.missing) - len(gaps.unasked) > 1
        rest = f"；另有{_enumerated(gaps.unfinished)}只写了尚未完成的进展" if gaps.unfinished else ""
        if gaps.unasked and not sure:
            rest += f"；{_enumerated(gaps.unasked)}没有对应的目标，可能是换了说法"
        yield Hit(
            FieldRef(view, review.achievement),
            (FieldRef(view, review.goal),),
            {"未回应": _enumerated(gaps.missing), "其他": rest},
            severity=WARNING if sure else INFO,
        )
