"""The counties of a roster: which there are, whose a path is, and the part of the roster that is a county's own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from xltool.normalize import fold
from xltool.roster.directory import Directory
from xltool.roster.model import NO_REGION, Region

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xltool.roster.model import Bureau, Roster

OWN_LEVEL: Final = "本级"
"""What departments of a city or a province itself are called together."""
NOWHERE: Final = "文件夹和文件名里看不出是哪个县的"
AMBIGUOUS: Final = "名称可能是：{names}；请在文件夹名称里写上县的代码，或放进市的文件夹"
_CODE: Final = re.compile(r"^([0-9]{2,12})[-—–_、.\s]*")


@dataclass(frozen=True)
class County:
    """What is audited by itself: a county, or the departments of a city or a province itself."""

    city: Region = NO_REGION
    county: Region = NO_REGION

    @property
    def name(self) -> str:
        """Its name, with that of the city before it; 本级 for the departments of a city or a province itself."""
        return self.city.name + (self.county.name or OWN_LEVEL)

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that its results lie in, from the outermost."""
        city = (str(self.city),) if self.city.name else ()
        return (*city, str(self.county) if self.county.name else OWN_LEVEL)


@dataclass(frozen=True)
class Placed:
    """Whose a path is, and the folder of the county that says so; without a county, the reason."""

    county: County | None
    folder: str = ""
    """Below the folder of filings; "" where a code says it, or the name of a file."""
    reason: str = ""


def counties_of(roster: Roster) -> list[County]:
    """The counties in the order of the roster; one, or none, where nothing has to be told apart."""
    return list(dict.fromkeys(County(each.city, each.county) for each in roster.departments))


def part_of(roster: Roster, county: County) -> Roster:
    """The part of a roster that is a county's own, as if there were no others: without 县 and 市, and no notices."""
    departments = (
        replace(each, county=NO_REGION, city=NO_REGION)
        for each in roster.departments
        if County(each.city, each.county) == county
    )
    bureau = bureau_of(roster, county)
    return replace(roster, departments=tuple(departments), notices=(), bureau=bureau, county_bureaus=())


def bureau_of(roster: Roster, county: County) -> Bureau:
    """Who signs the letters of a county: its own bureau, else that of its city, else that of the roster."""
    own = [each for each in roster.county_bureaus if each.county.means(county.county) and each.city.means(county.city)]
    # The rows that name a county come before those that name a city alone.
    return next((each.bureau for each in sorted(own, key=lambda each: not each.county.name)), roster.bureau)


class CountyFinder:
    """Says whose a path is: by the folders called like a county, else by the code or the full name of a department."""

    def __init__(self, roster: Roster) -> None:
        """Index the counties by code and by name."""
        self._directory = Directory(roster)
        self._counties = counties_of(roster)
        self._cities = _Regions((each.city, each) for each in self._counties)
        self._of_name = _Regions((each.county, each) for each in self._counties)
        named: dict[str, set[County]] = {}
        for department in roster.departments:
            named.setdefault(fold(department.name), set()).add(County(department.city, department.county))
        self._by_name = {name: next(iter(same)) for name, same in named.items() if len(same) == 1}

    def place(self, path: str) -> Placed:
        """Whose a file is, by its path below the folder of filings, with `/`."""
        parts = PurePosixPath(path).parts
        folders = [*parts[:-1], *([parts[-1].removesuffix(".zip")] if parts[-1].endswith(".zip") else [])]
        within = list(self._counties)
        for number, folder in enumerate(folders):
            city, matching = self._cities.matching(folder, within), self._of_name.matching(folder, within)
            own = [each for each in within if not each.county.name] if fold(folder).endswith(OWN_LEVEL) else []
            candidates = matching or own
            if len(candidates) == 1:
                return Placed(candidates[0], "/".join(parts[: number + 1]) if number < len(parts) - 1 else "")
            if len(candidates) > 1:
                county = self._of_department(parts)
                names = "、".join(each.name for each in candidates)
                return Placed(county, reason="" if county else AMBIGUOUS.format(names=names))
            within = city or within
        county = self._of_department(parts)
        if county is not None:
            return Placed(county)
        own = [each for each in within if not each.county.name]
        return Placed(own[0]) if len(own) == 1 and len(within) < len(self._counties) else Placed(None, reason=NOWHERE)

    def _of_department(self, parts: Sequence[str]) -> County | None:
        """The county of the department that a folder or the file is called after, the nearest first.

        It begins with the code of the department, or is the name of one that no other county has.
        """
        for part in reversed(parts):
            department = self._directory.coded_first(part)
            if department is not None:
                return County(department.city, department.county)
            name = PurePosixPath(part).stem if part == parts[-1] else part
            county = next((self._by_name[key] for key in _keys(name) if key in self._by_name), None)
            if county is not None:
                return county
        return None


class _Regions:
    """Counties by the code and the name of a region."""

    def __init__(self, pairs: Iterable[tuple[Region, County]]) -> None:
        self._by_key: dict[str, list[County]] = {}
        for region, county in pairs:
            for key in filter(None, (region.code, fold(region.name))):
                self._by_key.setdefault(key, []).append(county)

    def matching(self, folder: str, within: Sequence[County]) -> list[County]:
        """Those of some counties whose region a folder is called after: by its code, else by its name."""
        known = next((counties for key in _keys(folder) if (counties := self._by_key.get(key))), [])
        return [county for county in known if county in within]


def _keys(folder: str) -> Iterator[str]:
    """What a folder may be looked up by: its leading code, and its name without one."""
    text = fold(folder)
    code = _CODE.match(text)
    if code:
        yield code[1]
        text = text[code.end() :]
    yield text
