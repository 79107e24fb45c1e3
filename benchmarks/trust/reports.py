"""Defects in the narrative report of the clean sample: one sentence is changed in each."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from benchmarks.corpus.filed import FilingFolder, read
from benchmarks.corpus.filing import clean_filing
from benchmarks.trust.tally import Tally, count
from tests.support.reports import BUREAU_REPORT, write_report
from xltool.auditing.audit import audit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.reports import Block
    from xltool.findings import Finding

CHANGED_SENTENCES: Final[tuple[tuple[str, str, str, frozenset[str]], ...]] = (
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
"""Rule, old words, new words, and the rules that may report the change too."""


def _changed(old: str, new: str) -> list[Block]:
    """The report with the old words replaced; LookupError where they do not occur."""
    if not any(isinstance(block, str) and old in block for block in BUREAU_REPORT):
        raise LookupError(old)
    return [block.replace(old, new) if isinstance(block, str) else block for block in BUREAU_REPORT]


def report_mutants(root: Path) -> dict[str, Tally]:
    """Audit the clean forms with each changed report; gives the tally of each rule."""
    sets = []
    for number, (_, old, new, _) in enumerate((("", "", "", frozenset[str]()), *CHANGED_SENTENCES)):
        folder = FilingFolder(clean_filing(), root / f"r{number}").write()
        write_report(_changed(old, new), folder.path / "自评报告.docx")
        sets.append(read(folder.path, f"r{number}"))
    by_label: dict[str, list[Finding]] = defaultdict(list)
    for finding in audit([record for records in sets for record in records]).findings:
        by_label[finding.path.partition("/")[0]].append(finding)
    before = {(finding.rule, finding.message) for finding in by_label["r0"]}
    tallies: dict[str, Tally] = defaultdict(Tally)
    for number, (rule, old, new, allowed) in enumerate(CHANGED_SENTENCES, 1):
        news = [finding for finding in by_label[f"r{number}"] if (finding.rule, finding.message) not in before]
        count(
            tallies[rule], rule, news, lambda finding: finding.path.endswith("自评报告.docx"), allowed, f"{old} → {new}"
        )
    return dict(tallies)
