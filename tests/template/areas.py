"""Cells of an opened template: its forms, its inputs, and the cells of a range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.parts import MAIN
from tests.template import contract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.template import Form, Template


CellRef = tuple[int, int]


def form_key(name: str) -> str:
    """The form a sheet holds: 附件3 for 附件3-2."""
    return name.partition("-")[0]


def forms_of(template: Template) -> Iterator[tuple[str, Form]]:
    """The forms of a template with their keys."""
    for name, form in template.forms.items():
        yield form_key(name), form


def row_heights(form: Form) -> dict[int, float]:
    """Heights of rows in points."""
    return {int(row.get("r", "0")): float(row.get("ht", "15")) for row in form.root.iter(MAIN + "row")}


def input_cells(key: str, form: Form) -> set[CellRef]:
    """Every cell a department may type into: fields, and table columns but for the printed 一级指标 and thin rows."""
    spots = {form.area(name)[:2] for name in contract.inputs(key)}
    heights = row_heights(form)
    for name in contract.COLUMNS[key]:
        spots |= {spot for spot in form.spots(name) if name != "一级指标" and heights[spot[0]] > 10}
    # A merge is typed into as one cell.
    return {(row, column) for spot in spots for row, column in cells_in(form.merged(*spot))}


def cells_in(span: tuple[int, int, int, int]) -> Iterator[CellRef]:
    """The cells of a range."""
    top, left, bottom, right = span
    return ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
