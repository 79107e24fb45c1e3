"""The state of the rules that reading notes: whether a filing holds anything they can be noticed on."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from xltool.auditing.coverage.model import RuleState
from xltool.reader.records import FOREIGN
from xltool.rules.catalogue import RULES
from xltool.rules.model import ANY_FORM, NotedOn
from xltool.rules.needs import missing_forms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xltool.reader.records import Submission

NO_MANIFEST: Final = "表样没有签发记录"
NO_NAMES: Final = "表样的名称已丢失"
_NOTED: Final = tuple((row, rule) for row, rule in enumerate(RULES.values()) if rule.noted)


class NotedStates(Struct, frozen=True):
    """The states of the rules that reading notes: the row in the catalogue and the letter of each, reasons by code."""

    letters: tuple[tuple[int, int], ...]
    reasons: dict[str, str]


def states_of_noted(forms: Iterable[Submission], *, has_exemptions: bool) -> NotedStates:
    """The state of each rule that reading notes, in a filing of these forms, before any note is counted."""
    kinds = {NotedOn.FILE, *([NotedOn.EXEMPTIONS] if has_exemptions else ())}
    filed = set()
    lost_names = False
    for form in forms:
        filed.add(form.form)
        kinds.add(_kind(form))
        lost_names |= form.layout == FOREIGN and bool(form.issue)
        if form.profile:
            kinds.add(NotedOn.PROFILE)
    return _states(frozenset(kinds), frozenset(filed), lost_names=lost_names)


def _kind(form: Submission) -> NotedOn:
    if form.layout == "template":
        return NotedOn.ISSUED if form.issue else NotedOn.UNISSUED
    return NotedOn.FOREIGN


@lru_cache(256)
def _states(kinds: frozenset[NotedOn], filed: frozenset[str], *, lost_names: bool) -> NotedStates:
    """The states by what a filing holds, of which there are few kinds.

    With `lost_names` one of its forms is a template of ours, read by its labels because its names are gone.
    """
    letters: list[tuple[int, int]] = []
    reasons = {}
    for row, rule in _NOTED:
        state = RuleState.NOT_APPLICABLE if rule.noted_on.isdisjoint(kinds) else RuleState.KEPT
        if rule.noted_on == ANY_FORM and filed.isdisjoint(rule.form_keys):
            reasons[rule.code] = missing_forms(rule.form_keys)
        elif NotedOn.ISSUED in rule.noted_on and NotedOn.UNISSUED in kinds - rule.noted_on:
            reasons[rule.code] = NO_MANIFEST
        elif lost_names and NotedOn.ISSUED in rule.noted_on and NotedOn.FOREIGN not in rule.noted_on:
            reasons[rule.code] = NO_NAMES
        letters.append((row, ord((RuleState.UNDECIDED if rule.code in reasons else state).letter)))
    return NotedStates(tuple(letters), reasons)
