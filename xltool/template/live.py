"""Which rules a template checks by itself, and which only a combined workbook does."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from xltool.expr import frame
from xltool.forms import FORMS
from xltool.forms.model import Sizes
from xltool.params import DEFAULT
from xltool.template.blueprint import Blueprint
from xltool.template.book import Book, BookSheet
from xltool.template.checks.across import book_cells
from xltool.template.checks.lines import lines_across_forms

if TYPE_CHECKING:
    from xltool.forms.model import Form


@cache
def live_codes() -> frozenset[str]:
    """Codes of the rules that a template checks by itself, in its 审核 panel or at the cell."""
    return frozenset(code for form in FORMS.values() for code in _codes_checked_on(form)) | codes_of_combined()


@cache
def codes_of_combined() -> frozenset[str]:
    """Codes of the rules that compare forms: a combined workbook checks them, single files cannot."""
    grids = [Blueprint(form, Sizes(1, 1), 0, DEFAULT).grid for form in FORMS.values()]
    book = Book(tuple(BookSheet(grid.form.key, grid, frame.Values({})) for grid in grids))
    lines = (line for grid in grids for line in lines_across_forms(book_cells(grid, 0, book, profile=DEFAULT)))
    return frozenset(line.rule.code for line in lines)


def _codes_checked_on(form: Form) -> set[str]:
    """Codes of the rules that a template of this form checks by itself."""
    blueprint = Blueprint(form, Sizes(1, 1), 0, DEFAULT)
    codes = {line.rule.code for line in blueprint.lines} | {alert.code for alert in blueprint.alerts}
    return codes | {item.code for item in form.fields.values() if item.code}
