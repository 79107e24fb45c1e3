"""Write the summaries above the results of counties: of all together, and of each city."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.batches.options import HIDDEN
from xltool.batches.reading import run_in_workers
from xltool.batches.store import run_state
from xltool.batches.store.stamp import stamp
from xltool.findings import InputError
from xltool.outputs.levels.facts import CountyFacts, DepartmentFacts, read_facts
from xltool.outputs.levels.page import summary_page
from xltool.outputs.levels.totals import CountyResult, Summary
from xltool.outputs.levels.workbook import summary_workbook
from xltool.outputs.summary import RunCounts
from xltool.reader.limits import given
from xltool.roster.counties import County, counties_of, part_of
from xltool.storage import files
from xltool.storage.digests import digest_file
from xltool.template.order import safe_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from xltool.batches.options import Options
    from xltool.outputs.levels.totals import Unplaced
    from xltool.roster import Roster

WORKBOOK, PAGE = "summary.xlsx", "summary.html"
UNREADABLE: Final = "汇总时读不了 {place} 的审核结果，请重新运行"
NO_FILES: Final = "没有收到文件"
_NOTHING: Final = RunCounts(read=0, skipped=0, refused=0, filings=0, forms=0, errors=0, warnings=0, infos=0)


def write_summaries(  # noqa: PLR0913 - where results lie, and what is said of each county
    out: Path,
    *,
    roster: Roster,
    places: Mapping[County, str],
    remarks: Mapping[County, str],
    unplaced: Sequence[Unplaced],
    options: Options,
) -> list[Path]:
    """Write summary.xlsx and summary.html of all together, and of each city where there are several.

    `places` are the folders of results below `out`. Summaries of the same results that lie there untouched are left as
    they are. OSError where `out` cannot be written to.
    """
    made_from = _digest(out, roster, places, remarks, unplaced)
    current = run_state.current(out / HIDDEN, out, made_from) if made_from and not options.fresh else None
    if current is not None:
        return [out / name for name in current.outputs]
    run_state.forget(out / HIDDEN)
    facts = _facts(out, list(places.values()), jobs=options.workers)
    results = tuple(
        CountyResult(county, places[county], facts[places[county]], remarks.get(county, ""))
        if county in places
        else CountyResult(county, "", _absent(roster, county), NO_FILES)
        for county in counties_of(roster)
    )
    whole = Summary("绩效自评审核汇总", results, tuple(unplaced))
    written = _write(out, whole)
    if len(whole.cities) > 1:
        for city in whole.cities:
            own = tuple(result for result in results if result.county.city == city)
            if city.name:
                written += _write(out / safe_name(str(city)), _of_city(city.name, own))
    if made_from:
        run_state.remember(out / HIDDEN, out, run_state.Run(made_from, tuple(written), _NOTHING, ()))
    return written


def _of_city(name: str, results: Sequence[CountyResult]) -> Summary:
    """The summary of a city, with places as seen from its folder."""
    own = [CountyResult(each.county, each.place.partition("/")[2], each.facts, each.remark) for each in results]
    return Summary(f"{name}绩效自评审核汇总", tuple(own))


def _write(folder: Path, summary: Summary) -> list[Path]:
    made_at = files.run_time()
    files.write_whole(folder / WORKBOOK, summary_workbook(summary, made_at))
    files.write_whole(folder / PAGE, summary_page(summary, made_at))
    return [folder / WORKBOOK, folder / PAGE]


def _facts(out: Path, places: Sequence[str], *, jobs: int) -> dict[str, CountyFacts]:
    """The facts of each county, read by workers; InputError where one cannot be read."""
    facts: dict[str, CountyFacts] = {}
    answers = run_in_workers(read_facts, [out / place for place in places], jobs=jobs, kind=CountyFacts)
    for number, answer in answers:
        if answer is None:
            raise InputError(UNREADABLE.format(place=places[number]))
        facts[places[number]] = answer
    return facts


def _absent(roster: Roster, county: County) -> CountyFacts:
    """The facts of a county of which nothing came in."""
    departments = part_of(roster, county).departments
    return CountyFacts(0, 0, tuple(DepartmentFacts(each.name, "未报") for each in departments), ())


def _digest(
    out: Path,
    roster: Roster,
    places: Mapping[County, str],
    remarks: Mapping[County, str],
    unplaced: Sequence[Unplaced],
) -> str:
    """Digest of what the summaries depend on; "" where the state of a county's run is not stored."""
    states = [out / place / HIDDEN / run_state.NAME for place in places.values()]
    if not all(state.is_file() for state in states):
        return ""
    terms = [stamp(given()).decode(), repr(roster.departments), *places.values(), *map(repr, unplaced)]
    return run_state.digest([*terms, *remarks.values(), *map(digest_file, states)])
