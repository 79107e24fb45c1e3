"""What a review says, as plain data: the same for the workbook, the page and their tests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    import pandas as pd

    from xltool.auditing import Audit
    from xltool.findings import Finding


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
        )


class Status(StrEnum):
    """What became of a file."""

    READ = "read"
    SKIPPED = "skipped"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The word users read."""
        return {"read": "已读取", "skipped": "已跳过", "refused": "已拒绝"}[self.value]


@dataclass(frozen=True)
class Origin:
    """Whose a submission is; `filing` is the id of its row in the overview."""

    department: str
    form: str
    project: str | None = None
    filing: str | None = None


@dataclass(frozen=True)
class FilingRow:
    """One department's filing; `forms` counts its submissions by form, `files` are relative to the root."""

    id: str
    department: str
    year: int | None = None
    forms: Mapping[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    score_filed: float | None = None
    score_recomputed: float | None = None
    grade: str | None = None
    execution_rate: float | None = None
    control_rate: float | None = None
    errors: int = 0
    warnings: int = 0
    infos: int = 0


@dataclass(frozen=True)
class FileRow:
    """One file looked at; the reason says why it was skipped or refused."""

    path: str
    status: Status
    reason: str = ""


@dataclass(frozen=True)
class RuleRow:
    """How often a rule was hit, and on how many filings; `severity` is the word users read."""

    code: str
    title: str
    severity: str
    basis: str
    hits: int = 0
    filings: int = 0


@dataclass(frozen=True)
class Review:
    """A whole review; findings and filings stand in the order they are shown in.

    `submissions` maps the ids findings carry, `tables` the names of data sheets; `root` is the
    folder all paths are relative to (None: no links). `made_at` is the only time in an output.
    """

    title: str
    made_at: datetime
    year: int | None = None
    filings: tuple[FilingRow, ...] = ()
    files: tuple[FileRow, ...] = ()
    findings: tuple[Finding, ...] = ()
    submissions: Mapping[str, Origin] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    rules: tuple[RuleRow, ...] = ()
    root: Path | None = None
