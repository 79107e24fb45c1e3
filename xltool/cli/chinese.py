"""The command line's own help, in Chinese."""

from __future__ import annotations

import difflib
from copy import copy
from typing import Any

from typer.core import TyperCommand, TyperGroup

from xltool.cli.errors import CallError

_HELP = "显示本帮助。"
_ORDER = (
    "desk",
    "roster",
    "generate",
    "read",
    "audit",
    "batch",
    "convert",
    "refile",
    "merge",
    "rules",
    "explain",
    "forms",
    "guide",
)
"""Commands in the order of the work, as the help lists them."""


class _Chinese:
    """Help in Chinese: usage line, panel titles, the text of --help."""

    def get_usage(self, ctx: Any) -> str:
        """Usage line."""
        text: str = super().get_usage(ctx)  # type: ignore[misc] # mixed into a command
        for english, chinese in (("Usage:", "用法："), ("[OPTIONS]", "[选项]"), ("COMMAND [ARGS]...", "命令 [参数]…")):
            text = text.replace(english, chinese)
        return text

    def get_help_option(self, ctx: Any) -> Any:
        """The option --help."""
        option = super().get_help_option(ctx)  # type: ignore[misc] # mixed into a command
        if option is not None:
            option.help = _HELP
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The help page."""
        from typer import rich_utils

        rich_utils.OPTIONS_PANEL_TITLE, rich_utils.ARGUMENTS_PANEL_TITLE = "选项", "参数"
        rich_utils.COMMANDS_PANEL_TITLE = "命令"
        rich_utils.REQUIRED_LONG_STRING, rich_utils.DEFAULT_STRING = "[必填]", "[默认：{}]"
        rich_utils.highlighter = _wrapping(rich_utils.OptionHighlighter)
        for param in self.get_params(ctx):  # type: ignore[attr-defined] # mixed into a command
            if getattr(param, "is_flag", param.param_type_name == "argument"):
                _hide_type(param)
        super().format_help(ctx, formatter)  # type: ignore[misc] # mixed into a command


def _hide_type(param: Any) -> None:
    """Leave the Python type of a flag or an argument out of the help (<path> beside 文件): its name says enough."""
    param.display_type_rich = lambda ctx: None  # noqa: ARG005 # typer 0.29 and later
    if hasattr(param, "type"):  # before
        param.type = copy(param.type)  # arguments share their types
        param.type.get_metavar = lambda **_: ""


def _wrapping(highlighter: Any) -> Any:
    """A highlighter of rich's whose texts go on in the next line.

    A Chinese sentence is one word to rich, and it cuts words that are too long.
    """

    class Wrapping(highlighter):  # type: ignore[misc] # rich is imported with the help only
        def highlight(self, text: Any) -> None:
            super().highlight(text)
            text.overflow = "fold"

    return Wrapping()


class ChineseGroup(_Chinese, TyperGroup):
    """The program."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the commands in the order of the work."""
        return sorted(super().list_commands(ctx), key=_ORDER.index)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is called; CallError, with the nearest name, if there is none."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            near = difflib.get_close_matches(name, self.list_commands(ctx), 1)
            hint = f"是不是 {near[0]}？" if near else ""
            msg = f"没有这个命令：{name}（{hint}用 xltool --help 查看用法）"
            raise CallError(msg)
        return super().resolve_command(ctx, args)


class ChineseCommand(_Chinese, TyperCommand):
    """One command."""
