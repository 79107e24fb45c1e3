"""What real filings say of the rules: in how many each spoke, and in how many rightly.

The figures are measured by `benchmarks.trust.precision` and stand in evidence.toml. A rule that is right too seldom
accuses nobody: it is an info at most, until it is mended and measured again.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from msgspec import Struct

FILE: Final = "evidence.toml"
LEAST: Final = 0.8
"""Share of occasions on which a rule has to be right to be more than an info."""
SETTLED: Final = frozenset({"W-19"})
"""Rules whose severity the contract settles: a file that cannot be read is an error."""


class Evidence(Struct, frozen=True):
    """In how many real filings a rule spoke with an error or a warning, and in how many of them rightly."""

    spoke: int
    right: int

    @property
    def is_enough(self) -> bool:
        """Whether the rule is right often enough to be an error or a warning."""
        return self.right >= LEAST * self.spoke


def evidence_of(code: str) -> Evidence | None:
    """The evidence on a rule; None where it has not spoken on real filings."""
    return _measured().get(code)


@cache
def _measured() -> dict[str, Evidence]:
    data = tomllib.loads(files(__package__).joinpath(FILE).read_text(encoding="utf-8"))
    return {code: Evidence(**figures) for code, figures in data["rules"].items()}
