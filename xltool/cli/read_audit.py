"""The commands `read` and `audit`, for the files that are named."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from xltool.cli.app import ExemptionFile, Files, Prior, ProfileWish, command
from xltool.cli.errors import CallError
from xltool.cli.terminal import HAS_ERRORS, TextFormat, show, tell_unread


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
        raise typer.Exit(HAS_ERRORS)


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
    from xltool.cli.audit_files import audit_files

    code = audit_files(paths, format, prior=prior, profile=profile, exemptions=exemptions)
    if code:
        raise typer.Exit(code)
