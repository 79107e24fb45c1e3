"""A run in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from xltool.findings import Severity
from xltool.reader.records import unread_of

if TYPE_CHECKING:
    from xltool.auditing.result import Audit

ARCHIVE: Final = "archive"
NAMED: Final = 10
"""Files named in a line."""


@dataclass(frozen=True)
class RunCounts:
    """A run in numbers: files by what became of them, filings and forms, findings by severity."""

    read: int
    skipped: int
    refused: int
    filings: int
    forms: int
    errors: int
    warnings: int
    infos: int
    exempted: int = 0
    """Findings of any severity that were excused."""
    audited: int = 0
    """Files that hold forms or a report."""
    unread: tuple[str, ...] = ()
    """The first of the files refused, as many as a line can name."""
    unread_errors: int = 0
    """Errors that say no more than that a file was refused."""

    @classmethod
    def of(cls, audit: Audit) -> Self:
        """The numbers of an audit."""
        states = Counter(record.status for record in audit.records)
        found = Counter(finding.severity.value for finding in audit.findings)
        filings = {submission.filing for submission in audit.submissions}
        unread = unread_of(audit.records)
        paths = set(unread)
        return cls(
            read=states["read"],
            skipped=states["skipped"],
            refused=states["refused"],
            filings=len(filings),
            forms=len(audit.submissions),
            errors=found["error"],
            warnings=found["warning"],
            infos=found["info"],
            exempted=sum(finding.exemption is not None for finding in audit.findings),
            audited=states["read"] - sum(record.code == ARCHIVE for record in audit.records),
            unread=tuple(unread[:NAMED]),
            unread_errors=sum(
                finding.severity is Severity.ERROR and finding.path in paths for finding in audit.findings
            ),
        )
