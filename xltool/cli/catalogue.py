"""The commands `rules`, `explain`, `forms` and `guide`, which print what xltool knows."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from xltool.cli.app import ProfileWish, command
from xltool.cli.errors import CallError
from xltool.cli.terminal import TextFormat, opened, show, tell


class CatalogueFormat(StrEnum):
    """Formats of the catalogue."""

    TEXT = "text"
    JSON = "json"
    MD = "md"
    TOML = "toml"


@command
def rules(
    *,
    format: Annotated[
        CatalogueFormat, typer.Option("--format", help="输出格式；toml 为评分口径文件，可改成本地的口径。")
    ] = CatalogueFormat.TEXT,
    profile: ProfileWish = None,
) -> None:
    """列出全部审核规则；给出评分口径时，列出它与默认口径的不同和受影响的规则。

    例：xltool rules --profile 湖北；xltool rules --profile 湖北 --format toml
    """
    from xltool.catalogue import explain as catalogue

    if profile is not None or format is CatalogueFormat.TOML:
        show(_profile_as(format, profile or "默认"))
    elif format is CatalogueFormat.JSON:
        from xltool.outputs import json_output

        show(json_output.dumps(catalogue.catalogue()))
    else:
        show(catalogue.sections() if format is CatalogueFormat.MD else catalogue.listing())


def _profile_as(format: CatalogueFormat, wish: str) -> str:
    from xltool import params
    from xltool.catalogue import profiles
    from xltool.outputs import json_output
    from xltool.params.writing import written

    profile = params.chosen(wish)
    if format is CatalogueFormat.TOML:
        return written(profile)
    if format is CatalogueFormat.JSON:
        return json_output.dumps(profiles.comparison(profile))
    return profiles.comparison_table(profile) if format is CatalogueFormat.MD else profiles.comparison_text(profile)


@command
def explain(
    *,
    code: Annotated[
        str, typer.Argument(help="规则代码，如 A1-05；或一个词，如 三公。", metavar="规则代码或词", show_default=False)
    ],
    profile: ProfileWish = None,
    formula: Annotated[bool, typer.Option("--formula", help="逐格列出公式，不合并相同的各行各栏。")] = False,
) -> None:
    """说明一条规则：内容、公式、依据、例子和处理办法；给出一个词时，列出说到它的规则。

    例：xltool explain A1-05；xltool explain 三公
    """
    from xltool import params
    from xltool.catalogue import explain as catalogue
    from xltool.catalogue import lookup
    from xltool.catalogue.conditions import formulas
    from xltool.rules.catalogue import rule_named

    try:
        rule = rule_named(code)
    except KeyError:
        about = lookup.rules_about(code)
        if not about:
            near = lookup.near(code)
            hint = f"相近的有：{'、'.join(near)}；" if near else ""
            msg = f"没有这条规则：{code}（{hint}用 xltool rules 查看全部规则）"
            raise CallError(msg) from None
        show(lookup.listed(about))
        return
    chosen = params.chosen(profile) if profile else params.DEFAULT
    show(catalogue.page(rule, chosen, conditions=formulas(rule, chosen) if formula else None))


@command
def forms(
    *,
    format: Annotated[TextFormat, typer.Option("--format", help="text 给人看，json 给程序用。")] = TextFormat.TEXT,
) -> None:
    """列出三张表的全部栏目：名称、单位、填报还是计算。

    例：xltool forms --format json
    """
    from xltool.catalogue import explain as catalogue

    if format is TextFormat.JSON:
        from xltool.outputs import json_output

        show(json_output.dumps(catalogue.fields()))
    else:
        show(catalogue.field_listing())


@command
def guide(
    *,
    out: Annotated[
        Path | None, typer.Option("--out", help="把手册存成一个网页文件，如 使用手册.html。", metavar="文件")
    ] = None,
    in_terminal: Annotated[bool, typer.Option("--print", help="不打开浏览器，在窗口里显示文字。")] = False,
) -> None:
    """使用手册：填报单位两页，财政绩效科约十三页。在浏览器里打开；没有浏览器时显示文字。

    例：xltool guide --out 使用手册.html
    """
    from xltool.catalogue import guide as manual

    if out is not None:
        from xltool.storage.files import write_whole

        write_whole(out, manual.PAGE.read_bytes())
        typer.echo(str(out))
    elif in_terminal or not opened(manual.PAGE):
        show(manual.text())
    else:
        tell(f"已在浏览器中打开：{manual.PAGE}")
