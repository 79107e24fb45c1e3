"""What a roster says: departments, their projects and approved indicators, as plain picklable objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xltool.findings import InputError
from xltool.roster.names import Match, match

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_LISTED = 50
"""Errors told one by one; of more, the number."""


class RosterError(InputError):
    """A roster that cannot be used: `problems` in the order of the sheets, each with row and column.

    The text holds a line each (the first 50), and in its last line their number.
    """

    def __init__(self, path: str, problems: Sequence[str]) -> None:
        """Keep all of them; the text shows the first."""
        self.problems = tuple(problems)
        shown = self.problems[:MOST_LISTED]
        more = f"（只列出前 {MOST_LISTED} 处）" if len(self.problems) > MOST_LISTED else ""
        last = f"名册 {path} 有 {len(self.problems)} 处错误{more}，改正后重新运行；没有写出任何文件"
        self.lines = (*shown, last)
        super().__init__("\n".join(self.lines))


@dataclass(frozen=True)
class Indicator:
    """An approved indicator: 二级指标 as the forms have it, 三级指标, 年度指标值 as written, 分值."""

    part: str
    name: str
    target: str
    weight: float


@dataclass(frozen=True)
class Project:
    """An approved project; amounts in 万元, None where the roster leaves them blank.

    `budget` is 年初预算数, the other three are its parts where the roster gives them.
    """

    name: str
    supervisor: str = ""
    implementer: str = ""
    budget: float | None = None
    appropriation: float | None = None
    carried_over: float | None = None
    other_funds: float | None = None
    indicators: tuple[Indicator, ...] = ()


@dataclass(frozen=True)
class Region:
    """A county or a city: its code, "" where the roster gives none, and its name, "" for none at all."""

    code: str = ""
    name: str = ""

    def __str__(self) -> str:
        """Code and name, as folders are called."""
        return f"{self.code}{self.name}"

    def means(self, other: Region) -> bool:
        """Whether it means another: by its code where both have codes, else by its name; any where it has no name."""
        same = self.code == other.code if self.code and other.code else self.name == other.name
        return same or not self.name


NO_REGION = Region()


@dataclass(frozen=True)
class Department:
    """A department of the roster; `indicators` are its own, those of 附件2, `budget` is its whole 年初预算数 in 万元.

    `profile` is its 评分口径, "" for the default one. `county` and `city` are given where a roster has several.
    """

    code: str
    name: str
    short_names: tuple[str, ...] = ()
    posts: int | None = None
    contact: str = ""
    phone: str = ""
    profile: str = ""
    budget: float | None = None
    projects: tuple[Project, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    county: Region = NO_REGION
    city: Region = NO_REGION


@dataclass(frozen=True)
class Bureau:
    """The finance bureau that signs the letters: its name, whom departments ask, and the phone; "" where not given."""

    name: str = ""
    contact: str = ""
    phone: str = ""


NO_BUREAU = Bureau()


@dataclass(frozen=True)
class CountyBureau:
    """The bureau of a county, or of all of a city where no county is named."""

    county: Region
    city: Region
    bureau: Bureau


@dataclass(frozen=True)
class Roster:
    """Departments in the order of the roster.

    `lists_projects` says whether the roster holds projects at all: a department without one then has none.
    `notices` are lines for the user about what was passed over.
    """

    departments: tuple[Department, ...]
    lists_projects: bool = False
    notices: tuple[str, ...] = ()
    bureau: Bureau = NO_BUREAU
    county_bureaus: tuple[CountyBureau, ...] = ()
    """The bureaus of counties whose letters another bureau signs."""

    @property
    def has_counties(self) -> bool:
        """Whether it has the departments of several counties, each to be audited by itself."""
        return len({(department.city, department.county) for department in self.departments}) > 1

    def matching(self, name: str) -> Match[Department] | None:
        """The department a name means and how certain that is; None where none comes near.

        `.department` of the answer is None where it is doubtful; `.candidates` are those it may mean.
        """
        return match(
            name, [(department, (department.name, *department.short_names)) for department in self.departments]
        )

    def coded(self, code: str) -> Department | None:
        """The department with a code; None if there is none."""
        return next(
            (department for department in self.departments if department.code.casefold() == code.strip().casefold()),
            None,
        )
