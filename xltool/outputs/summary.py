"""The counts of a run, which the terminal shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from xltool.findings import Severity
from xltool.outputs.coverage import coverage_line
from xltool.reader.records import unread_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xltool.auditing.result import Audit
    from xltool.roster.inbox import Inbox

_COUNTED: Final = (
    "read", "skipped", "refused", "filings", "forms", "errors", "warnings", "infos", "exempted", "audited",
    "unread_errors",
)  # fmt: skip
NAMED: Final = 10
"""The most files that one line names."""


@dataclass(frozen=True)
class RunCounts:
    """Counts of a run: files by status, filings, forms, and findings by severity."""

    read: int
    skipped: int
    refused: int
    filings: int
    forms: int
    errors: int
    warnings: int
    infos: int
    exempted: int = 0
    """Findings of any severity that an exemption covers."""
    audited: int = 0
    """Files with forms or a narrative report."""
    unread: tuple[str, ...] = ()
    """The first refused files, as many as one line names."""
    unread_errors: int = 0
    """Errors about refused files."""
    coverage: str = ""
    """What became of the rules in all filings together, in words."""
    departments: tuple[tuple[str, int], ...] = ()
    """With a roster: the number of departments by what came in of them (已报齐, 部分报送 …)."""

    @classmethod
    def total(cls, counts: Mapping[str, Self]) -> Self:
        """The counts of several runs together, by their names."""
        numbers = {name: sum(getattr(each, name) for each in counts.values()) for name in _COUNTED}
        unread = [f"{name}/{path}" for name, each in counts.items() for path in each.unread]
        departments = Counter[str]()
        for each in counts.values():
            departments.update(dict(each.departments))
        return cls(**numbers, unread=tuple(unread[:NAMED]), departments=tuple(sorted(departments.items())))

    @classmethod
    def of(cls, audit: Audit, inbox: Inbox | None = None) -> Self:
        """Count an audit, and what came in of the departments of a roster."""
        statuses = Counter(account.status for account in inbox.accounts) if inbox else {}
        states = Counter(record.status for record in audit.records)
        filings = {submission.filing for submission in audit.submissions}
        unread = unread_of(audit.records)
        paths = set(unread)
        severities, exempted, unread_errors = Counter[str](), 0, 0
        for finding in audit.findings:  # once: a stored audit reads them from disk
            severities[finding.severity.value] += 1
            exempted += finding.exemption is not None
            unread_errors += finding.severity is Severity.ERROR and finding.path in paths
        return cls(
            read=states["read"],
            skipped=states["skipped"],
            refused=states["refused"],
            filings=len(filings),
            forms=len(audit.submissions),
            errors=severities["error"],
            warnings=severities["warning"],
            infos=severities["info"],
            exempted=exempted,
            audited=sum(bool(record.submissions or record.narrative_reports) for record in audit.records),
            unread=tuple(unread[:NAMED]),
            unread_errors=unread_errors,
            coverage=coverage_line(audit.coverage) if audit.coverage else "",
            departments=tuple(sorted(statuses.items())),
        )
