"""Totals of counties, and what goes into them of each department."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from xltool.outputs.frames import SCHEMAS
from xltool.outputs.levels.facts import CountyFacts, DepartmentFacts, read_facts
from xltool.outputs.levels.totals import CountyResult, Summary, lines_of, remark_of
from xltool.roster.counties import County
from xltool.roster.model import Region
from xltool.storage import parquet

if TYPE_CHECKING:
    from pathlib import Path


def test_amounts_in_yuan_are_in_no_total() -> None:
    """They would outweigh those of all counties; the line says how many departments are left out."""
    departments = (
        DepartmentFacts("教育局", "已报齐", budget=100.0, executed=90.0),
        DepartmentFacts("民政局", "已报齐", budget=2e6, executed=1e6, in_yuan=True),
    )
    county = County(Region("", "东市"), Region("", "甲县"))
    results = (CountyResult(county, "甲县", CountyFacts(2, 0, departments, ()), "迟了"),)
    (whole, line) = lines_of(Summary("汇总", results))
    assert (whole.totals.budget, whole.totals.rate, whole.totals.complete) == (100, 0.9, 2)
    assert remark_of(line) == "迟了；1 个单位金额疑似按元填报，未计入合计"


def test_a_finding_or_an_amount_says_that_it_is_in_yuan(tmp_path: Path) -> None:
    """A1-32 on one of the forms, or a budget that no department has."""
    names = ("甲局", "乙局", "丙局")
    forms = [
        {"id": f"{name}#附件2", "filing": name, "path": name, "form": "附件2", "department": name} for name in names
    ]
    finding = {"rule": "A1-32", "severity": "warning", "path": "甲局", "submission": "甲局#附件2"}
    review = {"files": [], "submissions": forms, "findings": [finding]}
    (tmp_path / "findings.json").write_text(json.dumps(review), encoding="utf-8")
    key = "年度资金总额_全年预算数"
    amounts = zip(names, ("50", "60", "7000000"), strict=True)
    rows = [{"submission": f"{name}#附件2", "field": key, "value": amount} for name, amount in amounts]
    with parquet.writing(tmp_path / "frames" / "values.parquet", SCHEMAS["values"]) as table:
        table.add(rows)
    in_yuan = {each.name: each.in_yuan for each in read_facts(tmp_path).departments}
    assert in_yuan == {"甲局": True, "乙局": False, "丙局": True}
