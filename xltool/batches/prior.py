"""Last year's filings: read as any others, and each matched to the filing of this year that it precedes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xltool.batches.grouping import as_filings, departments
from xltool.normalize import fold
from xltool.reader.records import unread_of
from xltool.roster.inbox import sort_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.reader.records import FileRecord, Submission
    from xltool.roster import Roster

LISTED = 5


@dataclass(frozen=True)
class LastYear:
    """What was found of last year: its forms, and how the matching went, for those who read the review."""

    submissions: tuple[Submission, ...]
    filings: int
    """Filings of this year."""
    missing: tuple[str, ...]
    """Those of them that nothing of last year was found for."""
    undated: tuple[str, ...]
    """Files whose year cannot be told: nothing is compared with them."""
    unread: tuple[str, ...]
    """Files that cannot be read."""

    @property
    def told(self) -> tuple[str, ...]:
        """How the matching went, in words."""
        found = f"上年报送：{self.filings} 个单位中找到 {self.filings - len(self.missing)} 个"
        lines = [found + (f"（没有找到：{_listed(self.missing)}）" if self.missing else "")]
        if self.undated:
            lines.append(f"上年报送中有 {len(self.undated)} 个文件看不出年度，没有用于比对：{_listed(self.undated)}")
        if self.unread:
            lines.append(f"上年报送中有 {len(self.unread)} 个文件无法读取，没有用于比对：{_listed(self.unread)}")
        return tuple(lines)


def last_year(records: Sequence[FileRecord], prior: Sequence[FileRecord], roster: Roster | None = None) -> LastYear:
    """Of the filings read from `prior`, those of the year before, each given the filing of this year it precedes.

    A filing is known by its department (by the roster, else its manifest, else as filed) and its year; those of other
    years, and of departments that file nothing this year, are left aside.
    """
    if roster is not None:
        sort_out(prior, roster)
    as_filings(prior)
    before: dict[tuple[str, int], list[Submission]] = {}
    for names, year, ones in _known(prior):
        if year is not None:
            for name in names:
                before.setdefault((name, year), ones)
    matched: dict[int, Submission] = {}
    missing: dict[str, None] = {}
    filings = 0
    for names, year, ones in _known(records):
        filings += 1
        found = (before.get((name, year - 1)) for name in names) if year is not None else iter(())
        last = next((found for found in found if found and id(found[0]) not in matched), None)
        for one in last or ():
            one.filing = ones[0].filing
            matched[id(one)] = one
        if last is None:
            missing.setdefault(names[0] if names else ones[0].filing)
    undated = [submission.path for record in prior for submission in record.submissions if submission.year is None]
    unread = unread_of(prior)
    return LastYear(tuple(matched.values()), filings, tuple(missing), tuple(dict.fromkeys(undated)), tuple(unread))


def _known(records: Sequence[FileRecord]) -> Iterator[tuple[list[str], int | None, list[Submission]]]:
    """Each filing with the names of its department, folded, and its year; no name and None where not to be told."""
    ones = [submission for record in records for submission in record.submissions]
    groups: dict[str, list[tuple[str, Submission]]] = defaultdict(list)
    for name, one in zip(departments(ones), ones, strict=True):
        groups[one.filing].append((name, one))
    for filing, same in groups.items():
        year = next((one.year for _, one in same if one.year is not None), None)
        filed = next((name for name, _ in same if name), None)
        labelled = filing.removesuffix(f"（{year}）")
        names = [fold(name) for name in (labelled if labelled != filing else None, filed) if name]
        yield list(dict.fromkeys(names)), year, [one for _, one in same]


def _listed(names: Sequence[str]) -> str:
    return "、".join(names[:LISTED]) + (f"等 {len(names)} 个" if len(names) > LISTED else "")
