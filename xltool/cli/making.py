"""Commands that write workbooks for departments: generate, roster, convert, merge."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xltool.cli.app import FOUND, ExemptionFile, Files, ProfileWish, command
from xltool.cli.terminal import bar, tell, tell_unread


@command
def generate(
    *,
    year: Annotated[int, typer.Option("--year", help="填报年度，如 2023。", metavar="年度", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="表样写入的文件夹。", metavar="文件夹", show_default=False)],
    form: Annotated[
        list[str] | None,
        typer.Option("--form", help="只生成这张表：附件1、附件2、附件3（或 1、2、3），可重复。", metavar="表"),
    ] = None,
    department: Annotated[str | None, typer.Option("--department", help="填入单位名称。", metavar="名称")] = None,
    project: Annotated[
        list[str] | None, typer.Option("--project", help="填入项目名称，可重复；每个项目一份附件3。", metavar="名称")
    ] = None,
    indicators: Annotated[
        int | None, typer.Option("--indicators", help="每个二级指标的行数，默认 3。", metavar="行数")
    ] = None,
    combined: Annotated[bool, typer.Option("--combined", help="三张表放在一个工作簿里。")] = False,
    roster: Annotated[
        Path | None,
        typer.Option("--roster", help="单位名册：按单位分文件夹，锁定批复数。", metavar="名册", readable=False),
    ] = None,
    prior: Annotated[
        Path | None,
        typer.Option("--prior", help="上年的报送：带入上年决算数和指标。", metavar="文件夹", readable=False),
    ] = None,
    password: Annotated[
        str | None, typer.Option("--password", help="工作表保护密码，默认不设。", metavar="密码")
    ] = None,
    profile: ProfileWish = None,
) -> None:
    """生成空白表样：公式锁定、带数据校验和表内自检；按名册下发时另写下发清单。

    例：xltool generate --year 2024 --out 表样 --roster roster.xlsx --prior 2023年报送
    """
    from xltool.api import generate as run

    issued = run(
        year=year,
        out=out,
        forms=form,
        department=department,
        projects=project or (),
        indicators=indicators,
        combined=combined,
        roster=roster,
        prior=prior,
        password=password,
        profile=profile,
        bar=bar,
    )
    for path in issued.paths:
        typer.echo(str(path))
    for notice in issued.notices:
        tell(f"名册：{notice}")
    if issued.lines:
        units = len({(line.code, line.department) for line in issued.lines})
        tell(f"{units} 个单位，{len(issued.lines)} 张表；详见{issued.paths[-1].name}")


@command
def roster(
    *,
    init: Annotated[
        Path,
        typer.Option(
            "--init", help="新名册写入的文件，如 roster.xlsx；已有的文件不会覆盖。", metavar="文件", show_default=False
        ),
    ],
) -> None:
    """写一个空白的单位名册：三张表，带数据校验、示例和填写说明。

    例：xltool roster --init roster.xlsx
    """
    from xltool.api import new_roster

    new_roster(init)
    typer.echo(str(init))


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
        raise typer.Exit(FOUND)


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
    for message in accepted.messages:
        tell(message)
    if tell_unread(accepted.unread):
        raise typer.Exit(FOUND)
