"""Read a profile from its TOML file; all mistakes are reported together, each with its line.

The file is plain TOML. Chinese keys without quotes, which TOML does not allow, are read as well,
because accountants write these files and their meaning is clear.
"""

from __future__ import annotations

import difflib
import itertools
import re
import tomllib
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from xltool.findings import InputError
from xltool.params import profile as p
from xltool.params.profile import Profile, Value
from xltool.params.source import read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

NAME, REGION, SINCE, PARENT, NOTE, BASIS = "名称", "地区", "自年度", "基于", "说明", "依据"
HEAD: dict[str, type] = {NAME: str, REGION: str, SINCE: int, PARENT: str, NOTE: str}
SECTIONS: dict[str, tuple[str, ...]] = {
    p.EXECUTION: (p.POINTS, p.METHOD, p.BANDS),
    p.WEIGHTS: (p.SHARING, *p.CATEGORIES),
    p.QUALITATIVE: ("达成", "部分达成"),
    p.REVERSE: (p.METHOD,),
    p.OVER: (p.RATIO,),
    p.CAPS: (p.METHOD, *p.CAP_PARAMETERS),
    p.DEDUCTION: (p.METHOD, p.EXCESS, p.DEDUCTED_POINTS),
    p.GRADES: p.GRADE_NAMES,
}
CHOICES = {
    (p.EXECUTION, p.METHOD): (p.LINEAR, p.BANDED),
    (p.WEIGHTS, p.SHARING): (p.FIXED, p.FREE),
    (p.REVERSE, p.METHOD): (p.LINEAR, p.RATIO),
    (p.CAPS, p.METHOD): (p.OFF, p.BY_EXECUTION),
    (p.DEDUCTION, p.METHOD): (p.OFF, p.DEDUCTED),
}
_RANGES = {(p.OVER, p.RATIO): (100, 1000), (p.EXECUTION, p.POINTS): (1, 99), (p.DEDUCTION, p.EXCESS): (0, 900)}
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
LONGEST_NAME: Final = 40
"""Characters of a name, which is shown in findings, letters and tables."""
MOST_MISTAKES: Final = 20
"""Mistakes that a message lists."""
_HIGHEST_RATE: Final = 1000
"""Percent of execution that a band may begin at."""
_SHOWN: Final = 40
"""Characters of a wrong entry that a message repeats."""
_AT_LINE = re.compile(r"at line (\d+)")


class ProfileError(InputError):
    """The text of a profile has mistakes: `mistakes` are the line and the sentence of each."""

    def __init__(self, mistakes: Sequence[tuple[int, str]]) -> None:
        """Keep all of them; the text names the first `MOST_MISTAKES`."""
        self.mistakes = tuple(mistakes)
        super().__init__(_listed(mistakes))

    def __reduce__(self) -> tuple[type[ProfileError], tuple[object, ...]]:
        """Pickle what it was made of, not its text."""
        return ProfileError, (self.mistakes,)


@dataclass
class _File:
    """A file being read: the lines of its keys, and its mistakes."""

    text: str
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)
    wrong: list[tuple[int, str]] = field(default_factory=list)

    def add_mistake(self, path: tuple[str, ...], text: str) -> None:
        """Note a mistake at a key, or at the head of its section."""
        self.wrong.append((self.lines.get(path) or self.lines.get(path[:1], 1), text))


def parse(text: str, parent: Callable[[str], Profile], *, own: bool = True) -> Profile:
    """The profile that the text of a file describes; entries it does not have are those of the profile it is based on.

    `parent` gives a profile by name (ValueError if there is none). Raises ValueError in Chinese, with
    the line of every mistake.
    """
    source = read_source(text)
    file = _File(text, source.places())
    try:
        data = tomllib.loads(source.quoted())
    except tomllib.TOMLDecodeError as error:
        raise InputError(_syntax(error, text)) from None
    base = _base(file, data, parent)
    _check_head(file, data)
    settings = dict(base.settings) if base else {}
    basis = dict(base.basis) if base else {}
    for section, keys in SECTIONS.items():
        if section in data:
            _read_section(file, section, data[section], keys, settings=settings, basis=basis)
    _check_whole(file, settings)
    if file.wrong:
        raise ProfileError(sorted(set(file.wrong)))
    region = str(data.get(REGION, base.region if base else ""))
    return Profile(data[NAME], region, data.get(SINCE, _FIRST_YEAR), settings, basis, text if own else "")


def _listed(mistakes: Sequence[tuple[int, str]]) -> str:
    """Mistakes with their lines, the first `MOST_MISTAKES` of them."""
    text = "；".join(f"第 {line} 行：{mistake}" for line, mistake in mistakes[:MOST_MISTAKES])
    return text if len(mistakes) <= MOST_MISTAKES else f"{text}；等共 {len(mistakes)} 处"


def _shown(value: object) -> str:
    """A wrong entry as a message repeats it."""
    text = "".join(sign if sign.isprintable() else "?" for sign in str(value)) or "空"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _base(file: _File, data: dict[str, Any], parent: Callable[[str], Profile]) -> Profile | None:
    """The profile that a file is based on: the default if it names none; None for the default itself."""
    name = data.get(PARENT, None if all(section in data for section in SECTIONS) else "默认")
    if not isinstance(name, str):
        return None if name is None else parent("默认")
    try:
        return parent(name)
    except ValueError as unknown:
        file.add_mistake((PARENT,), str(unknown))
        return parent("默认")


def _check_head(file: _File, data: dict[str, Any]) -> None:
    for key, value in data.items():
        if key in SECTIONS and not isinstance(value, dict):
            file.add_mistake((key,), f'“{key}”是一个部分，应单独写一行 ["{key}"]，下面再写各项')
        elif key not in SECTIONS and key not in HEAD:
            _unknown(file, (key,), [*HEAD, *SECTIONS])
        elif key in HEAD and (not isinstance(value, HEAD[key]) or isinstance(value, bool)):
            file.add_mistake(
                (key,), f"“{key}”应为{'整数' if HEAD[key] is int else '加引号的文字'}，写的是 {_shown(value)}"
            )
    if isinstance(data.get(SINCE), int) and not _FIRST_YEAR <= data[SINCE] <= _LAST_YEAR:
        file.add_mistake((SINCE,), f"“{SINCE}”应在 {_FIRST_YEAR} 到 {_LAST_YEAR} 之间，写的是 {_shown(data[SINCE])}")
    for key in (NAME, REGION):
        if isinstance(data.get(key), str) and (len(data[key]) > LONGEST_NAME or not data[key].isprintable()):
            file.add_mistake((key,), f"“{key}”应为 {LONGEST_NAME} 个字以内可以显示的文字，写的是 {_shown(data[key])}")
    if not str(data.get(NAME, "")).strip():
        file.add_mistake((NAME,), f"没有写“{NAME}”")


def _unknown(file: _File, path: tuple[str, ...], known: Iterable[str]) -> None:
    known = list(known)
    near = difflib.get_close_matches(path[-1][:_SHOWN], known, 1, 0.4)
    hint = f"是不是“{near[0]}”？" if near else f"可以写的有：{'、'.join(known)}"
    file.add_mistake(path, f"不认识“{_shown(path[-1])}”，{hint}")


def _read_section(  # noqa: PLR0913 - a section, its keys, and the mappings it fills
    file: _File,
    section: str,
    entries: object,
    keys: tuple[str, ...],
    *,
    settings: dict[tuple[str, str], Value],
    basis: dict[str, str],
) -> None:
    if not isinstance(entries, dict):
        return
    for key, value in entries.items():
        if key in keys:
            read = _value(file, section, key, value)
            if read is not None:
                settings[section, key] = read
        elif key != BASIS:
            _unknown(file, (section, key), [*keys, BASIS])
    if section == p.WEIGHTS and p.SHARING not in entries and p.CATEGORIES.keys() & entries.keys():
        settings[section, p.SHARING] = p.FIXED
    reason = entries.get(BASIS)
    if isinstance(reason, str) and reason.strip():
        basis[section] = reason.strip()
    else:
        file.add_mistake((section, BASIS), f"“{section}”没有写“{BASIS}”，请写明文号或表注")


def _value(file: _File, section: str, key: str, value: object) -> Value | None:
    """The value of an entry; None, with the mistake noted, if it is not what the entry takes."""
    path = section, key
    if path in CHOICES:
        if value in CHOICES[path]:
            return str(value)
        file.add_mistake(path, f"“{key}”应为{'或'.join(CHOICES[path])}，写的是 {_shown(value)}")
        return None
    if key == p.BANDS:
        return _bands(file, value)
    least, most = _RANGES.get(path, (0, 100))
    if not _is_number(value):
        file.add_mistake(path, f"“{key}”应为数字，写的是 {_shown(value)}")
    elif not least <= value <= most:
        file.add_mistake(path, f"“{key}”应在 {least} 到 {most} 之间，写的是 {value:g}")
    else:
        return float(value)
    return None


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _bands(file: _File, value: object) -> Value | None:
    path = p.EXECUTION, p.BANDS
    if not isinstance(value, list) or not all(_is_pair(band) for band in value):
        file.add_mistake(
            path, f"“{p.BANDS}”的每一档是两个数：执行率达到百分之几、得多少分，如 [[100, 10], [80, 7], [0, 0]]"
        )
        return None
    bands = tuple((float(at), float(points)) for at, points in value)
    if not 2 <= len(bands) <= p.MOST_BANDS:  # noqa: PLR2004 - one band is no band
        file.add_mistake(path, f"“{p.BANDS}”应为 2 到 {p.MOST_BANDS} 档，写了 {len(bands)} 档")
        return None
    for (upper, more), (lower, less) in itertools.pairwise(bands):
        if upper <= lower or more < less:
            file.add_mistake(
                path, f"“{p.BANDS}”应从高到低排列：{upper:g}%（{more:g}分）之后写了 {lower:g}%（{less:g}分）"
            )
    if not all(0 <= at <= _HIGHEST_RATE and 0 <= points < p.FULL_POINTS for at, points in bands):
        file.add_mistake(path, f"“{p.BANDS}”的执行率应在 0 到 {_HIGHEST_RATE} 之间，分数应在 0 到 {p.FULL_POINTS} 之间")
    if bands[-1][0] != 0:
        file.add_mistake(path, f"“{p.BANDS}”的最后一档应从 0 起，写的是 {bands[-1][0]:g}")
    return bands


def _is_pair(band: object) -> bool:
    if not isinstance(band, list) or len(band) != 2:  # noqa: PLR2004 - a pair
        return False
    return all(_is_number(part) and isfinite(part) for part in band)


def _check_whole(file: _File, settings: dict[tuple[str, str], Value]) -> None:
    """Check entries that depend on each other; a wrong entry has the value of the base here."""
    points = settings.get((p.EXECUTION, p.POINTS), 0.0)
    weights = [settings.get((p.WEIGHTS, key)) for key in p.CATEGORIES]
    numbers = [value for value in (points, *weights) if isinstance(value, float)]
    if settings.get((p.WEIGHTS, p.SHARING)) == p.FIXED and abs(sum(numbers) - p.FULL_POINTS) > 1e-9:  # noqa: PLR2004 - float noise
        path = (p.WEIGHTS,) if (p.WEIGHTS,) in file.lines else (p.EXECUTION, p.POINTS)
        parts = " + ".join(f"{number:g}" for number in numbers)
        message = f"执行率和产出、效益、满意度指标的分值合计应为 100，现为 {parts} = {sum(numbers):g}"
        file.add_mistake(path, message)
    _check_bands(file, settings, points)
    _descending(file, settings, p.QUALITATIVE, ("达成", "部分达成"))
    _descending(file, settings, p.GRADES, p.GRADE_NAMES)
    _descending(file, settings, p.CAPS, tuple(p.CAP_PARAMETERS))


def _check_bands(file: _File, settings: dict[tuple[str, str], Value], points: Value) -> None:
    if settings.get((p.EXECUTION, p.METHOD)) != p.BANDED:
        return
    bands = settings.get((p.EXECUTION, p.BANDS))
    if not isinstance(bands, tuple):
        file.add_mistake((p.EXECUTION, p.BANDS), f"“{p.METHOD}”为{p.BANDED}的，应写“{p.BANDS}”")
    elif isinstance(points, float) and bands[0][1] != points:
        file.add_mistake(
            (p.EXECUTION, p.BANDS), f"“{p.BANDS}”最高一档为 {bands[0][1]:g} 分，应与执行率分值 {points:g} 分一致"
        )


def _descending(file: _File, settings: dict[tuple[str, str], Value], section: str, keys: tuple[str, ...]) -> None:
    for upper, lower in itertools.pairwise(keys):
        high, low = settings.get((section, upper)), settings.get((section, lower))
        if isinstance(high, float) and isinstance(low, float) and high <= low:
            path = (section, lower) if (section, lower) in file.lines else (section, upper)
            file.add_mistake(path, f"“{upper}”（{high:g}）应高于“{lower}”（{low:g}）")


def _syntax(error: tomllib.TOMLDecodeError, text: str) -> str:
    match = _AT_LINE.search(str(error))
    line = int(match[1]) if match else text.count("\n") + (not text.endswith("\n"))
    if "overwrite" in str(error) or "twice" in str(error):
        return f"第 {line} 行：同一项写了两次"
    return f"第 {line} 行：写法不对，检查引号、等号、方括号是否成对、是否为半角，文字是否加了引号"
