"""Divide what a worker cannot judge, until the filing or the form that cannot be judged stands alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isqrt
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from xltool.auditing.portions import filing_groups, filings_of
from xltool.batches.attempts import Failure, run_attempts
from xltool.batches.judging_tasks import ComparingTask, CrossFilingResult, compare_filings, judge_files
from xltool.batches.progress import LazyTasks, announced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.auditing.result import KeyedFinding
    from xltool.batches.judging_tasks import JudgingTask, TaskBuilder
    from xltool.batches.progress import Progress
    from xltool.batches.reading import Workers
    from xltool.batches.store.audit import AuditWriter
    from xltool.reader.records import FileRecord

FEW: Final = 16
"""Up to so many filings are tried one by one; more are divided into as many parts as each part has filings."""
SHARE: Final = 4
"""Several filings together have this fraction of the time of a file, since they can be divided."""
PER_FILE: Final = 0.05
"""Seconds for each file that comparing all filings may take, on top of those for a file; it needs a twentieth of it."""
NOT_COMPARED: Final = "各单位之间的比对未能完成（{reason}），这次结果中没有单位之间文字雷同的问题"

_Item = TypeVar("_Item")


def judge_divided(
    workers: Workers,
    parts: list[list[FileRecord]],
    *,
    tasks: TaskBuilder,
    writer: AuditWriter,
    progress: Progress,
) -> bool:
    """Judge parts, filings whole, and store the verdicts; returns whether everything was judged.

    A part that fails is divided, until each filing that fails stands alone.
    """
    is_complete = True
    while parts:
        groups = [filing_groups(part) for part in parts]
        seconds = [None if len(filings) == 1 else workers.limits.seconds / SHARE for filings in groups]
        failed: dict[int, Failure] = {}
        names = [_name_of(part) for part in parts]
        lazy = announced(LazyTasks(parts, tasks.task), names.__getitem__, progress)
        for number, answer in run_attempts(workers, judge_files, lazy, seconds=seconds.__getitem__):
            if isinstance(answer, Failure):
                failed[number] = answer
            else:
                writer.add_verdicts(answer)
                progress(len(parts[number]), names[number])
        parts = []
        for number in sorted(failed):
            is_complete = False
            for filing in groups[number]:
                tasks.check_profiles(filing)
            if len(groups[number]) == 1:
                _judge_filing(workers, groups[number][0], failed[number], tasks=tasks, writer=writer)
                progress(len(groups[number][0]), names[number])
            else:
                progress(0, names[number])
                parts += [[record for filing in some for record in filing] for some in divide(groups[number])]
    return is_complete


def _name_of(part: list[FileRecord]) -> str:
    """A part as the user knows it: by its first file."""
    return part[0].path if len(part) == 1 else f"{part[0].path} 等 {len(part)} 个文件"


def _judge_filing(
    workers: Workers, records: list[FileRecord], failure: Failure, *, tasks: TaskBuilder, writer: AuditWriter
) -> None:
    """Judge a filing that fails as a whole: without last year, then without the forms that fail, then form by form."""
    from xltool.auditing import unjudged  # noqa: PLC0415 - rules are imported here only where something fails
    from xltool.auditing.coverage import late  # noqa: PLC0415 - likewise

    filings = {filing for record in records for filing in filings_of(record)}
    writer.unjudged |= filings
    if tasks.task(records).compared:
        (answer,) = _judge_each(workers, [tasks.task_without_prior(records)])
        if not isinstance(answer, Failure):
            writer.add_parts([answer], [unjudged.unjudged_part(records, unjudged.WITH_LAST_YEAR, failure.reason)])
            writer.add_changes(late.not_compared_with_last_year(filings))
            return
    writer.add_changes(late.not_judged(filings))
    forms = [form for record in records for form in _forms(record)]
    answers = _judge_each(workers, [tasks.task([form]) for form in forms])
    culprits = [(form, answer) for form, answer in zip(forms, answers, strict=True) if isinstance(answer, Failure)]
    findings = [_finding_on(form, reason) for form, reason in culprits]
    rest: bytes | Failure = failure
    if culprits:
        (rest,) = _judge_each(workers, [tasks.task(_without(records, [form for form, _ in culprits]))])
    if not isinstance(rest, Failure):
        writer.add_parts([rest], findings)
        return
    bare = [replace(record, submissions=[], narrative_reports=[]) for record in records]
    on_files = _judge_each(workers, [tasks.task([record]) for record in bare])
    findings += [
        _finding_on(file, answer) for file, answer in zip(bare, on_files, strict=True) if isinstance(answer, Failure)
    ]
    findings.append(unjudged.unjudged_part(records, unjudged.BETWEEN_FORMS, rest.reason))
    writer.add_parts([answer for answer in (*answers, *on_files) if not isinstance(answer, Failure)], findings)


def _judge_each(workers: Workers, tasks: Sequence[JudgingTask]) -> list[bytes | Failure]:
    answers = dict(run_attempts(workers, judge_files, tasks))
    return [answers[number] for number in range(len(tasks))]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How comparing all filings went."""

    is_complete: bool = True
    messages: tuple[str, ...] = ()
    """Lines for the user where some or all could not be compared."""


def compare_divided(workers: Workers, records: Sequence[FileRecord], *, writer: AuditWriter) -> Comparison:
    """Compare all filings that were judged, without those that break the comparison, and store what comes of it."""
    comparing = _Comparing(
        workers, ComparingTask(writer.commit(), frozenset(writer.met), frozenset(writer.unjudged)), len(records)
    )
    (answer,) = comparing.compare([None])
    if not isinstance(answer, Failure):
        result = msgspec.msgpack.decode(answer, type=CrossFilingResult)
        writer.add_late(result.findings, bytes(result.spot_checks))
        writer.add_changes(result.changes)
        return Comparison()
    from xltool.auditing.coverage import late  # noqa: PLC0415 - rules are imported here only where something fails

    filing_of = {submission.filing: record for record in reversed(records) for submission in record.submissions}
    filings = list(dict.fromkeys(submission.filing for record in records for submission in record.submissions))
    culprits = comparing.find_culprits(filings)
    on_culprits = [_finding_on_comparing(filing_of[name], culprits[name]) for name in sorted(culprits)]
    messages = []
    writer.add_changes(late.broke_off_comparing(culprits))
    (answer,) = comparing.compare([frozenset(filings) - frozenset(culprits)])
    if isinstance(answer, Failure):
        messages.append(NOT_COMPARED.format(reason=answer.reason))
        writer.add_changes(late.not_compared(filings))
        (answer,) = comparing.compare([frozenset()])
    if isinstance(answer, Failure):
        messages.append(NOT_COMPARED.format(reason=answer.reason))
        writer.add_late(on_culprits)
    else:
        result = msgspec.msgpack.decode(answer, type=CrossFilingResult)
        writer.add_late([*result.findings, *on_culprits], bytes(result.spot_checks))
        writer.add_changes(result.changes)
    return Comparison(is_complete=False, messages=tuple(dict.fromkeys(messages)))


@dataclass(frozen=True, slots=True)
class _Comparing:
    """Comparisons of filings of one audit, of all of them or of some."""

    workers: Workers
    task: ComparingTask
    files: int

    def compare(self, selections: Sequence[frozenset[str] | None]) -> list[bytes | Failure]:
        """Compare the filings of each selection; None means all."""
        tasks = [replace(self.task, filings=filings) for filings in selections]
        seconds = self.workers.limits.seconds + PER_FILE * self.files
        answers = dict(run_attempts(self.workers, compare_filings, tasks, seconds=lambda _: seconds))
        return [answers[number] for number in range(len(tasks))]

    def find_culprits(self, filings: list[str]) -> dict[str, Failure]:
        """The filings that cannot be compared even with themselves, and why."""
        culprits: dict[str, Failure] = {}
        parts = divide(filings)
        while parts:
            answers = self.compare([frozenset(part) for part in parts])
            failed = [
                (part, answer) for part, answer in zip(parts, answers, strict=True) if isinstance(answer, Failure)
            ]
            culprits.update((part[0], failure) for part, failure in failed if len(part) == 1)
            parts = [smaller for part, _ in failed if len(part) > 1 for smaller in divide(part)]
        return culprits


def divide(items: Sequence[_Item]) -> list[Sequence[_Item]]:
    """Divide items into parts; few items are divided into parts of one."""
    size = 1 if len(items) <= FEW else isqrt(len(items))
    return [items[start : start + size] for start in range(0, len(items), size)]


def _forms(record: FileRecord) -> list[FileRecord]:
    """Each form and each narrative report of a file, as if there were nothing else in it."""
    forms = [
        replace(record, submissions=[submission], narrative_reports=[], notes=[]) for submission in record.submissions
    ]
    return forms + [
        replace(record, submissions=[], narrative_reports=[report], notes=[]) for report in record.narrative_reports
    ]


def _without(records: Sequence[FileRecord], forms: Sequence[FileRecord]) -> list[FileRecord]:
    """The files without some of their forms and narrative reports."""
    removed = {id(part) for form in forms for part in (*form.submissions, *form.narrative_reports)}
    return [
        replace(
            record,
            submissions=[submission for submission in record.submissions if id(submission) not in removed],
            narrative_reports=[report for report in record.narrative_reports if id(report) not in removed],
        )
        for record in records
    ]


def _finding_on(form: FileRecord, failure: Failure) -> KeyedFinding:
    """The finding on a form, a narrative report or a file that cannot be judged."""
    from xltool.auditing.unjudged import WHOLE_FILE, unjudged_form, unjudged_part  # noqa: PLC0415 - as above

    if form.submissions:
        return unjudged_form(form, form.submissions[0], failure.reason)
    return unjudged_part([form], WHOLE_FILE, failure.reason)


def _finding_on_comparing(record: FileRecord, failure: Failure) -> KeyedFinding:
    from xltool.auditing.unjudged import WITH_OTHERS, unjudged_part  # noqa: PLC0415 - as above

    return unjudged_part([record], WITH_OTHERS, failure.reason)
