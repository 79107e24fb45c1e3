"""Commands that look at what departments sent: read, audit, batch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from xltool.cli.app import FOUND, ExemptionFile, Files, ProfileWish, TextFormat, command
from xltool.cli.chinese import CallError
from xltool.cli.terminal import progress, show, tell, tell_unread
from xltool.findings import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xltool.batches.options import Options
    from xltool.batches.runs import RunResult

WATCHED_URL = "--watch 只能等候本机或共享盘上的文件夹，不能等候网络地址"

Prior = Annotated[
    Path | None,
    typer.Option("--prior", help="上年报送所在的文件夹，用于核对两年的数字和文字。", metavar="文件夹", readable=False),
]


class EngineName(StrEnum):
    """Where `batch` reads."""

    LOCAL = "local"
    DASK = "dask"


class ReadFormat(StrEnum):
    """Formats `read` writes."""

    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


@command
def read(
    *,
    paths: Files,
    format: Annotated[ReadFormat, typer.Option("--format", help="输出格式。")] = ReadFormat.JSON,
    out: Annotated[
        Path | None, typer.Option("--out", help="写入的文件（json、xlsx）或文件夹（csv、parquet）。", metavar="路径")
    ] = None,
) -> None:
    """读取填好的表，输出每个单元格的地址、原文、数值和公式。

    例：xltool read 附件1.xlsx --format xlsx --out 数据.xlsx
    """
    from xltool.batches.reading import start_reading, start_workers
    from xltool.reader.files.sources import discover

    sources = discover(paths)
    with start_workers(1) as workers:
        reading = start_reading(workers, workers.pool, sources)
        # Imported while the worker starts and reads.
        from xltool.batches.grouping import as_filings
        from xltool.outputs import json_output
        from xltool.reader.records import unread_of
        from xltool.storage import files

        records = list(reading)
    as_filings(records)
    if format is ReadFormat.JSON:
        text = json_output.dumps(json_output.read_json(records))
        if out is None:
            show(text)
        else:
            files.write_whole(out, text.encode())
    else:
        from xltool.outputs.read_output import write_tables

        if out is None:
            msg = "请用 --out 指明写到哪里"
            raise CallError(msg)
        for path in write_tables(records, format.value, out):
            typer.echo(str(path))
    if tell_unread(unread_of(records)):
        raise typer.Exit(FOUND)


@command
def audit(
    *,
    paths: Files,
    format: Annotated[TextFormat, typer.Option("--format", help="text 给人看，json 给程序用。")] = TextFormat.TEXT,
    prior: Prior = None,
    profile: ProfileWish = None,
    exemptions: ExemptionFile = None,
) -> None:
    """审核填好的表：重算比率、合计和得分，逐个单元格指出问题。几张表一起给出时同时核对表间关系。

    例：xltool audit 附件1.xlsx 附件2.xlsx 附件3.xlsx
    """
    from xltool.batches.audit_terms import terms_of
    from xltool.batches.file_set import audit_as_one_set
    from xltool.findings import Severity

    terms = terms_of(profile=profile, exemptions=exemptions)
    result, last = audit_as_one_set(paths, terms, prior=prior)
    _tell_all((*(last.messages if last else ()), *result.messages))
    if format is TextFormat.JSON:
        from xltool.outputs import json_output
        from xltool.reader.records import unread_of

        show(json_output.dumps(json_output.audit_json(result)))
        tell_unread(unread_of(result.records))
    else:
        from xltool.outputs.terminal import audit_text

        show(audit_text(result))
    if any(finding.severity is Severity.ERROR for finding in result.findings):
        raise typer.Exit(FOUND)


@command
def batch(
    *,
    folder: Annotated[
        str, typer.Argument(help="放报送文件的文件夹，或 s3:// 等网络地址。", metavar="文件夹", show_default=False)
    ],
    out: Annotated[
        str, typer.Option("--out", help="审核结果写入的文件夹，或网络地址。", metavar="文件夹", show_default=False)
    ],
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help="同时读取的进程数，默认与处理器核数相同。", metavar="个数")
    ] = None,
    prior: Prior = None,
    prior_review: Annotated[
        Path | None,
        typer.Option(
            "--prior-review",
            help="上次审核结果的文件夹：核对上次的问题是否整改、有没有新增。",
            metavar="文件夹",
            readable=False,
        ),
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option("--roster", help="名册：核对哪些单位、哪些表应报、已报、未报。", metavar="文件", readable=False),
    ] = None,
    deadline: Annotated[
        str | None, typer.Option("--deadline", help="退回通知中要求重新报送的日期，如 2024-06-30。", metavar="日期")
    ] = None,
    profile: ProfileWish = None,
    exemptions: ExemptionFile = None,
    engine: Annotated[
        EngineName, typer.Option("--engine", help="local 用本机读取，dask 用已有的 Dask 集群读取，结果相同。")
    ] = EngineName.LOCAL,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", help="Dask 调度器地址，如 tcp://10.0.0.5:8786。", metavar="地址"),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="全部重新读取，不用上次留下的读取结果。")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="检查后继续等候，文件夹中有文件送到或改动时自动重新检查，按 Ctrl-C 结束。")
    ] = False,
) -> None:
    """批量检查一个文件夹，写出工作簿 review.xlsx、网页 review.html、退回件 returned/、退回通知 notices/ 和数据。

    退回件是原文件加上问题清单、颜色和批注，其余保持原样，供单位改正后重新报送。

    中断后用同一条命令重新运行，只读取没有读完的文件；文件没有变动时结果保持不动。

    例：xltool batch 报送文件 --out 审核结果
    """
    from xltool.batches.audit_terms import terms_of
    from xltool.batches.cluster.engines import engine_of
    from xltool.batches.cluster.remote import at_hand, is_url
    from xltool.batches.options import Options

    terms = terms_of(profile=profile, exemptions=exemptions)
    due = _day(deadline) if deadline else None
    options = Options(jobs, prior_review, due, roster, terms, prior, fresh, engine_of(engine.value, scheduler))
    if watch:
        if is_url(folder) or is_url(out):
            raise CallError(WATCHED_URL)
        _watch(Path(folder), Path(out), options)
    with at_hand(folder, out) as places:
        where = engine_of(engine.value, scheduler, places.origins)
        outcome = _checked(places.folder, places.out, replace(options, engine=where, linked=places.linked))
    _say(outcome, places.told)
    if outcome.errors:
        raise typer.Exit(FOUND)


def _day(text: str) -> date:
    """A day as people write it (2024-06-30, 2024年6月30日); ValueError, in Chinese, if it is none."""
    from xltool.reader.notation.cells import parse_date

    found = parse_date(text).value
    try:
        return date.fromisoformat(str(found))
    except ValueError:
        msg = f"日期应写成 2024-06-30 的形式，填的是 {text}"
        raise InputError(msg) from None


def _checked(folder: Path, out: Path, options: Options) -> RunResult:
    """One run, with a progress bar."""
    from xltool.batches.runs import run
    from xltool.reader.files.sources import sources_of_last_year, sources_of_this_year

    total = len(sources_of_this_year(folder, out, options.prior))
    if options.prior is not None:
        total += len(sources_of_last_year(options.prior, root=folder, out=out))
    with progress(total) as advance:
        return run(folder, out, options, progress=advance)


def _say(outcome: RunResult, told: Callable[[str], str] = str) -> None:
    """What a run did: notices on stderr, the summary on stdout."""
    from xltool.outputs.terminal import batch_text

    _tell_all(outcome.messages)
    typer.echo(told(batch_text(outcome.tally, outcome.written)), nl=False)


def _watch(folder: Path, out: Path, options: Options) -> NoReturn:
    """Runs until Ctrl-C: the first as any, a line on stderr for each after it."""
    from xltool.batches.watching import watch_folder

    for number, watch_round in enumerate(watch_folder(folder, out, options, run=_checked)):
        if watch_round.result is not None and number == 0:
            _say(watch_round.result)
        tell(watch_round.line)
    raise KeyboardInterrupt


def _tell_all(messages: Sequence[str]) -> None:
    """Lines for the user, on stderr."""
    for line in messages:
        tell(line)
