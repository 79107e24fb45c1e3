"""The list of findings in a returned copy, as it is found again."""

from __future__ import annotations

from xltool.forms.problem_list import ADVICE, EXPLANATION, PROBLEM, RULE, RowId, heads_in


def test_a_sheet_without_heads_is_no_list() -> None:
    """A sheet that somebody gave the name of the list."""
    assert heads_in([{1: "序号", 2: "说明"}, {}]) is None


def test_the_row_of_heads_and_their_columns() -> None:
    """Wherever they stand, in any order."""
    heads = {2: f" {PROBLEM}", 3: RULE, 5: ADVICE, 7: EXPLANATION}
    assert heads_in([{1: "某局问题清单"}, heads]) == (1, {PROBLEM: 2, RULE: 3, ADVICE: 5, EXPLANATION: 7})


def test_the_id_of_a_row_is_read_as_it_was_written() -> None:
    """And nothing else is taken for one."""
    row = RowId("3", "0123456789abcdef", "A1-05")
    assert RowId.parse(f" {row} ") == row
    assert RowId.parse("3 0123 A1-05") is None
