"""The texts a form prints, whatever its layout: labels of fields and tables, heads, marks, notes."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from xltool.forms import FORMS
from xltool.forms.model import Block, Label, Row
from xltool.reader.labels.area import fold_label, without_note
from xltool.reader.labels.header_words import is_header_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.forms.model import Form

MARKERS = re.compile(r"[-—–―/\\]{1,4}|无|不适用")
"""What people type into a cell to say that nothing belongs there."""
YEAR = re.compile(r"20\d\d\s*(?:年(?![末底初])度?(?:12月31日)?)?")
"""A year or its last day as forms print it into labels; 2023年末 is a label of its own."""
_PATTERNS = re.compile(
    r"(?:附件|附表|表)[\d一二三四五六七八九十]*|公开\d+表"
    r"|(?:说明|注|备注|填报说明|填表说明)[:：\d一二三].*"
    r"|(?:上年|本年|当年)?(?:部门)?(?:决算|预算)数?|第?\d+页"
    r"|(?:金额)?单位[:：]?(?:人民币)?(?:亿元|万元|元)|(?:\(\s*)?20\d\d(?:年度?)?\)?|年度?"
    r"|(?:项目|年度|部门)*(?:预算|资金)(?:执行|申请|安排)?(?:情况)?(?:\(.*\))?"
    r"|执行率(?:权重|分值|得分)|指标性质|度量单位|计量单位|调整指标值|年度(?:总体|绩效)?目标\d*(?:\(.*\))?|.{0,200}绩效(?:目标)?(?:自评|自我评价)表(?:\(.{0,200}\))?|.*基础数据表"
)
_ALWAYS = (
    "年度预算申请", "项目资金", "绩效指标", "年度总体目标", "单位", "金额单位", "序号", "预算执行情况",
    "部门整体支出绩效自评表", "项目支出绩效自评表", "部门整体支出绩效评价基础数据表", "合计", "总计", "其中",
)  # fmt: skip


def is_printed(text: str, form: Form) -> bool:
    """Whether a text is nothing that was filed: a label, or a mark that nothing belongs in the cell."""
    return not text.strip() or MARKERS.fullmatch(text.strip()) is not None or is_label(text, form)


def is_label(text: str, form: Form) -> bool:
    """Whether a text is one a form prints: a label, a heading, a mark, a note below the table.

    >>> from xltool.forms import project
    >>> [is_label(text, project.FORM) for text in ("实施 单位：", "全年预算数（A）", "附件3", "某某局")]
    [True, True, True, False]
    """
    whole = fold_label(text)
    if _PATTERNS.fullmatch(whole):
        return True
    folded = YEAR.sub("", whole)
    plain = without_note(folded)
    printed = _printed(form.key)
    return folded in printed or plain in printed or is_header_label(folded) or is_header_label(plain)


@cache
def _printed(key: str) -> frozenset[str]:
    """The labels of a form, as they are compared."""
    plain = {fold_label(re.sub(r"\{(year|prior)\}年度?", "", text)) for text in _texts(FORMS[key])}
    return frozenset(plain | {without_note(text) for text in plain}) - {""}


def _texts(form: Form) -> Iterator[str]:
    """Every text that the form declares or that all regions print."""
    yield from (item.text for row in form.flat if isinstance(row, Row) for item in row.items if isinstance(item, Label))
    yield from (band.label for band in form.bands if isinstance(band, Block))
    for item in form.fields.values():
        yield from (item.key.rpartition("_")[2], *item.aliases)
    for table in form.tables:
        for column in table.inputs:
            yield from (column.key, *column.aliases)
    yield from _ALWAYS
