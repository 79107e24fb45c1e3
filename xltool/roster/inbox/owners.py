"""Whose a form is: by what its template was issued with, else by the name it gives, else by folder and file name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from xltool.forms import role_of
from xltool.forms.model import Role
from xltool.reader.files.counties import county_of, in_county
from xltool.roster import Certainty, Department, Match, Roster
from xltool.roster.directory import Directory
from xltool.roster.inbox.model import ReceiptState
from xltool.roster.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.reader.records import Submission

BY_COUNTY = "填报单位名称和所在县区"
SHORTEST = 3
"""Characters of a name that is looked for inside the name of a folder or file."""


@dataclass(frozen=True)
class Owner:
    """Whose something is: the department (None where unclear), how that is known, and what is to be said of it."""

    department: Department | None
    by: str
    state: ReceiptState | None = None
    reason: str = ""


class Owners:
    """Looks departments up; a name is matched once, however often it occurs."""

    def __init__(self, roster: Roster) -> None:
        """The departments of a roster."""
        self._directory = Directory(roster)
        self._names: dict[str, list[Department]] = defaultdict(list)
        for department, name in _names(roster):
            self._names[name].append(department)
        self._lengths = sorted(set(map(len, self._names)), reverse=True)
        self._placed: dict[str, Department | None] = {}

    def of(self, submission: Submission) -> Owner:
        """Whose a form is."""
        issued = self._issued(submission)
        named = self._named(submission)
        local = self._in_its_county(submission)
        if issued is not None:
            if (
                named is not None
                and named.department not in (None, issued)
                and not self._is_unit_of(submission, issued)
            ):
                doubt = f"表样下发给“{issued.name}”，填报单位是“{submission.department}”"
                return Owner(named.department, "填报单位名称", ReceiptState.SOMEBODY_ELSES, doubt)
            return Owner(issued, "表样编号")
        if local is not None:
            return Owner(local, BY_COUNTY)
        if named is not None and named.department is not None:
            return self._in_place(submission, named)
        return self._by_place(submission, named)

    def _by_place(self, submission: Submission, named: Match[Department] | None) -> Owner:
        """A form whose name is missing, doubtful or unknown: folder and file name may tell."""
        placed = self.placed(submission.path)
        if named is not None and placed in named.candidates:
            return Owner(placed, "单位名称相近，且文件夹名称一致")
        if placed is not None and not submission.department:
            return Owner(placed, "文件夹或文件名称")
        if named is not None:
            names = "、".join(candidate.name for candidate in named.candidates[:3])
            return Owner(None, "", ReceiptState.TO_CONFIRM, f"“{submission.department}”可能是名册中的：{names}")
        if placed is not None:
            doubt = f"放在“{placed.name}”的文件夹里，填报单位“{submission.department}”不在名册中"
            return Owner(None, "", ReceiptState.TO_CONFIRM, doubt)
        doubt = f"填报单位“{submission.department}”不在名册中" if submission.department else "没有填写单位名称"
        return Owner(None, "", ReceiptState.NOBODYS, doubt)

    def _in_its_county(self, submission: Submission) -> Department | None:
        """The department whose name, or short name, is that of a form with the county of its folders before it."""
        name = in_county(submission.department, county_of(submission.path))
        match = self._directory.matching(name) if name != submission.department else None
        department = None if match is None else match.department
        names = () if department is None else (department.name, *department.short_names)
        return department if fold(name) in map(fold, names) else None

    def _in_place(self, submission: Submission, named: Match[Department]) -> Owner:
        """A form whose name is clear; in another department's folder it is somebody else's file."""
        department = named.department
        placed = self._folder(submission.path)
        by = "填报单位名称" + ("" if named.certainty is Certainty.EXACT else f"（{named.certainty}）")
        if placed is not None and placed is not department:
            doubt = f"放在“{placed.name}”的文件夹里，填报单位是“{submission.department}”"
            return Owner(department, by, ReceiptState.SOMEBODY_ELSES, doubt)
        return Owner(department, by)

    def _issued(self, submission: Submission) -> Department | None:
        """The department a template was issued to."""
        if submission.issued_code:
            return self._directory.coded(submission.issued_code)
        match = self._directory.matching(submission.issued_to) if submission.issued_to else None
        return match.department if match else None

    def _named(self, submission: Submission) -> Match[Department] | None:
        """The department a form names; for 附件3 whichever of its two units the roster knows, 主管部门 first."""
        names = [submission.department]
        if role_of(submission.form) is Role.PROJECT_REVIEW:
            names = [str(submission.value(key) or "") for key in ("主管部门", "实施单位")] + names
        matches = [match for name in names if name and (match := self._directory.matching(name)) is not None]
        return next((match for match in matches if match.department is not None), next(iter(matches), None))

    def _is_unit_of(self, submission: Submission, department: Department) -> bool:
        """Whether 附件3 names a department in one of its two units: a project may be carried out by another."""
        units = [str(submission.value(key) or "") for key in ("主管部门", "实施单位")]
        matches = [self._directory.matching(unit) for unit in units if unit]
        return any(match is not None and match.department is department for match in matches)

    def placed(self, path: str) -> Department | None:
        """The one department whose name or short name stands in a path, the folders first."""
        return self._folder(path) or self._in_text(PurePosixPath(path).stem)

    def _folder(self, path: str) -> Department | None:
        """The department the nearest folder is named after."""
        departments = (self._in_text(folder) for folder in reversed(PurePosixPath(path).parts[:-1]))
        return next((department for department in departments if department is not None), None)

    def _in_text(self, text: str) -> Department | None:
        """The department whose longest name a text contains, None if several do that are not part of each other."""
        if text not in self._placed:
            self._placed[text] = self._directory.coded_first(text) or self._longest_in(fold(text))
        return self._placed[text]

    def _longest_in(self, folded: str) -> Department | None:
        """As `_in_text`, of a folded text: its pieces are looked up, whatever the number of departments."""
        names = [
            (name, department)
            for length in self._lengths
            for name in dict.fromkeys(folded[at : at + length] for at in range(len(folded) - length + 1))
            for department in self._names.get(name, ())
        ]
        if not names:
            return None
        longest, department = names[0]
        others = [other for name, other in names if other is not department and name not in longest]
        return None if others or sum(name == longest for name, _ in names) > 1 else department


def _names(roster: Roster) -> Iterator[tuple[Department, str]]:
    """Each department with each name and code of it that is long enough to be looked for, folded."""
    for department in roster.departments:
        for name in dict.fromkeys((department.name, *department.short_names)):
            folded = fold(name)
            if len(folded) >= SHORTEST:
                yield department, folded
        if len(department.code) >= SHORTEST:
            yield department, fold(department.code)
