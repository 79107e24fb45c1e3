"""Names of departments compared: what two names say alike, in however many words, and what only looks alike.

A wrong match is worse than none: a file would count for another department. So names match only where everything that
tells departments apart is the same; what merely comes near is doubtful, and told as such.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar

from xltool.reader.files.counties import REGION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_T = TypeVar("_T")


class Certainty(StrEnum):
    """How sure it is that two names mean one department."""

    EXACT = "一致"
    FOLDED = "写法不同"
    ABBREVIATED = "简称或全称"
    DOUBTFUL = "存疑"


@dataclass(frozen=True)
class Match(Generic[_T]):
    """Whom a name means: one candidate, or, if that is doubtful, those it may mean, the nearest first."""

    candidates: tuple[_T, ...]
    certainty: Certainty

    @property
    def department(self) -> _T | None:
        """The one that is meant; None where it is doubtful."""
        return None if self.certainty is Certainty.DOUBTFUL else self.candidates[0]


NEAR = 0.8
"""Share of characters two names must have in common to be told as doubtful."""
_ASIDE = re.compile(r"[(（]?(?:本级|机关|本部|盖章|公章|汇总)[)）]")
_SIGNS = re.compile(r"[^\w]|_")
_CODE = re.compile(r"^[0-9]{3,21}[-—–_、.\s]*(?=[^0-9])")
_BARE = re.compile(r"^[市县区](?![场监直辖容级区县市]|政(?!府))")
_LEVEL = "省市县区州盟旗"
_WORDS = (
    ("中国共产党", "中共"),
    ("人民代表大会常务委员会", "人大常委会"),
    ("人民代表大会", "人大"),
    ("政治协商会议", "政协"),
    ("人民政府", "政府"),
    ("管理委员会", "管委会"),
    ("发展改革", "发改"),
    ("工业信息化", "工信"),
    ("人力资源社会保障", "人社"),
    ("住房城乡建设", "住建"),
    ("卫生健康", "卫健"),
    ("市场监督管理", "市监"),
    ("市场监管", "市监"),
    ("医疗保障", "医保"),
    ("文化旅游广电体育", "文旅广体"),
    ("科学技术协会", "科协"),
    ("科学技术", "科技"),
    ("城市管理综合执法", "城管执法"),
    ("城市管理", "城管"),
    ("退役军人事务", "退役军人"),
    ("应急管理", "应急"),
    ("交通运输", "交通"),
    ("妇女联合会", "妇联"),
    ("残疾人联合会", "残联"),
    ("工商业联合会", "工商联"),
    ("文学艺术界联合会", "文联"),
    ("社会科学界联合会", "社科联"),
    ("归国华侨联合会", "侨联"),
    ("共产主义青年团", "共青团"),
)
_TAILS = (
    (re.compile(r"委员会$"), "委"),
    (re.compile(r"办公室$"), "办"),
    (re.compile(r"(?<=[镇乡])政府$"), ""),
    (re.compile(r"(?<=街道)(?:办事处|办)$"), ""),
    (re.compile(r"^第?([一二三四五六七八九十]+)中学?$"), r"第\1中学"),
    (re.compile(r"^第?([一二三四五六七八九十]+)小学?$"), r"第\1小学"),
)
_TELLING = re.compile(r"[0-9一二三四五六七八九十百东南西北中]")
"""What tells two names apart that are otherwise alike: 第一中学 and 第二中学, 城东镇 and 城西镇."""


def fold(name: str) -> str:
    """A name without signs, spaces, a code before it and （本级）, full-width forms folded.

    >>> fold("　某某县　水利局（本级）"), fold("012-某某县水利局")
    ('某某县水利局', '某某县水利局')
    """
    text = unicodedata.normalize("NFKC", name).strip()
    text = _ASIDE.sub("", _CODE.sub("", text))
    return _SIGNS.sub("", text).casefold()


@dataclass(frozen=True)
class _Parts:
    """A name taken apart: the places it begins with, and what is left, in its shortest usual words."""

    places: tuple[str, ...]
    core: str


def _parts(name: str, stems: tuple[str, ...] = ()) -> _Parts:
    """Take a folded name apart; `stems` are places that may stand before it without 市, 县 or 区."""
    return _taken_apart(name, tuple(stem for stem in stems if stem[:-1] in name))


@lru_cache(maxsize=1 << 16)
def _taken_apart(name: str, stems: tuple[str, ...]) -> _Parts:
    """As `_parts`; kept, because a name that is not in the roster is compared with every name of it."""
    rest, places = name.removeprefix("中共"), []
    while True:
        region = REGION.match(rest)
        short = next((stem for stem in stems if rest.startswith(stem[:-1]) and len(stem) > 2), "")  # noqa: PLR2004 - 县 alone
        bare = _BARE.match(rest)
        if region and region.end() < len(rest):
            places.append(region[0])
            rest = rest[region.end() :]
        elif short and len(rest) > len(short):
            places.append(short)
            rest = rest[len(short) - 1 :]
        elif bare and not places:
            places.append(bare[0])
            rest = rest[1:]
        else:
            return _Parts(tuple(places), _core(rest))


def _core(rest: str) -> str:
    rest = re.sub(r"[和与暨及]", "", rest)
    for word, usual in _WORDS:
        rest = rest.replace(word, usual)
    for pattern, usual in _TAILS:
        rest = pattern.sub(usual, rest)
    return rest


def _alike(name: str, other: str) -> bool:
    """Whether two folded names differ in nothing but usual words and in places left out."""
    here, there = _parts(name), _parts(other)
    here, there = _parts(name, there.places), _parts(other, here.places)
    return len(here.core) > 1 and here.core == there.core and _places_agree(here.places, there.places)


def _places_agree(here: tuple[str, ...], there: tuple[str, ...]) -> bool:
    """Whether one name leaves out places of the other: the level of the department itself must be the same."""
    if not here or not there:
        return True
    shorter, longer = sorted((here, there), key=len)
    if len(shorter) == 1 and shorter[0] in _LEVEL:
        return longer[-1].endswith(shorter[0])
    return longer[-len(shorter) :] == shorter


def _near(name: str, other: str) -> float:
    """How much two folded names have in common, 0 where what differs tells departments apart."""
    here, there = _parts(name), _parts(other)
    if not _places_agree(here.places, there.places):
        return 0.0 if here.core != there.core else NEAR
    if _TELLING.findall(here.core) != _TELLING.findall(there.core):
        return 0.0
    ratio = _ratio(here.core, there.core)
    return max(ratio, NEAR) if _is_short_for(here.core, there.core) or _is_short_for(there.core, here.core) else ratio


def _ratio(name: str, other: str) -> float:
    """Share of characters in common, in their order; 0 where it cannot reach `NEAR`, which is cheaper to see."""
    length = len(name) + len(other)
    if 2 * min(len(name), len(other)) < NEAR * length:
        return 0.0
    common = sum(min(name.count(letter), other.count(letter)) for letter in set(name) & set(other))
    return SequenceMatcher(None, name, other, autojunk=False).ratio() if 2 * common >= NEAR * length else 0.0


def _is_short_for(short: str, full: str) -> bool:
    """Whether a name is made of characters of another, in their order, with the same first and last."""
    if not 1 < len(short) < len(full) or short[0] != full[0] or short[-1] != full[-1]:
        return False
    letters = iter(full)
    return all(letter in letters for letter in short)


class Names(Generic[_T]):
    """Whom a name means among those known; made once, for many look-ups.

    What is written the same, or differs in signs alone, is looked up; only names that are written in other words are
    compared with all.
    """

    def __init__(self, known: Iterable[tuple[_T, tuple[str, ...]]]) -> None:
        """Take those known, each with its full name first and its short names after it."""
        self._known: list[tuple[_T, tuple[str, ...]]] = []
        self._exact: dict[str, list[_T]] = defaultdict(list)
        self._folded: dict[str, list[_T]] = defaultdict(list)
        self._short: dict[str, list[_T]] = defaultdict(list)
        for item, names in known:
            folded = tuple(map(fold, names))
            self._known.append((item, folded))
            self._exact[names[0]].append(item)
            self._folded[folded[0]].append(item)
            for short in dict.fromkeys(folded[1:]):
                self._short[short].append(item)

    def match(self, name: str) -> Match[_T] | None:
        """Whom a name means and how certain that is; None where nobody comes near."""
        folded = fold(name)
        if not folded:
            return None
        tests = (
            (Certainty.EXACT, self._exact.get(name.strip())),
            (Certainty.FOLDED, self._folded.get(folded)),
            (Certainty.ABBREVIATED, self._short.get(folded)),
        )
        for certainty, candidates in tests:
            if candidates:
                return _match_of(candidates, certainty)
        alike = [item for item, names in self._known if any(_alike(folded, other) for other in names)]
        if alike:
            return _match_of(alike, Certainty.ABBREVIATED)
        scores = [(max(_near(folded, other) for other in names), item) for item, names in self._known]
        near = sorted((pair for pair in scores if pair[0] >= NEAR), key=lambda pair: -pair[0])
        return Match(tuple(item for _, item in near), Certainty.DOUBTFUL) if near else None


def _match_of(candidates: Sequence[_T], certainty: Certainty) -> Match[_T]:
    """A match with these candidates; several are a doubt."""
    return Match(tuple(candidates), certainty if len(candidates) == 1 else Certainty.DOUBTFUL)


def match(name: str, known: Iterable[tuple[_T, tuple[str, ...]]]) -> Match[_T] | None:
    """Whom a name means among those known; for more than one name make `Names`."""
    return Names(known).match(name)
