"""Merge the filings of several counties: each county by itself, and a workbook of all their departments above."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from xltool.auditing.acceptance import Accepted, Exclusion
from xltool.batches.levels.counties import plan_counties
from xltool.batches.levels.summaries import NO_FILES
from xltool.findings import InputError
from xltool.outputs.levels.merged import write_merged_counties
from xltool.reader.files.sources import sources_below
from xltool.roster.counties import counties_of, part_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from xltool.batches.levels.counties import CountyRun
    from xltool.outputs.merged import Merged
    from xltool.reader.files.archives import Source
    from xltool.roster import Roster
    from xltool.roster.counties import County

SEVERAL_YEARS: Final = "各县的年度不同（{years}），请用 --year 写明汇总哪一年"


@dataclass(frozen=True)
class MergedCounty:
    """A county that was merged: what was accepted, as frames too."""

    county: County
    accepted: Accepted
    merged: Merged


def merge_counties(
    folder: Path,
    sources: Sequence[Source],
    out: Path,
    *,
    roster: Roster,
    merge: Callable[[str, Sequence[Source], Path, Roster], tuple[Accepted, Merged]],
) -> Accepted:
    """Merge each county into a file of its own in the folder called like `out`, then all of them into `out`.

    `merge` is given the place of a county, and merges its files with its part of the roster into a file. A county in
    which nothing can be accepted is left out, with the reason. InputError where that holds for all of them.
    """
    runs, unplaced = plan_counties(folder, sources, roster)
    counties: list[MergedCounty] = []
    excluded = [Exclusion("", (each.path,), each.reason) for each in unplaced]
    for each in runs:
        place = out.with_suffix("") / f"{each.place}{out.suffix}"
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            accepted, merged = merge(
                str(each.place), _sources_of(each, sources, out), place, part_of(roster, each.county)
            )
        except InputError as error:
            place.unlink(missing_ok=True)
            excluded.append(Exclusion(each.county.name, (), str(error)))
        else:
            counties.append(MergedCounty(each.county, accepted, merged))
    missing = [county for county in counties_of(roster) if county not in {each.county for each in runs}]
    excluded += [Exclusion(county.name, (), NO_FILES) for county in missing]
    if not counties:
        raise InputError("；".join(f"{each.department}：{each.reason}" for each in excluded))
    years = {each.accepted.year for each in counties}
    if len(years) > 1:
        raise InputError(SEVERAL_YEARS.format(years="、".join(map(str, sorted(years)))))
    whole = _together(counties, excluded)
    write_merged_counties(out, [(each.county, each.merged) for each in counties], whole.excluded, whole.year)
    return whole


def _sources_of(each: CountyRun, sources: Sequence[Source], out: Path) -> list[Source]:
    """The files of a county, named as if there were no others."""
    if each.only is None:
        return [source for source in sources_below(each.folder, out) if source.path.resolve() != out.resolve()]
    return [source for source in sources if source.path in each.only]


def _together(counties: Sequence[MergedCounty], others: Sequence[Exclusion]) -> Accepted:
    """What was accepted in all counties; names say the county."""
    filings = {
        f"{each.county.name}{filing}": same for each in counties for filing, same in each.accepted.filings.items()
    }
    excluded = [
        replace(exclusion, department=f"{each.county.name}{exclusion.department}", filing="")
        for each in counties
        for exclusion in each.accepted.excluded
    ]
    unread = tuple(path for each in counties for path in each.accepted.unread)
    messages = tuple(f"{each.county.name}：{line}" for each in counties for line in each.accepted.messages)
    return Accepted(counties[0].accepted.year, filings, (*excluded, *others), unread, messages)
