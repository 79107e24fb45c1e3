"""Scoring profiles: how a region scores, by year, each section with its basis.

A profile is kept as it is written (`settings`, by section and key, in the words of its file) and as
the numbers that expressions know as parameters: points as they are, shares as fractions, a setting
as 1 or 0, and NaN where the profile leaves a matter open.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, isnan, nan
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FULL_POINTS = 100
MOST_BANDS = 5
"""Bands of execution a profile may have; the expression always has this many."""

EXECUTION, WEIGHTS, QUALITATIVE = "执行率", "指标分值", "定性指标"
REVERSE, OVER, GRADES = "反向指标", "超额完成", "等级"
CAPS, DEDUCTION = "总分上限", "超额扣分"
POINTS, METHOD, BANDS, SHARING = "分值", "算法", "档次", "分配"
LINEAR, BANDED, RATIO, FIXED, FREE = "线性", "分档", "比例", "固定", "自定"
OFF, BY_EXECUTION, DEDUCTED = "不设", "按执行率", "扣分"
EXCESS, DEDUCTED_POINTS = "超过", "扣"
CAP_PARAMETERS = {f"{rate}%以下": f"score_cap_below_{rate}" for rate in (80, 70, 60, 50)}
"""Highest totals of forms whose execution is below a rate, by key of the section."""
CATEGORIES = {"产出指标": "output_weight", "效益指标": "benefit_weight", "满意度指标": "satisfaction_weight"}
GRADE_PARAMETERS = {"优": "grade_excellent", "良": "grade_good", "中": "grade_fair"}
GRADE_NAMES = tuple(GRADE_PARAMETERS)
LOWEST_GRADE = "差"

PARAMETERS = {
    "execution_weight": "执行率分值",
    "indicator_weight": "指标分值合计",
    **{name: f"{category}分值" for category, name in CATEGORIES.items()},
    "execution_banded": "执行率分档记分",
    **{f"execution_from_{band}": f"执行率第{band}档下限" for band in range(1, MOST_BANDS)},
    **{f"execution_share_{band}": f"执行率第{band}档得分比例" for band in range(1, MOST_BANDS + 1)},
    "qualitative_full": "达成的下限",
    "qualitative_partial": "部分达成的下限",
    "reverse_by_ratio": "反向指标按比例记分",
    "over_completion": "超额完成比例",
    **{name: f"执行率{key}的总分上限" for key, name in CAP_PARAMETERS.items()},
    "over_deducted": "超额完成扣分",
    "over_deducted_from": "超额扣分的完成率",
    "over_deduction": "超额完成每项扣分",
    **{name: f"{grade}的最低分" for grade, name in GRADE_PARAMETERS.items()},
}
"""Every parameter an expression may name, and what it is called in words."""

Value = str | float | tuple[tuple[float, float], ...]
"""A text, a number, or bands: pairs of the lowest rate in percent and its points."""


@dataclass(frozen=True)
class Change:
    """An entry in which a profile differs from another, as shown to a reader."""

    section: str
    key: str
    before: str
    after: str
    basis: str


@dataclass(frozen=True)
class Profile:
    """How scores are given and judged: region, first year, settings, and the basis of each section.

    Profiles with the same entries are equal, also after pickling. `source` is the text of a file of a finance bureau,
    "" for a profile that comes with the program. `open` are parameters that are left open, whatever the settings say.
    """

    name: str
    region: str
    since: int
    settings: Mapping[tuple[str, str], Value]
    basis: Mapping[str, str]
    source: str = ""
    open: frozenset[str] = frozenset()

    def __hash__(self) -> int:
        return hash((self.name, self.since))

    def __getitem__(self, parameter: str) -> float:
        """The number of a parameter, NaN where left open; KeyError if there is none."""
        return self.numbers[parameter]

    @cached_property
    def numbers(self) -> dict[str, float]:
        """The parameters of expressions."""
        return self._numbers_of_settings() | dict.fromkeys(self.open, nan)

    def open_against(self, other: Profile) -> Profile:
        """This profile, with those parameters left open for which the other profile has another number."""
        mine, theirs = self.numbers, other.numbers
        differing = {name for name, number in mine.items() if number != theirs[name]}
        return replace(self, open=frozenset({name for name in differing if not isnan(mine[name])}))

    def _numbers_of_settings(self) -> dict[str, float]:
        execution = self._number(EXECUTION, POINTS)
        free = self.settings[WEIGHTS, SHARING] == FREE
        return {
            "execution_weight": execution,
            "indicator_weight": FULL_POINTS - execution,
            **{name: nan if free else self._number(WEIGHTS, key) for key, name in CATEGORIES.items()},
            "execution_banded": float(self.settings[EXECUTION, METHOD] == BANDED),
            **self._band_numbers(execution),
            "qualitative_full": self._number(QUALITATIVE, "达成") / 100,
            "qualitative_partial": self._number(QUALITATIVE, "部分达成") / 100,
            "reverse_by_ratio": float(self.settings[REVERSE, METHOD] == RATIO),
            "over_completion": self._number(OVER, RATIO) / 100,
            **self._numbers_of_caps(),
            **{name: self._number(GRADES, grade) for grade, name in GRADE_PARAMETERS.items()},
        }

    def grade(self, score: float) -> str | None:
        """优, 良, 中 or 差 for a score out of 100; None where the limits of grades are left open."""
        if self.open & set(GRADE_PARAMETERS.values()):
            return None
        return next((name for name in GRADE_NAMES if score >= self._number(GRADES, name)), LOWEST_GRADE)

    def changes(self, other: Profile) -> list[Change]:
        """The entries in which this profile differs from another, in the order of the file."""
        sections = list(dict.fromkeys(section for section, _ in other.settings))
        keys = sorted({**other.settings, **self.settings}, key=lambda key: sections.index(key[0]))
        changes = []
        for section, key in keys:
            before, after = (_shown(profile, section, key) for profile in (other, self))
            if before != after:
                changes.append(Change(section, key, before, after, self.basis[section]))
        return changes

    def shown(self) -> list[Change]:
        """All entries of this profile."""
        return [
            Change(section, key, "", _shown(self, section, key), self.basis[section]) for section, key in self.settings
        ]

    def _numbers_of_caps(self) -> dict[str, float]:
        """Highest totals and deductions; NaN where the profile has none."""
        capped = self.settings[CAPS, METHOD] == BY_EXECUTION
        deducted = self.settings[DEDUCTION, METHOD] == DEDUCTED
        return {
            **{name: self._number(CAPS, key) if capped else nan for key, name in CAP_PARAMETERS.items()},
            "over_deducted": float(deducted),
            "over_deducted_from": 1 + self._number(DEDUCTION, EXCESS) / 100 if deducted else nan,
            "over_deduction": self._number(DEDUCTION, DEDUCTED_POINTS) if deducted else nan,
        }

    def _number(self, section: str, key: str) -> float:
        return float(self.settings[section, key])  # type: ignore[arg-type] # numbers, as the reader checked

    def _band_numbers(self, execution: float) -> dict[str, float]:
        """Bands from the best down; a band that the profile does not have begins at infinity, which no rate reaches."""
        bands = self.settings.get((EXECUTION, BANDS), ())
        if self.settings[EXECUTION, METHOD] != BANDED or not isinstance(bands, tuple):
            bands = ((0.0, 0.0),)
        rows = [(inf, 0.0)] * (MOST_BANDS - len(bands)) + [(at / 100, points / execution) for at, points in bands]
        starts = {f"execution_from_{number}": at for number, (at, _) in enumerate(rows[:-1], start=1)}
        return starts | {f"execution_share_{number}": share for number, (_, share) in enumerate(rows, start=1)}


def _shown(profile: Profile, section: str, key: str) -> str:
    value = profile.settings.get((section, key))
    if section == WEIGHTS and key in CATEGORIES and profile.settings[WEIGHTS, SHARING] == FREE:
        return "单位自定"
    is_off = key != METHOD and profile.settings.get((section, METHOD)) == OFF
    if value is None or is_off or (key == BANDS and profile.settings[EXECUTION, METHOD] != BANDED):
        return "无"
    if isinstance(value, tuple):
        return "，".join(f"{at:g}%起 {points:g}分" for at, points in value)
    if isinstance(value, str):
        return value
    return f"{value:g}{unit_of(section, key)}"


def unit_of(section: str, key: str) -> str:
    """The unit of a number of a profile."""
    return "%" if section in {QUALITATIVE, OVER} or key == EXCESS else "分"
