"""Departments of a roster looked up by code or name: indexed once, because a province has ten thousand of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from xltool.roster.names import Names

if TYPE_CHECKING:
    from xltool.roster.model import Department, Roster
    from xltool.roster.names import Match

_LEADING_CODE: Final = re.compile(r"[0-9A-Za-z]{3,}")


class Directory:
    """The departments of a roster by code and by name; a name is matched once, however often it is asked for."""

    def __init__(self, roster: Roster) -> None:
        """Index the departments."""
        departments = roster.departments
        self._names = Names((department, (department.name, *department.short_names)) for department in departments)
        self._codes = {department.code.casefold(): department for department in reversed(departments)}
        self._places = {id(department): place for place, department in enumerate(departments)}
        self._matches: dict[str, Match[Department] | None] = {}

    def coded(self, code: str) -> Department | None:
        """The department with a code; None if there is none."""
        return self._codes.get(code.strip().casefold())

    def coded_first(self, text: str) -> Department | None:
        """The department with whose code a text begins; None if there is none."""
        code = _LEADING_CODE.match(text)
        return self.coded(code[0]) if code else None

    def matching(self, name: str) -> Match[Department] | None:
        """The department a name means and how certain that is, as `Roster.matching`."""
        if name not in self._matches:
            self._matches[name] = self._names.match(name)
        return self._matches[name]

    def place(self, department: Department) -> int:
        """Where a department of this roster stands in it, from 0."""
        return self._places[id(department)]
