"""What a frame rule sees: the forms and the narrative report of one filing as plain values.

Rules on texts and on how forms match up (copied indicators, unanswered goals) read these views. Views hold no cells:
the `Hit` of a rule names field and row, and the audit finds the cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from xltool.forms import REPORT, role_of
from xltool.params import DEFAULT

if TYPE_CHECKING:
    from xltool.expr.nodes import Field
    from xltool.findings import Severity
    from xltool.forms.model import Role
    from xltool.params import Profile
    from xltool.text.paragraphs import Paragraph


Row = Mapping[str, float | str | None]
"""A row of a table by the keys of its columns: numbers, texts, None for blank."""


def text_of(row: Row, column: Field) -> str:
    """What stands in a column of texts, "" where it is blank."""
    return str(row.get(column.key) or "")


class FormView(Struct, frozen=True):
    """One filled form: texts and numbers by key of their field, and the rows of its table in their order.

    `blanks` are the other cells of the form, each with its state in the words of the contract (blank, unparsed …).
    """

    form: str
    submission: str
    year: int | None
    texts: Mapping[str, str]
    numbers: Mapping[str, float]
    rows: tuple[Row, ...] = ()
    blanks: Mapping[str, str] = field(default_factory=dict)
    is_foreign: bool = False
    """Whether it is of another place's print, which has rules of its own."""

    @property
    def role(self) -> Role:
        """What the form is for."""
        return role_of(self.form)

    def text(self, key: str) -> str:
        """The text of a field, "" where it is blank."""
        return self.texts.get(key, "")


class ReportView(Struct, frozen=True):
    """A narrative report; `names` are those that its title and its cover give the department."""

    submission: str
    year: int | None
    title: str
    names: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    form: str = REPORT


class FilingView(Struct, frozen=True):
    """The forms and reports of one department and year; `prior` is its filing of the year before.

    `profile` is the scoring profile it is judged by.
    """

    forms: tuple[FormView, ...]
    reports: tuple[ReportView, ...] = ()
    prior: FilingView | None = None
    profile: Profile = DEFAULT

    def forms_of(self, role: Role) -> tuple[FormView, ...]:
        """All forms of the filing that play this role."""
        return tuple(view for view in self.forms if view.role is role)


class FieldRef(Struct, frozen=True):
    """A field of a form; for a column of its table, `row` is the row, counted from 0."""

    view: FormView
    field: Field
    row: int | None = None


class Passage(Struct, frozen=True):
    """A place in a report: the words in question, and the field of a form that they are about, if any."""

    view: ReportView
    filed: str
    field: Field | None = None


class Hit(Struct, frozen=True):
    """A violation of a rule: the place to mend, other places that belong to it, values for the message."""

    at: FieldRef | Passage
    also: tuple[FieldRef, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    expected: str | None = None
    severity: Severity | None = None


class Excerpt(Struct, frozen=True, kw_only=True):
    """A long text of a filing, prepared for comparison with those of other departments.

    `field` is its key, `names` are the names of its department (folded), `shown` is the first of them as written,
    `project` is the project of its form (folded, "" if there is none), `length` counts the characters of all its
    sentences. `parts` are the sentences that not everybody writes, without the department's own name, each with its
    numbers (separated by blanks).
    """

    form: str
    submission: str
    year: int | None
    field: str
    names: tuple[str, ...]
    shown: str
    project: str
    length: int
    parts: tuple[tuple[str, str], ...]


Judge = Callable[[FilingView], Iterable[Hit]]
"""The function of a frame rule: judges one filing."""
BatchJudge = Callable[[Sequence[Excerpt]], Iterable[Hit]]
"""The function of a batch rule: judges the texts of all filings, for what only shows across departments."""
