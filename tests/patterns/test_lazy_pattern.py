"""A pattern that waits until it is used is compiled once, and is a pattern in every other respect."""

from __future__ import annotations

import re

from xltool.text.lazy_pattern import lazy_pattern


def test_a_pattern_is_compiled_once_and_only_when_it_is_used() -> None:
    """What it finds and what it was made of are those of the pattern."""
    compiled = []

    def make() -> re.Pattern[str]:
        compiled.append(re.compile("[0-9]+"))
        return compiled[-1]

    digits = lazy_pattern(make)
    assert compiled == []
    assert digits.findall("附件1和附件23") == ["1", "23"]
    assert digits.sub("#", "12万元") == "#万元"
    assert len(compiled) == 1
    assert digits.pattern == "[0-9]+"
