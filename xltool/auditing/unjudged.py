"""Findings on what could not be judged: an error, because nobody has looked at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.auditing.drafts import fill_message
from xltool.auditing.keys import finding_keys
from xltool.findings import Finding
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.auditing.result import KeyedFinding
    from xltool.reader.records import FileRecord, Submission

UNJUDGED: Final = "W-27"
BETWEEN_FORMS: Final = "各表之间的关系"
WITH_LAST_YEAR: Final = "与上年的比对"
WITH_OTHERS: Final = "与其他单位的文字比对"
WHOLE_FILE: Final = "整个文件"


def unjudged_form(record: FileRecord, submission: Submission, reason: str) -> KeyedFinding:
    """The finding that a form of a file could not be judged."""
    name = f"{submission.form}（{submission.project}）" if submission.project else submission.form
    return _keyed(record, _finding(record.path, name, reason, submission))


def unjudged_part(records: Sequence[FileRecord], part: str, reason: str) -> KeyedFinding:
    """The finding that a part of a filing or file could not be judged; it stands on the first of these files."""
    return _keyed(records[0], _finding(records[0].path, part, reason, None))


def _finding(path: str, subject: str, reason: str, form: Submission | None) -> Finding:
    rule = RULES[UNJUDGED]
    message = fill_message(rule.message, {"对象": subject, "原因": reason})
    sheet = None if form is None else form.place(None)[0]
    submission = None if form is None else form.id
    return Finding(
        rule=rule.code,
        severity=rule.severity,
        path=path,
        message=message,
        advice=rule.advice,
        basis=rule.basis,
        submission=submission,
        sheet=sheet,
    )


def _keyed(record: FileRecord, finding: Finding) -> KeyedFinding:
    (key,) = finding_keys([finding], [record])
    return finding, key
