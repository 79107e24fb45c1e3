"""The bureau's roster: which departments there are, what was approved for them, and whom a name means.

`load` reads a workbook, a csv file (单位 alone) or a folder of csv files (contract §7) and tells every error at once,
each with its row and column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool import params
from xltool.roster.checks import Reading
from xltool.roster.layout import Problems, tables
from xltool.roster.model import NO_BUREAU, Bureau, Department, Indicator, Project, Roster, RosterError
from xltool.roster.names import Certainty, Match
from xltool.roster.source import grids

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = [
    "NO_BUREAU",
    "Bureau",
    "Certainty",
    "Department",
    "Indicator",
    "Match",
    "Project",
    "Roster",
    "RosterError",
    "load",
]

PROFILES: Mapping[str, float] = {
    "": params.DEFAULT["indicator_weight"],
    **{name: params.profile_named(name)["indicator_weight"] for name in params.profile_names()},
}
"""评分口径 a roster may name, each with the points the indicators of a form add up to under it."""


def load(path: Path, profiles: Mapping[str, float] = PROFILES) -> Roster:
    """Read a roster; `profiles` are the 评分口径 known and what weights add up to under each ("" is no entry).

    Raises RosterError with every error in it, ValueError for a file that cannot be read, OSError likewise.
    """
    problems = Problems()
    sheets = tables(grids(path), problems)
    roster = Reading(sheets, problems, profiles).roster()
    if problems.lines:
        raise RosterError(path.name, problems.lines)
    return roster
