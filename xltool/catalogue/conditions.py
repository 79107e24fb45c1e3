"""Conditions of a rule in words an accountant reads: one line for all lines and columns of the form that share it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Final

from xltool.expr.bind import bind_params
from xltool.expr.words import describe, must_hold
from xltool.params import DEFAULT

if TYPE_CHECKING:
    from xltool.params import Profile
    from xltool.rules.model import Check, Rule

ANY_LINE: Final = "本项"
"""Stands for each of the lines that share a condition."""
LONGEST: Final = 150
"""Characters of a condition; one that is longer is told by the title of the rule."""
_ALLOWED: Final = re.compile(r"允差 [\d.]+")
_WORD: Final = re.compile(r"\w+")
_TOLERANCE: Final = re.compile(r"〔(允差 [\d.]+)〕$")


@dataclass
class _Shared:
    """A condition that lines and columns share: where it holds, and one of the conditions as it is."""

    example: str
    places: dict[tuple[str, str], None] = field(default_factory=dict)

    @property
    def lines(self) -> list[str]:
        return list(dict.fromkeys(line for line, _ in self.places))

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys(column for _, column in self.places))


def formulas(rule: Rule, profile: Profile = DEFAULT) -> list[str]:
    """Conditions of a rule under a profile, one for each check; empty for rules on texts and rules noted in reading."""
    return list(dict.fromkeys(_condition(check, profile) for check in rule.checks))


def in_words(rule: Rule, profile: Profile = DEFAULT) -> list[str]:
    """The same conditions, those that differ in the line or the column of the form alone as one."""
    by_column = _grouped(rule, profile, merge_columns=True)
    if any(set(shared.places) != set(product(shared.lines, shared.columns)) for shared in by_column.values()):
        by_column = _grouped(rule, profile, merge_columns=False)  # not every line has every column
    lines = [_in_words(general, shared) for general, shared in by_column.items()]
    if all(len(line) <= LONGEST for line in lines):
        return lines
    allowed = "".join(f"，{text}" for text in sorted(set(_ALLOWED.findall("".join(lines)))))
    return [f"{rule.title}{allowed}（逐格的公式用 xltool explain {rule.code} --formula 看）"]


def _grouped(rule: Rule, profile: Profile, *, merge_columns: bool) -> dict[str, _Shared]:
    """Conditions by their general form: 本项 stands for the line, and a column that all fields share is left out."""
    grouped: dict[str, _Shared] = {}
    for check in rule.checks:
        condition = _condition(check, profile)
        line, mark, column = check.at.key.partition("_")
        general = condition.replace(f"{line}{mark}", f"{ANY_LINE}{mark}") if mark else condition
        shares_column = bool(column) and all(describe(item).endswith(f"_{column}") for item in check.fields)
        if merge_columns and shares_column:
            general = general.replace(f"_{column}", "")
        shared = grouped.setdefault(_readable_keys(general), _Shared(_readable_keys(condition)))
        shared.places[line, column if merge_columns and shares_column else ""] = None
    return grouped


def _in_words(general: str, shared: _Shared) -> str:
    if len(shared.places) == 1 or ANY_LINE not in general:
        return _with_tolerance(shared.example)
    where = [f"{ANY_LINE}：{'、'.join(shared.lines)}"]
    if len(shared.columns) > 1:
        where.append(f"各栏：{'、'.join(shared.columns)}")
    elif shared.columns[0]:
        where.append(f"栏：{shared.columns[0]}")
    return f"{_with_tolerance(general)}（{'；'.join(where)}）"


def _condition(check: Check, profile: Profile) -> str:
    return must_hold(bind_params(check.test, profile.__getitem__))


def _readable_keys(text: str) -> str:
    """A condition in which a field is written as line and column: 三公经费（本年决算数）."""

    def named(match: re.Match[str]) -> str:
        line, mark, column = match[0].partition("_")
        return f"{line}（{column}）" if mark else line

    return _WORD.sub(named, text)


def _with_tolerance(text: str) -> str:
    return _TOLERANCE.sub(r"，\1", text)
