"""The sheets of filed data in the desk's workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.outputs.reviewed import MADE_AT, audited
from tests.outputs.small_review import column_number, write_and_open
from tools.samples import clean
from tools.samples.sample import papers_as_sheets
from xltool.outputs.review import review_of
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from pathlib import Path


def test_a_formula_that_was_never_calculated_shows_its_value_with_a_mark(tmp_path: Path) -> None:
    """A copy by openpyxl has no values: the recomputed ones are in blue, and the row says how many they are."""
    order, sheet = papers_as_sheets(clean.papers()[:1], clean.BUREAU, clean.YEAR)[0]
    path = tmp_path / "附件1.xlsx"
    path.write_bytes(write_workbook(order, [sheet]))
    openpyxl.load_workbook(path).save(path)
    review = review_of(audited([path], tmp_path), root=tmp_path, made_at=MADE_AT)
    shown = write_and_open(tmp_path / "review.xlsx", review)["附件1"]
    rate, posts = (shown.cell(2, column_number(shown, head)) for head in ("控制率", "编制数"))
    values = {item.key: value for item, value in clean.papers()[0].values.items()}
    assert rate.value == pytest.approx(values["实际在职人数"] / values["编制数"])
    assert (rate.font.italic, posts.font.italic) == (True, False)
    assert rate.number_format == "0.00%"
    count = sum(bool(cell.font.italic) for cell in shown[2])
    assert shown.cell(2, column_number(shown, "未重算的公式")).value == f"{count} 格由程序重算（蓝底）"
