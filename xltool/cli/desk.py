"""The command `desk`: the pages in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xltool.cli.app import command
from xltool.cli.terminal import tell

WorkFolder = Annotated[
    Path | None,
    typer.Argument(help="工作文件夹，不写就在页面里选。", metavar="文件夹", show_default=False, readable=False),
]
Port = Annotated[int, typer.Option("--port", help="端口，默认由系统选一个空闲的。", metavar="端口", show_default=False)]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="不打开浏览器，只显示地址。")]


@command
def desk(*, folder: WorkFolder = None, port: Port = 0, no_browser: NoBrowser = False) -> None:
    r"""在浏览器里办一年的绩效自评：名册、下发、收表、审核、退回、再审、汇总，不用输入命令。

    页面只在本机打开，不联网；地址里的口令只有本人有。页面都关闭十分钟后自动结束，也可以点“结束程序”或按 Ctrl-C。

    例：xltool desk D:\绩效\2024年
    """
    import webbrowser

    from xltool.desk.server import serve

    serve(folder, port=port, announce=typer.echo, tell=tell, show=_ignore if no_browser else webbrowser.open)


def _ignore(address: str) -> None:
    """Open no browser."""
