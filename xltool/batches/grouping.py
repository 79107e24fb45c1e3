"""Group what was read into filings: the forms and narrative reports of one department for one year."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from xltool.batches.store.form_cache import pin
from xltool.forms import role_of
from xltool.forms.model import Role
from xltool.normalize import fold
from xltool.reader.diagnosis import correct_unit, diagnose_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.reader.records import FileRecord, NarrativeReport, Submission


def as_one_set(records: Sequence[FileRecord]) -> None:
    """Make everything that was given together one filing, named by its first department and year."""
    forms = [submission for record in records for submission in record.submissions]
    everything: list[Submission | NarrativeReport] = [
        *forms,
        *(report for record in records for report in record.narrative_reports),
    ]
    named = next((item for item in everything if item.department), None)
    label = _label(named.department, named.year) if named else "本次检查"
    for item in everything:
        item.filing = label
    _correct_units(forms)


def as_given(records: Sequence[FileRecord]) -> None:
    """Group what was given together: one set, unless it plainly holds several filings, which are grouped as a folder's.

    Several filings are two departments each with an 附件1, or each with an 附件2, of its own, or two years of a
    department with more than one form each. A single form of another department or year belongs to the set: it is
    compared with the other forms, and rules name the difference.
    """
    if _holds_several_filings([submission for record in records for submission in record.submissions]):
        as_filings(records)
    else:
        as_one_set(records)


def _holds_several_filings(forms: Sequence[Submission]) -> bool:
    """Whether some form of a department occurs for several departments, or for several years that have more forms."""
    named = [(fold(name), form) for name, form in zip(departments(forms), forms, strict=True)]
    of_year = Counter((name, form.year) for name, form in named)
    owners: dict[str, set[str]] = defaultdict(set)
    years: dict[tuple[str, str], set[int]] = defaultdict(set)
    for name, form in named:
        if not name or role_of(form.form) is Role.PROJECT_REVIEW:
            continue
        owners[form.form].add(name)
        if form.year is not None and of_year[name, form.year] > 1:
            years[name, form.form].add(form.year)
    return any(len(names) > 1 for names in owners.values()) or any(len(several) > 1 for several in years.values())


def as_filings(records: Sequence[FileRecord]) -> None:
    """Group by department (from the manifest, else as filed) and year, else by folder.

    A filing that a roster has already assigned stays.
    """
    forms = [submission for record in records for submission in record.submissions]
    ungrouped = [form for form in forms if not form.filing]
    by_folder: dict[str, set[str]] = defaultdict(set)
    for form, name in zip(ungrouped, departments(ungrouped), strict=True):
        form.filing = _label(name, form.year) if name else ""
        if form.filing:
            by_folder[_folder(form)].add(form.filing)
    for form in ungrouped:
        if not form.filing:
            filings = by_folder[_folder(form)]
            form.filing = next(iter(filings)) if len(filings) == 1 else f"文件夹 {_folder(form) or '.'}"
    _join_reports(records, forms)
    _correct_units(forms)


def _correct_units(forms: Sequence[Submission]) -> None:
    """Bring forms that were filled in in 元 to 万元, which the other forms of their filing show."""
    for diagnosis in diagnose_units(forms):
        pin(diagnosis.submission)
        correct_unit(diagnosis)


def _join_reports(records: Sequence[FileRecord], forms: Sequence[Submission]) -> None:
    """Give reports their filings: that of the forms in their file, of their department and year, or of their folder."""
    by_name: dict[tuple[str, int | None], set[str]] = defaultdict(set)
    by_folder: dict[str, set[str]] = defaultdict(set)
    for form in forms:
        by_name[fold(form.department), form.year].add(form.filing)
        by_folder[_folder(form)].add(form.filing)
    for record in records:
        in_file = {submission.filing for submission in record.submissions}
        for report in record.narrative_reports:
            of_name = by_name.get((fold(report.department), report.year)) if report.department else None
            candidates = (in_file, of_name, by_folder.get(_folder(report)))
            unambiguous = next((filings for filings in candidates if filings and len(filings) == 1), None)
            report.filing = next(iter(unambiguous)) if unambiguous else _filing_without_forms(report)


def _filing_without_forms(report: NarrativeReport) -> str:
    """The name of the filing of a report that belongs to no form."""
    return _label(report.department, report.year) if report.department else f"文件夹 {_folder(report) or '.'}"


def departments(forms: Sequence[Submission]) -> list[str]:
    """The department of each form, "" where nothing names it; spelled as on its 附件1 or 附件2."""
    known = {
        fold(form.department): form.department
        for form in forms
        if form.department and role_of(form.form) is not Role.PROJECT_REVIEW
    }
    return [_department(form, known) for form in forms]


def _department(submission: Submission, known: dict[str, str]) -> str:
    """The department of a form; for 附件3, whichever of its two units files an 附件1 or 附件2."""
    if submission.issued_to:
        return submission.issued_to
    if role_of(submission.form) is not Role.PROJECT_REVIEW:
        return known.get(fold(submission.department), submission.department)
    units = [str(submission.value(key) or "") for key in ("实施单位", "主管部门")]
    filed = (known[fold(unit)] for unit in units if fold(unit) in known)
    return next(filed, next((unit for unit in units if unit), ""))


def _label(department: str, year: int | None) -> str:
    return f"{fold(department)}（{year}）" if year else fold(department)


def _folder(submission: Submission | NarrativeReport) -> str:
    return submission.path.rpartition("/")[0]
