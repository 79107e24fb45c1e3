"""Builds the review of an audit: all that the outputs for the desk show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

from xltool.auditing.plausibility.ranking import ranked
from xltool.findings import Severity
from xltool.forms import FORMS, base_data, review
from xltool.outputs.charts import draw_picture, drawn_submission
from xltool.outputs.model import (
    FileRow,
    FileStatus,
    FilingRow,
    Picture,
    Recomputed,
    Review,
    ReviewContext,
    RuleRow,
    Tables,
)
from xltool.outputs.reviewing.plain import plain_review
from xltool.params import DEFAULT
from xltool.reader.notation.tokens import State
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.expr.nodes import Field
    from xltool.outputs.model import Plain
    from xltool.reader.records import Submission


_DETAILS: Final = {
    "项目明细": (base_data.PROJECTS, [column.key for column in base_data.projects.inputs]),
    "指标明细": (review.INDICATORS, [column.key for column in review.indicators.inputs]),
}
"""The table and its columns of each sheet of rows."""


def review_of(audit: Audit, *, root: Path | None, made_at: datetime, context: ReviewContext | None = None) -> Review:
    """Build the review of an audit; paths are relative to the folder `root`."""
    context = context or ReviewContext()
    plain = plain_review(audit, made_at=made_at, context=context)
    counts = _FindingCounts.of(audit, {path: row.id for row in plain.filings for path in row.files})
    return replace(
        plain,
        filings=tuple(counts.with_counts(row) for row in plain.filings),
        files=tuple(FileRow(record.path, FileStatus(record.status), record.reason) for record in audit.records),
        tables=_tables(audit),
        rules=counts.rules,
        root=root,
        pictures=_Pictures(audit),
        sheets={submission.id: _LazyFormSheet(submission) for submission in audit.submissions},
        outside=counts.paths - {record.path for record in audit.records},
        profiles=_profiles(audit),
        spot_checks=tuple(ranked(audit) if context.spot_checks is None else context.spot_checks),
        coverage={coverage.filing: coverage for coverage in audit.coverage},
    )


@dataclass(frozen=True)
class _FindingCounts:
    """Counts of findings, which are gone through once."""

    severities: Mapping[str, Counter[Severity]]
    """By the id of the filing; those of files that belong to no filing under ""."""
    by_rule: Counter[str]
    filings: Mapping[str, set[str]]
    """The filings that each rule hit, or the files that belong to no filing."""
    paths: frozenset[str]

    @classmethod
    def of(cls, audit: Audit, by_path: Mapping[str, str]) -> Self:
        """Count the findings of an audit; `by_path` has the filing of each file."""
        filing_of = {submission.id: submission.filing for submission in audit.submissions}
        severities: dict[str, Counter[Severity]] = defaultdict(Counter)
        by_rule: Counter[str] = Counter()
        filings: dict[str, set[str]] = defaultdict(set)
        paths: set[str] = set()
        for finding in audit.findings:
            filing = filing_of.get(finding.submission or "", by_path.get(finding.path, ""))
            severities[filing][finding.severity] += 1
            by_rule[finding.rule] += 1
            filings[finding.rule].add(filing or finding.path)
            paths.add(finding.path)
        return cls(severities, by_rule, filings, frozenset(paths))

    def with_counts(self, row: FilingRow) -> FilingRow:
        """The row of a filing with the numbers of its findings."""
        counts = self.severities.get(row.id, Counter())
        return replace(
            row, errors=counts[Severity.ERROR], warnings=counts[Severity.WARNING], infos=counts[Severity.INFO]
        )

    @property
    def rules(self) -> tuple[RuleRow, ...]:
        """The rules that hit, the most frequent first."""
        return tuple(
            RuleRow(code, rule.title, rule.severity.label, rule.basis, count, len(self.filings[code]))
            for code, count in sorted(self.by_rule.items(), key=lambda pair: (-pair[1], pair[0]))
            for rule in (RULES[code],)
        )


class _LazyFormSheet:
    """The sheet of a submission, whose cells are read when they are asked for."""

    def __init__(self, submission: Submission) -> None:
        self._submission = submission
        self.path, self.name = submission.path, submission.sheet

    @property
    def surroundings(self) -> bytes:
        return self._submission.surroundings

    @property
    def places(self) -> Mapping[str, tuple[str, str]]:
        return self._submission.places


class _Pictures(Mapping[str, Picture]):
    """The pictures of filings by the id of the filing, drawn when they are asked for."""

    def __init__(self, audit: Audit) -> None:
        self._audit, self._groups = audit, _groups(audit)
        drawn = {key: drawn_submission(same) for key, same in self._groups.items()}
        self._drawn = {key: submission for key, submission in drawn.items() if submission is not None}

    def __getitem__(self, filing: str) -> Picture:
        return draw_picture(self._groups[filing], self._drawn[filing], self._audit)

    def __iter__(self) -> Iterator[str]:
        return iter(self._drawn)

    def __len__(self) -> int:
        return len(self._drawn)


def _profiles(audit: Audit) -> dict[str, int]:
    pairs = {(submission.filing, audit.profiles[submission.id].name) for submission in audit.submissions}
    counts = Counter(name for _, name in pairs if name != DEFAULT.name)
    return dict(sorted(counts.items()))


def _groups(audit: Audit) -> dict[str, list[Submission]]:
    groups: dict[str, list[Submission]] = defaultdict(list)
    for submission in audit.submissions:
        groups[submission.filing].append(submission)
    return groups


@dataclass(frozen=True)
class _DataRows:
    """Rows of the sheets of data, read submission by submission each time they are gone through.

    A formula that was never calculated gives the recomputed value, and the row says how many there are.
    """

    audit: Audit

    def __iter__(self) -> Iterator[tuple[str, Sequence[Plain]]]:
        for submission in self.audit.submissions:
            place = [submission.full_department, submission.path, submission.sheet]
            values = [self._value(submission, item) for item in FORMS[submission.form].fields.values()]
            count = sum(isinstance(value, Recomputed) for value in values)
            yield submission.form, [*place, f"{count} 格由程序重算（蓝底）" if count else None, *values]
            whose = [submission.full_department, submission.form, submission.project, submission.path]
            rows = submission.rows
            for name, (table, columns) in _DETAILS.items():
                for row in rows:
                    if row.table == table:
                        yield name, [*whose, *map(row.value, columns)]

    def _value(self, submission: Submission, item: Field) -> Plain:
        """The filed value of a field, or the recomputed one where there is none because nothing calculated it."""
        filed = submission.values.get(item.key)
        if filed is None or filed.state is not State.NOT_CALCULATED:
            return submission.value(item.key)
        number = self.audit.recomputed(submission, item)
        return None if number is None else Recomputed(number)


def _tables(audit: Audit) -> Tables:
    """A sheet of data for each form, and for each table of rows."""
    heads = {key: ["单位", "文件", "工作表", "未重算的公式", *form.fields] for key, form in FORMS.items()}
    heads |= {name: ["单位", "表", "项目", "文件", *columns] for name, (_, columns) in _DETAILS.items()}
    return Tables(heads, _DataRows(audit))
