"""Targets and actual values of indicator rows as numbers, in cells beside the table: what a form can read by itself.

`≥17项` and `15项` are 17 and 15, more is better. Only plain writings are read: a number with a usual unit, the same on
both sides. What a form does not read it leaves blank, so that its rules are silent there; the reader reads more.
"""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

from xltool.forms import review

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xltool.expr.nodes import Field
    from xltool.template.cells import SheetCells, SlotCells

UNITS: Final = (
    "", *"%个人项次户家座处条套台辆件份吨亩米天场期名块", "人次", "公里", "平方米", "万元", "万亩", "人天"
)  # fmt: skip
"""Units that are read."""
REVERSE_WORDS: Final = (
    *("控制", "调整率", "结转结余", "结余率", "变动率", "投诉率", "差错率", "偏差率", "事故"),
    *("成本", "费用", "经费", "预算", "支出", "投入", "造价", "单价"),
    *("工期", "时限", "周期", "建设期", "施工期", "实施期", "用时", "耗时", "时间"),
)
"""Words in the name of an indicator that may be better the lower it is; then only ≥ or ≤ says which way it counts."""
FORWARD, REVERSE, EXACTLY = "正向", "反向", "等于"
PERIOD_WORDS: Final = ("累计", "总计", "规划期", "十三五", "十四五", "十五五", "十六五", "三年内", "五年内")
"""Words in the name of an indicator whose number may be that of several years."""
LONGEST_IN_NAME: Final = 9
"""Digits of a number in the name of an indicator."""
TYPED_SIGNS: Final = {">=": "≥", "<=": "≤"}
"""Signs as keyboards have them, and as forms print them."""
READ_COLUMNS: Final[tuple[Field, ...]] = (
    *(review.target_unit, review.target, review.actual, review.direction, review.name_number),
    review.part,
)
"""The columns that stand beside the table: derived ones, and 二级指标, which in the table is one cell for many rows."""
READ_IN_PLACE: Final[tuple[Field, ...]] = (review.namesakes, review.actual_operator, review.actual_kind)
"""Derived columns that few checks read: their formulas stand in those of the checks, which saves cells."""


class PlainQuantities(NamedTuple):
    """Unit, target and actual value of a row, and which way they count; blanks for what is not read."""

    unit: str
    target: float | str
    actual: float | str
    direction: str


def read_plainly(name: object, target: object, actual: object) -> PlainQuantities:
    """What the formulas of a form read of a row.

    >>> read_plainly("培训人次", "≥17项", "15项")
    PlainQuantities(unit='项', target=17.0, actual=15.0, direction='正向')
    >>> read_plainly("培训人次", ">=17项", "15项") == read_plainly("培训人次", "≥17项", "15项")
    True
    >>> read_plainly("合格率", "≥95%", "96%")[1:3]
    (0.95, 0.96)
    >>> read_plainly("培训人次", "17项左右", "15项")
    PlainQuantities(unit='项左右', target='', actual='', direction='')
    """
    wanted, reached = (str(value or "").replace(" ", "") for value in (target, actual))
    for typed, sign in TYPED_SIGNS.items():
        wanted = wanted.replace(typed, sign)
    bare = wanted.replace("≥", "").replace("≤", "")
    unit = "".join(char for char in bare if char not in "0123456789.")
    number = _number(bare, unit) if unit in UNITS and wanted.rfind("≥") <= 0 and wanted.rfind("≤") <= 0 else ""
    own = _number(reached, unit) if number != "" and reached.endswith(unit) else ""
    if own == "":
        return PlainQuantities(unit, number, "", "")
    if number == 0:
        return PlainQuantities(unit, number, own, EXACTLY)
    if wanted[:1] in {"≥", "≤"}:
        return PlainQuantities(unit, number, own, FORWARD if wanted[0] == "≥" else REVERSE)
    doubtful = any(word in str(name or "") for word in REVERSE_WORDS)
    return PlainQuantities(unit, number, own, "" if doubtful else FORWARD)


def _sign_before(actual: object) -> str:
    """The ≥ or ≤ that an actual value begins with, where a number follows; else ""."""
    text = str(actual or "").strip()
    return text[:1] if text[:1] in {"≥", "≤"} and text[1:2].isdigit() else ""


def number_in_name(name: object, unit: str) -> float | str:
    """The whole number that a name ends with before the unit of the target, "" where there is none.

    >>> number_in_name("培育高新技术企业5家", "家"), number_in_name("合格率95%", "%"), number_in_name("3.5公里", "公里")
    (5.0, 0.95, '')
    """
    text = str(name or "").strip()
    head = text.removesuffix(unit)
    digits = head[len(head.rstrip("0123456789")) :]
    rest = head.removesuffix(digits)
    is_read = unit and head != text and 0 < len(digits) <= LONGEST_IN_NAME and rest[-1:] not in {".", ","}
    if not is_read or any(digit in rest for digit in "0123456789") or any(word in text for word in PERIOD_WORDS):
        return ""
    return float(digits) / 100 if unit == "%" else float(digits)


def _number(text: str, unit: str) -> float | str:
    digits = text.replace(unit, "") if unit else text
    plain = digits.replace(".", "", 1)
    if not plain.isascii() or not plain.isdigit():
        return ""
    return float(digits) / 100 if unit == "%" else float(digits)


def read_rows(filled: Mapping[Field, object]) -> dict[Field, list[object]]:
    """The columns of `READ_COLUMNS` of what is filled in, by table row."""
    columns = [filled.get(item) for item in (review.indicator, review.target_value, review.actual_value)]
    lists = [column if isinstance(column, list) else [] for column in columns]
    names = Counter(name for name in lists[0] if name)
    rows: list[tuple[object, ...]] = [
        (*read_plainly(*row), names[row[0]] if row[0] else "", _sign_before(row[2])) for row in zip_longest(*lists)
    ]
    named = [number_in_name(name, str(row[0])) for name, row in zip_longest(lists[0], rows)]
    rows = [(*row[:4], number, *row[4:], _kind(row)) for row, number in zip(rows, named, strict=True)]
    read = (*READ_COLUMNS[:-1], *READ_IN_PLACE)
    return {item: [row[number] for row in rows] for number, item in enumerate(read)} if rows else {}


def _kind(row: tuple[object, ...]) -> str:
    """What kind of number the actual value is."""
    return "" if row[2] == "" else "percent" if row[0] == "%" else "number"


def formulas_of(cells: SlotCells) -> tuple[str, ...]:
    """The formulas (without =) of the columns of `READ_COLUMNS` in a table row."""
    name, wanted, reached = (cells.cell(item) for item in (review.indicator, review.target_value, review.actual_value))
    unit, target, actual = (cells.cell(item) for item in READ_COLUMNS[:3])
    scale = f'IF({unit}="%",100,1)'
    signed = f'SUBSTITUTE({wanted}," ","")'
    for typed, printed in TYPED_SIGNS.items():
        signed = f'SUBSTITUTE({signed},"{typed}","{printed}")'
    bare = f'SUBSTITUTE(SUBSTITUTE({signed},"≥",""),"≤","")'
    own = f'SUBSTITUTE({reached}," ","")'
    letters = bare
    for digit in "0123456789.":
        letters = f'SUBSTITUTE({letters},"{digit}","")'
    known = "|".join(("", *UNITS, ""))
    first = "AND(" + ",".join(f'IFERROR(FIND("{sign}",{signed}),1)=1' for sign in "≥≤") + ")"
    read = f'ISNUMBER(FIND("|"&{unit}&"|","{known}"))'
    number = f'IF(AND({read},{first}),IFERROR(VALUE(SUBSTITUTE({bare},{unit},""))/{scale},""),"")'
    has_unit = f"RIGHT({own},LEN({unit}))={unit}"
    reached_number = f'IFERROR(VALUE(SUBSTITUTE({own},{unit},""))/{scale},"")'
    other = f'IF(AND(ISNUMBER({target}),{has_unit}),{reached_number},"")'
    sign = f"LEFT({signed},1)"
    doubtful = "COUNT(" + ",".join(f'FIND("{word}",{name})' for word in REVERSE_WORDS) + ")>0"
    way = (
        f'IF(NOT(ISNUMBER({actual})),"",IF({target}=0,"{EXACTLY}",IF({sign}="≥","{FORWARD}",'
        f'IF({sign}="≤","{REVERSE}",IF({doubtful},"","{FORWARD}")))))'
    )
    return letters, number, other, way, _number_in_name(name, unit), cells.part()


def formula_in_place(item: Field, cells: SheetCells) -> str:
    """The formula (without =) of a column of `READ_IN_PLACE` in a table row."""
    name, reached = cells.cell(review.indicator), cells.cell(review.actual_value)
    if item is review.namesakes:
        return f'IF(LEN(TRIM({name}))=0,"",SUMPRODUCT(({cells.span(review.indicator)}={name})*1))'
    if item is review.actual_kind:
        is_rate = f'{cells.cell(review.target_unit)}="%"'
        return f'IF(ISNUMBER({cells.cell(review.actual)}),IF({is_rate},"percent","number"),"")'
    entry = f"TRIM({reached})"
    is_signed = f'AND(ISNUMBER(FIND(LEFT({entry},1),"≥≤")),IFERROR(VALUE(MID({entry},2,1)),-1)>=0)'
    return f'IF({is_signed},LEFT({entry},1),"")'


def _number_in_name(name: str, unit: str) -> str:
    """The formula (without =) of the whole number that a name ends with before the unit of the target."""
    text = letters = f"TRIM({name})"
    for digit in "0123456789":
        letters = f'SUBSTITUTE({letters},"{digit}","")'
    head = f"MAX(0,LEN({letters})-LEN({unit}))"
    digits = f"MID({text},{head}+1,LEN({text})-LEN({letters}))"
    # Where what stands before the digits, and the unit, are all letters of the name, the digits stand together.
    is_last = f"LEFT({text},{head})&{unit}={letters}"
    of_years = "COUNT(" + ",".join(f'FIND("{word}",{text})' for word in PERIOD_WORDS) + ")>0"
    is_part = f'ISNUMBER(FIND(RIGHT("x"&LEFT({text},{head}),1),".,"))'
    is_long = f"LEN({text})-LEN({letters})>{LONGEST_IN_NAME}"
    number = f'IFERROR(VALUE({digits})/IF({unit}="%",100,1),"")'
    return f'IF(LEN({unit})=0,"",IF(OR({is_part},{is_long},{of_years}),"",IF({is_last},{number},"")))'
