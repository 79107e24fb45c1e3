"""Last year's filings: each is matched to the filing of this year that it precedes."""

from __future__ import annotations

from collections import Counter, defaultdict
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
"""Names in a line for the user."""


@dataclass(frozen=True)
class PriorMatch:
    """The forms of last year that precede filings of this year, and how the matching went."""

    submissions: tuple[Submission, ...]
    filings: int
    """Filings of this year."""
    missing: tuple[str, ...]
    """Filings of this year without one of last year."""
    undated: tuple[str, ...]
    """Files of last year that name no year: nothing is compared with them."""
    unread: tuple[str, ...]
    """Files of last year that cannot be read."""

    @property
    def messages(self) -> tuple[str, ...]:
        """How the matching went, in lines for the user."""
        summary = f"上年报送：{self.filings} 个单位中找到 {self.filings - len(self.missing)} 个"
        lines = [summary + (f"（没有找到：{_listed(self.missing)}）" if self.missing else "")]
        if self.undated:
            lines.append(f"上年报送中有 {len(self.undated)} 个文件看不出年度，没有用于比对：{_listed(self.undated)}")
        if self.unread:
            lines.append(f"上年报送中有 {len(self.unread)} 个文件无法读取，没有用于比对：{_listed(self.unread)}")
        return tuple(lines)


def last_year(records: Sequence[FileRecord], prior: Sequence[FileRecord], roster: Roster | None = None) -> PriorMatch:
    """Match filings in `prior` to those of this year, and give each form the filing it precedes.

    A filing is identified by its department (from the roster, else its manifest, else as filed) and its year; those of
    other years, and of departments that file nothing this year, are left out.
    """
    if roster is not None:
        sort_out(prior, roster)
    as_filings(prior)
    before: dict[tuple[str, int], list[Submission]] = {}
    for names, year, forms in _identified(prior):
        if year is not None:
            for name in names:
                before.setdefault((name, year), forms)
    matched: dict[int, Submission] = {}
    missing: dict[str, None] = {}
    filings = 0
    for names, year, forms in _identified(records):
        filings += 1
        candidates = (before.get((name, year - 1)) for name in names) if year is not None else iter(())
        last = next((filing for filing in candidates if filing and id(filing[0]) not in matched), None)
        for form in last or ():
            form.filing = forms[0].filing
            matched[id(form)] = form
        if last is None:
            missing.setdefault(names[0] if names else forms[0].filing)
    undated = [submission.path for record in prior for submission in record.submissions if submission.year is None]
    unread = unread_of(prior)
    return PriorMatch(tuple(matched.values()), filings, tuple(missing), tuple(dict.fromkeys(undated)), tuple(unread))


def _identified(records: Sequence[FileRecord]) -> Iterator[tuple[list[str], int | None, list[Submission]]]:
    """Each filing with the folded names of its department and its year; no names and None where nothing says.

    Where several filings of a year are of departments of one name, that name identifies none of them.
    """
    forms = [submission for record in records for submission in record.submissions]
    filings: dict[str, list[tuple[str, Submission]]] = defaultdict(list)
    for name, form in zip(departments(forms), forms, strict=True):
        filings[form.filing].append((name, form))
    identified = []
    for filing, named in filings.items():
        year = next((form.year for _, form in named if form.year is not None), None)
        filed = next((name for name, _ in named if name), None)
        labelled = filing.removesuffix(f"（{year}）")
        names = [fold(name) for name in (labelled if labelled != filing else None, filed) if name]
        identified.append((list(dict.fromkeys(names)), year, [form for _, form in named]))
    count = Counter((name, year) for names, year, _ in identified for name in names)
    for names, year, same in identified:
        yield [name for at, name in enumerate(names) if not at or count[name, year] == 1], year, same


def _listed(names: Sequence[str]) -> str:
    return "、".join(names[:LISTED]) + (f"等 {len(names)} 个" if len(names) > LISTED else "")
