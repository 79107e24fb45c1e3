"""Findings between two files of a filing, as the file on the other side is told of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from xltool.findings import Place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from xltool.findings import Finding


class Counterparts:
    """Which files have findings that concern another file of the same filing.

    Files of other filings are not told: departments do not see what others filed.
    """

    def __init__(self, filings: Mapping[str, Collection[str]]) -> None:
        """`filings` are those of each file."""
        self._filings = filings
        self._sources: dict[str, dict[str, None]] = defaultdict(dict)

    def add(self, finding: Finding) -> list[str]:
        """Note a finding; returns the other files that it concerns."""
        others = [path for path in _other_files(finding) if self._is_same_filing(path, finding.path)]
        for path in others:
            self._sources[path][finding.path] = None
        return others

    def sources(self, path: str) -> Iterable[str]:
        """The files with findings that concern this file."""
        return self._sources.get(path, ())

    def _is_same_filing(self, path: str, other: str) -> bool:
        return not set(self._filings.get(path, ())).isdisjoint(self._filings.get(other, ()))


def concerns(finding: Finding, path: str) -> bool:
    """Whether a finding on another file concerns this one."""
    return path in _other_files(finding)


def counterpart(finding: Finding, path: str) -> Finding:
    """A finding on another file, at the cell of this file that it concerns.

    Neither value is that of this cell, so that the list shows none; the message says where the other side stands.
    """
    first, *more = (place for place in finding.related if place.path == path)
    others = [place for place in finding.related if place.path != path]
    own = Place(finding.path, finding.sheet, finding.cell)
    side = " ".join(filter(None, (finding.sheet, finding.cell))) or finding.path.rpartition("/")[2]
    return replace(
        finding,
        path=path,
        sheet=first.sheet,
        cell=first.cell,
        field=None,
        actual=None,
        expected=None,
        related=(own, *more, *others),
        message=f"对照{side}：{finding.message}",
    )


def _other_files(finding: Finding) -> Iterator[str]:
    yield from dict.fromkeys(place.path for place in finding.related if place.path != finding.path)
