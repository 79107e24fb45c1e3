"""What reading noticed, as findings: integrity of the workbook, notation, forms filed twice."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from xltool.auditing import calculated
from xltool.findings import Finding, Place
from xltool.forms import key_of
from xltool.forms.model import Role
from xltool.forms.words import BLANK, shorten
from xltool.normalize import fold
from xltool.reader.records import FileRecord, Note, Submission
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xltool.auditing.tables.scopes import FormScope
    from xltool.params import Profile

from xltool.auditing.drafts import RELATED_LIMIT, DraftFinding, fill_message
from xltool.auditing.unused_profiles import unused_profiles

STORED_AS_TEXT = "W-05"


def reading_findings(
    records: Sequence[FileRecord], scopes: dict[str, FormScope], profiles: Mapping[str, Profile]
) -> Iterator[DraftFinding]:
    """Findings on what reading noticed, on calculated cells, on forms filed twice, and on profiles not judged by.

    `profiles` are those that submissions are judged by, by their id.
    """
    verdicts = [pair for scope in scopes.values() for pair in calculated.verdicts(scope)]
    uncounted = {(submission.id, note.cell) for submission, note in verdicts if note.rule == STORED_AS_TEXT}
    for record in records:
        for note in (*record.notes, *unused_profiles(record, profiles)):
            yield _from_note(note, record.path, None)
        for submission in record.submissions:
            for note in submission.notes:
                if not _is_told(note, submission, uncounted):
                    yield _from_note(note, record.path, submission)
    for submission, note in verdicts:
        yield _from_note(note, submission.path, submission)
    yield from _filed_twice(records)


def _is_told(note: Note, submission: Submission, uncounted: set[tuple[str, str | None]]) -> bool:
    """Whether all cells of a note on numbers stored as text are warned of one by one, as no formula counts them."""
    if note.rule != STORED_AS_TEXT or note.severity is not None:
        return False
    return all((submission.id, cell) in uncounted for cell in (note.cell, *note.related))


def _from_note(note: Note, path: str, submission: Submission | None) -> DraftFinding:
    rule = RULES[note.rule]
    words = {"filed": note.actual or BLANK, "expected": note.expected or BLANK, **note.words}
    sheet, cell = submission.place(note.cell) if submission else (note.sheet, note.cell)
    related = (submission.place(place) if submission else (note.sheet, place) for place in note.related[:RELATED_LIMIT])
    finding = Finding(
        rule=rule.code,
        severity=rule.graded(note.severity),
        path=path,
        message=fill_message(note.message or rule.message, words),
        advice=rule.advice,
        basis=rule.basis,
        submission=submission.id if submission else None,
        sheet=sheet,
        cell=cell,
        field=note.field,
        actual=note.actual,
        expected=note.expected,
        related=tuple(Place(path, *place) for place in related),
    )
    return DraftFinding(finding, rule, submission.filing if submission else "")


def _filed_twice(records: Sequence[FileRecord]) -> Iterator[DraftFinding]:
    """One form twice in one filing, of one department and year: for 附件3, twice for one project."""
    groups: dict[tuple[str, str, str, int | None, str], list[Submission]] = defaultdict(list)
    for record in records:
        for submission in record.submissions:
            whose = "" if submission.form == key_of(Role.PROJECT_REVIEW) else fold(submission.department)
            groups[submission.filing, submission.form, fold(submission.project), submission.year, whose].append(
                submission
            )
    for (_, form, project, _, _), same in groups.items():
        if len(same) > 1 and (form != key_of(Role.PROJECT_REVIEW) or project):
            name = f"{form}（{same[0].project}）" if project else form
            files = "、".join(
                submission.path + (f"〔{submission.sheet}〕" if submission.sheet != form else "") for submission in same
            )
            words = {"表": name, "份数": str(len(same)), "文件": shorten(files, 200)}
            for submission in same[1:]:
                yield _from_note(
                    Note("W-21", words=words, actual=f"{len(same)} 份", expected="1 份"), submission.path, submission
                )
