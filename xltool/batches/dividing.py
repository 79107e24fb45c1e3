"""Judging under supervision: what a worker cannot judge is divided until the filing, then the form, stands by itself.

A worker has as long as for reading a file, and as much memory. One that ends without a verdict, whatever the reason,
costs what could not be judged: that is left out and named in a finding, and all else has its verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isqrt
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from xltool.auditing.material import lots, portions
from xltool.auditing.unjudged import (
    BETWEEN_FORMS,
    WHOLE_FILE,
    WITH_LAST_YEAR,
    WITH_OTHERS,
    Keyed,
    unjudged_form,
    unjudged_part,
)
from xltool.batches.attempts import Failure, attempted
from xltool.batches.judging import Across, InMemory, Portions, Whole, judge_portion, judge_whole
from xltool.batches.products import LazyTasks
from xltool.batches.store.audit import NAME, AuditStore, AuditWriter, Where
from xltool.batches.store.form_cache import stub_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.auditing.plausibility.ranking import Ranked
    from xltool.auditing.result import Audit
    from xltool.auditing.terms import Terms
    from xltool.batches.judging import Keeping, Portion
    from xltool.batches.reading import Workers
    from xltool.reader.records import FileRecord

FEW: Final = 16
"""So many filings are tried one by one; more are divided into as many parts as each then has filings."""
SHARE: Final = 4
"""Several filings together have one part in so many of the time of a file: they can be divided."""
PER_FILE: Final = 0.05
"""Seconds, on top of those of a file, that comparing all filings may take for each; it takes a twentieth of that."""
NOT_COMPARED: Final = "各单位之间的比对未能完成（{reason}），这次结果中没有单位之间文字雷同的问题"

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Audited:
    """A finished audit: where it lies, the filings to read first, and lines on what could not be judged at all.

    It is `complete` where everything was judged: what was not may be another time, or with more of it.
    """

    where: Where
    spot_checks: tuple[Ranked, ...]
    notices: tuple[str, ...] = ()
    complete: bool = True


def judge(
    workers: Workers, kept: Keeping, records: Sequence[FileRecord], terms: Terms, before: Sequence[FileRecord]
) -> Audited:
    """The audit of kept records, written down in the workers's folder; `before` are last year's, which `terms` name.

    Raises ValueError for a profile that a roster names and nobody knows, OSError where nothing can be written.
    """
    with AuditWriter(workers.folder / NAME, kept.path, replace(terms, prior=())) as book:
        slips = [stub_of(record) for record in records]
        book.slips(slips, kept.places(slip.key for slip in slips if slip.key))
        judging = _Judging(workers, book, Portions(kept, terms, before))
        judging.judge(list(portions(records)))
        across = judging.compare(records)
        return Audited(book.written(), tuple(across.spot_checks), tuple(judging.notices), judging.complete)


def audit_in_memory(
    workers: Workers,
    records: Sequence[FileRecord],
    terms: Terms,
    before: Sequence[FileRecord] = (),
    *,
    kept: Keeping | None = None,
) -> Audit:
    """The audit of records, in memory; raises as `judge`. `kept` has the cells of those that are not in memory."""
    audited = judge(workers, kept or InMemory(workers.folder), records, terms, before)
    with AuditStore(audited.where) as ledger:
        result = ledger.audit(records)
        return replace(result, findings=list(result.findings), keys=list(result.keys))


class _Judging:
    """One audit being made: verdicts go into the ledger as they come."""

    def __init__(self, workers: Workers, book: AuditWriter, tasks: Portions) -> None:
        self._crew, self._book, self._tasks = workers, book, tasks
        self.complete = True
        self.notices: list[str] = []

    def judge(self, pieces: list[list[FileRecord]]) -> None:
        """Judge pieces, filings whole; one that cannot be judged is divided until each filing stands by itself."""
        while pieces:
            filings = [lots(piece) for piece in pieces]
            failed: dict[int, Failure] = {}
            answers = attempted(
                self._crew,
                judge_portion,
                LazyTasks(pieces, self._tasks.task),
                allowed=lambda number, filings=filings: self._seconds(len(filings[number])),  # type: ignore[misc]
            )
            for number, answer in answers:
                if isinstance(answer, Failure):
                    failed[number] = answer
                else:
                    self._book.judged(answer)
            pieces = []
            for number in sorted(failed):
                self.complete = False
                for filing in filings[number]:
                    self._tasks.check_profiles(filing)
                if len(filings[number]) == 1:
                    self._judge_filing(filings[number][0], failed[number])
                else:
                    pieces += [[record for filing in some for record in filing] for some in divided(filings[number])]

    def _seconds(self, filings: int) -> float | None:
        return None if filings == 1 else self._crew.limits.seconds / SHARE

    def _judge_filing(self, records: list[FileRecord], failure: Failure) -> None:
        """Judge a filing that cannot be judged as it is."""
        if self._tasks.task(records).compared:
            (answer,) = self._tried([self._tasks.without_last_year(records)])
            if not isinstance(answer, Failure):
                self._book.judged_in_parts([answer], [unjudged_part(records, WITH_LAST_YEAR, failure.reason)])
                return
        forms = [form for record in records for form in _forms(record)]
        answers = self._tried([self._tasks.task([form]) for form in forms])
        culprits = [(form, answer) for form, answer in zip(forms, answers, strict=True) if isinstance(answer, Failure)]
        unjudged = [_named(form, reason) for form, reason in culprits]
        rest: bytes | Failure = failure
        if culprits:
            (rest,) = self._tried([self._tasks.task(_without(records, [form for form, _ in culprits]))])
        if not isinstance(rest, Failure):
            self._book.judged_in_parts([rest], unjudged)
            return
        bare = [replace(record, submissions=[], narrative_reports=[]) for record in records]
        noted = self._tried([self._tasks.task([record]) for record in bare])
        unjudged += [
            _named(file, answer) for file, answer in zip(bare, noted, strict=True) if isinstance(answer, Failure)
        ]
        verdicts = [verdict for verdict in (*answers, *noted) if not isinstance(verdict, Failure)]
        self._book.judged_in_parts(verdicts, [*unjudged, unjudged_part(records, BETWEEN_FORMS, rest.reason)])

    def _tried(self, tasks: Sequence[Portion]) -> list[bytes | Failure]:
        answers = dict(attempted(self._crew, judge_portion, tasks))
        return [answers[number] for number in range(len(tasks))]

    def compare(self, records: Sequence[FileRecord]) -> Across:
        """What only shows across all filings, without those that nothing can be compared with; noted in the ledger."""
        whole = Whole(self._book.written(), frozenset(self._book.met))
        filings = list(dict.fromkeys(submission.filing for record in records for submission in record.submissions))
        (answer,) = self._compared([whole], len(records))
        late: list[Keyed] = []
        if isinstance(answer, Failure):
            self.complete = False
            culprits = self._breaking(whole, filings, len(records))
            by_filing = {submission.filing: record for record in reversed(records) for submission in record.submissions}
            late = [unjudged_part([by_filing[name]], WITH_OTHERS, culprits[name].reason) for name in sorted(culprits)]
            answer = self._without_breaking(whole, frozenset(filings), frozenset(culprits), len(records))
        across = Across([], [])
        if isinstance(answer, Failure):
            self.notices.append(NOT_COMPARED.format(reason=answer.reason))
        else:
            across = msgspec.msgpack.decode(answer, type=Across)
        self._book.late([*across.found, *late])
        return across

    def _without_breaking(
        self, whole: Whole, filings: frozenset[str], culprits: frozenset[str], files: int
    ) -> bytes | Failure:
        """All filings compared but the culprits; where that fails, too, none."""
        (answer,) = self._compared([replace(whole, compared=filings - culprits)], files)
        if isinstance(answer, Failure):
            self.notices.append(NOT_COMPARED.format(reason=answer.reason))
            (answer,) = self._compared([replace(whole, compared=frozenset())], files)
        return answer

    def _breaking(self, whole: Whole, filings: list[str], files: int) -> dict[str, Failure]:
        """The filings that cannot be compared even with themselves, and why."""
        culprits: dict[str, Failure] = {}
        pieces = divided(filings)
        while pieces:
            answers = self._compared([replace(whole, compared=frozenset(piece)) for piece in pieces], files)
            failed = [
                (piece, answer) for piece, answer in zip(pieces, answers, strict=True) if isinstance(answer, Failure)
            ]
            culprits.update((piece[0], failure) for piece, failure in failed if len(piece) == 1)
            pieces = [part for piece, _ in failed if len(piece) > 1 for part in divided(piece)]
        return culprits

    def _compared(self, tasks: Sequence[Whole], files: int) -> list[bytes | Failure]:
        seconds = self._crew.limits.seconds + PER_FILE * files
        answers = dict(attempted(self._crew, judge_whole, tasks, allowed=lambda _: seconds))
        return [answers[number] for number in range(len(tasks))]


def divided(items: Sequence[_Item]) -> list[Sequence[_Item]]:
    """Parts of these, each of one where there are few."""
    size = 1 if len(items) <= FEW else isqrt(len(items))
    return [items[at : at + size] for at in range(0, len(items), size)]


def _forms(record: FileRecord) -> list[FileRecord]:
    """Each form of a file, and each report, as if there were nothing else in it."""
    forms = [
        replace(record, submissions=[submission], narrative_reports=[], notes=[]) for submission in record.submissions
    ]
    return forms + [
        replace(record, submissions=[], narrative_reports=[report], notes=[]) for report in record.narrative_reports
    ]


def _without(records: Sequence[FileRecord], forms: Sequence[FileRecord]) -> list[FileRecord]:
    """The files without some of their forms and reports."""
    gone = {id(part) for form in forms for part in (*form.submissions, *form.narrative_reports)}
    return [
        replace(
            record,
            submissions=[submission for submission in record.submissions if id(submission) not in gone],
            narrative_reports=[report for report in record.narrative_reports if id(report) not in gone],
        )
        for record in records
    ]


def _named(form: FileRecord, failure: Failure) -> Keyed:
    """The finding on a form, a report or a file that cannot be judged."""
    if form.submissions:
        return unjudged_form(form, form.submissions[0], failure.reason)
    return unjudged_part([form], WHOLE_FILE, failure.reason)
