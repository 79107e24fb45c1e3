"""The record of a run: by which version, when, and of which files and terms its results were made (contract §4)."""

from __future__ import annotations

import json
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
    """The member `run`, with its own digest; the digest of a file that was not opened is null."""
    record = _record(records, digests, made_at)
    return {"run": record | {"digest": _digest(record)}}


def run_digest(records: Sequence[FileRecord], digests: SideDigests, made_at: datetime) -> str:
    """The digest of the record of a run, which officers' decisions name."""
    return _digest(_record(records, digests, made_at))


def _record(records: Sequence[FileRecord], digests: SideDigests, made_at: datetime) -> dict[str, Any]:
    inputs = [{"path": record.path, "sha256": record.sha256 or None} for record in records]
    return {"version": VERSION, "time": made_at.isoformat(), "inputs": inputs} | asdict(digests)


def _digest(record: dict[str, Any]) -> str:
    """SHA-256 of a record as JSON without blanks, its members in their order."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    import hashlib  # noqa: PLC0415 - it loads OpenSSL, which the parent of workers need not

    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
