"""The commands `generate` and `roster`: workbooks that are sent to departments, and the empty roster."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xltool.cli.app import ProfileWish, command
from xltool.cli.terminal import bar, tell

OnlyForms = Annotated[
    list[str] | None,
    typer.Option("--form", help="只生成这张表：附件1、附件2、附件3（或 1、2、3），可重复。", metavar="表"),
]
ProjectNames = Annotated[
    list[str] | None, typer.Option("--project", help="填入项目名称，可重复；每个项目一份附件3。", metavar="名称")
]
IndicatorRows = Annotated[int | None, typer.Option("--indicators", help="每个二级指标的行数，默认 3。", metavar="行数")]
RosterToIssue = Annotated[
    Path | None,
    typer.Option("--roster", help="单位名册：按单位分文件夹，锁定批复数。", metavar="名册", readable=False),
]
PriorToPrefill = Annotated[
    Path | None,
    typer.Option("--prior", help="上年的报送：带入上年决算数和指标。", metavar="文件夹", readable=False),
]
Password = Annotated[str | None, typer.Option("--password", help="工作表保护密码，默认不设。", metavar="密码")]


@command
def generate(
    *,
    year: Annotated[int, typer.Option("--year", help="填报年度，如 2023。", metavar="年度", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="表样写入的文件夹。", metavar="文件夹", show_default=False)],
    form: OnlyForms = None,
    department: Annotated[str | None, typer.Option("--department", help="填入单位名称。", metavar="名称")] = None,
    project: ProjectNames = None,
    indicators: IndicatorRows = None,
    combined: Annotated[bool, typer.Option("--combined", help="三张表放在一个工作簿里。")] = False,
    roster: RosterToIssue = None,
    prior: PriorToPrefill = None,
    password: Password = None,
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
