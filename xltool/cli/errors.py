"""Errors as one Chinese line, those of the command line too. Nothing here imports it."""

from __future__ import annotations

import re
from typing import Any

from xltool.findings import InputError, XltoolError


class CallError(InputError):
    """The call itself was wrong; the text says why, in Chinese."""


_USAGE = {
    "NoSuchOption": "没有这个选项",
    "MissingParameter": "缺少必填的参数",
    "BadParameter": "参数不对",
    "BadOptionUsage": "选项用法不对",
    "NoSuchCommand": "没有这个命令",
    "UsageError": "命令写法不对",
}


def reason(error: Exception) -> str:
    """One Chinese line for an error."""
    kind = next((name.__name__ for name in type(error).__mro__ if name.__name__ in _USAGE), None)
    if kind is not None:
        return f"{_USAGE[kind]}{_culprit(error)}（用 xltool --help 查看用法）"
    if isinstance(error, XltoolError):
        return str(error)
    if isinstance(error, OSError):
        from xltool.storage.files import sentence_of

        return sentence_of(error)
    return f"程序内部错误（{type(error).__name__}：{error}），请用 --debug 重新运行并把结果发给维护人员"


def _culprit(error: Any) -> str:
    """The option or argument that an error of the command line is about, and the values it accepts."""
    param = getattr(error, "param", None)
    name = getattr(error, "option_name", None) or getattr(error, "command_name", None)
    if param is not None:
        options = [option for option in param.opts if option.startswith("-")]
        name = options[-1] if options else param.metavar or param.name
    if name is None:
        extra = str(error).rpartition("(")[2].rstrip(")") if "(" in str(error) else ""
        return f"：多余的参数 {extra}；路径中有空格的，两头请加英文引号" if extra else ""
    return f"：{name}{_allowed(str(error))}"


def _allowed(said: str) -> str:
    """The values that a parameter accepts, taken from the English message; "" where it names none."""
    choices = re.findall(r"'([^']*)'", said.partition("not one of")[2])
    least = re.search(r"(?:greater than or equal to |>=\s*)(\d+)", said)
    if choices:
        return f"，可选 {'、'.join(choices)}"
    if least is not None:
        return f"，应填不小于 {least[1]} 的整数"
    return "，应填整数" if re.search(r"\bint(eger)?\b", said) else ""
