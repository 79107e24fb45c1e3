"""All layouts, by their names; a layout changes a grid, and says whether the form has what it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.trust.layouts import blocks, columns, labels, repeats, wordings
from benchmarks.trust.layouts.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.trust.drawing import DrawnForm

    Layout = Callable[[Grid], bool]

_SINGLE: Final[tuple[Layout, ...]] = (
    *(labels.spaced, labels.spread, labels.broken, labels.padded, labels.closed_by_colon, labels.upright),
    *(labels.numbered, labels.in_figures, labels.full_width, labels.half_width, labels.with_unit, labels.with_formula),
    *(labels.with_hints, labels.with_points, labels.reworded),
    *(columns.blank_rows_above, columns.blank_rows_between, columns.blank_column_left, columns.blank_column_inside),
    *(columns.doubled_columns, columns.doubled_rows, columns.unmerged, columns.unmerged_lines),
    *(columns.levels_on_every_row, columns.levels_on_first_row, columns.level_without_head, columns.heads_again),
    *(columns.weight_before_target, columns.weight_before_names, columns.score_before_weight),
    *(columns.actual_before_target, columns.serial_numbers, columns.extra_column),
    *(columns.heads_in_two_rows, columns.values_under_common_head),
    *(blocks.names_with_labels, blocks.names_below_labels, blocks.money_with_units, blocks.money_in_texts),
    *(blocks.money_in_pairs, blocks.sources_of_which, blocks.goals_beside_labels, blocks.year_in_title),
    *(wordings.worded(number) for number in range(wordings.PLACES)),
    *(repeats.repeated, repeats.repeated_labels, repeats.numbers_at_left, repeats.blank_columns_left),
    *(repeats.units_apart, repeats.signs_and_units_apart),
    *(repeats.rate_before_amounts, repeats.score_before_weight_of_money),
    *(blocks.no_title, blocks.title_in_table, blocks.attachment_above, blocks.foot_below),
)
LAYOUTS: Final[dict[str, tuple[Layout, ...]]] = {layout.__name__: (layout,) for layout in _SINGLE} | {
    "no_title_and_spaced": (blocks.no_title, labels.spaced),
    "blank_left_and_above": (columns.blank_column_left, columns.blank_rows_above),
    "upright_and_doubled": (labels.upright, columns.doubled_columns),
    "serial_and_two_rows": (columns.serial_numbers, columns.heads_in_two_rows),
    "two_rows_and_unmerged": (columns.heads_in_two_rows, columns.unmerged_lines),
    "units_in_numbered_two_rows": (repeats.units_apart, columns.serial_numbers, columns.heads_in_two_rows),
    "repeated_and_broken": (repeats.repeated, labels.broken),
    "unmerged_and_colons": (columns.unmerged_lines, labels.closed_by_colon),
}
"""The layouts, and some of them together."""


def laid_out(form: DrawnForm, name: str) -> DrawnForm | None:
    """The form in a layout; None where it has nothing that the layout changes."""
    grid = Grid(form)
    changed = [layout(grid) for layout in LAYOUTS[name]]
    return grid.form() if all(changed) and grid.is_whole() else None
