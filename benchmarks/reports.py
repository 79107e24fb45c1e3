"""Defects in the self-evaluation report, one changed sentence each, and defects that only show beside last year.

The report and the forms are those of the clean sample; last year's forms are made so that both years agree.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from benchmarks.filed import Folder, grave, read
from benchmarks.honest import Filing
from benchmarks.tally import Tally
from tests.samples import clean
from tests.support.reports import BUREAU_REPORT, write_report
from xltool.auditing import Terms, audit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.reports import Block
    from xltool.expr import Field
    from xltool.findings import Finding

SAID: Final[tuple[tuple[str, str, str, frozenset[str]], ...]] = (
    ("R-01", "自评得分99.59分", "自评得分97.59分", frozenset({"R-10"})),
    ("R-01", "自评得分99.59分", "自评得分95分", frozenset({"R-10"})),
    ("R-02", "年初预算1280万元", "年初预算1820万元", frozenset({"R-10"})),
    ("R-02", "全年支出1288万元", "全年支出1828万元", frozenset({"R-10"})),
    ("R-02", "部门总收入1300万元", "部门总收入130万元", frozenset({"R-10"})),
    ("R-02", "经费预算12万元", "经费预算21万元", frozenset()),
    ("R-02", "公务接待费4.1万元", "公务接待费4.9万元", frozenset({"R-10"})),
    ("R-04", "三、政府性基金", "四、政府性基金", frozenset()),
    ("R-04", "六、存在的问题", "八、存在的问题", frozenset()),
    ("R-06", "下属事业单位2个", "下属事业单位3个", frozenset()),
    ("R-07", "试剂耗材和编外检测人员劳务费", "试剂耗材、在职人员工资和津贴补贴", frozenset()),
    ("R-08", "评价等级为“优”", "评价等级为“良”", frozenset()),
    ("R-08", "评价等级为“优”", "评价等级为“中”", frozenset()),
    ("R-09", "六、存在的问题", "六、其他", frozenset()),
    ("R-10", "基本支出580万元，项目支出700万元", "基本支出580万元，项目支出760万元", frozenset({"R-02"})),
    ("R-02", "性质分：基本支出600万元", "性质分：基本支出620万元", frozenset({"R-10"})),
    ("R-02", "核定编制40名", "核定编制44名", frozenset()),
    ("R-02", "年末在职人员38人", "年末在职人员36人", frozenset()),
    ("R-02", "公用经费支出57万元", "公用经费支出75万元", frozenset()),
    ("R-02", "经费预算12万元，支出11.2万元", "经费预算12万元，支出12.1万元", frozenset({"R-10"})),
    ("R-02", "公务用车运行维护费7.1万元", "公务用车运行维护费1.7万元", frozenset()),
    ("R-10", "公务用车运行维护费7.1万元", "公务用车运行维护费7.9万元", frozenset({"R-02"})),
    ("R-10", "其中公务接待费4.1万元", "其中公务接待费4.9万元", frozenset({"R-02"})),
    ("R-09", "七、改进措施", "七、其他", frozenset()),
    (
        "R-03",
        "全年支出1288万元，较2022年的1246万元增长3.37%，预算执行率99.08%。",
        "一般公共预算支出1268万元。",
        frozenset({"R-02", "R-10"}),
    ),
    ("R-05", "全年建成高标准农田3050亩", "全年建成高标准农田3350亩", frozenset()),
    ("R-05", "培训高素质农民480人次", "培训高素质农民840人次", frozenset()),
    ("R-01", "自评得分99.59分", "自评得分99.95分", frozenset({"R-10"})),
    ("R-08", "评价等级为“优”", "评价等级为“良好”", frozenset()),
    (
        "R-06",
        "产业股、农田建设股等8个股室，下属事业单位2个，分别为：农技推广中心、农产品检测站。",
        "产业股、农田建设股3个股室，下属事业单位2个，分别为：农技推广中心、农产品检测站、水管站。",
        frozenset(),
    ),
)
"""Rule, what the report says, what it says instead, what else follows."""


def _changed(old: str, new: str) -> list[Block]:
    """The report with one place changed; LookupError where it does not say so."""
    if not any(isinstance(block, str) and old in block for block in BUREAU_REPORT):
        raise LookupError(old)
    return [block.replace(old, new) if isinstance(block, str) else block for block in BUREAU_REPORT]


def report_mutants(root: Path) -> dict[str, Tally]:
    """Each changed report beside the clean forms."""
    sets = []
    for number, (_, old, new, _) in enumerate((("", "", "", frozenset[str]()), *SAID)):
        folder = Folder(_clean(), root / f"r{number}").write()
        write_report(_changed(old, new), folder.path / "自评报告.docx")
        sets.append(read(folder.path, f"r{number}"))
    found: dict[str, list[Finding]] = defaultdict(list)
    for one in audit([record for records in sets for record in records]).findings:
        found[one.path.partition("/")[0]].append(one)
    before = {(one.rule, one.message) for one in found["r0"]}
    tallies: dict[str, Tally] = defaultdict(Tally)
    for number, (rule, old, new, allowed) in enumerate(SAID, 1):
        told = [one for one in found[f"r{number}"] if (one.rule, one.message) not in before]
        _count(tallies[rule], rule, told, lambda one: one.path.endswith("自评报告.docx"), allowed, f"{old} → {new}")
    return dict(tallies)


def _clean() -> Filing:
    return Filing(clean.BUREAU, clean.YEAR, clean.BUREAU, clean.papers())


def _count(
    tally: Tally, rule: str, told: list[Finding], at: Callable[[Finding], bool], allowed: frozenset[str], about: str
) -> None:
    own = [one for one in told if one.rule == rule]
    hit = any(at(one) for one in own)
    tally.mutants += 1
    tally.found += hit
    tally.elsewhere += bool(own) and not hit
    tally.missed += not own
    if not hit:
        tally.notes.append(f"未在原处发现｜{about}｜" + "；".join(f"{one.rule} {one.cell}" for one in told))
    for one in grave(told):
        if one.rule not in {rule, *allowed}:
            tally.extra[one.rule] += 1
            tally.notes.append(f"多报 {one.rule}｜{about}｜{one.cell} {one.message[:90]}")


# --- two years --------------------------------------------------------------------------------


def last_year() -> Filing:
    """What the clean bureau filed the year before, as this year's forms tell of it."""
    filing = _clean().copy()
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
            # Nothing was left over to be carried into this year.
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
)
"""Rule, form, field and row of last year's forms (counted from 0; of 附件3 which), and what was filed there."""


def year_mutants(root: Path) -> dict[str, Tally]:
    """This year's clean forms beside last year's, one figure of which is another."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    this = Folder(_clean(), root / "this").write()
    before = {(one.rule, one.cell) for one in _beside(this, last_year(), root / "before")}
    texts = (("Y-06", "附件1", "厉行节约保障措施"), ("Y-06", "附件2", "预期目标"), ("Y-06", "附件2", "实际完成情况"))
    changes = [*CHANGED_SINCE]
    for rule, form, key in texts:
        values = _clean().of(form)[0].values
        changes.append((rule, form, key, "", values[_keys(values)[key]]))
    for number, (rule, form, key, row, value) in enumerate(changes):
        filing = last_year()
        paper = filing.of(form)[int(row or 0) if form == "附件3" else 0]
        if form == "附件1" and row:
            paper.rows[int(row)][key] = value
        else:
            paper.values[_keys(paper.values)[key]] = value
        told = [one for one in _beside(this, filing, root / f"y{number}") if (one.rule, one.cell) not in before]
        line = key.partition("_")[0]
        _count(
            tallies[rule],
            rule,
            told,
            lambda one, line=line, row=row: bool(row) or (one.field or "").startswith(line),  # type: ignore[misc]
            frozenset({"Y-01", "Y-07", "Y-08"}),
            f"{key}（上年报送）← {value}",
        )
    return dict(tallies)


def _beside(this: Folder, last: Filing, path: Path) -> list[Finding]:
    prior = read(Folder(last, path).write().path, "this")
    submissions = tuple(one for record in prior for one in record.submissions)
    return audit(read(this.path, "this"), Terms(prior=submissions)).findings
