"""The claims of a narrative report: how much of its sentence a claim quotes."""

from __future__ import annotations

import pytest

from xltool.forms import base_data
from xltool.rules.report.figures import fields_of
from xltool.rules.samples import report_view
from xltool.text.claims import claims_of

CLAUSE = "我局全年各项工作按计划推进，"
CLAIM = "三公经费支出12万元"


@pytest.mark.parametrize(
    ("before", "quoted"),
    [
        ("全年工作已经完成；", ""),  # a sentence begins behind a semicolon
        (CLAUSE, CLAUSE),  # a short sentence is quoted from its beginning
        (CLAUSE * 6, CLAUSE * 2),  # of a long one the last clauses are
    ],
)
def test_a_claim_quotes_its_clause(before: str, quoted: str) -> None:
    """From the beginning of the sentence up to the number, or the last clauses of a long sentence."""
    (claim,) = claims_of(report_view("2023年度部门整体支出绩效自评报告", "一、部门概况", f"{before}{CLAIM}。"))
    assert claim.quote == quoted + CLAIM


def test_a_claim_about_a_line_of_the_table_has_its_fields() -> None:
    """Spending on receptions is compared with the line of the base data."""
    (claim,) = claims_of(report_view("2023年度部门整体支出绩效自评报告", "一、部门概况", "公务接待费支出12万元。"))
    assert fields_of(claim) == (*base_data.reception,)[1:]
