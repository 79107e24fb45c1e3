"""What became of the findings and cells of the last review; `comparison` finds it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a finding or a cell since the last review."""

    RESOLVED = "已整改"
    ACCEPTED = "已认可"
    EXPLAINED = "已说明"
    UNRESOLVED = "未整改"
    NOT_RESUBMITTED = "未重报"
    NEW = "新增问题"
    UNREQUESTED = "未要求的改动"


@dataclass(frozen=True)
class Step:
    """One line of the second round: what, where (now, else then), and both values."""

    became: Outcome
    filing: str
    department: str
    form: str
    project: str
    path: str
    sheet: str | None
    cell: str | None
    item: str
    before: str | None
    after: str | None
    rule: str | None
    message: str
    explanation: str | None = None
    """What the department wrote on it."""
