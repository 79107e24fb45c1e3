"""What a form and a finding are called from one round to the next, whatever files and rows have become."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

from xltool.folding import fold
from xltool.forms import base_data, review
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xltool.findings import Finding
    from xltool.reader.records import Filed, FileRecord, Submission, TableRow

FormKey = tuple[str, str, str]
"""Filing, form and project (folded)."""
Slot = tuple[str, str]
"""A field, and for a column of a table the name of its row."""

_NAMES = {review.INDICATORS: review.indicator.key, base_data.PROJECTS: base_data.project_name.key}
KEY_LENGTH = 16
"""Characters of a key."""


def form_key(filing: str, form: str, project: str | None) -> FormKey:
    """How a form is found again in another round."""
    return fold(filing), form, fold(project or "") if form == "附件3" else ""


def row_names(one: Submission) -> list[tuple[TableRow, str]]:
    """Rows of tables by the name of their project or indicator; of several alike the second is 某某#2."""
    seen: Counter[tuple[str, str]] = Counter()
    named = []
    for row in one.rows:
        name = fold(str(row.value(_NAMES[row.table]) or ""))
        seen[row.table, name] += 1
        count = seen[row.table, name]
        named.append((row, name if count == 1 else f"{name}#{count}"))
    return named


def slots(one: Submission) -> Iterator[tuple[Slot, Filed]]:
    """Every cell of a form by its slot."""
    for key, filed in one.values.items():
        yield (key, ""), filed
    for row, name in row_names(one):
        for key, filed in row.cells.items():
            yield (key, name), filed


def finding_keys(findings: Iterable[Finding], records: Sequence[FileRecord]) -> list[str]:
    """A key a finding, in their order: the same for the same trouble in the same form of the same filing.

    `records` are those of whole filings.
    """
    by_id = {one.id: one for record in records for one in record.submissions}
    rows = _Rows()
    owners = {one.path: fold(one.filing) for record in records for one in record.reports}
    seen: Counter[str] = Counter()
    keys = []
    for finding in findings:
        one = by_id.get(finding.submission or "")
        whose = owners.get(finding.path, finding.path)
        text = "|".join(_parts(finding, one, rows, whose))
        seen[text] += 1
        told = text if seen[text] == 1 else f"{text}|{seen[text]}"
        keys.append(sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:KEY_LENGTH])
    return keys


class _Rows:
    """The slots of cells, of one form at a time: findings stand in the order of their files."""

    def __init__(self) -> None:
        self._one: Submission | None = None
        self._slots: dict[str, Slot] = {}

    def slot(self, one: Submission, cell: str) -> Slot | None:
        """The slot of a cell; None where it is none of the form."""
        if one is not self._one:
            self._one, self._slots = one, {filed.cell: slot for slot, filed in slots(one)}
        return self._slots.get(cell)


def _parts(finding: Finding, one: Submission | None, rows: _Rows, whose: str) -> Sequence[str]:
    if one is None:
        # A report may come back under another name: its filing tells whose it is, of any other file its path.
        return finding.rule, whose, finding.field or "", finding.cell or ""
    rule = RULES[finding.rule]
    if rule.grouped:
        severity = finding.severity if finding.exemption is None else finding.exemption.severity
        return finding.rule, *form_key(one.filing, one.form, one.project), severity
    # The field of a finding is that of its cell; where it is not (a total that has no cell), the row does not matter.
    field, row = rows.slot(one, finding.cell or "") or (finding.field or "", "")
    same = field == finding.field
    return finding.rule, *form_key(one.filing, one.form, one.project), finding.field or "", row if same else ""
