"""Real filings as bases for planting. They have findings of their own; only new findings are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from benchmarks.corpus.filing import Filing
from tests.support import seed
from tests.support.filings import build, document
from tools.samples.sample import Paper
from xltool.forms import FORMS, project

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xltool.expr.nodes import Field

FOLLOWS: Final = {
    "S-03": "总分已改为固定数值，得分一变就不再相符",
    "X-11": "附件3照抄附件2的指标，只改一处两表就不一致",
    "X-13": "附件2的年初预算数一变，照抄的成本指标就对不上",
    "X-03": "本单位改为元以后，与其他表对不上",
    "X-06": "本单位改为元以后，与其他表对不上",
}
UNSUITABLE: Final = (
    *("A3-05", "A3-14", "X-04", "X-05", "X-07", "X-13"),
    *("S-32", "W-01", "W-12", "W-21", "W-25"),
)
"""Rules that cannot be planted: their premises do not hold in this filing, or the defect moves rows or renames files,
so that known findings are reported again at another place."""


def seed_filing() -> Filing:
    """The three forms of 君山产业开发区 as filed."""
    last, budget, actual = seed.seed()["附件1"]["rows"]["1、产业开发专项"]
    row = {"项目名称": seed.PROJECT, "上年决算数": last, "本年预算数": budget, "本年决算数": actual}
    papers = [
        _paper("附件1", seed.base_data_values(), [row]),
        _paper("附件2", seed.self_review_values(), seed.seed_indicators()),
        _paper("附件3", seed.project_values(), seed.seed_indicators()),
    ]
    return Filing("君山", seed.YEAR, seed.DEPARTMENT, papers)


OF_OTHER_PLACES: Final = {
    "chizhou_tangxi_village_2022": "附件3",
    "zhongjiang_water_2022": "附件3",
    "hunan_dept_basic_2018_wanglu": "附件1",
}
"""Transcriptions with enough on them for a form of their own."""


ONLY_OF_WHOLE_FILINGS: Final = (
    *("X-01", "X-02", "X-14"),
    *("A1-09", "A1-18", "A1-19", "A1-32", "A1-36", "T-05"),
    *("A2-06", "A2-16", "A2-17", "S-02"),
    *("W-01", "W-25"),
)
"""Rules that a single form cannot be planted with: they compare forms, or need totals, long texts and weights that
these forms do not have."""


def other_filings() -> list[Filing]:
    """Single forms of other places in templates: the inputs as filed, the results as the template computes them."""
    filings = []
    for name, key in OF_OTHER_PLACES.items():
        built, form = build(name), FORMS[key]
        inputs = {item.key: item for item in form.fields.values() if item.is_input and item.table is None}
        values = {inputs[field]: value for field, value in built.values.items() if field in inputs}
        unit = str(built.values.get(project.implementer.key) or "某县某局")
        paper = Paper(key, values, [dict(row) for row in built.rows], str(built.values.get(project.name.key, "")))
        filings.append(Filing(name, document(name)["year"], unit, [paper]))
    return filings


def _paper(form: str, values: Mapping[Field, Any], rows: Sequence[Mapping[str, Any]]) -> Paper:
    single = {item: value for item, value in values.items() if item.table is None}
    title = str(values[project.name]) if form == "附件3" else ""
    return Paper(form, single, [dict(row) for row in rows], title, touched=form != "附件1")
