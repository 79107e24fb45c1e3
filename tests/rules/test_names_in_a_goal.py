"""Names removed from a sentence: few and many names, which are removed in two ways, give the same."""

from __future__ import annotations

import pytest

from xltool.rules.goals import answers


@pytest.mark.parametrize("sentence", ["建设甲园、乙园和甲园区", "没有", "甲园甲园区乙园"])
def test_many_names_are_taken_out_like_few(sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of names that begin at the same place the first is removed, by search as by pattern."""
    names = ["甲园区", "甲园", "乙园"]
    few = answers._without(names, sentence)  # noqa: SLF001 - both ways are tested
    monkeypatch.setattr(answers, "FEW", 0)
    assert answers._without(names, sentence) == few  # noqa: SLF001 - likewise
    assert not any(name in few for name in names)
