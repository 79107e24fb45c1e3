"""Defects that only a comparison with last year's forms can show, and exemptions that no longer hold.

Last year's forms are derived from the clean sample, so that both years agree.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Final

from benchmarks.corpus.filed import FilingFolder, read
from benchmarks.corpus.filing import Filing, clean_filing
from benchmarks.trust.tally import Tally, count
from tools.samples import planted
from xltool.auditing.audit import audit
from xltool.auditing.exemptions.file import read_exemptions
from xltool.auditing.exemptions.model import COLUMNS
from xltool.auditing.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xltool.expr.nodes import Field
    from xltool.findings import Finding


def last_year() -> Filing:
    """The filing of the clean bureau for the year before, derived from this year's forms."""
    filing = clean_filing().copy()
    filing.year -= 1
    for paper in filing.papers:
        for item in list(paper.values):
            line, _, measure = item.key.partition("_")
            if measure == "本年决算数" and f"{line}_上年决算数" in _keys(paper.values):
                paper.values[item] = paper.values[_keys(paper.values)[f"{line}_上年决算数"]]
            if item.key in {"厉行节约保障措施", "预期目标", "实际完成情况"}:
                paper.values[item] = f"{filing.year}年：压减会议两次，合并培训三期，继续推进农田建设。"
            if item.key == "填报日期":
                paper.values[item] = paper.values[item].replace(year=filing.year + 1)
            # All of the budget is spent, because this year's forms carry nothing over.
            if measure == "全年执行数" and f"{line}_全年预算数" in _keys(paper.values):
                paper.values[item] = paper.values[_keys(paper.values)[f"{line}_全年预算数"]]
        for row in paper.rows:
            if "本年决算数" in row:
                row["本年决算数"] = row["上年决算数"]
            else:
                row["实际完成值"] = row["年度指标值"]
    return filing


def _keys(values: dict[Field, object]) -> dict[str, Field]:
    return {item.key: item for item in values}


CHANGED_SINCE: Final[tuple[tuple[str, str, str, str, object], ...]] = (
    ("Y-01", "附件1", "公务接待_本年决算数", "", 2.0),
    ("Y-01", "附件1", "公用经费_本年决算数", "", 30.0),
    ("Y-01", "附件1", "办公经费_本年决算数", "", 1.5),
    ("Y-02", "附件1", "编制数", "", 41),
    ("Y-03", "附件3", "当年财政拨款_全年执行数", "0", 55.0),
    ("Y-07", "附件1", "实际在职人数", "", 20),
    ("Y-08", "附件1", "本年决算数", "0", 77.0),
    ("Y-05", "附件1", "项目名称", "0", "仓储物流设施"),
    ("Y-04", "附件2", "实际完成值", "0", "3600亩"),
    ("Y-04", "附件2", "实际完成值", "1", "620人次"),
)
"""Rule, form, field, row (from 0; for 附件3 the number of the form) and the value in last year's forms."""


def year_mutants(root: Path) -> dict[str, Tally]:
    """Audit this year's clean forms with last year's, a figure of which is changed."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    this = FilingFolder(clean_filing(), root / "this").write()
    before = {(finding.rule, finding.cell) for finding in _beside(this, last_year(), root / "before")}
    texts = (("Y-06", "附件1", "厉行节约保障措施"), ("Y-06", "附件2", "预期目标"), ("Y-06", "附件2", "实际完成情况"))
    changes = [*CHANGED_SINCE]
    for rule, form, key in texts:
        values = clean_filing().papers_of(form)[0].values
        changes.append((rule, form, key, "", values[_keys(values)[key]]))
    for number, (rule, form, key, row, value) in enumerate(changes):
        filing = last_year()
        paper = filing.papers_of(form)[int(row or 0) if form == "附件3" else 0]
        if row and form != "附件3":
            paper.rows[int(row)][key] = value
        else:
            paper.values[_keys(paper.values)[key]] = value
        new = [
            finding
            for finding in _beside(this, filing, root / f"y{number}")
            if (finding.rule, finding.cell) not in before
        ]
        line = key.partition("_")[0]
        count(
            tallies[rule],
            rule,
            new,
            lambda finding, line=line, row=row: bool(row) or (finding.field or "").startswith(line),  # type: ignore[misc]
            frozenset({"Y-01", "Y-07", "Y-08"}),
            f"{key}（上年报送）← {value}",
        )
    return dict(tallies)


def _beside(this: FilingFolder, last: Filing, path: Path) -> Sequence[Finding]:
    prior = read(FilingFolder(last, path).write().path, "this")
    submissions = tuple(submission for record in prior for submission in record.submissions)
    return audit(read(this.path, "this"), Terms(prior=submissions)).findings


# --- exemptions -------------------------------------------------------------------------------

TODAY: Final = date(2024, 7, 1)
GRANTED: Final = (
    ("W-23", "A1-05", "2024-06-30"),
    ("W-23", "A1-10", "2023-12-31"),
    ("W-24", "A2-13", "2024-12-31"),
    ("W-24", "X-09", "2025-06-30"),
)
"""Rule, exempted rule, last day. Two exemptions have run out; two are for findings the sample does not have."""


def exemption_mutants(root: Path) -> dict[str, Tally]:
    """Audit the sample with problems under each exemption."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    filing = Filing(planted.BUREAU, planted.YEAR, planted.BUREAU, planted.papers())
    records = read(FilingFolder(filing, root / "forms").write().path, "forms")
    before = {(finding.rule, finding.cell) for finding in audit(records).findings}
    for rule, exempted, until in GRANTED:
        line = (planted.BUREAU, "", "", "", exempted, "", "已批准", "某某", until)
        with (root / "豁免.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((COLUMNS, line))
        terms = Terms(exemptions=read_exemptions(root / "豁免.csv", TODAY))
        new = [finding for finding in audit(records, terms).findings if (finding.rule, finding.cell) not in before]
        cell = "I2" if rule == "W-23" else "E2"
        about = f"{exempted} 豁免至 {until}"
        count(tallies[rule], rule, new, lambda finding, cell=cell: finding.cell == cell, frozenset(), about)  # type: ignore[misc]
    return dict(tallies)
