"""The record of a run: by which version, when, and of which files and terms its results were made (contract §4)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from xltool.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from xltool.reader.records import FileRecord


@dataclass(frozen=True)
class SideDigests:
    """The SHA-256 of each thing that a run was given besides the filings; None for what was not given.

    That of a folder is the SHA-256 of the list of its files (`storage.digests`). `due` and `refile_by`
    are the days themselves.
    """

    roster: str | None = None
    profile: str | None = None
    exemptions: str | None = None
    prior: str | None = None
    prior_review: str | None = None
    due: str | None = None
    refile_by: str | None = None


def run_json(records: Sequence[FileRecord], digests: SideDigests, made_at: datetime) -> dict[str, Any]:
    """The member `run`; the digest of a file that was not opened is null."""
    inputs = [{"path": record.path, "sha256": record.sha256 or None} for record in records]
    return {"run": {"version": VERSION, "time": made_at.isoformat(), "inputs": inputs} | asdict(digests)}
