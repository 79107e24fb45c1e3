"""Divide records into portions that are judged together, each with whole filings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.reader.records import FileRecord

PORTION: Final = 200
"""Files that are judged together: enough for one frame to cost little a file, and few enough to be held at once."""


class _Group(Struct):
    """Files that share filings, by their numbers, and these filings."""

    files: list[int]
    filings: set[str]


def filings_of(record: FileRecord) -> set[str]:
    """The filings whose forms or narrative reports a file holds."""
    return {submission.filing for submission in record.submissions} | {
        report.filing for report in record.narrative_reports
    }


def portions(records: Sequence[FileRecord]) -> Iterator[list[FileRecord]]:
    """The records some hundred at a time, all of a filing together and in their order."""
    portion: list[FileRecord] = []
    for group in filing_groups(records):
        portion += group
        if len(portion) >= PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


def filing_groups(records: Sequence[FileRecord]) -> list[list[FileRecord]]:
    """The records that share filings, in their order: the least that can be judged by itself."""
    by_first: dict[int, _Group] = {}
    of_filing: dict[str, _Group] = {}
    for number, record in enumerate(records):
        filings = filings_of(record)
        joined = {group.files[0]: group for filing in filings if (group := of_filing.get(filing))}
        group, *others = [joined[first] for first in sorted(joined)] or [_Group([], set())]
        group.files.append(number)
        for other in others:
            group.files += other.files
            filings |= other.filings
            del by_first[other.files[0]]
        group.filings |= filings
        by_first[group.files[0]] = group
        of_filing.update(dict.fromkeys(filings, group))
    return [[records[number] for number in sorted(group.files)] for group in by_first.values()]
