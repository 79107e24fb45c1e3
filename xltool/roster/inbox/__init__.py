"""The inbox: what came in, matched to the roster; what is owed, late, doubled, of another year, of nobody.

Forms are put into filings by the department of the roster they belong to; a copy that a newer one supersedes, a form of
another year and a form of nobody are listed and not checked with the others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from xltool.forms import key_of, role_of
from xltool.forms.model import Role
from xltool.normalize import fold
from xltool.roster.inbox.copies import Copy, choose
from xltool.roster.inbox.model import Account, Inbox, Receipt, ReceiptState, filing_label
from xltool.roster.inbox.namesakes import Namesakes, settle_namesakes
from xltool.roster.inbox.owners import Owner, Owners

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from xltool.reader.records import FileRecord, Submission
    from xltool.roster import Department, Roster

__all__ = ["Account", "Inbox", "Receipt", "ReceiptState", "filing_label", "sort_out"]

OTHER_YEAR = "本次审核 {} 年度，这份是 {} 年度"
_Key = tuple[str, str, str]
"""Code of the department, form, project (folded)."""


def sort_out(records: Sequence[FileRecord], roster: Roster, *, due: date | None = None) -> Inbox:
    """Match what was read to the roster, name the filings, take superseded copies out of the records.

    A form filed after `due` is late: by its 填报日期, else by when the file says it was saved.
    """
    sorter = _Sorter(records, roster, due)
    sorter.number()
    return Inbox(sorter.year, tuple(sorter.accounts()), tuple(sorter.receipts()), roster.notices)


class _Sorter:
    """The work of sorting one inbox."""

    def __init__(self, records: Sequence[FileRecord], roster: Roster, due: date | None) -> None:
        """Whose everything is, and which copies hold."""
        self.records, self.roster, self.due = records, roster, due
        self.forms = [(record, submission) for record in records for submission in record.submissions]
        years = Counter(form.year for _, form in self.forms if form.year is not None)
        self.year = max(years, key=lambda year: (years[year], year), default=None)
        self.owners = Owners(roster)
        self.whose: dict[str, Owner] = {form.id: self.owners.of(form) for _, form in self.forms}
        settle_namesakes([form for _, form in self.forms], self.whose)
        self.namesakes = Namesakes(roster)
        for _, form in self.forms:
            department = self.whose[form.id].department
            if department is not None:
                self.namesakes.locate(department, form)
        self.names = self.namesakes.shown_names()
        self.saved = {form.id: record.saved[:10] for record, form in self.forms}
        self.unread = [(record, self.owners.placed(record.path)) for record in records if record.status == "refused"]
        self.superseded: dict[str, str] = {}
        self.undecided: dict[str, str] = {}
        self._sort_copies()

    def _sort_copies(self) -> None:
        groups: dict[_Key, list[Copy]] = defaultdict(list)
        for record, form in self.forms:
            key = self._key(form)
            if key is not None:
                groups[key].append(Copy(form, record.saved))
        for copies in groups.values():
            if len(copies) < 2:  # noqa: PLR2004 - one copy is no choice
                continue
            choice = choose(copies)
            for copy in copies:
                if choice.chosen is None:
                    self.undecided[copy.submission.id] = choice.reason
                elif copy is not choice.chosen:
                    other = choice.chosen.submission.path
                    self.superseded[copy.submission.id] = f"以 {other} 为准：{choice.reason}"

    def _key(self, submission: Submission) -> _Key | None:
        """What a form stands for; None for one that is nobody's, of another year, or a nameless 附件3."""
        department = self.whose[submission.id].department
        if (
            department is None
            or self._is_of_other_year(submission)
            or (role_of(submission.form) is Role.PROJECT_REVIEW and not submission.project)
        ):
            return None
        return (
            department.code,
            submission.form,
            fold(submission.project) if role_of(submission.form) is Role.PROJECT_REVIEW else "",
        )

    def _is_of_other_year(self, submission: Submission) -> bool:
        return submission.year is not None and submission.year != self.year

    def number(self) -> None:
        """Name the filings, and take what is superseded out of what is checked."""
        for _, form in self.forms:
            department = self.whose[form.id].department
            if department is not None:
                form.filing = filing_label(self.namesakes.label(department), form.year)
        for record in self.records:
            left = [submission for submission in record.submissions if not self._is_laid_aside(submission)]
            if record.submissions and not left:
                form = record.submissions[0]
                copy = self.superseded.get(form.id)
                record.status, record.code = "skipped", "superseded" if copy else "other_year"
                record.reason = f"重复报送，{copy}" if copy else OTHER_YEAR.format(self.year, form.year)
                record.notes, record.narrative_reports = [], []
            record.submissions = left

    def _is_laid_aside(self, submission: Submission) -> bool:
        """Whether a form is listed only: a copy that does not hold, or a department's form of another year."""
        return submission.id in self.superseded or (
            self._is_of_other_year(submission) and self.whose[submission.id].department is not None
        )

    def receipts(self) -> list[Receipt]:
        """A line a form, and a line a file that no form could be read from."""
        receipts = [self._receipt(form) for _, form in self.forms]
        receipts += [self._unread(*pair) for pair in self.unread]
        return sorted(receipts, key=lambda receipt: (receipt.path, receipt.form, receipt.sheet))

    def _receipt(self, submission: Submission) -> Receipt:
        owner = self.whose[submission.id]
        state, reason = self._state(submission, owner)
        code, name = self._names_of(owner.department)
        return Receipt(
            path=submission.path,
            sheet=submission.sheet,
            form=submission.form,
            project=submission.project,
            filed_by=submission.department,
            code=code,
            department=name,
            matched_by=owner.by,
            state=state,
            reason=reason,
        )

    def _names_of(self, department: Department | None) -> tuple[str, str]:
        """Code and shown name of a department; "" where it is unclear."""
        return (department.code, self.names[department.code]) if department else ("", "")

    def _state(self, submission: Submission, owner: Owner) -> tuple[ReceiptState, str]:
        if owner.department is None and owner.state is not None:
            return owner.state, owner.reason
        if self._is_of_other_year(submission):
            return ReceiptState.WRONG_YEAR, OTHER_YEAR.format(self.year, submission.year)
        if submission.id in self.superseded:
            return ReceiptState.SUPERSEDED, self.superseded[submission.id]
        if submission.id in self.undecided:
            return ReceiptState.SUPERSEDED, self.undecided[submission.id]
        if owner.state is not None:
            return owner.state, owner.reason
        late = self._late(submission)
        return (ReceiptState.LATE, late) if late else (ReceiptState.RECEIVED, "")

    def _late(self, submission: Submission) -> str:
        """Why a form is late, "" where it is not."""
        if self.due is None:
            return ""
        dated = str(submission.value("填报日期") or "")
        saved = self.saved[submission.id]
        known = dated if len(dated) == len("2024-06-30") else saved
        if not known or known <= self.due.isoformat():
            return ""
        return f"{'填报日期' if known == dated else '保存日期'} {known}，晚于期限 {self.due.isoformat()}"

    def _unread(self, record: FileRecord, department: Department | None) -> Receipt:
        code, name = self._names_of(department)
        by = "文件夹或文件名称" if department else ""
        return Receipt(
            path=record.path,
            sheet="",
            form="",
            project="",
            filed_by="",
            code=code,
            department=name,
            matched_by=by,
            state=ReceiptState.UNREADABLE,
            reason=record.reason,
        )

    def accounts(self) -> list[Account]:
        """An account a department, in the order of the roster."""
        mine: dict[str, list[tuple[Submission, ReceiptState]]] = defaultdict(list)
        for _, form in self.forms:
            department = self.whose[form.id].department
            if department is not None:
                mine[department.code].append((form, self._state(form, self.whose[form.id])[0]))
        unread: dict[str, list[str]] = defaultdict(list)
        for record, department in self.unread:
            if department is not None:
                unread[department.code].append(record.path)
        return [
            replace(
                _account(department, mine[department.code], lists_projects=self.roster.lists_projects),
                department=self.names[department.code],
                filing=filing_label(self.namesakes.label(department), self.year),
                unread=tuple(unread[department.code]),
            )
            for department in self.roster.departments
        ]


def _account(
    department: Department, came: Sequence[tuple[Submission, ReceiptState]], *, lists_projects: bool
) -> Account:
    """What a department owes and has sent."""
    projects = {fold(project.name): project.name for project in department.projects}
    owed = [key_of(Role.BASE_DATA), key_of(Role.DEPARTMENT_REVIEW), *(_named(name) for name in projects.values())]
    if not lists_projects:
        owed.append(key_of(Role.PROJECT_REVIEW))
    counted = [
        (form, state)
        for form, state in came
        if state in {ReceiptState.RECEIVED, ReceiptState.LATE, ReceiptState.SOMEBODY_ELSES}
    ]
    undecided = [form for form, state in came if state is ReceiptState.SUPERSEDED]
    got = {_due(form, projects, lists_projects=lists_projects) for form, _ in counted}
    got |= {_due(form, projects, lists_projects=lists_projects) for form in undecided}
    late = [
        _due(form, projects, lists_projects=lists_projects) for form, state in counted if state is ReceiptState.LATE
    ]
    return Account(
        code=department.code,
        department=department.name,
        contact=department.contact,
        phone=department.phone,
        owed=tuple(owed),
        received=tuple(form for form in owed if form in got),
        missing=tuple(form for form in owed if form not in got),
        late=tuple(dict.fromkeys(late)),
        duplicates=len(undecided),
        unexpected=tuple(sorted(got - set(owed))),
    )


def _due(submission: Submission, projects: Mapping[str, str], *, lists_projects: bool) -> str:
    """The form of the account that a submission settles."""
    if role_of(submission.form) is not Role.PROJECT_REVIEW or not lists_projects:
        return submission.form
    return _named(projects.get(fold(submission.project), submission.project))


def _named(project: str) -> str:
    key = key_of(Role.PROJECT_REVIEW)
    return f"{key}（{project}）" if project else key
