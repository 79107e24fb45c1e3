"""Every pattern of the package takes about twice the time for twice the text, whatever the text."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.patterns import hostile, recording
from xltool.rules.goals import sums
from xltool.text import claim_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its clock of processor time ticks 64 times a second")

SHORT: Final = {
    (recording.module_name(claim_words), "_subjects"): 40,
    (recording.module_name(sums), "_NEXT"): sums.LONGEST_PART,
}
"""Patterns that are only used on short texts, by module and by name or function, with the longest text."""
MODULES: Final = recording.modules_with_calls()


@pytest.fixture(scope="module")
def compiled() -> Iterator[Sequence[recording.Compiled]]:
    """All patterns that the package compiles; the syntax trees, which are many objects, go in the end."""
    yield recording.compiled()
    recording.clear_caches()


def _call_of(entry: recording.Compiled) -> recording.Call:
    module, line, *_ = entry
    return next(call for call in recording.calls() if call.module == module and call.first <= line <= call.last)


def test_every_pattern_is_recorded(compiled: Sequence[recording.Compiled]) -> None:
    """Every call of `re` in the source has compiled a recorded pattern, and patterns are made in no other way."""
    calls = recording.calls()
    assert {call.module for call in calls} == set(MODULES)
    seen = {(module, line) for module, line, *_ in compiled}
    lines = {call: {(call.module, line) for line in range(call.first, call.last + 1)} for call in calls}
    assert [call for call, its_lines in lines.items() if not its_lines & seen] == []
    assert recording.other_ways() == []


@pytest.mark.parametrize("module", MODULES)
def test_patterns_are_linear(compiled: Sequence[recording.Compiled], module: str) -> None:
    """No text derived from a pattern takes more than linear time."""
    slow = {}
    for entry in compiled:
        if entry[0] != module:
            continue
        _, line, source, flags, is_bytes = entry
        call = _call_of(entry)
        pattern: re.Pattern[str] | re.Pattern[bytes]
        pattern = re.compile(source.encode("latin-1"), flags) if is_bytes else re.compile(source, flags)
        longest = SHORT.get((module, call.name), SHORT.get((module, call.inside), 0))
        said = hostile.slowness(pattern, anchored=recording.is_anchored(call), longest=longest)
        if said:
            slow[f"{module}:{line} {source[:80]}"] = said
    assert slow == {}


@pytest.mark.parametrize(
    "pattern", [r"(?:a|b|ab)+$", r"(?:数量|数|量)+x", r"(\d+)\.", r"\s*\n", r"\[[^\]]*\]", r"^\s+\s+\s+x"]
)
def test_patterns_that_are_not_linear_are_detected(pattern: str) -> None:
    """Patterns that take quadratic or exponential time are detected."""
    assert hostile.slowness(re.compile(pattern), anchored=False)


@pytest.mark.parametrize("pattern", [r"(?:a|b)+", r"(?<!\d)\d+\.", r"(?:(?<!\s)\s+)?\n", r"\[[^\[\]]*\]", "数量|数|量"])
def test_linear_patterns_are_not_reported(pattern: str) -> None:
    """Similar patterns that take linear time are not reported."""
    assert hostile.slowness(re.compile(pattern), anchored=False) == ""


def test_texts_that_a_pattern_cannot_tell_apart_are_tried_once() -> None:
    """Characters that every literal and class takes or refuses alike stand for each other, in each place of a text."""
    units = {unit for _, unit, _ in _texts_of(re.compile(r"^a\d[^x]*"))}
    assert {"a", "1", "x", "\n", "的", " "} <= units
    assert {"年", "(", "2023年"} & units == {"2023年"}


@pytest.mark.parametrize("pattern", [re.compile(r"(.)\1"), re.compile(r"(?i:a)b"), re.compile(rb"a\w")])
def test_texts_are_all_tried_where_characters_cannot_stand_for_each_other(pattern: re.Pattern[Any]) -> None:
    """A reference to a group compares characters, and flags of a group or for bytes change what a class takes."""
    assert {unit for _, unit, _ in _texts_of(pattern)} >= {*hostile.USUAL}


def _texts_of(pattern: re.Pattern[Any]) -> list[hostile.Parts]:
    source = pattern.pattern
    return list(hostile.texts(source.decode("latin-1") if isinstance(source, bytes) else source, pattern.flags))
