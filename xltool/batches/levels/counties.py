"""A run over the filings of several counties: each is audited by itself, and a summary is written above them.

A county's run is the run that `xltool batch` makes of its folder with its part of the roster, so its outputs are the
same bytes as if there were no others. The summary is made of these outputs.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from xltool.batches.levels.summaries import NO_FILES, write_summaries
from xltool.batches.options import HIDDEN, Inputs, Options
from xltool.batches.run_lock import run_lock
from xltool.batches.runs import RunResult, run_county
from xltool.findings import InputError
from xltool.outputs.levels.facts import FINDINGS
from xltool.outputs.levels.totals import Unplaced
from xltool.outputs.summary import RunCounts
from xltool.roster.counties import County, CountyFinder, counties_of, part_of
from xltool.roster.csv_folder import write_roster
from xltool.template.order import safe_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import NoReturn

    from xltool.batches.progress import Bar, Progress
    from xltool.reader.files.archives import Source
    from xltool.roster import Roster

ROSTER: Final = "名册"
"""The county's part of the roster, beside its results."""
EACH: Final = "全省（市）的结果分县存放，请到各县的文件夹里看"
EARLIER: Final = "，文件夹里是以前的结果"
NO_PRIOR: Final = "上年报送里没有这个县的文件夹，没有与上年比对"
NO_EARLIER: Final = "上次审核结果里没有这个县的，没有与上一轮比对"
UNPLACED: Final = "有 {count} 个文件看不出是哪个县的，没有审核，列在 summary.xlsx 的“未归到县的文件”"


@dataclass(frozen=True)
class CountyRun:
    """The run of a county: its folder, its files where the folder holds those of others too, and its results."""

    county: County
    folder: Path
    only: frozenset[Path] | None
    place: str
    """Below the results, with `/`."""


def run_counties(folder: Path, out: Path, options: Options, *, roster: Roster, bar: Bar) -> RunResult:
    """Check each county of a roster, then write the summary; raises as `runs.run`."""
    with run_lock(out / HIDDEN, out):
        runs, unplaced = plan_counties(folder, Inputs.of(folder, out, options).sources, roster)
        results, remarks = dict[str, RunResult](), dict[County, str]()
        for each in runs:
            own, remark = _options_of(each, out, options, roster)
            results[each.place] = run_county(each.folder, out / each.place, own, bar=titled(bar, each.county.name))
            gc.collect()  # the records of a county refer to each other, and a run seldom looks for such garbage
            remarks[each.county] = remark
        places = {each.county: each.place for each in runs}
        written = write_summaries(
            out, roster=roster, places=places, remarks=remarks, unplaced=unplaced, options=options
        )
    lines = [f"{place}：{line}" for place, result in results.items() for line in result.messages]
    lines += [f"{county.name}：{remark}" for county, remark in remarks.items() if remark]
    lines += [
        f"{county.name}：{NO_FILES}{EARLIER if (out / place_of(county) / FINDINGS).exists() else ''}"
        for county in counties_of(roster)
        if county not in places
    ]
    lines += [UNPLACED.format(count=len(unplaced))] if unplaced else []
    paths = (*written, *(path for result in results.values() for path in result.written))
    counts = RunCounts.total({place: result.tally for place, result in results.items()})
    return RunResult(paths, counts, _refuse_to_load, tuple(lines))


def _refuse_to_load() -> NoReturn:
    raise InputError(EACH)


def plan_counties(folder: Path, sources: Sequence[Source], roster: Roster) -> tuple[list[CountyRun], list[Unplaced]]:
    """The runs of the counties of which there are files, in the order of the roster, and the files of no county."""
    finder, unplaced = CountyFinder(roster), list[Unplaced]()
    files: dict[County, list[Source]] = {}
    folders: dict[County, set[str]] = {}
    owners: dict[str, set[County | None]] = {}
    for source in sources:
        placed = finder.place(source.name)
        above = {str(parent) for parent in PurePosixPath(source.name).parents}
        for parent in above:
            owners.setdefault(parent, set()).add(placed.county)
        if placed.county is not None:
            files.setdefault(placed.county, []).append(source)
            folders.setdefault(placed.county, set()).add(placed.folder)
        elif source.unread is None or source.unread.status == "refused":
            unplaced.append(Unplaced(source.name, placed.reason))
    runs = []
    for county in counties_of(roster):
        own = folders.get(county, set())
        place = place_of(county)
        shared = len(own) != 1 or "" in own or owners[next(iter(own))] != {county}
        if own and shared:
            runs.append(CountyRun(county, folder, frozenset(source.path for source in files[county]), place))
        elif own:
            runs.append(CountyRun(county, folder / next(iter(own)), None, place))
    return runs, unplaced


def place_of(county: County) -> str:
    """Where the results of a county lie below those of all, with `/`."""
    return "/".join(map(safe_name, county.folders))


def _options_of(each: CountyRun, out: Path, options: Options, roster: Roster) -> tuple[Options, str]:
    """The options of a county's run, with its part of the roster beside its results; and what is to be said of it."""
    own_roster = out / each.place / ROSTER
    write_roster(own_roster, part_of(roster, each.county))
    prior = None if options.prior is None else _folder_of(options.prior, each.county, CountyFinder(roster))
    earlier = None if options.prior_review is None else options.prior_review / each.place
    remarks = [NO_PRIOR] if options.prior is not None and prior is None else []
    if earlier is not None and not (earlier / FINDINGS).is_file():
        earlier = None
        remarks.append(NO_EARLIER)
    own = replace(options, roster=own_roster, only=each.only, prior=prior, prior_review=earlier)
    return own, "；".join(remarks)


def _folder_of(base: Path, county: County, finder: CountyFinder) -> Path | None:
    """The folder of a county below another one, in it or in the folder of a city; None where there is none."""
    for folder in (*sorted(base.glob("*")), *sorted(base.glob("*/*"))):
        name = folder.relative_to(base).as_posix()
        placed = finder.place(f"{name}/-")
        if folder.is_dir() and placed.county == county and placed.folder == name:
            return folder
    return None


def titled(bar: Bar, name: str) -> Bar:
    """Progress bars that say whose they are."""

    def titled(label: str, total: int) -> AbstractContextManager[Progress]:
        return bar(f"{name} {label}", total)

    return titled
