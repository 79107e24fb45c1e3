"""Departments of one name in a roster: their filings go by their codes, and readers are shown their counties."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from xltool.normalize import fold
from xltool.reader.files.counties import county_of, in_county
from xltool.roster.inbox.model import ReceiptState
from xltool.roster.inbox.owners import BY_COUNTY, Owner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.reader.records import Submission
    from xltool.roster.model import Department, Roster


class Namesakes:
    """What the departments of a roster are called where several bear one name."""

    def __init__(self, roster: Roster) -> None:
        """Count the names."""
        self._departments = roster.departments
        self._same = Counter(fold(department.name) for department in roster.departments)
        self._counties: dict[str, set[str]] = defaultdict(set)

    def locate(self, department: Department, submission: Submission) -> None:
        """Note the county of a form of a department that has a namesake."""
        if self._has_namesake(department):
            submission.county = county_of(submission.path)
            self._counties[department.code].add(submission.county)

    def label(self, department: Department) -> str:
        """What filings of a department are called by: its name, with its code where another one has that name."""
        return f"{department.name}（{department.code}）" if self._has_namesake(department) else department.name

    def shown_names(self) -> dict[str, str]:
        """What readers are shown, by code: a namesake with the county its forms lie in, else with its code."""
        names = {department.code: self._in_county(department) for department in self._departments}
        count = Counter(map(fold, names.values()))
        return {
            department.code: names[department.code]
            if count[fold(names[department.code])] == 1
            else self.label(department)
            for department in self._departments
        }

    def _in_county(self, department: Department) -> str:
        counties = self._counties.get(department.code, set())
        return in_county(department.name, next(iter(counties))) if len(counties) == 1 else department.name

    def _has_namesake(self, department: Department) -> bool:
        return self._same[fold(department.name)] > 1


def settle_namesakes(forms: Sequence[Submission], whose: dict[str, Owner]) -> None:
    """Correct whose forms are, by their ids, where one name occurs in the folders of several counties.

    A form that may be any namesake's is that of the other forms of its name and county. Where one department of the
    roster would get forms of several counties by their name, whose they are is asked.
    """
    _give_to_county(forms, whose)
    counties: dict[str, set[str]] = defaultdict(set)
    for form in forms:
        department = whose[form.id].department
        if department is not None and not form.issued_code and form.department:
            counties[department.code].add(county_of(form.path))
    for form in forms:
        department, county = whose[form.id].department, county_of(form.path)
        if department is None or form.issued_code or len(counties[department.code]) == 1:
            continue
        if in_county(form.department, county) != form.department and whose[form.id].by != BY_COUNTY:
            listed = "、".join(sorted(filter(None, counties[department.code])))
            doubt = (
                f"“{form.department}”在几个县区的文件夹里都有（{listed}），看不出哪一个是名册中的“{department.name}”"
            )
            whose[form.id] = Owner(None, "", ReceiptState.TO_CONFIRM, doubt)


def _give_to_county(forms: Sequence[Submission], whose: dict[str, Owner]) -> None:
    departments: dict[tuple[str, str], dict[str, Department]] = defaultdict(dict)
    for form in forms:
        department = whose[form.id].department
        if department is not None:
            departments[county_of(form.path), fold(form.department)][department.code] = department
    for form in forms:
        county = county_of(form.path)
        same = tuple(departments[county, fold(form.department)].values())
        if county and whose[form.id].state is ReceiptState.TO_CONFIRM and len(same) == 1:
            whose[form.id] = Owner(same[0], "同一县区同名单位的其他表")
