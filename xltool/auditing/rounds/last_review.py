"""The last review as the second round compares with it: its findings, and what its forms held."""

from __future__ import annotations

# Types of members are looked up at run time: a worker that reads a review hands it over as bytes.
from collections.abc import Mapping  # noqa: TC003
from dataclasses import dataclass

from xltool.auditing.keys import FormKey, Slot  # noqa: TC001
from xltool.findings import Severity  # noqa: TC001


@dataclass(frozen=True)
class LastFinding:
    """A finding of the last review; `asked` are the cells of its form it was about, none for the whole form."""

    key: str
    form: FormKey | None
    rule: str
    severity: Severity
    path: str
    sheet: str | None
    cell: str | None
    field: str | None
    actual: str | None
    message: str
    asked: tuple[str, ...] = ()
    related: tuple[tuple[str, str | None, str | None], ...] = ()
    """Path, sheet and cell of what it was compared with."""
    folded: tuple[str, ...] = ()
    """The keys of the findings that were folded into it."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Its key, and those of what was folded into it: each of them is the same problem."""
        return self.key, *self.folded


@dataclass(frozen=True)
class LastForm:
    """A form of the last review: content and cells by slot."""

    department: str
    sha256: str
    values: Mapping[Slot, tuple[str, str]]
    """What was filed, as text, and its cell."""
    path: str = ""
    sheet: str | None = None


@dataclass(frozen=True)
class LastReview:
    """The last review."""

    forms: Mapping[FormKey, LastForm]
    findings: tuple[LastFinding, ...]
