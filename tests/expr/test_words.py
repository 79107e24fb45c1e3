"""Expressions in words, where no rule of the catalogue is asked for its own."""

from __future__ import annotations

from xltool.expr.nodes import Field, Kind, Lookup, Nothing, Param
from xltool.expr.words import describe
from xltool.params import PARAMETERS


def test_a_cell_that_says_there_is_nothing() -> None:
    """The predicate in the words of an accountant."""
    assert describe(Nothing(Field("存在的问题", Kind.TEXT))) == "存在的问题 写明没有"


def test_the_row_of_another_form() -> None:
    """The row whose name is that of the form."""
    name, row = Field("项目名称", Kind.TEXT), Field("项目_名称", Kind.TEXT, table="projects")
    amount = Field("项目_本年决算数", Kind.MONEY, table="projects")
    assert describe(Lookup(amount, row, name)) == "项目_名称 与 项目名称 相同的一行的项目_本年决算数"


def test_a_number_of_the_profile() -> None:
    """What it is called where profiles are shown."""
    name, words = next(iter(PARAMETERS.items()))
    assert describe(Param(name)) == f"〔{words}〕"
