"""Templates for the tests: each written once, whatever asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.support.template import Template, read_template
from xltool.template.order import Order, sheet_orders
from xltool.template.workbook import write_workbook

FORMS: Final = ("附件1", "附件2", "附件3")
COMBINED: Final = "全部"
DEPARTMENT: Final = "某市水利局"


@dataclass(frozen=True)
class Variety:
    """A template of one form, or of all, and how it was ordered."""

    what: str
    year: int = 2023
    indicators: int = 3
    projects: int = 0

    @property
    def order(self) -> Order:
        """What is asked of `write_workbook`."""
        forms = FORMS if self.what == COMBINED else (self.what,)
        names = tuple(f"河道治理项目{number}期" for number in range(1, self.projects + 1))
        return Order(self.year, DEPARTMENT, forms, names, self.indicators)

    def __str__(self) -> str:
        return f"{self.what}-{self.year}-{self.indicators}-{self.projects}"


VARIETIES: Final = tuple(
    Variety(what, (2023, 2026)[number % 2], indicators, projects)
    for number, (what, indicators, projects) in enumerate(product((*FORMS, COMBINED), (1, 3, 8), (0, 1, 12)))
)
"""Every size of every form, in one year or the other."""
TYPICAL: Final = tuple(
    Variety(what, year, indicators, projects)
    for what in (*FORMS, COMBINED)
    for year, indicators, projects in ((2023, 3, 0), (2026, 1, 1), (2026, 8, 12))
)


@cache
def written(variety: Variety) -> bytes:
    """The workbook of a variety."""
    return write_workbook(variety.order, sheet_orders(variety.order))


@cache
def opened(variety: Variety) -> Template:
    """The workbook of a variety, looked at as a file; nothing in it is to be changed."""
    with TemporaryDirectory() as folder:
        return read_template(saved(variety, Path(folder)))


def saved(variety: Variety, folder: Path) -> Path:
    """The workbook of a variety as a file in a folder."""
    path = folder / f"{variety}.xlsx"
    path.write_bytes(written(variety))
    return path
