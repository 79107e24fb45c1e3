"""A filing as data before it is written into workbooks, and how a clerk rounds and types a number."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from tools.samples import clean
from xltool.params import DEFAULT

if TYPE_CHECKING:
    from tools.samples.sample import Paper
    from xltool.params import Profile

Row = dict[str, Any]


@dataclass
class Filing:
    """Forms of one department as data, and what they are about."""

    name: str
    year: int
    department: str
    papers: list[Paper]
    seed: int = 0
    traits: list[str] = field(default_factory=list)
    profile: Profile = DEFAULT

    def copy(self) -> Filing:
        """A copy that can be changed. Fields are compared by identity, so only the values and rows are copied."""
        papers = [
            replace(paper, values=dict(paper.values), rows=[dict(row) for row in paper.rows]) for paper in self.papers
        ]
        return replace(self, papers=papers)

    def papers_of(self, form: str) -> list[Paper]:
        """Its papers of one form."""
        return [paper for paper in self.papers if paper.form == form]


def clean_filing() -> Filing:
    """The filing of the sample without a fault."""
    return Filing(clean.BUREAU, clean.YEAR, clean.BUREAU, clean.papers())


def rounded(value: float, digits: int = 2) -> float:
    """Rounded half up, as a clerk does."""
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def shown(value: float, decimals: int = 2) -> str:
    """A number as typed: no trailing zeros."""
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
