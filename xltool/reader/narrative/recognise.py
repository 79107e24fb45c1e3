"""Whether a document holds a self-evaluation report, and where it begins and ends.

Notices, templates, minutes and explanations mention reports too: a report has its title on a line of its own,
numbered parts on the subjects of such reports, and figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from xltool.text.outline import heading_of
from xltool.text.prose import AMOUNT

if TYPE_CHECKING:
    from collections.abc import Sequence

Line = tuple[int, str]

_TITLE: Final = re.compile(
    r"[^。，；：:《》#*、]{0,50}(?:绩效自评|绩效自我评价|自评|绩效评价|自我评价)(?:工作|情况)?的?报告(?:[（(]20\d\d年度?[）)])?"
)
_BARE: Final = re.compile(
    r"(?:20\d\d年度?)?(?:部门|单位)?(?:预算)?(?:整体)?(?:支出)?(?:预算)?(?:绩效)?(?:评价)?(?:自我)?(?:自评|评价)(?:工作|情况)?的?报告"
)
"""A title that does not say whose report it is."""
_BEGINS: Final = re.compile(
    r"[^。，；：:、]{2,38}(?:[局委办院校心站所镇乡会处队馆园区部厅署室府司社台场联]|学校|大学|中学|小学|街道|整体支出)"
)
"""A line above such a title that names the department."""
_NUMBER: Final = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|[（(]?\d{1,2}[.．、）)]|第[一二三四五六七八九十]+)")
_OTHER_DOCUMENT: Final = re.compile(
    r"(?:通知|通报|函|纪要|记录|方案|办法|细则|提纲|模板|范本|格式|样式|须知|说明|指南|问答|规程|目录|清单|README)$"
)
_PART: Final = re.compile(
    "概况|情况|职能|职责|机构|支出|预算|资金|绩效|目标|评价|自评|分析|问题|不足|改进|建议|措施|经验|结论|应用|附件"
)
_NEXT_FORM: Final = re.compile(r"^附(?:件|表)\s*\d+$|(?:绩效评价基础数据表|绩效自评表|绩效目标表|评分表)$")
_FEWEST_PARTS: Final = 3
"""Parts by which a report is known."""
_SHORTEST: Final = 150
"""Fewest characters of text between the headings: a template has none."""


@dataclass(frozen=True, slots=True)
class RecognisedReport:
    """A report: its title, and its lines from the title on."""

    title: str
    lines: tuple[Line, ...]


def recognise_report(lines: Sequence[Line]) -> RecognisedReport | None:
    """The report in these lines (number in the document, text without blanks), or None."""
    filled = [(number, text) for number, text in lines if text]
    titles = [at for at, (_, text) in enumerate(filled) if _is_title(text)]
    if not titles or any(_OTHER_DOCUMENT.search(text) for _, text in filled[: titles[0]]):
        return None
    first = titles[0]
    body = _until_next_form(filled[first:])
    return RecognisedReport(_whole_title(filled, titles), tuple(body)) if _is_report(body) else None


def _is_title(text: str) -> bool:
    """Whether a line is the title of a report."""
    return _TITLE.fullmatch(text) is not None and _NUMBER.match(text) is None


def _whole_title(filled: Sequence[Line], titles: Sequence[int]) -> str:
    """The title, joined with the line above where only both together name the department."""
    title = max((filled[at][1] for at in titles), key=len)
    above = filled[titles[0] - 1][1] if titles[0] else ""
    return above + title if _BARE.fullmatch(title) and _BEGINS.fullmatch(above) else title


def _until_next_form(lines: Sequence[Line]) -> list[Line]:
    """The lines up to a form that follows the report."""
    for at, (_, text) in enumerate(lines):
        if at and _NEXT_FORM.search(text) and heading_of(text) is None:
            return list(lines[:at])
    return list(lines)


def _is_report(lines: Sequence[Line]) -> bool:
    """Whether there are parts of a report, text between them, and figures in it."""
    headings = [heading for _, text in lines if (heading := heading_of(text)) is not None]
    parts = {heading.title for heading in headings if heading.level in {1, 3} and _PART.search(heading.title)}
    prose = [text for _, text in lines[1:] if (heading := heading_of(text)) is None or not heading.own_line]
    written = sum(map(len, prose)) >= _SHORTEST
    return len(parts) >= _FEWEST_PARTS and written and any(AMOUNT.search(text) for text in prose)
