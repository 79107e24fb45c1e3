"""What a frame rule sees: the forms and the report of one filing as plain values.

Rules on texts and on how forms match up (copied indicators, unanswered goals) are judged on
these views; they carry no cells, `Hit` names fields and rows and the audit finds the cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltool.forms import REPORT, role_of
from xltool.params import DEFAULT

if TYPE_CHECKING:
    from xltool.expr.nodes import Field
    from xltool.findings import Severity
    from xltool.forms.model import Role
    from xltool.params import Profile
    from xltool.text.paragraphs import Paragraph


@dataclass(frozen=True, slots=True)
class FormView:
    """One filled form: texts and numbers by key, rows of its table in sheet order.

    `rows` are mappings of column key to number, text or None (blank).
    """

    form: str
    submission: str
    year: int | None
    texts: Mapping[str, str]
    numbers: Mapping[str, float]
    rows: tuple[Mapping[str, float | str | None], ...] = ()

    @property
    def role(self) -> Role:
        """What the form is for."""
        return role_of(self.form)

    def text(self, key: str) -> str:
        """Text of a field, "" where blank."""
        return self.texts.get(key, "")


@dataclass(frozen=True, slots=True)
class ReportView:
    """A self-evaluation report; `names` are what its title and its cover call the department."""

    submission: str
    year: int | None
    title: str
    names: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    form: str = REPORT


@dataclass(frozen=True, slots=True)
class FilingView:
    """The forms and the report of one department and year given together; `prior` is its filing of last year.

    `profile` is the one it is scored by.
    """

    forms: tuple[FormView, ...]
    reports: tuple[ReportView, ...] = ()
    prior: FilingView | None = None
    profile: Profile = DEFAULT

    def forms_of(self, role: Role) -> tuple[FormView, ...]:
        """All forms of the filing that play this role."""
        return tuple(view for view in self.forms if view.role is role)


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A field of a form; `row` counts its table's rows from 0."""

    view: FormView
    field: Field
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A place in a report: what it says there, and the field of a form this is about, if any."""

    view: ReportView
    filed: str
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule violated: the spot to mend, others that belong to it, values for the message."""

    at: FieldRef | Passage
    also: tuple[FieldRef, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    expected: str | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text of a filing as it is held against those of other departments: whose it is, and what can prove something.

    `field` is its key, `names` what its department goes by (folded), `shown` the first of them as written, `project`
    what its form is about (folded, "" where nothing), `length` the characters of all its sentences. `parts` are its
    telling sentences, without the department's own name, each with its numbers (a blank between them).
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
"""Judges one filing by itself."""
BatchJudge = Callable[[Sequence[Excerpt]], Iterable[Hit]]
"""Judges the texts of all filings given together: what only shows across departments."""
