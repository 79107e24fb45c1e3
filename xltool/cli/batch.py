"""The command `batch`: check a folder tree, once or whenever a file arrives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from xltool.cli.app import ExemptionFile, Prior, ProfileWish, command
from xltool.cli.errors import CallError
from xltool.cli.terminal import HAS_ERRORS, bar, tell, tell_all
from xltool.findings import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from xltool.batches.options import Options
    from xltool.batches.runs import RunResult

WATCHED_URL = "--watch 只能等候本机或共享盘上的文件夹，不能等候网络地址"


class EngineName(StrEnum):
    """Where `batch` reads."""

    LOCAL = "local"
    DASK = "dask"


FilingsFolder = Annotated[
    str, typer.Argument(help="放报送文件的文件夹，或 s3:// 等网络地址。", metavar="文件夹", show_default=False)
]
ReviewFolder = Annotated[
    str, typer.Option("--out", help="审核结果写入的文件夹，或网络地址。", metavar="文件夹", show_default=False)
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", min=1, help="同时读取的进程数，默认与处理器核数相同。", metavar="个数")
]
PriorReview = Annotated[
    Path | None,
    typer.Option(
        "--prior-review",
        help="上次审核结果的文件夹：核对上次的问题是否整改、有没有新增。",
        metavar="文件夹",
        readable=False,
    ),
]
RosterToCheck = Annotated[
    Path | None,
    typer.Option("--roster", help="名册：核对哪些单位、哪些表应报、已报、未报。", metavar="文件", readable=False),
]
Due = Annotated[
    str | None,
    typer.Option("--due", help="报送期限，其后填报或保存的算迟报，如 2024-04-30。", metavar="日期"),
]
RefileBy = Annotated[
    str | None, typer.Option("--refile-by", help="通知中要求补报、重新报送的日期，如 2024-05-31。", metavar="日期")
]
Deadline = Annotated[
    str | None, typer.Option("--deadline", help="同时作 --due 和 --refile-by，用于两个日期相同的时候。", metavar="日期")
]
EngineChoice = Annotated[
    EngineName, typer.Option("--engine", help="local 用本机，dask 交给已有的 Dask 集群，结果相同。")
]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", help="Dask 调度器地址，如 tcp://10.0.0.5:8786。", metavar="地址"),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="全部重新读取，不用上次留下的读取结果。")]
Officer = Annotated[
    str | None,
    typer.Option("--officer", help="处理登记中的登记人，默认是本机的账号。", metavar="姓名"),
]
Watch = Annotated[
    bool, typer.Option("--watch", help="检查后继续等候，文件夹中有文件送到或改动时自动重新检查，按 Ctrl-C 结束。")
]


@command
def batch(
    *,
    folder: FilingsFolder,
    out: ReviewFolder,
    jobs: Jobs = None,
    prior: Prior = None,
    prior_review: PriorReview = None,
    roster: RosterToCheck = None,
    due: Due = None,
    refile_by: RefileBy = None,
    deadline: Deadline = None,
    profile: ProfileWish = None,
    exemptions: ExemptionFile = None,
    engine: EngineChoice = EngineName.LOCAL,
    scheduler: Scheduler = None,
    officer: Officer = None,
    fresh: Fresh = False,
    watch: Watch = False,
) -> None:
    """批量检查一个文件夹，写出工作簿 review.xlsx、网页 review.html、退回件、退回通知、各单位的压缩包和数据。

    退回件是原文件加上问题清单、颜色和批注，其余保持原样，供单位改正后重新报送。

    中断后用同一条命令重新运行，只读取没有读完的文件；文件没有变动时结果保持不动。

    例：xltool batch 报送文件 --out 审核结果
    """
    from xltool.batches.audit_terms import terms_of
    from xltool.batches.cluster.engines import engine_of
    from xltool.batches.cluster.remote import is_url, local_places
    from xltool.batches.options import Options

    terms = terms_of(profile=profile, exemptions=exemptions)
    options = Options(
        jobs=jobs,
        prior_review=prior_review,
        due=_day(due or deadline),
        refile_by=_day(refile_by or deadline),
        roster=roster,
        terms=terms,
        prior=prior,
        fresh=fresh,
        engine=engine_of(engine.value, scheduler),
        officer=(officer or "").strip(),
    )
    if watch:
        if is_url(folder) or is_url(out):
            raise CallError(WATCHED_URL)
        _watch(Path(folder), Path(out), options)
    with local_places(folder, out) as places:
        where = engine_of(engine.value, scheduler, places.origins)
        outcome = _run(places.folder, places.out, replace(options, engine=where, linked=places.linked))
    _print_result(outcome, places.show_urls)
    if outcome.errors:
        raise typer.Exit(HAS_ERRORS)


def _day(text: str | None) -> date | None:
    """A day as people write it (2024-06-30, 2024年6月30日), None where none is given; InputError for other texts."""
    from xltool.reader.notation.cells import parse_date

    if text is None:
        return None
    day = parse_date(text).value
    try:
        return date.fromisoformat(str(day))
    except ValueError:
        msg = f"日期应写成 2024-06-30 的形式，填的是 {text}"
        raise InputError(msg) from None


def _run(folder: Path, out: Path, options: Options) -> RunResult:
    """Check the folder once, with progress bars."""
    from xltool.batches.runs import run

    return run(folder, out, options, bar=bar)


def _print_result(outcome: RunResult, rename: Callable[[str], str] = str) -> None:
    """Print what a run did: messages on stderr, the summary on stdout; `rename` puts URLs for local paths."""
    from xltool.outputs.terminal import batch_text

    tell_all(outcome.messages)
    typer.echo(rename(batch_text(outcome.tally, outcome.written)), nl=False)


def _watch(folder: Path, out: Path, options: Options) -> NoReturn:
    """Check until Ctrl-C: print the first result as `batch` does, and a line on stderr for each later one."""
    from xltool.batches.watching import watch_folder

    for number, watch_round in enumerate(watch_folder(folder, out, options, run=_run)):
        if watch_round.result is not None and number == 0:
            _print_result(watch_round.result)
        tell(watch_round.line)
    raise KeyboardInterrupt
