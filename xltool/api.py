"""The commands as Python functions: paths in, frames out."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from xltool import params
from xltool.auditing import acceptance
from xltool.auditing.filings import department_of
from xltool.auditing.tables.frames import Frames, frames
from xltool.auditing.tables.tidy import SUBMISSION_COLUMNS
from xltool.auditing.terms import NO_TERMS, Terms
from xltool.batches import reading
from xltool.batches.file_set import audit_given
from xltool.batches.grouping import as_filings
from xltool.batches.judging import audit_in_memory
from xltool.batches.progress import Bar, no_bar
from xltool.batches.side_inputs import SideInputs
from xltool.batches.store.form_cache import load_stub, stub_of
from xltool.converting import filings, refiling
from xltool.findings import Finding, InputError
from xltool.forms import FORMS, form_named
from xltool.issuing.issue import LIST, Issued, issue_plan, prior_sources
from xltool.issuing.plan import plan_department, plan_roster
from xltool.outputs import json_output
from xltool.outputs.reviewing.owners import filings_by_path
from xltool.reader.files.sources import discover, sources_below, without
from xltool.roster.inbox import sort_out
from xltool.storage import files
from xltool.template.empty_roster import empty_roster
from xltool.template.order import Order
from xltool.template.workbook import write_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pandas as pd

    from xltool.auditing.acceptance import Accepted
    from xltool.auditing.result import Audit
    from xltool.batches.store.records import RecordStore
    from xltool.outputs.merged import Merged
    from xltool.reader.files.archives import Source
    from xltool.reader.records import FileRecord
    from xltool.roster import Roster

EARLIEST, LATEST = 2000, 2099
_BACK = "收回"
"""Stands before the names of files that came back, so that none is that of a file of last round."""
MOST_INDICATORS = 50
MERGED_SUFFIXES = (".xlsx", ".parquet")
SCORE_COLUMNS = ("score_filed", "score_recomputed", "grade", "profile")


@dataclass(frozen=True)
class ReadResult(Frames):
    """Frames of what was filed, the files looked at, and what reading noticed."""

    records: tuple[FileRecord, ...]


@dataclass(frozen=True)
class AuditResult:
    """Frames of an audit: `submissions` with scores and grade, `findings` as in the contract."""

    submissions: pd.DataFrame
    findings: pd.DataFrame
    audit: Audit


def generate(
    *,
    year: int,
    out: Path,
    forms: Sequence[str] | None,
    department: str | None,
    projects: Sequence[str],
    indicators: int | None,
    combined: bool,
    roster: Path | None,
    prior: Path | None,
    password: str | None,
    profile: str | None = None,
    bar: Bar = no_bar,
) -> Issued:
    """Write blank templates; see `xltool.generate`."""
    order = order_for(
        year=year,
        forms=forms,
        department=department,
        projects=projects,
        indicators=indicators,
        password=password,
        profile=profile,
    )
    if roster is None and prior is None:
        return Issued(tuple(write_files(order, out, combined=combined)), ())
    known = None if roster is None else _roster(roster, order, out)
    if known is None and not order.department:
        msg = "用 --prior 预填上年数时，请用 --department 指明单位，或用 --roster 指明名册"
        raise InputError(msg)
    sources = [] if prior is None else prior_sources(prior, out)
    records = None if prior is None else _filed(sources, bar)
    if known is None:
        plan = plan_department(order, records or (), combined=combined)
    else:
        plan = plan_roster(order, known, records, only=order.department, combined=combined)
    inputs = [source.path for source in sources]
    with bar("生成表样", plan.forms) as advance:
        return issue_plan(plan, out, inputs=inputs, jobs=os.cpu_count() or 1, progress=advance)


def _filed(sources: Sequence[Source], bar: Bar) -> list[FileRecord]:
    """Last year's files, read and put into filings."""
    with bar("读取上年", len(sources)) as advance:
        records = reading.read_sources(sources, jobs=os.cpu_count() or 1, progress=advance)
    as_filings(records)
    return records


def _roster(path: Path, order: Order, out: Path) -> Roster:
    if path.resolve() == (out / LIST).resolve():
        msg = f"名册不能与要写出的下发清单同名，请给名册改名：{path}"
        raise InputError(msg)
    if order.projects:
        msg = "用 --roster 时项目以名册为准，不能再用 --project"
        raise InputError(msg)
    return _read_roster(path)


def _read_roster(path: Path) -> Roster:
    with SideInputs() as side_inputs:
        return side_inputs.roster(path)


def new_roster(path: Path) -> None:
    """Write an empty roster workbook; InputError where there is a file already, OSError where it cannot be written."""
    if path.suffix.lower() != ".xlsx":
        msg = f"名册是 .xlsx 文件，请把文件名写作 {path.stem}.xlsx"
        raise InputError(msg)
    if path.exists():
        msg = f"已有这个文件，没有覆盖：{path}；请换一个文件名"
        raise InputError(msg)
    files.write_whole(path, empty_roster())


def order_for(
    *,
    year: int,
    forms: Sequence[str] | None,
    department: str | None,
    projects: Sequence[str],
    indicators: int | None,
    password: str | None,
    profile: str | None = None,
) -> Order:
    """The order for these options; InputError for what cannot be done."""
    _check_year(year)
    if indicators is not None and not 1 <= indicators <= MOST_INDICATORS:
        msg = f"每个二级指标的行数应在 1 到 {MOST_INDICATORS} 之间，填的是 {indicators}"
        raise InputError(msg)
    names = [project.strip() for project in projects]
    if not all(names) or len(set(names)) != len(names):
        msg = f"项目名称不能为空，也不能重复：{'、'.join(projects)}"
        raise InputError(msg)
    try:
        keys = tuple(dict.fromkeys(form_named(form.strip()).key for form in forms or FORMS))
    except KeyError as unknown:
        msg = f"没有这张表：{unknown.args[0]}；可选 附件1、附件2、附件3（或 1、2、3）"
        raise InputError(msg) from None
    scoring = params.chosen(profile, year) if profile else None
    order = Order(year, (department or "").strip(), keys, tuple(names), password=password or "", profile=scoring)
    return order if indicators is None else replace(order, indicators=indicators)


def _check_year(year: int) -> None:
    if not EARLIEST <= year <= LATEST:
        msg = f"年度应在 {EARLIEST} 到 {LATEST} 之间，填的是 {year}"
        raise InputError(msg)


def read(paths: Sequence[Path]) -> ReadResult:
    """Read filled forms; see `xltool.read`."""
    records = reading.read_sources(discover(paths))
    as_filings(records)
    return ReadResult(**vars(frames(records)), records=tuple(records))


def audit(paths: Sequence[Path], terms: Terms = NO_TERMS, *, prior: Path | None = None) -> AuditResult:
    """Check files given together; see `xltool.audit`."""
    import pandas as pd

    result, _ = audit_given(paths, terms, prior=prior)
    data = json_output.audit_json(result)
    return AuditResult(
        pd.DataFrame(data["submissions"], columns=[*SUBMISSION_COLUMNS, *SCORE_COLUMNS]),
        pd.DataFrame(data["findings"], columns=[item.name for item in fields(Finding)]),
        result,
    )


def merge(
    folder: Path,
    out: Path,
    *,
    year: int | None = None,
    roster: Path | None = None,
    terms: Terms = NO_TERMS,
    results: Path | None = None,
    bar: Bar = no_bar,
) -> Accepted:
    """The accepted filings of a year as one workbook or Parquet file; see `xltool.merge`.

    Files that the run with its results in `results` has read are not read again.
    """
    if out.suffix.lower() not in MERGED_SUFFIXES:
        msg = f"汇总文件应以 .xlsx 或 .parquet 结尾：{out}"
        raise InputError(msg)
    known = None if roster is None else _read_roster(roster)
    sources = [source for source in sources_below(folder, out) if source.path.resolve() != out.resolve()]
    if known is not None and known.has_counties:
        from xltool.batches.levels.counties import titled
        from xltool.batches.levels.merging import merge_counties

        def merge_one(place: str, own: Sequence[Source], whole: Path, part: Roster) -> tuple[Accepted, Merged]:
            kept = None if results is None else results / place
            return _merge(own, whole, part, year=year, terms=terms, results=kept, bar=titled(bar, place))

        sources = without(sources, out.with_suffix(""))
        return merge_counties(folder, sources, out, roster=known, merge=merge_one)
    return _merge(sources, out, known, year=year, terms=terms, results=results, bar=bar)[0]


def _merge(
    sources: Sequence[Source],
    out: Path,
    known: Roster | None,
    *,
    year: int | None,
    terms: Terms,
    results: Path | None,
    bar: Bar,
) -> tuple[Accepted, Merged]:
    """Merge some files into one; returns what was accepted, and its frames."""
    from xltool.outputs import merged

    with reading.start_workers(os.cpu_count() or 1) as workers, _kept_records(results) as store:
        with bar("读取", len(sources)) as advance:
            records = reading.read_with(workers, sources, progress=advance, store=store)
        inbox = None if known is None else sort_out(records, known)
        as_filings(records)
        result = audit_in_memory(workers, records, terms=terms, store=store, bar=bar)
        if store is not None:
            result = replace(result, records=[load_stub(stub_of(record), store.load) for record in records])
    missing = () if inbox is None else inbox.missing_forms
    accepted = acceptance.accepted(result, year, missing, owners=filings_by_path(result, inbox))
    codes = {} if inbox is None else inbox.codes
    accepted = accepted.in_order_of(list(codes))
    names = {filing: department_of(same) or filing for filing, same in accepted.filings.items()}
    summary = merged.Merged(accepted.records, names, result.scores, codes=codes)
    with bar("写出汇总", 1) as advance:
        advance.begin(out.name)
        if out.suffix.lower() == ".parquet":
            merged.write_parquet(out, summary)
        else:
            files.write_whole(out, merged.merged_workbook(summary, accepted.excluded, accepted.year, files.run_time()))
        advance(1, out.name)
    return accepted, summary


def _kept_records(results: Path | None) -> AbstractContextManager[RecordStore | None]:
    """The records of the run with its results in a folder, for which they are locked; None without a folder."""
    from xltool.batches.runs import kept_records

    return nullcontext() if results is None else kept_records(results)


def refile(
    last: Path, back: Sequence[Path], out: Path, *, results: Path | None = None, bar: Bar = no_bar
) -> list[refiling.PlacedFile]:
    """The folder of the next round; see `xltool.refile`.

    Files of last round are not read again where the run with its results in `results` has read them.
    """
    before = sources_below(last, out)
    sources = [replace(source, name=f"{_BACK}/{source.name}") for source in without(discover(back), out)]
    with reading.start_workers(os.cpu_count() or 1) as workers, _kept_records(results) as store:
        with bar("读取", len(before) + len(sources)) as advance:
            records = [reading.read_with(workers, files, progress=advance, store=store) for files in (before, sources)]
        place = {source.name: source.path for source in (*before, *sources)} | workers.unpacked
        placed = [file for file in refiling.place_files(*records) if file.name in place]
        refiling.copy_files(placed, place, out)
    return [replace(file, name=file.name.removeprefix(f"{_BACK}/")) for file in placed]


def convert(paths: Sequence[Path], out: Path, *, year: int | None = None) -> filings.Converted:
    """Move filings into issued templates; see `xltool.convert`."""
    if year is not None:
        _check_year(year)
    sources = filings.without_outputs(discover(paths), paths, out)
    records = reading.read_sources(sources, jobs=os.cpu_count() or 1)
    as_filings(records)
    return filings.convert(records, out, inputs=[source.path for source in sources], year=year)
