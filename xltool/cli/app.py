"""The application the commands register with, and what several of them share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xltool.cli.chinese import ChineseCommand, ChineseGroup
from xltool.cli.terminal import DEBUG
from xltool.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable


app = typer.Typer(
    cls=ChineseGroup,
    help="预算绩效自评表（附件1—3）的生成、读取、审核和批量检查。",
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Register a command; its docstring is its help, with an example."""
    return app.command(cls=ChineseCommand)(function)


ProfileWish = Annotated[
    str | None,
    typer.Option("--profile", help="评分口径：默认、湖北、四川……，或自定口径文件 .toml。", metavar="口径"),
]
ExemptionFile = Annotated[
    Path | None,
    typer.Option(
        "--exemptions",
        help="豁免清单（xlsx 或 csv），列为：单位、年度、表、项目、规则、栏目或单元格、理由、批准人、有效期至。",
        metavar="文件",
        readable=False,
    ),
]
Prior = Annotated[
    Path | None,
    typer.Option("--prior", help="上年报送所在的文件夹，用于核对两年的数字和文字。", metavar="文件夹", readable=False),
]
# Typer does not check whether a path can be read: the reader says it, in Chinese.
Files = Annotated[
    list[Path], typer.Argument(help="要处理的文件或文件夹。", metavar="文件", show_default=False, readable=False)
]


def _show_version(value: bool) -> None:  # noqa: FBT001 - typer's signature
    if value:
        typer.echo(f"xltool {VERSION}")
        raise typer.Exit


@app.callback()
def program(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="显示版本。", callback=_show_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option(DEBUG, help="出错时显示程序内部的详细信息。")] = False,
) -> None:
    """预算绩效自评表（附件1—3）的生成、读取、审核和批量检查。"""
