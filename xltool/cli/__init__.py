"""The command line: thin, in Chinese, heavy imports only where a command needs them.

Results go to stdout, notices and progress to stderr. Exit codes: contract §3.
"""

from __future__ import annotations

import os
import sys
import traceback
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

from xltool.cli.chinese import CallError, ChineseCommand, ChineseGroup, reason
from xltool.cli.terminal import progress, show, tell, use_utf8

FINE, FOUND, WRONG_CALL = 0, 1, 2
INTERRUPTED = 130
"""What shells take for Ctrl-C."""
DEBUG = "--debug"


app = typer.Typer(
    cls=ChineseGroup,
    help="预算绩效自评表（附件1—3）的生成、读取、审核和批量检查。",
    add_completion=False,
    no_args_is_help=True,
)


class ReadFormat(StrEnum):
    """Formats `read` writes."""

    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


class TextFormat(StrEnum):
    """Text for people or JSON for programs."""

    TEXT = "text"
    JSON = "json"


class CatalogueFormat(StrEnum):
    """Formats of the catalogue."""

    TEXT = "text"
    JSON = "json"
    MD = "md"


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Register a command; its docstring is its help, with an example."""
    return app.command(cls=ChineseCommand)(function)


Files = Annotated[list[Path], typer.Argument(help="要处理的文件或文件夹。", metavar="文件", show_default=False)]


@app.callback()
def program(
    *,
    debug: Annotated[bool, typer.Option(DEBUG, help="出错时显示程序内部的详细信息。")] = False,
) -> None:
    """预算绩效自评表（附件1—3）的生成、读取、审核和批量检查。"""


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
    password: Annotated[
        str | None, typer.Option("--password", help="工作表保护密码，默认不设。", metavar="密码")
    ] = None,
) -> None:
    """生成空白表样：公式锁定、带数据校验和表内自检。

    例：xltool generate --year 2023 --out 表样 --department 某某局 --project 产业发展专项
    """
    from xltool.api import generate as run

    paths = run(
        year=year,
        out=out,
        forms=form,
        department=department,
        projects=project or (),
        indicators=indicators,
        combined=combined,
        password=password,
    )
    for path in paths:
        typer.echo(str(path))


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
    from xltool import batches, files, jsonable

    records = batches.read_sources(batches.discover(paths))
    batches.as_filings(records)
    if format is ReadFormat.JSON:
        text = jsonable.dumps(jsonable.read_json(records))
        if out is None:
            show(text)
        else:
            files.write_whole(out, text.encode())
    else:
        from xltool.reports.data import write_tables

        if out is None:
            msg = "请用 --out 指明写到哪里"
            raise CallError(msg)
        for path in write_tables(records, format.value, out):
            typer.echo(str(path))
    if any(record.status == "refused" for record in records):
        raise typer.Exit(FOUND)


@command
def audit(
    *,
    paths: Files,
    format: Annotated[TextFormat, typer.Option("--format", help="text 给人看，json 给程序用。")] = TextFormat.TEXT,
) -> None:
    """审核填好的表：重算比率、合计和得分，逐个单元格指出问题。几张表一起给出时同时核对表间关系。

    例：xltool audit 附件1.xlsx 附件2.xlsx 附件3.xlsx
    """
    from xltool import (
        auditing,
        batches,
        jsonable,
    )
    from xltool.findings import Severity

    records = batches.read_sources(batches.discover(paths))
    batches.as_one_set(records)
    result = auditing.audit(records)
    if format is TextFormat.JSON:
        show(jsonable.dumps(jsonable.audit_json(result)))
    else:
        from xltool.reports.text import audit_text

        show(audit_text(result))
    if any(finding.severity is Severity.ERROR for finding in result.findings):
        raise typer.Exit(FOUND)


@command
def batch(
    *,
    folder: Annotated[Path, typer.Argument(help="放报送文件的文件夹。", metavar="文件夹", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="审核结果写入的文件夹。", metavar="文件夹", show_default=False)],
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help="同时读取的进程数，默认与处理器核数相同。", metavar="个数")
    ] = None,
) -> None:
    """批量检查一个文件夹，写出审核工作簿 review.xlsx、findings.json 和数据 frames/。

    例：xltool batch 报送文件 --out 审核结果
    """
    from xltool import batches
    from xltool.reports.text import batch_text

    total = len(batches.sources_below(folder, out))
    with progress(total) as advance:
        outcome = batches.run(folder, out, jobs=jobs, progress=advance)
    typer.echo(batch_text(outcome.audit, outcome.written), nl=False)
    if outcome.errors:
        raise typer.Exit(FOUND)


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
    from xltool.reports.converted import Outcome

    result = run(paths, out, year=year)
    for path in result.written:
        typer.echo(str(path))
    counts = "，".join(f"{outcome.value} {result.count(outcome)}" for outcome in Outcome)
    tell(f"{counts}；详见{result.written[-1].name}")
    if not result.complete:
        raise typer.Exit(FOUND)


@command
def rules(
    *,
    format: Annotated[CatalogueFormat, typer.Option("--format", help="输出格式。")] = CatalogueFormat.TEXT,
) -> None:
    """列出全部审核规则。

    例：xltool rules --format md
    """
    from xltool import explain as catalogue

    if format is CatalogueFormat.JSON:
        from xltool import jsonable

        show(jsonable.dumps(catalogue.catalogue()))
    else:
        show(catalogue.table() if format is CatalogueFormat.MD else catalogue.listing())


@command
def explain(
    *, code: Annotated[str, typer.Argument(help="规则代码，如 A1-05。", metavar="规则代码", show_default=False)]
) -> None:
    """说明一条规则：内容、公式、依据、例子和处理办法。

    例：xltool explain A1-05
    """
    from xltool import explain as catalogue

    try:
        found = catalogue.rule_named(code)
    except KeyError:
        msg = f"没有这条规则：{code}（用 xltool rules 查看全部规则）"
        raise CallError(msg) from None
    show(catalogue.page(found))


@command
def forms(
    *,
    format: Annotated[TextFormat, typer.Option("--format", help="text 给人看，json 给程序用。")] = TextFormat.TEXT,
) -> None:
    """列出三张表的全部栏目：名称、单位、填报还是计算。

    例：xltool forms --format json
    """
    from xltool import explain as catalogue

    if format is TextFormat.JSON:
        from xltool import jsonable

        show(jsonable.dumps(catalogue.fields()))
    else:
        show(catalogue.field_listing())


def main() -> None:
    """Run the program; no traceback reaches a user unless --debug is given, before or after the command."""
    use_utf8()
    given = [word for word in sys.argv[1:] if word != DEBUG]
    debug = len(given) < len(sys.argv) - 1
    try:
        code = app(given or ["--help"], standalone_mode=False)
        sys.stdout.flush()
        if code == INTERRUPTED:
            tell("已中断")
    except typer.Exit as done:
        code = done.exit_code
    except BrokenPipeError:
        # Whoever read the results has seen enough (`| head`); what is left must not be flushed on exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FINE
    except (KeyboardInterrupt, typer.Abort):
        tell("已中断")
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001 - whatever went wrong is told in a line
        if debug:
            traceback.print_exc()
        tell(reason(error))
        code = WRONG_CALL
    sys.exit(code or FINE)
