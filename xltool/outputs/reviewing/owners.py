"""Whose each file is: that of the filing it was read into, also for a file that could not be read."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from xltool.reader.records import unread_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xltool.auditing.result import Audit
    from xltool.roster.inbox import Inbox


def filings_by_path(audit: Audit, inbox: Inbox | None) -> dict[str, str]:
    """The filing of each file: that of the last of its forms, or of its narrative report.

    A file that could not be read belongs to the department that it is of by the roster, else to the filing that lies in
    the same folder, or in the nearest folder above with a filing. It belongs to none where several lie there.
    """
    narrative_reports = (narrative_report for record in audit.records for narrative_report in record.narrative_reports)
    owners = {narrative_report.path: narrative_report.filing for narrative_report in narrative_reports}
    owners |= {submission.path: submission.filing for submission in audit.submissions}
    unread = unread_of(audit.records)
    if unread and inbox is not None:
        owners |= {path: account.filing for account in inbox.accounts for path in account.unread}
    if unread:
        by_folder = _filings_by_folder(owners)
        owners |= {path: filing for path in unread if path not in owners and (filing := _neighbour(path, by_folder))}
    return owners


def _filings_by_folder(owners: Mapping[str, str]) -> dict[str, set[str]]:
    """The filings below each folder."""
    by_folder: dict[str, set[str]] = defaultdict(set)
    for path, filing in owners.items():
        for folder in _folders(path):
            by_folder[folder].add(filing)
    return by_folder


def _neighbour(path: str, by_folder: Mapping[str, set[str]]) -> str:
    """The only filing of the nearest folder that has any, but for the root; "" where there are several."""
    filings = next((by_folder[folder] for folder in _folders(path) if folder in by_folder), set())
    return next(iter(filings)) if len(filings) == 1 else ""


def _folders(path: str) -> Iterator[str]:
    """The folders of a path from the inside out, without the root; an archive is a folder."""
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
