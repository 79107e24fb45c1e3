"""The real filing of 2023 as a base for planting: it has findings of its own, only what is new is measured."""

from __future__ import annotations

from benchmarks.honest import Filing
from tests import filing
from tests.samples.sample import Paper
from xltool.forms import project


def seed_filing() -> Filing:
    """The three forms of 君山产业开发区 as filed."""
    last, budget, actual = filing.seed()["附件1"]["rows"]["1、产业开发专项"]
    row = {"项目名称": filing.PROJECT, "上年决算数": last, "本年预算数": budget, "本年决算数": actual}
    papers = [
        _paper("附件1", filing.base_data_values(), [row]),
        _paper("附件2", filing.self_review_values(), filing.seed_indicators()),
        _paper("附件3", filing.project_values(), filing.seed_indicators()),
    ]
    return Filing("君山", filing.YEAR, filing.DEPARTMENT, papers)


def _paper(form: str, values: dict, rows: list) -> Paper:  # type: ignore[type-arg]
    single = {item: value for item, value in values.items() if item.table is None}
    title = str(values[project.name]) if form == "附件3" else ""
    return Paper(form, single, [dict(row) for row in rows], title, touched=form != "附件1")
