"""Names taken out of a sentence: the same whether they are few or many."""

from __future__ import annotations

import pytest

from xltool.rules.goals import answers


@pytest.mark.parametrize("sentence", ["建设甲园、乙园和甲园区", "没有", "甲园甲园区乙园"])
def test_many_names_are_taken_out_like_few(sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of names that begin at one place the first counts, one after the other or by one pattern."""
    names = ["甲园区", "甲园", "乙园"]
    few = answers._without(names, sentence)  # noqa: SLF001 - a way of its own for what is long
    monkeypatch.setattr(answers, "FEW", 0)
    assert answers._without(names, sentence) == few  # noqa: SLF001 - likewise
    assert not any(name in few for name in names)
