"""Group what was read into filings: the forms and narrative reports of one department for one year."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from xltool.batches.store.form_cache import pin
from xltool.forms import role_of
from xltool.forms.model import Role
from xltool.normalize import fold
from xltool.reader.diagnosis import correct_unit, diagnose_units
from xltool.reader.files.counties import county_of, in_county

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.reader.records import FileRecord, NarrativeReport, Submission

_YEAR: Final = re.compile(r"（\d{4}）$")
"""The year in the name of a filing."""
_ROUND: Final = re.compile(r"[月日次批轮稿版补改退重旧新备副终送报审份]|copy|old|new|final|^[0-9._-]+$", re.IGNORECASE)
"""Folders that hold what a department filed again, and no other department."""


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
    department with more than one form each, or nothing but 附件1, or nothing but 附件2, of several years. A single
    form of another department or year belongs to the set: it is compared with the other forms, and rules name the
    difference.
    """
    if _holds_several_filings([submission for record in records for submission in record.submissions]):
        as_filings(records)
    else:
        as_one_set(records)


def _holds_several_filings(forms: Sequence[Submission]) -> bool:
    """Whether some form of a department occurs for several departments, or for several years that have more forms.

    One kind of form alone, of several years, has no other form that it could be compared with.
    """
    of_departments = {form.form for form in forms if role_of(form.form) is not Role.PROJECT_REVIEW}
    dated = {form.year for form in forms if form.year is not None}
    if of_departments == {form.form for form in forms} and len(of_departments) == 1 and len(dated) > 1:
        return True
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
    """Group by department (from the manifest, else as filed), its county and year, else by folder.

    A filing that a roster has already assigned stays. A form that names nobody is a filing of its own where its folder
    has another year's of its kind. A single form of another year belongs to the set in its folder that lacks it.
    """
    forms = [submission for record in records for submission in record.submissions]
    ungrouped = [form for form in forms if not form.filing]
    by_folder: dict[str, set[str]] = defaultdict(set)
    for form, name in zip(ungrouped, departments_in_counties(ungrouped), strict=True):
        form.filing = _label(name, form.year) if name else ""
    _join_strays(ungrouped)
    for form in ungrouped:
        if form.filing:
            by_folder[_folder(form)].add(form.filing)
    nameless = [form for form in ungrouped if not form.filing]
    years: dict[tuple[str, str], set[int | None]] = defaultdict(set)
    for form in forms if nameless else ():
        if not form.filing or len(by_folder[_folder(form)]) == 1:
            years[_folder(form), form.form].add(form.year)
    for form in nameless:
        filings = by_folder[_folder(form)]
        label = next(iter(filings)) if len(filings) == 1 else f"文件夹 {_folder(form) or '.'}"
        other_years = years[_folder(form), form.form] - {None, form.year}
        is_apart = other_years and form.year and role_of(form.form) is not Role.PROJECT_REVIEW
        form.filing = f"文件夹 {_folder(form) or '.'}（{form.year}）" if is_apart else label
    _join_reports(records, forms)
    _correct_units(forms)


def _join_strays(forms: Sequence[Submission]) -> None:
    """Give a single form of another year, or of none, the filing of the set in its folder that lacks its kind.

    Its year may be what is wrong with it, which a rule says; a form of last year beside a whole set stays apart.
    """
    filings: dict[str, list[Submission]] = defaultdict(list)
    for form in forms:
        filings[form.filing].append(form)
    sets: dict[tuple[str, str], set[str]] = defaultdict(set)
    for filing, own in filings.items():
        for folder in {_folder(form) for form in own} if filing else ():
            sets[folder, _YEAR.sub("", filing)].add(filing)
    for names in sets.values():
        lone, *others = sorted(names, key=lambda filing: len(filings[filing]))
        (form, *more), kinds = filings[lone], [each.form for filing in others for each in filings[filing]]
        is_of_department = role_of(form.form) is not Role.PROJECT_REVIEW
        if len(others) == 1 and not more and len(kinds) > 1 and is_of_department and form.form not in kinds:
            form.filing = others[0]


def filings_with_unread_files(records: Sequence[FileRecord]) -> frozenset[str]:
    """The filings in whose folder a file could not be read; one that lies among several filings is nobody's."""
    by_folder: dict[str, set[str]] = defaultdict(set)
    for record in records:
        filings = (item.filing for item in record.submissions), (item.filing for item in record.narrative_reports)
        by_folder[record.path.rpartition("/")[0]].update(*filings)
    everywhere = set[str]().union(*by_folder.values())
    folders = {record.path.rpartition("/")[0] for record in records if record.status == "refused"}
    owners = [by_folder[folder] or everywhere for folder in folders]
    return frozenset(filing for filings in owners if len(filings) == 1 for filing in filings)


def _correct_units(forms: Sequence[Submission]) -> None:
    """Bring forms that were filled in in 元 to 万元, which the other forms of their filing show."""
    for diagnosis in diagnose_units(forms):
        pin(diagnosis.submission)
        correct_unit(diagnosis)


def _join_reports(records: Sequence[FileRecord], forms: Sequence[Submission]) -> None:
    """Give reports their filings: that of the forms in their file, of their department and year, or of their folder."""
    by_name: dict[tuple[str, int | None], set[str]] = defaultdict(set)
    in_any_county: dict[tuple[str, int | None], set[str]] = defaultdict(set)
    by_folder: dict[str, set[str]] = defaultdict(set)
    for form in forms:
        for name in (form.full_department, in_county(form.department, county_of(form.path))):
            by_name[fold(name), form.year].add(form.filing)
        in_any_county[fold(form.department), form.year].add(form.filing)
        by_folder[_folder(form)].add(form.filing)
    for record in records:
        in_file = {submission.filing for submission in record.submissions}
        for report in record.narrative_reports:
            report.county = county_of(report.path)
            full, bare = ((fold(name), report.year) for name in (report.full_department, report.department))
            of_name = [by_name.get(full), by_name.get(bare)] if report.department else []
            of_name += [] if report.county else [in_any_county.get(bare)]
            candidates = (in_file, *of_name, by_folder.get(_folder(report)))
            unambiguous = next((filings for filings in candidates if filings and len(filings) == 1), None)
            report.filing = next(iter(unambiguous)) if unambiguous else _filing_without_forms(report)


def _filing_without_forms(report: NarrativeReport) -> str:
    """The name of the filing of a report that belongs to no form."""
    return _label(report.full_department, report.year) if report.department else f"文件夹 {_folder(report) or '.'}"


def departments(forms: Sequence[Submission]) -> list[str]:
    """The department of each form, "" where nothing names it; spelled as on its 附件1 or 附件2."""
    known = {
        fold(form.department): form.department
        for form in forms
        if form.department and role_of(form.form) is not Role.PROJECT_REVIEW
    }
    return [_department(form, known) for form in forms]


def departments_in_counties(forms: Sequence[Submission]) -> list[str]:
    """The department of each form, with its county where the name does not say it; sets the county of the forms.

    The county is that of the folders above. Where no folder is called like a county, top-level folders tell
    departments of one name apart if each holds an 附件1, or an 附件2, of that name.
    """
    names = departments(forms)
    for form in forms:
        form.county = county_of(form.path)
    tops: dict[tuple[str, int | None, str], set[str]] = defaultdict(set)
    for form, name in zip(forms, names, strict=True):
        if name and not form.county and role_of(form.form) is not Role.PROJECT_REVIEW:
            tops[fold(name), form.year, form.form].add(_top_folder(form))
    apart = {(name, year) for (name, year, _), folders in tops.items() if _are_places(folders, name)}
    for form, name in zip(forms, names, strict=True):
        if not form.county and (fold(name), form.year) in apart:
            form.county = _top_folder(form)
    return [in_county(name, form.county) for form, name in zip(forms, names, strict=True)]


def _are_places(folders: set[str], department: str) -> bool:
    """Whether several folders stand for places: none for the department itself, for a round, or for no folder."""
    return len(folders) > 1 and not any(
        not folder or _ROUND.search(folder) or fold(folder) in department or department in fold(folder)
        for folder in folders
    )


def _top_folder(submission: Submission) -> str:
    return submission.path.partition("/")[0].removesuffix(".zip") if "/" in submission.path else ""


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
