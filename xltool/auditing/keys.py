"""Keys of forms and findings that stay the same from one round to the next, even if files and rows change."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from xltool.auditing.result import KEY_LENGTH
from xltool.forms import base_data, key_of, review
from xltool.forms.model import Role
from xltool.normalize import fold
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xltool.findings import Finding
    from xltool.reader.records import FiledCell, FileRecord, Submission, TableRow

FormKey = tuple[str, str, str]
"""Filing, form and project (folded)."""
Slot = tuple[str, str]
"""A field, and for a column of a table the name of its row."""

NAMES: Final = {review.INDICATORS: review.indicator.key, base_data.PROJECTS: base_data.project_name.key}
"""The column that names the rows of each table."""


def form_key(filing: str, form: str, project: str | None) -> FormKey:
    """The key by which a form is recognised in another round."""
    return fold(filing), form, fold(project or "") if form == key_of(Role.PROJECT_REVIEW) else ""


def row_names(submission: Submission) -> list[tuple[TableRow, str]]:
    """Table rows with the name of their project or indicator, as `numbered` makes it."""
    seen: Counter[tuple[str, str]] = Counter()
    return [(row, numbered(row.table, str(row.value(NAMES[row.table]) or ""), seen)) for row in submission.rows]


def numbered(owner: str, name: str, seen: Counter[tuple[str, str]]) -> str:
    """The folded name of a row, of equal ones of an owner the second as 某某#2; it is counted in `seen`."""
    name = fold(name)
    seen[owner, name] += 1
    count = seen[owner, name]
    return name if count == 1 else f"{name}#{count}"


def slots(submission: Submission) -> Iterator[tuple[Slot, FiledCell]]:
    """Every cell of a form by its slot."""
    for key, filed in submission.values.items():
        yield (key, ""), filed
    for row, name in row_names(submission):
        for key, filed in row.cells.items():
            yield (key, name), filed


def finding_keys(findings: Iterable[Finding], records: Sequence[FileRecord]) -> list[str]:
    """A key a finding, in their order: the same for the same trouble in the same form of the same filing.

    `records` are those of whole filings.
    """
    by_id = {submission.id: submission for record in records for submission in record.submissions}
    owners = {report.path: fold(report.filing) for record in records for report in record.narrative_reports}
    seen: Counter[str] = Counter()
    keys = []
    at_hand: _FormCells | None = None
    for finding in findings:
        submission = by_id.get(finding.submission or "")
        if submission is None:
            # A narrative report may come back under another name: its filing identifies it, other files their path.
            whose = owners.get(finding.path, finding.path)
            text = "|".join((finding.rule, whose, finding.field or "", finding.cell or ""))
        else:
            # Findings are in the order of their files, so one form after the other is looked at.
            at_hand = at_hand if at_hand is not None and at_hand.submission is submission else _FormCells(submission)
            text = "|".join(_parts(finding, at_hand))
        seen[text] += 1
        numbered = text if seen[text] == 1 else f"{text}|{seen[text]}"
        keys.append(sha256(numbered.encode("utf-8", "surrogatepass")).hexdigest()[:KEY_LENGTH])
    return keys


class _FormCells:
    """The cells of a form by their address: the field of each, and its row."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.key = form_key(submission.filing, submission.form, submission.project)
        self._fields: dict[str, tuple[str, int | None]] = {
            filed.cell: (key, None) for key, filed in submission.values.items()
        }
        for number, row in enumerate(submission.rows):
            # Of a merged cell, the first of its rows.
            self._fields.update((filed.cell, (key, number)) for key, filed in row.cells.items() if not filed.repeated)

    @cached_property
    def _names(self) -> list[str]:
        return [name for _, name in row_names(self.submission)]

    def row(self, field: str, cell: str) -> str:
        """The name of the row in which a field stands; "" where it stands in none, or not in this cell."""
        own, number = self._fields.get(cell, ("", None))
        return self._names[number] if own == field and number is not None else ""


def _parts(finding: Finding, form: _FormCells) -> Sequence[str]:
    if RULES[finding.rule].grouped:
        severity = finding.severity if finding.exemption is None else finding.exemption.severity
        return finding.rule, *form.key, severity
    # The field of a finding is that of its cell; where it is not (a total that has no cell), the row does not matter.
    field = finding.field or ""
    return finding.rule, *form.key, field, form.row(field, finding.cell or "")
