"""Words of the forms in messages."""

from __future__ import annotations

from xltool.expr.nodes import Kind
from xltool.forms.words import kind_name


def test_a_kind_has_a_name_for_messages() -> None:
    """Any other value is a number."""
    assert [kind_name(kind) for kind in (Kind.DATE, Kind.MONEY, Kind.TEXT)] == ["日期", "金额", "数值"]
