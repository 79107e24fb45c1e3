"""Expressions in words, where no rule of the catalogue is asked for its own."""

from __future__ import annotations

from xltool.expr.nodes import Field, Kind, Nothing
from xltool.expr.words import describe


def test_a_cell_that_says_there_is_nothing() -> None:
    """The predicate in the words of an accountant."""
    assert describe(Nothing(Field("存在的问题", Kind.TEXT))) == "存在的问题 写明没有"
