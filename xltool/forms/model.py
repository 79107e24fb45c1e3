"""How a form is declared: its fields, its tables and its layout.

A form is a list of bands from top to bottom. A band is a row of cells from left to right, a block
(rows beside one tall label), or the rows of a table. `xltool.forms.grid` gives each of them its
rows and columns for a given number of table rows, as a browser lays out an HTML table.
"""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from math import isnan
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from xltool.expr.nodes import Field, Param

NOT_APPLICABLE = "——"


class Role(Enum):
    """What a document of a filing is for, whatever a region calls it and however it is laid out.

    Rules ask for a role and not for a form by name, so that another region's form can play it.
    The narrative report is prose: no declared form has its role.
    """

    BASE_DATA = "base_data"
    DEPARTMENT_REVIEW = "department_review"
    PROJECT_REVIEW = "project_review"
    NARRATIVE_REPORT = "narrative_report"


FORM_ROLES: Final = (Role.BASE_DATA, Role.DEPARTMENT_REVIEW, Role.PROJECT_REVIEW)
"""The roles of the forms: all but that of the narrative report."""
REVIEW_ROLES: Final = (Role.DEPARTMENT_REVIEW, Role.PROJECT_REVIEW)
"""The roles of forms with funds, goals and indicators."""

# Derived fields outside tables belong to every form, but for those that only one form has.
DERIVED_OF = dict.fromkeys(("标题年度", "表头上年年度", "表头预算年度", "表头决算年度"), Role.BASE_DATA)
DERIVED_OF["支出_两项之和"] = Role.DEPARTMENT_REVIEW


class Label(Struct, frozen=True):
    """Printed text; `{year}` and `{prior}` stand for the year reported and the year before."""

    text: str
    cols: int = 1
    rows: int = 1
    style: str = "label"


class Slot(Struct, frozen=True):
    """The place of a field."""

    field: Field
    cols: int = 1
    rows: int = 1


Item = Label | Slot


class Row(Struct, frozen=True):
    """Cells from left to right; `height` in points."""

    items: tuple[Item, ...]
    height: float = 20


class Table(Struct, frozen=True, eq=False, dict=True):
    """A part of a form with any number of rows."""

    key: str
    columns: tuple[Field, ...]

    def column(self, key: str) -> Field:
        """The column with this key; KeyError if there is none."""
        return next(column for column in self.columns if column.key == key)

    @cached_property
    def inputs(self) -> tuple[Field, ...]:
        """The columns that stand on the sheet, from left to right."""
        return tuple(column for column in self.columns if not column.derived)


class ProjectRows(Struct, frozen=True):
    """Table rows that all look alike: a slot for each column, `cols` columns of the grid wide."""

    table: Table
    cols: tuple[int, ...]
    height: float = 20


class Group(Struct, frozen=True):
    """A 一级指标 with its points in a profile, and its 二级指标."""

    name: str
    weight: Param
    parts: tuple[str, ...]

    def heading(self, points: float) -> str:
        """The printed label, with the points unless the profile leaves them to the department (NaN)."""
        return self.name if isnan(points) else f"{self.name}\n（{points:g}分）"


class IndicatorRows(Struct, frozen=True):
    """Table rows in groups: the first column is merged over a group, the second over each of its parts."""

    table: Table
    groups: tuple[Group, ...]
    height: float = 36


class Block(Struct, frozen=True):
    """Bands beside one label that spans them all."""

    label: str
    bands: tuple[Row | IndicatorRows, ...]
    cols: int = 1


Band = Row | Block | ProjectRows | IndicatorRows


class Form(Struct, frozen=True, eq=False, dict=True):
    """One of the three forms: sheet name, title, column widths (characters) and bands."""

    key: str
    role: Role
    slug: str
    title: str
    widths: tuple[float, ...]
    bands: tuple[Band, ...]
    repeat_rows: tuple[str, str]
    """First and last label of the rows repeated on every printed page."""
    owner: Field
    """The field that says whose form it is."""

    @cached_property
    def flat(self) -> tuple[Row | ProjectRows | IndicatorRows, ...]:
        """The bands, with those inside blocks in place of the blocks."""
        return tuple(row for band in self.bands for row in (band.bands if isinstance(band, Block) else (band,)))

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Fields outside tables by key, in the order of the form."""
        items = (item for row in self.flat if isinstance(row, Row) for item in row.items)
        return {item.field.key: item.field for item in items if isinstance(item, Slot)}

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Tables of the form."""
        return tuple(band.table for band in self.flat if isinstance(band, ProjectRows | IndicatorRows))

    @cached_property
    def columns(self) -> dict[str, Field]:
        """Columns of its tables by key, derived ones included."""
        return {column.key: column for table in self.tables for column in table.columns}

    def has(self, wanted: Field) -> bool:
        """Whether the form has this field: in a cell, in a table, or derived from it."""
        if wanted.form not in ("", self.key) or wanted.prior_of is not None:
            return False
        if wanted.table is not None:
            return any(wanted.table == table.key for table in self.tables)
        if wanted.derived:
            return wanted.key not in DERIVED_OF or DERIVED_OF[wanted.key] is self.role
        own = self.fields.get(wanted.key)
        return own is wanted or (own is not None and wanted.form == self.key)


class Sizes(Struct, frozen=True):
    """The number of table rows: project rows in total, indicator rows for each 二级指标."""

    projects: int = 5
    indicators: int = 3
