"""Dated limits and scoring policy, each with its basis, from `params/*.toml`.

Money is in 万元, rates are fractions (0.3 is 30%).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

BASE_YEAR = 2023


@dataclass(frozen=True)
class Limit:
    """A threshold and where it comes from."""

    value: float
    basis: str


@dataclass(frozen=True)
class Grade:
    """A grade and the lowest score that earns it."""

    name: str
    at_least: float


@dataclass(frozen=True)
class Sign:
    """A sign that a filing is worth a spot check: its points, from where on it is one, and why."""

    points: int
    least: float
    basis: str


@dataclass(frozen=True)
class Params:
    """Limits by name, grades from the best down, and signs for spot checks by name, of one year."""

    year: int
    limits: dict[str, Limit]
    grades: tuple[Grade, ...]
    signs: dict[str, Sign]

    def __getitem__(self, name: str) -> float:
        """The value of a limit; KeyError if there is none."""
        return self.limits[name].value

    def grade(self, score: float) -> str:
        """优, 良, 中 or 差 for a score out of 100."""
        return next(grade.name for grade in self.grades if score >= grade.at_least)


@cache
def load(year: int = BASE_YEAR) -> Params:
    """The parameters in force for a year: the newest file not later than it."""
    folder = files("xltool") / "params"
    years = sorted(int(name.name[:4]) for name in folder.iterdir() if name.name.endswith(".toml"))
    chosen = max((known for known in years if known <= year), default=years[0])
    data = tomllib.loads((folder / f"{chosen}.toml").read_text(encoding="utf-8"))
    limits = {name: Limit(float(entry["value"]), entry["basis"]) for name, entry in data["limits"].items()}
    grades = tuple(Grade(entry["name"], float(entry["at_least"])) for entry in data["grades"])
    signs = {
        name: Sign(int(entry["points"]), float(entry["from"]), entry["basis"])
        for name, entry in data["spot_checks"].items()
    }
    return Params(chosen, limits, grades, signs)
