"""The list of findings in a returned copy, as it is found again."""

from __future__ import annotations

from xltool.forms.problem_list import heads_in


def test_a_sheet_without_heads_is_no_list() -> None:
    """A sheet that somebody gave the name of the list."""
    assert heads_in([{1: "序号", 2: "说明"}, {}]) is None
