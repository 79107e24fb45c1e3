"""The commands `convert`, `refile` and `merge`: filings as issued templates, as the next round, as one summary."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xltool.cli.app import ExemptionFile, Files, ProfileWish, command
from xltool.cli.terminal import HAS_ERRORS, tell, tell_all, tell_unread


@command
def convert(
    *,
    paths: Files,
    out: Annotated[Path, typer.Option("--out", help="表样写入的文件夹。", metavar="文件夹", show_default=False)],
    year: Annotated[
        int | None, typer.Option("--year", help="表上没有写年度时用的年度，如 2023。", metavar="年度")
    ] = None,
) -> None:
    """把其他格式、其他版式的报送填入下发的表样，只填填报项；转换清单.xlsx 逐个单元格说明去向。

    例：xltool convert 报送.docx --out 转换结果
    """
    from xltool.api import convert as run
    from xltool.converting.conversion_list import CellOutcome

    result = run(paths, out, year=year)
    for path in result.written:
        typer.echo(str(path))
    counts = "，".join(f"{outcome.value} {result.count(outcome)}" for outcome in CellOutcome)
    tell(f"{counts}；详见{result.written[-1].name}")
    tell_unread(result.unread)
    if not result.complete:
        raise typer.Exit(HAS_ERRORS)


@command
def refile(
    *,
    last: Annotated[
        Path, typer.Argument(help="上一轮的报送文件夹。", metavar="上一轮", show_default=False, readable=False)
    ],
    back: Annotated[
        list[Path],
        typer.Argument(help="收回的文件、文件夹或压缩包，不用先分单位。", metavar="收回…", show_default=False),
    ],
    out: Annotated[Path, typer.Option("--out", help="下一轮的文件夹，新建。", metavar="文件夹", show_default=False)],
) -> None:
    """做出下一轮的报送文件夹：收回的表按单位、表、项目替换上一轮的，其余照旧；原来的文件夹不动。

    例：xltool refile 2024报送 收回的文件 --out 2024重报
    """
    from xltool.api import refile as run
    from xltool.cli.terminal import bar
    from xltool.converting.refiling import Outcome

    placed = run(last, back, out, bar=bar)
    for file in placed:
        if file.outcome is not Outcome.KEPT:
            typer.echo(f"{file.outcome.value}  {file.place}  ←  {file.name}")
    counts = "，".join(f"{outcome.value} {sum(file.outcome is outcome for file in placed)}" for outcome in Outcome)
    tell(counts)
    unknown = [file.name for file in placed if file.outcome is Outcome.UNKNOWN]
    if unknown:
        tell(f"没有对上 {len(unknown)} 个文件，请看“没有对上”文件夹：{'、'.join(unknown[:10])}")
        raise typer.Exit(HAS_ERRORS)


@command
def merge(
    *,
    folder: Annotated[
        Path, typer.Argument(help="放报送文件的文件夹。", metavar="文件夹", show_default=False, readable=False)
    ],
    out: Annotated[
        Path, typer.Option("--out", help="汇总文件，.xlsx 或 .parquet。", metavar="文件", show_default=False)
    ],
    year: Annotated[
        int | None, typer.Option("--year", help="汇总哪一年；只有一个年度时不用填。", metavar="年度")
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(
            "--roster", help="名册：重复报送的以认定的一份为准，没有报齐的单位不汇总。", metavar="文件", readable=False
        ),
    ] = None,
    profile: ProfileWish = None,
    exemptions: ExemptionFile = None,
) -> None:
    """把没有错误的报送汇总成一个工作簿：部门汇总、项目汇总、各表数据；有错误的列在“未汇总”，写明原因。

    例：xltool merge 报送文件 --out 2023年度汇总.xlsx
    """
    from xltool.api import merge as run
    from xltool.batches.audit_terms import terms_of
    from xltool.cli.terminal import bar

    terms = terms_of(profile=profile, exemptions=exemptions)
    accepted = run(folder, out, year=year, roster=roster, terms=terms, bar=bar)
    typer.echo(str(out))
    tell(f"已汇总 {len(accepted.filings)} 个单位（{accepted.year} 年度），未汇总 {len(accepted.excluded)} 份")
    tell_all(accepted.messages)
    if tell_unread(accepted.unread):
        raise typer.Exit(HAS_ERRORS)
