"""Data and windows of small reviews, for the tests of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.outputs.reviewed import samples_review
from xltool.findings import Finding, Place, Severity
from xltool.outputs.page.data import page_data
from xltool.outputs.page.surroundings import Surroundings

if TYPE_CHECKING:
    from xltool.outputs.model import Review, SheetFace
    from xltool.outputs.page.surroundings import Window


def no_link(_: str) -> None:
    """A page without links."""


def data(review: Review) -> dict[str, Any]:
    """The data of a page without links."""
    return page_data(review, no_link)


def finding(cell: str | None, *also: str, sheet: str | None = "附件1", path: str = "甲.xlsx") -> Finding:
    """A finding on a cell that rests on others."""
    related = tuple(Place(path, sheet, other) for other in also)
    return Finding("A1-05", Severity.WARNING, path, "", "", "", "甲", sheet, cell, related=related)


def junshan(form: str) -> tuple[str, SheetFace]:
    """The seed's form, as filed into a template."""
    sheets = samples_review().sheets.items()
    return next((key, sheet) for key, sheet in sheets if "原样" in sheet.path and sheet.name == form)


def around(form: str, cell: str, *also: str) -> Window:
    """The window around a cell of the seed."""
    key, sheet = junshan(form)
    (window,) = Surroundings({key: sheet}).windows(finding(cell, *also, sheet=form, path=sheet.path))
    return window
