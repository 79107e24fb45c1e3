"""A scoring profile beside the default: which entries differ, and which rules judge otherwise for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from xltool.catalogue.conditions import formulas
from xltool.expr.bind import bind_params
from xltool.expr.words import describe
from xltool.params import DEFAULT, Change, Profile
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.rules.model import Rule


@dataclass(frozen=True)
class Affected:
    """A rule that judges otherwise, and what must hold under either profile, in words."""

    code: str
    title: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def affected(profile: Profile, other: Profile = DEFAULT) -> list[Affected]:
    """The rules that judge otherwise under a profile than under another one, by code."""
    rules = []
    for rule in sorted(RULES.values(), key=lambda rule: rule.code):
        before, after = (list(_said(rule, each)) for each in (other, profile))
        pairs = ((before, after), (after, before))
        if before != after:
            gone, new = (tuple(dict.fromkeys(text for text in texts if text not in others)) for texts, others in pairs)
            rules.append(Affected(rule.code, rule.title, gone, new))
    return rules


def _said(rule: Rule, profile: Profile) -> Iterator[str]:
    """Everything a rule says: what must hold, and what should stand there."""
    yield from formulas(rule, profile)
    for check in rule.checks:
        if check.expected is not None:
            yield f"应为 {describe(bind_params(check.expected, profile.__getitem__))}"


def comparison(profile: Profile) -> dict[str, Any]:
    """The profile as plain data: every entry of the default, else what differs from it."""
    changes = profile.shown() if profile is DEFAULT else profile.changes(DEFAULT)
    return {
        "profile": profile.name,
        "region": profile.region,
        "since": profile.since,
        "compared_with": None if profile is DEFAULT else DEFAULT.name,
        "changes": [asdict(change) for change in changes],
        "rules": [asdict(rule) for rule in affected(profile)],
    }


def comparison_text(profile: Profile) -> str:
    """The same as text, without formulas."""
    lines = [f"评分口径：{profile.name}（{profile.region}，{profile.since}年起）", ""]
    if profile is DEFAULT:
        return "\n".join([*lines, *_entries(profile.shown())]) + "\n"
    changes = profile.changes(DEFAULT)
    if not changes:
        return "\n".join([*lines, "与默认口径相同。"]) + "\n"
    lines += ["与默认口径不同的：", *_entries(changes), "", "受影响的规则："]
    lines += [f"  {rule.code:<6}{rule.title}" for rule in affected(profile)]
    lines += ["", "用 xltool explain 规则代码 --profile 口径 查看规则在本口径下的公式。"]
    return "\n".join(lines) + "\n"


def _entries(changes: list[Change]) -> Iterator[str]:
    """A line a section with its basis, a line an entry below it."""
    for section, entries in groupby(changes, key=lambda change: change.section):
        same = list(entries)
        yield f"  {section}（依据：{same[0].basis}）"
        for change in same:
            yield f"      {change.key}：" + (f"{change.before} → {change.after}" if change.before else change.after)


def comparison_table(profile: Profile) -> str:
    """The same as Markdown."""
    changes = profile.shown() if profile is DEFAULT else profile.changes(DEFAULT)
    lines = ["| 项目 | 默认 | 本口径 | 依据 |", "|---|---|---|---|"]
    for change in changes:
        entry = f"{change.section}·{change.key}"
        lines.append(f"| {entry} | {change.before or change.after} | {change.after} | {change.basis} |")
    rules = [f"| {rule.code} | {rule.title} |" for rule in affected(profile)]
    if rules:
        lines += ["", "| 受影响的规则 | 内容 |", "|---|---|", *rules]
    return "\n".join(lines) + "\n"
