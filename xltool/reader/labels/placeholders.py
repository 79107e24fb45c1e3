"""What a form prints in its cells before anybody fills them in: 指标2：, ……, 示例, ×××项目, ≥**人, …100字以内."""

from __future__ import annotations

import re
import unicodedata

from xltool.reader.notation.units import UNITS
from xltool.text.lazy_pattern import lazy_pattern

_SPACE = lazy_pattern(lambda: re.compile(r"\s+"))
_BLANKS = r"(?:[*×xX○〇□△_＿]{2,}|[…·]+|\.{3,})"
_NAME = lazy_pattern(
    lambda: re.compile(rf"(?:[★*]?(?:三级)?指标)?[(]?[\dn①-⑳一二三四五六七八九十]{{0,3}}[)]?[、.:]?{_BLANKS}?")
)
_EXAMPLE = lazy_pattern(lambda: re.compile(r"[(]?(?:示例|样例|例如|例|如)[)]?[:\d].*|示例|样例"))
_BLANK = lazy_pattern(lambda: re.compile(_BLANKS))
_VALUE = lazy_pattern(
    lambda: re.compile(rf"[≥≤><=]{{0,2}}(?:{_BLANKS})?(?:[%‰℃]|[一-鿿㎡]{{1,3}}(?:[/·][一-鿿㎡]{{1,3}}){{0,2}})?")
)
_COUNTING = frozenset("个家户次件项期场处座人")
_INSTRUCTION = lazy_pattern(
    lambda: re.compile(
        r"[(]?(?:此处|请(?:在此)?)(?:填写|填列|填报|简述|概述|描述|说明|详细说明|简要说明|注明|输入).{0,60}[)]?"
        r"|[(]?(?:填写(?!率|及时|完整|规范|准确)|简述|简要说明|详细说明)[^\d%]{2,60}[)]?"
        r"|.{0,60}(?:\d{2,4}字(?:以内|以上|左右)|(?:不超过|限|不少于)\d{2,4}字)[)]?.{0,10}"
    )
)
_OF_INSTRUCTION = lazy_pattern(lambda: re.compile(r"字|[填请此][写在处填列报]|简述|简要|详细"))
"""What every instruction holds: few texts do, and a search is far quicker than to fold each."""
_LONGEST = 80


def fold_prompt(text: str) -> str:
    """A text as prompts are compared: half-width, without white space."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text.strip()[: _LONGEST + 1]).replace("≧", "≥"))


def is_prompt_of_name(text: str) -> bool:
    """Whether a text is what a form prints in place of the name of an indicator.

    >>> [is_prompt_of_name(text) for text in ("指标2：", "……", "×××项目完成率", "（示例）：培训人次", "培训人次")]
    [True, True, True, True, False]
    """
    folded = fold_prompt(text)
    if len(folded) > _LONGEST:
        return False
    whole = _NAME.fullmatch(folded) or _EXAMPLE.fullmatch(folded) or _INSTRUCTION.fullmatch(folded)
    return bool(whole) or _BLANK.search(folded) is not None


def is_prompt_of_value(text: str) -> bool:
    """Whether a text is what a form prints in place of a value: a sign or a unit without a number, or marks.

    >>> [is_prompt_of_value(text) for text in ("≥**人", "%", "≥", "……", "95%", "完成", "及时")]
    [True, True, True, True, False, False, False]
    """
    folded = fold_prompt(text)
    if len(folded) > _LONGEST or not folded:
        return False
    if folded.isalpha():
        return folded in UNITS or folded in _COUNTING or _BLANK.fullmatch(folded) is not None
    return bool(_VALUE.fullmatch(folded) or _INSTRUCTION.fullmatch(folded))


def is_example(text: str) -> bool:
    """Whether a text marks its row as an example: 示例, 例：培训人次."""
    return _EXAMPLE.fullmatch(fold_prompt(text)) is not None


def is_instruction(text: str) -> bool:
    """Whether a text is the printed instruction of its cell: 请简述…（100字以内）.

    >>> is_instruction("填写项目实施的主要内容，100字以内"), is_instruction("已按计划完成")
    (True, False)
    """
    if len(text) > 2 * _LONGEST or _OF_INSTRUCTION.search(text) is None:
        return False
    folded = fold_prompt(text)
    return len(folded) <= _LONGEST and _INSTRUCTION.fullmatch(folded) is not None
