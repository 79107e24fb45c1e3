"""Data validation of every input: the allowed values, a prompt, and an error message.

Only plain validations (no extension lists) and functions that Excel 2010, WPS and LibreOffice have are used.
Excel limits the title of a prompt to 32 characters, prompts and error messages to 255.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from xltool.expr.nodes import NONE_MARKS, Field, Kind
from xltool.findings import address
from xltool.forms import review

_HINTS = {
    Kind.COUNT: "单位：人，填整数，如：12",
    Kind.MONEY: "单位：万元，保留两位小数，如：23.21；没有发生填 0",
    Kind.AREA: "单位：平方米，保留两位小数，如：1200.50",
    Kind.SCORE: "单位：分，填数字，如：5",
    Kind.DATE: "填日期，如：2024-6-12",
    Kind.PHONE: "区号-号码或手机号码，如：0000-0000000",
    Kind.TEXT: "",
    Kind.LONG_TEXT: "按 Alt+Enter 换行",
}
_PLAIN: dict[Kind, dict[str, Any]] = {
    Kind.COUNT: {"validate": "integer", "criteria": ">=", "value": 0},
    Kind.SCORE: {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100},
    Kind.DATE: {
        "validate": "date",
        "criteria": "between",
        "minimum": date(2000, 1, 1),
        "maximum": date(2099, 12, 31),
    },
}
_SCORE_ERROR = "得分应在 0 和本行分值之间，不要带“分”字。"
_ERRORS = {
    Kind.COUNT: "请填不小于 0 的整数（单位：人），不要带文字。",
    Kind.MONEY: "请填不小于 0、最多两位小数的金额（单位：万元），不要带“万元”等文字；没有的填 0 或“无”。",
    Kind.AREA: "请填不小于 0、最多两位小数的面积（单位：平方米），不要带文字。",
    Kind.SCORE: "请填 0 到 100 之间的分值，不要带“分”字。",
    Kind.DATE: "请填 2000 年以后的日期，如：2024-6-12。",
    Kind.PHONE: "请填 7 到 20 位电话号码，只用数字和短横线。",
}


def validation_options(field: Field, row: int, column: int, parts: tuple[str, ...] = ()) -> dict[str, Any]:
    """The options that xlsxwriter takes for the validation of a field whose first cell is at row and column.

    `parts` is the list that a 二级指标 is chosen from.
    """
    cell = address(row, column)
    rule = _rule(field, cell, address(row, max(column - 1, 1)), parts)
    prompt = "；".join(text for text in (field.prompt or field.key, _HINTS.get(field.kind, "")) if text)
    line = field.key.partition("_")[0]
    options = rule | {"input_title": line[-32:], "input_message": prompt.removeprefix(f"{line}的")[:255]}
    if rule["validate"] != "any":
        message = _SCORE_ERROR if field is review.score else _ERRORS.get(field.kind, "请从下拉列表中选择。")
        options |= {"error_title": "填写有误", "error_message": message}
    return options


def _rule(field: Field, cell: str, left: str, parts: tuple[str, ...]) -> dict[str, Any]:
    """The allowed values of a field; `left` is the cell before it, where the 分值 of a 得分 stands."""
    if field is review.score:
        return {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": f"=SUM({left})"}
    if field is review.part:
        return {"validate": "list", "source": list(parts)}
    if field.kind in {Kind.MONEY, Kind.AREA}:
        return {"validate": "custom", "value": _amount(cell)}
    if field.kind is Kind.PHONE:
        return {"validate": "custom", "value": _phone(cell)}
    return dict(_PLAIN.get(field.kind, {"validate": "any"}))


def _amount(cell: str) -> str:
    """A formula that is true for an amount of at most two decimals, and for a mark that there is none."""
    marks = ",".join(f'{cell}="{mark}"' for mark in NONE_MARKS)
    return f"=IF(ISNUMBER({cell}),ROUND(MAX({cell},0),2)={cell},OR({marks}))"


def _phone(cell: str) -> str:
    """A formula that is true for 7 to 20 digits, hyphens and spaces."""
    digits = f'SUBSTITUTE(SUBSTITUTE({cell},"-","")," ","")'
    return f"=AND(LEN({cell})>=7,LEN({cell})<=20,ISNUMBER({digits}*1))"
