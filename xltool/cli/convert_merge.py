"""The commands `convert` and `merge`: filings as issued templates, and as one summary."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xltool.cli.app import HAS_ERRORS, ExemptionFile, Files, ProfileWish, command
from xltool.cli.terminal import tell, tell_all, tell_unread


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

    terms = terms_of(profile=profile, exemptions=exemptions)
    accepted = run(folder, out, year=year, roster=roster, terms=terms)
    typer.echo(str(out))
    tell(f"已汇总 {len(accepted.filings)} 个单位（{accepted.year} 年度），未汇总 {len(accepted.excluded)} 份")
    tell_all(accepted.messages)
    if tell_unread(accepted.unread):
        raise typer.Exit(HAS_ERRORS)
