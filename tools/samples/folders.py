"""All sample folders and blank templates as files: path below the project's root, content."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from tools.samples import clean, junshan, planted
from tools.samples.readme import readme
from xltool.template.order import Order, combined_name, file_name, sheet_orders
from xltool.template.workbook import write_workbook

ROOT: Final = Path(__file__).resolve().parent.parent.parent
CURRENT_YEAR: Final = 2026
"""The year of the current templates; set by hand, so that a rebuild does not depend on the date."""
YEARS: Final = (2023, CURRENT_YEAR)
SAMPLES: Final = (junshan.as_filed(), junshan.honestly_filed(), clean.sample(), planted.sample())
FOLDERS: Final = ("blank_templates", "samples")


@cache
def files() -> dict[str, bytes]:
    """Every committed file of the two folders."""
    page = readme(SAMPLES, SAMPLES[-1])
    contents = {
        f"blank_templates/{year}/{name}": content for year in YEARS for name, content in templates(year).items()
    }
    contents |= {
        f"samples/{sample.folder}/{name}": content for sample in SAMPLES for name, content in sample.files.items()
    }
    return contents | {"samples/README.md": page.encode()}


def templates(year: int) -> dict[str, bytes]:
    """The three forms and the combined workbook of a year, issued to nobody."""
    order = Order(year)
    sheets = sheet_orders(order)
    single = {file_name(order, sheet): write_workbook(order, [sheet]) for sheet in sheets}
    return single | {combined_name(order): write_workbook(order, sheets)}
