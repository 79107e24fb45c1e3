"""Flat records: what was filed, never without its address.

Records are plain data: a worker process hands them back, and a later run loads them again (`record_encoding`).
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as member
from typing import TYPE_CHECKING, Final

from msgspec import Struct

# `record_encoding` resolves the types of members at run time.
from xltool.findings import Severity  # noqa: TC001
from xltool.reader.notation.tokens import Repair, State  # noqa: TC001
from xltool.reader.notes.registry import noted
from xltool.text.paragraphs import Paragraph  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xltool.expr.nodes import Field
    from xltool.forms.model import Form

FOREIGN: Final = "foreign"
"""The layout of a form that is read by its labels; that of an issued one is `template`."""


def _name_in_county(department: str, county: str) -> str:
    """The name of a department with its county, where it has one."""
    if not county:
        return department
    from xltool.reader.files.counties import in_county  # noqa: PLC0415 - its patterns take 8 ms

    return in_county(department, county)


class FiledCell(Struct, gc=False):
    """One cell of a form as filed.

    `value` is a number (money 万元, rates as fractions), a text, an ISO date or None; `raw` what the
    cell held, the whole of it. For a calculated field `formula` is what stands in the cell (None once overtyped) and
    `intact` whether it is the issued one. `step` is one unit of the last printed decimal.
    """

    field: str
    cell: str
    raw: str | float | None
    value: float | str | None
    state: State
    formula: str | None = None
    intact: bool = False
    step: float | None = None
    repairs: tuple[Repair, ...] = ()
    as_text: bool = False
    """A number that is stored as text, which no formula of the sheet counts."""
    reading: str | None = None
    """How a target or an actual value was understood, in usual signs; None for other cells."""
    part: str | None = None
    """What of the cell's text is the value, where the cell holds more (填报日期：…), or several cells joined."""
    unasked: bool = False
    """Whether no value is asked of the cell: another row has it, or its row names no indicator."""
    is_open: bool = False
    """Whether a total cannot be recomputed: more counts in it than fields of the form, or rows are not there."""
    repeated: bool = False
    """Whether a row above has the same merged cell."""

    def copy(self) -> FiledCell:
        """The same cell, for another row of its merged range."""
        given = (self.field, self.cell, self.raw, self.value, self.state, self.formula, self.intact, self.step)
        return FiledCell(*given, self.repairs, self.as_text, self.reading, self.part)

    @property
    def typed(self) -> str | float | None:
        """What was typed as the value: the part of the cell's text, else what the cell holds."""
        return self.raw if self.part is None else self.part


@dataclass(slots=True)
class TableRow:
    """One row of a table: its cells by column, and the values derived from them."""

    table: str
    row: int
    """Row of the sheet."""
    cells: dict[str, FiledCell] = member(default_factory=dict)
    derived: dict[str, float | str | None] = member(default_factory=dict)
    parts: dict[str, FiledCell] = member(default_factory=dict)
    """The sign and the unit of a target that the form keeps in columns of their own, by the name of the column."""
    target: dict[str, float | str | None] = member(default_factory=dict)
    actual: dict[str, float | str | None] = member(default_factory=dict)

    def value(self, key: str) -> float | str | None:
        """Value of a column, derived or not; None where blank."""
        if key in self.derived:
            return self.derived[key]
        filed = self.cells.get(key)
        return None if filed is None else filed.value


@dataclass(slots=True)
class Note:
    """Something noticed while reading: the code of its rule, where it is, and the words of its message."""

    rule: str
    cell: str | None = None
    field: str | None = None
    words: dict[str, str] = member(default_factory=dict)
    related: tuple[str, ...] = ()
    actual: str | None = None
    expected: str | None = None
    severity: Severity | None = None
    sheet: str | None = None
    message: str = ""
    """Replaces the rule's message."""


@dataclass(slots=True)
class FormHeader:
    """Whose a form is, where it stands and by what it was issued: the small part, which a run keeps in memory."""

    id: str
    path: str
    sheet: str
    form: str
    layout: str
    year: int | None
    department: str
    project: str
    sha256: str
    filing: str = ""
    """The filing it belongs to, which grouping sets."""
    issue: str = ""
    """Id of the issue, "" without a manifest."""
    unit: str = ""
    """Unit of money the form notes itself, "" where it notes none."""
    profile: str = ""
    """Scoring profile the template was issued for, as its manifest says it; "" where it says nothing."""
    issued_to: str = ""
    """The department the template was issued to, "" where not known."""
    issued_code: str = ""
    """Its code in the roster it was issued by, "" without one."""
    county: str = ""
    """The county that the file lies under, which grouping sets where the department's name alone may be another's."""

    @property
    def full_department(self) -> str:
        """The department, with its county where its name does not say it."""
        return _name_in_county(self.department, self.county)


@dataclass(slots=True)
class Submission(FormHeader):
    """One filled form: its header, and its cells with what reading made of them.

    A run over many files loads the cells when they are asked for; before changing them call `form_cache.pin`.
    """

    values: dict[str, FiledCell] = member(default_factory=dict)
    derived: dict[str, float | str | None] = member(default_factory=dict)
    derived_cells: dict[str, str] = member(default_factory=dict)
    rows: list[TableRow] = member(default_factory=list)
    notes: list[Note] = member(default_factory=list)
    places: dict[str, tuple[str, str]] = member(default_factory=dict)
    """Of a document: sheet and cell to show for a cell of the flattened sheet it was read from."""
    incomplete: dict[str, str] = member(default_factory=dict)
    """Fields that the form does not state whole, with the reason: no rule can judge them."""
    doubtful: tuple[str, ...] = ()
    """Fields, and cells of rows by their address, that were read with a doubt: no error can rest on them."""
    surroundings: bytes = b""
    """What its sheet shows, packed (`xltool.reader.surroundings`)."""

    def place(self, cell: str | None) -> tuple[str, str | None]:
        """Sheet and cell as a reader finds them."""
        return self.places.get(cell or "", (self.sheet, cell))

    def cell(self, key: str) -> str | None:
        """Address of a field outside tables."""
        filed = self.values.get(key)
        return self.derived_cells.get(key) if filed is None else filed.cell

    def value(self, key: str) -> float | str | None:
        """Value of a field outside tables, derived or not; None where blank."""
        filed = self.values.get(key)
        return self.derived.get(key) if filed is None else filed.value

    def with_fields(self, form: Form) -> list[tuple[Field, FiledCell]]:
        """Every filed cell with its field of the form, rows of tables included; a merged cell once."""
        pairs = [(form.fields[key], filed) for key, filed in self.values.items()]
        rows = (row.cells.items() for row in self.rows)
        return pairs + [(form.columns[key], filed) for cells in rows for key, filed in cells if not filed.repeated]


@dataclass(slots=True)
class NarrativeReport:
    """A narrative report: numbered paragraphs.

    `names` are the names of the department in its title and on its cover, `department` is the longer one.
    """

    id: str
    path: str
    sha256: str
    title: str
    year: int | None
    department: str
    names: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    filing: str = ""
    """The filing it belongs to, which grouping sets."""
    county: str = ""
    """The county that the file lies under, as of a form."""

    @property
    def full_department(self) -> str:
        """The department, with its county where its name does not say it."""
        return _name_in_county(self.department, self.county)


@dataclass(slots=True)
class Explanation:
    """What a department wrote beside a problem in the list of its returned copy (整改说明).

    `key` is that of the finding, "" where the row of the list no longer says it. `rule`, `sheet`, `cell` and `problem`
    are what the row shows; `list_sheet` and `list_cell` are where the explanation stands.
    """

    key: str
    rule: str
    sheet: str
    cell: str
    problem: str
    text: str
    list_sheet: str
    list_cell: str


@dataclass(slots=True)
class FileRecord:
    """What reading gave of one file: read, skipped (neither form nor report in it) or refused (cannot be read)."""

    path: str
    status: str
    code: str = ""
    reason: str = ""
    sha256: str = ""
    submissions: list[Submission] = member(default_factory=list)
    narrative_reports: list[NarrativeReport] = member(default_factory=list)
    notes: list[Note] = member(default_factory=list)
    saved: str = ""
    """When the file says it was last saved, as ISO text in UTC, "" where it does not say."""
    explanations: list[Explanation] = member(default_factory=list)

    @property
    def full_department(self) -> str:
        """The department that the first of its forms with a department names, with its county; "" for none."""
        return next((form.full_department for form in self.submissions if form.department), "")


ARCHIVE: Final = "archive"
"""The code of an unpacked archive, whose files have records of their own."""
NOTHING_TO_AUDIT: Final = "文件中没有可以审核的自评表或自评报告"


def unread_of(records: Iterable[FileRecord]) -> list[str]:
    """The paths of the files that could not be read."""
    return [record.path for record in records if record.status == "refused"]


def as_named(record: FileRecord) -> FileRecord:
    """The record of a file that the call itself names: a file that a folder may skip is refused then."""
    if record.status != "skipped":
        return record
    named = refused(record.path, record.code, record.reason)
    named.sha256, named.explanations = record.sha256, record.explanations
    return named


def as_given_to_audit(record: FileRecord) -> FileRecord:
    """The record of a file that a call of `audit` names: one that was read and holds nothing to audit is refused.

    A file that is another kind of form is named as that (W-28), and not accused of anything.
    """
    is_known = any(note.rule == "W-28" for note in record.notes)
    if record.status != "read" or record.submissions or record.narrative_reports or record.code == ARCHIVE or is_known:
        return record
    named = refused(record.path, "nothing_to_audit", NOTHING_TO_AUDIT)
    named.sha256, named.notes = record.sha256, [*record.notes, *named.notes]
    return named


@noted("W-19")
def refused(name: str, code: str, reason: str) -> FileRecord:
    """The record of a file that cannot be read, with its finding."""
    return FileRecord(name, "refused", code, reason, notes=[Note("W-19", words={"原因": reason}, actual=reason)])
