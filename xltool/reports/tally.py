"""A run in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from xltool.auditing.audits import Audit


@dataclass(frozen=True)
class Tally:
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

    @classmethod
    def of(cls, audit: Audit) -> Self:
        """The numbers of an audit."""
        states = Counter(record.status for record in audit.records)
        found = Counter(finding.severity.value for finding in audit.findings)
        filings = {one.filing for one in audit.submissions}
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
        )
