"""`python -m benchmarks.speed.rules`: the cost of every rule over 10,000 filings in one run, as a share of reading.

Honest filings of 200 departments are written and read, and the reading is timed. Their records are then copied under
other names up to the number asked for. The copies share their cells, so that the memory reported is what the rules
need. Each rule is timed by itself in processor seconds, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import tracemalloc
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import structs

from benchmarks.corpus.filed import FilingFolder
from benchmarks.corpus.honest import Clerk
from xltool.auditing.audit import audit
from xltool.auditing.deduplication import drop_silenced
from xltool.auditing.plausibility.ranking import ranked
from xltool.auditing.reading_findings import reading_findings
from xltool.auditing.rule_inputs import prepare_inputs, run_comparing_rules, run_rules
from xltool.auditing.scores import scores_of
from xltool.auditing.terms import Terms
from xltool.forms import review
from xltool.reader.reading import read_file
from xltool.rules.catalogue import RULES
from xltool.text.figures import figures_in
from xltool.text.wording import split_sentences
from xltool.workers.relaxed_gc import relaxed_gc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from xltool.auditing.drafts import DraftFinding
    from xltool.auditing.rule_inputs import RuleInputs
    from xltool.reader.records import FileRecord, Submission
    from xltool.text.views import FilingView, Hit

WRITTEN, FILINGS, SEED = 200, 10_000, 1000
SHOWN = 25
MOST = 0.1
"""The most of all rules that one of them may cost."""
SHARED = "文字的句子和数字"
"""What rules on goals share: the first to ask makes it, so that it has a line of its own."""
TEXTS = frozenset({"厉行节约保障措施", "预期目标", "实际完成情况"})
"""Texts that a department writes anew each year."""


@dataclass(frozen=True)
class Cost:
    """Processor seconds of one part over all filings."""

    name: str
    seconds: float


def filings_read(count: int) -> tuple[list[list[FileRecord]], float]:
    """Read this many honest filings; gives their records and the seconds."""
    with tempfile.TemporaryDirectory() as folder:
        folders = [FilingFolder(Clerk(SEED + at).filing(), Path(folder) / str(at)).write().path for at in range(count)]
        begin = time.process_time()
        read = [
            [read_file(path, f"{folder.name}/{path.name}") for path in sorted(folder.iterdir())] for folder in folders
        ]
        return read, time.process_time() - begin


def copied(read: Sequence[Sequence[FileRecord]], count: int, *, year: int = 2023) -> list[FileRecord]:
    """Records of this many filings, each under a name of its own; they share their cells, which nobody changes."""
    copies = []
    for number in range(count):
        for record in read[number % len(read)]:
            submissions = [_renamed(submission, number, year) for submission in record.submissions]
            copies.append(replace(record, path=f"{year}/{number}/{record.path}", submissions=submissions))
    return copies


def _renamed(submission: Submission, number: int, year: int) -> Submission:
    path = f"{year}/{number}/{submission.path}"
    name = f"{submission.department}{number}"
    values = dict(submission.values)
    for key in TEXTS.intersection(values):
        filed = values[key]
        values[key] = structs.replace(filed, value=f"{filed.value}（{year}年）" if filed.value else filed.value)
    return replace(
        submission,
        id=f"{path}#{submission.sheet}",
        path=path,
        department=name,
        filing=f"{name}（2023）",
        year=year,
        values=values,
    )


def timed(action: Callable[[], object]) -> float:
    """Seconds a call takes."""
    begin = time.process_time()
    action()
    return time.process_time() - begin


def costs(records: Sequence[FileRecord], prior: Sequence[FileRecord]) -> tuple[list[Cost], list[Cost]]:
    """The cost of each rule, and of the steps around the rules."""
    terms = Terms(prior=tuple(submission for record in prior for submission in record.submissions))
    begin = time.process_time()
    inputs: RuleInputs = prepare_inputs(records, terms)
    around = [Cost("数据成表", time.process_time() - begin)]
    drafts: list[DraftFinding] = []
    around.append(
        Cost(
            "读取时发现的问题", timed(lambda: drafts.extend(reading_findings(records, inputs.scopes, inputs.profiles)))
        )
    )
    each = _by_value(inputs, drafts)
    judges, rest = _judges(records, inputs, drafts)
    each += judges
    around.append(Cost("文字规则的问题清单", rest))
    around.append(Cost("去掉重复的问题", timed(lambda: drop_silenced(drafts))))
    around.append(Cost("重算得分", timed(lambda: scores_of(inputs.scopes, inputs.profiles))))
    result = replace(audit(records, terms), findings=[draft.finding for draft in drafts])
    around.append(Cost("抽查建议", timed(lambda: ranked(result))))
    return each, around


def _by_value(inputs: RuleInputs, drafts: list[DraftFinding]) -> list[Cost]:
    """The cost of each rule that is an expression."""
    rules = (rule for rule in RULES.values() if rule.checks)
    return [Cost(rule.code, timed(lambda rule=rule: drafts.extend(run_rules([rule], inputs)))) for rule in rules]  # type: ignore[misc]


def _judges(records: Sequence[FileRecord], inputs: RuleInputs, drafts: list[DraftFinding]) -> tuple[list[Cost], float]:
    """The cost of each rule that is a function, called filing by filing as in an audit, and of their findings."""
    spent: dict[str, float] = defaultdict(float)

    def clocked(code: str, judge: Callable[[Any], Iterable[Hit]] | None) -> Any:
        def asked(given: Any) -> list[Hit]:
            begin = time.process_time()
            hits = [] if judge is None else list(judge(given))
            spent[code] += time.process_time() - begin
            return hits

        return judge and asked

    rules = [
        replace(rule, judge=clocked(rule.code, rule.judge), batch_judge=clocked(rule.code, rule.batch_judge))
        for rule in RULES.values()
        if not rule.checks
    ]
    shared = replace(RULES["A2-17"], judge=clocked(SHARED, _read_texts))
    whole = timed(lambda: drafts.extend(run_rules([shared, *rules], inputs)))
    whole += timed(lambda: drafts.extend(run_comparing_rules(rules, records, inputs.filed.excerpts)))
    return [Cost(code, seconds) for code, seconds in spent.items()], whole - sum(spent.values())


def _read_texts(filing: FilingView) -> list[Hit]:
    """Read the sentences and figures of goals and achievements, which are cached for all rules on them."""
    for view in filing.forms:
        for key in (review.goal.key, review.achievement.key):
            split_sentences(view.text(key))
            figures_in(view.text(key))
    return []


def table(parts: Sequence[Cost], filings: int, reading: float) -> str:
    """A line a part: microseconds a filing, its share of all of these parts, and the share of reading a filing."""
    total = sum(part.seconds for part in parts)
    lines = ["| 规则 | 微秒/份 | 占合计 | 占读取 |", "|---|--:|--:|--:|"]
    for part in sorted(parts, key=lambda part: -part.seconds)[:SHOWN]:
        each = part.seconds / filings
        lines.append(f"| {part.name} | {each * 1e6:.1f} | {part.seconds / total:.1%} | {each / reading:.3%} |")
    return "\n".join(lines)


def dear(parts: Sequence[Cost]) -> str:
    """The rules that cost more than their share of all rules, in words."""
    total = sum(part.seconds for part in parts)
    names = [part.name for part in parts if part.seconds > MOST * total and part.name != SHARED]
    return f"超过全部规则十分之一的：{'、'.join(names) or '没有'}"


def main(asked: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--filings", type=int, default=FILINGS)
    parser.add_argument("--written", type=int, default=WRITTEN)
    parser.add_argument("--memory", action="store_true", help="trace the memory of the rules (slower)")
    arguments = parser.parse_args(asked)
    read, seconds = filings_read(arguments.written)
    reading = seconds / len(read)
    records, prior = copied(read, arguments.filings), copied(read, arguments.filings, year=2022)
    forms = sum(len(record.submissions) for record in records)
    print(f"{arguments.filings} 份报送，{forms} 张表；读取一份 {reading * 1e3:.1f} 毫秒")
    if arguments.memory:
        tracemalloc.start()
    with relaxed_gc():  # as workers do who judge
        each, around = costs(records, prior)
    if arguments.memory:
        print(f"规则占用内存最多 {tracemalloc.get_traced_memory()[1] / 2**20:.0f} MB")
    for title, parts in (("全部规则", each), ("规则以外", around)):
        total = sum(part.seconds for part in parts)
        share = total / arguments.filings / reading
        print(f"\n{title}：{total:.1f} 秒，{total / arguments.filings * 1e6:.0f} 微秒/份，占读取 {share:.2%}\n")
        print(table(parts, arguments.filings, reading))
    print(f"\n{dear(each)}")


if __name__ == "__main__":
    main()
