"""Submissions put into sets: the forms of one department for one year are one filing."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from xltool.normalize import fold
from xltool.reader.diagnosis import diagnose_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.reader.records import FileRecord, Report, Submission


def as_one_set(records: Sequence[FileRecord]) -> None:
    """Everything given together is one filing, named by its first department and year."""
    ones = [submission for record in records for submission in record.submissions]
    everything: list[Submission | Report] = [*ones, *(report for record in records for report in record.reports)]
    named = next((one for one in everything if one.department), None)
    label = _label(named.department, named.year) if named else "本次检查"
    for one in everything:
        one.filing = label
    diagnose_units(ones)


def as_filings(records: Sequence[FileRecord]) -> None:
    """Group by department (manifest first, else as filed) and year, else by folder.

    What a roster has already given a filing keeps it.
    """
    everything = [submission for record in records for submission in record.submissions]
    ones = [one for one in everything if not one.filing]
    here: dict[str, set[str]] = defaultdict(set)
    for one, name in zip(ones, departments(ones), strict=True):
        one.filing = _label(name, one.year) if name else ""
        if one.filing:
            here[_folder(one)].add(one.filing)
    for one in ones:
        if not one.filing:
            same = here[_folder(one)]
            one.filing = next(iter(same)) if len(same) == 1 else f"文件夹 {_folder(one) or '.'}"
    _join_reports(records, everything)
    diagnose_units(everything)


def _join_reports(records: Sequence[FileRecord], ones: Sequence[Submission]) -> None:
    """Give reports their filings: that of the forms in their file, of their department and year, or of their folder."""
    named: dict[tuple[str, int | None], set[str]] = defaultdict(set)
    here: dict[str, set[str]] = defaultdict(set)
    for one in ones:
        named[fold(one.department), one.year].add(one.filing)
        here[_folder(one)].add(one.filing)
    for record in records:
        within = {submission.filing for submission in record.submissions}
        for report in record.reports:
            theirs = named.get((fold(report.department), report.year)) if report.department else None
            found = next(
                (same for same in (within, theirs, here.get(_folder(report))) if same and len(same) == 1), None
            )
            report.filing = next(iter(found)) if found else _of_its_own(report)


def _of_its_own(report: Report) -> str:
    """What the filing of a report is called that no form is part of."""
    return _label(report.department, report.year) if report.department else f"文件夹 {_folder(report) or '.'}"


def departments(ones: Sequence[Submission]) -> list[str]:
    """Whose each form is, "" where nothing says so; names of one department are those of its 附件1 or 附件2."""
    known = {fold(one.department): one.department for one in ones if one.department and one.form != "附件3"}
    return [_department(one, known) for one in ones]


def _department(submission: Submission, known: dict[str, str]) -> str:
    """The department of a form; for 附件3, whichever of its two units files an 附件1 or 附件2."""
    if submission.issued_to:
        return submission.issued_to
    if submission.form != "附件3":
        return known.get(fold(submission.department), submission.department)
    units = [str(submission.value(key) or "") for key in ("实施单位", "主管部门")]
    return next((known[fold(unit)] for unit in units if fold(unit) in known), next((u for u in units if u), ""))


def _label(department: str, year: int | None) -> str:
    return f"{fold(department)}（{year}）" if year else fold(department)


def _folder(submission: Submission | Report) -> str:
    return submission.path.rpartition("/")[0]
