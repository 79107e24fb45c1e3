"""Issued templates with the seed filing filled in, and the addresses of their fields."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from tests.support import seed
from xltool.findings import address
from xltool.forms import FORMS, base_data
from xltool.forms.grid import lay_out
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.expr.nodes import Field


@cache
def _filled(forms: tuple[str, ...]) -> bytes:
    sheets = {
        key: replace(sheet, prefill=seed.honest(sheet.prefill), protected=True)
        for key, sheet in seed.seed_sheets().items()
    }
    sheets["附件1"] = replace(sheets["附件1"], prefill={**sheets["附件1"].prefill, base_data.meetings.actual: 0.7})
    return write_workbook(seed.order(), [sheets[form] for form in forms])


def filled(path: Path, *forms: str) -> Path:
    """Write an issued template of these forms with the seed filing honestly filled in; reading it gives no note."""
    path.write_bytes(_filled(forms))
    return path


def cell_of(form: str, key: str) -> str:
    """Address of a field outside tables on the templates of `filled`."""
    laid = lay_out(FORMS[form], seed.order().sizes)
    return address(*laid.places[key])


def cell_in_row(form: str, column: Field, row: int) -> str:
    """Address of a table column in a row counted from 0 of its table, on the templates of `filled`."""
    laid = lay_out(FORMS[form], seed.order().sizes)
    return address(laid.spans[str(column.table)].first + row, laid.columns[column.defined_name])
