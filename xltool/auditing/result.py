"""The result of an audit: findings, scores and recomputed values.

Light to import: a process that has workers judge needs what comes back, and not the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import isnan
from typing import TYPE_CHECKING, Final

from xltool.findings import Finding
from xltool.forms import FORMS

if TYPE_CHECKING:
    from array import array
    from collections.abc import Mapping, Sequence

    from xltool.auditing.coverage.model import FilingCoverage
    from xltool.auditing.plausibility.signs import FilingSigns
    from xltool.expr.nodes import Field
    from xltool.params import Profile
    from xltool.reader.records import FileRecord, Submission

KEY_LENGTH: Final = 16
"""Characters of a finding's key."""
KeyedFinding = tuple[Finding, str]
"""A finding with its key."""


@dataclass(frozen=True, slots=True)
class Part:
    """The points of budget execution, or of a 一级指标: weight, as filed and as recomputed; None where blank."""

    name: str
    weight: float | None
    filed: float | None
    recomputed: float | None


@dataclass(slots=True)
class Score:
    """Total score of a form as filed and as recomputed, the grade of the latter, and the parts it is made of.

    `rate` is the rate of execution as recomputed, a fraction;
    `budget` and `executed` are 全年预算数 and 全年执行数 in 万元.
    """

    filed: float | None
    recomputed: float | None
    grade: str | None
    parts: tuple[Part, ...] = ()
    """Budget execution first, then each 一级指标 in the order of the form."""
    rate: float | None = None
    budget: float | None = None
    executed: float | None = None


@dataclass(slots=True)
class Audit:
    """What an audit gives: findings in the order of the contract, and scores by submission id."""

    records: Sequence[FileRecord]
    findings: Sequence[Finding]
    keys: Sequence[str]
    """A key for each finding, in their order: the same for the same trouble in the next round."""
    scores: Mapping[str, Score]
    profiles: Mapping[str, Profile]
    """The scoring profile each submission was judged by, by its id."""
    computed: Mapping[str, array[float]]
    """The recomputed values of the calculated fields of each submission, by its id; NaN where blank.

    They stand in the order of the fields of the form.
    """
    signs: Sequence[FilingSigns]
    """The signs on each filing that spot checks are ranked by."""
    coverage: Sequence[FilingCoverage] = ()
    """The state of every rule in every filing."""
    messages: Sequence[str] = ()
    """Lines on what could not be judged at all, so that no finding says it."""

    def recomputed(self, submission: Submission, item: Field) -> float | None:
        """The value that the formula of a calculated field gives; None where it is blank or cannot be judged."""
        numbers = self.computed.get(submission.id)
        if numbers is None:
            return None
        value = numbers[calculated_fields(submission.form).index(item.key)]
        return None if isnan(value) else value

    @property
    def submissions(self) -> list[Submission]:
        """All submissions in the order of their files."""
        return [submission for record in self.records for submission in record.submissions]


@cache
def calculated_fields(form: str) -> tuple[str, ...]:
    """The keys of the calculated fields of a form."""
    return tuple(key for key, item in FORMS[form].fields.items() if item.formula is not None)
