"""Structure of a narrative report: numbering, parts it must have, lists and their counts (R-04, R-06, R-09)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from xltool.findings import Severity
from xltool.forms.model import Role
from xltool.forms.words import shorten
from xltool.rules.model import frame_rule
from xltool.rules.needs import OF_REPORT
from xltool.rules.samples import filing_view, report_view
from xltool.text.basis import PRACTICE
from xltool.text.lazy_pattern import lazy_pattern
from xltool.text.outline import Heading, heading_of, number_in
from xltool.text.views import FilingView, Hit, Passage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.text.views import ReportView

INFO, WARNING = Severity.INFO, Severity.WARNING
_DIGITS: Final = "零一二三四五六七八九十"
_BARE_HEADING: Final = lazy_pattern(lambda: re.compile(r"[^。；：，、,;:]{2,30}"))
_OPEN: Final = 99
"""The most things of a list that ends in 等: any number."""
_HEAD: Final = lazy_pattern(lambda: re.compile("[^。；：，,;:]{2,20}(?=[：:]|$)"))


def _numbered(*marks: str) -> FilingView:
    return filing_view(report_view(*(mark if mark.endswith("。") else f"{mark}某方面情况" for mark in marks)))


@frame_rule(
    "R-04",
    "报告标题编号连续、样式统一",
    severity=INFO,
    basis="党政机关公文格式：层次序数依次为一、（一）1.（1）",
    roles=(Role.NARRATIVE_REPORT,),
    needs=OF_REPORT,
    good=[
        _numbered("一、", "（一）", "（二）", "二、", "1、", "2、", "三、", "（一）", "1.", "（1）", "（2）", "四、"),
        _numbered("1、", "2、", "3、", "（1）", "（2）"),
        _numbered("一、", "二、", "存在的", "四、"),
        _numbered("一、", "二、", "一、", "二、"),
        _numbered(
            "一、", "（一）", "（二）", "二、", "（一）", "1.负责全县水利工作。", "2.负责防汛抗旱。", "3.承办其他事项。"
        ),
    ],
    bad=[
        _numbered("一、", "二、", "四、"),
        _numbered("1、", "二、", "三、"),
        _numbered("一、", "二、", "3、", "四、"),
        _numbered("一、", "二、", "二、", "三、"),
        _numbered("一、", "（一）", "（2）", "（三）", "二、"),
        _numbered("一、", "二、", "2、", "3、", "三、"),
    ],
)
def numbering_runs(filing: FilingView) -> Iterator[Hit]:
    """报告的标题编号不规范：{问题}。

    按一、（一）1.（1）的层次重新编号，同一层次用同一种序号，不跳号、不重号。
    """
    for report in filing.reports:
        troubles = [*_Numbering(1, 3).troubles(report), *_Numbering(2, 4).troubles(report)]
        messages = [
            words.format(_marks_with(troubles, kind))
            for kind, words in _TROUBLES.items()
            if _marks_with(troubles, kind)
        ]
        if messages:
            yield Hit(Passage(report, "，".join(messages)), (), {"问题": "，".join(messages)})


_MISSING, _AGAIN, _MIXED = "缺", "重", "混"
_TROUBLES: Final = {
    _MIXED: "{}与中文序号混用（或不从 1 开始）",
    _MISSING: "缺{}",
    _AGAIN: "{}重复",
}


def _marks_with(troubles: list[tuple[str, str]], kind: str) -> str:
    """The numbers that have this kind of trouble, each once and quoted."""
    return "".join(dict.fromkeys(f"“{mark}”" for trouble, mark in troubles if trouble == kind))


class _Numbering:
    """Reads the headings of one level, whose numbers are Chinese (一、) but may be digits (1、) by mistake."""

    def __init__(self, chinese: int, digits: int) -> None:
        self.chinese_level, self.digit_level = chinese, digits
        self.last = self.last_digit = 0
        self.seen: set[int] = set()
        self.bare = False

    def troubles(self, view: ReportView) -> Iterator[tuple[str, str]]:
        """Each trouble with the numbering: its kind and the number concerned."""
        for paragraph in view.paragraphs:
            yield from self._read(paragraph.text)

    def _read(self, text: str) -> Iterator[tuple[str, str]]:
        heading = heading_of(text)
        if heading is None:
            self.bare = self.bare or _BARE_HEADING.fullmatch(text) is not None
        elif heading.own_line and heading.level == self.chinese_level:
            yield from self._chinese(heading)
        elif heading.own_line and heading.level == self.digit_level:
            yield from self._digits(heading)
        elif heading.level < self.chinese_level:
            self._restart(0)

    def _restart(self, number: int) -> None:
        self.last, self.last_digit, self.seen, self.bare = number, 0, set(), False

    def _chinese(self, heading: Heading) -> Iterator[tuple[str, str]]:
        # A heading without a number may have one that Word counts and does not store, so none is reported missing.
        for number in range(self.last + 1, heading.number):
            if number in self.seen:
                yield _MIXED, _spell(number, self.digit_level)
            elif not self.bare:
                yield _MISSING, _spell(number, self.chinese_level)
        if 1 < heading.number <= self.last:
            yield _AGAIN, _spell(heading.number, self.chinese_level)
        self._restart(heading.number)

    def _digits(self, heading: Heading) -> Iterator[tuple[str, str]]:
        follows = heading.number == self.last_digit + 1
        self.seen.add(heading.number)
        if not follows and self.last and heading.number > 1:
            yield _MIXED, _spell(heading.number, self.digit_level)
        if heading.number == self.last + 1 and not follows:
            self.last = heading.number
        else:
            self.last_digit = heading.number


def _spell(number: int, level: int) -> str:
    """A number in the style of a level, as in 一、 or （1）."""
    tens, units = divmod(number, 10)
    han = (
        _DIGITS[number]
        if number < len(_DIGITS)
        else ("" if tens == 1 else _DIGITS[tens]) + "十" + _DIGITS[units] * (units > 0)
    )
    return {1: f"{han}、", 2: f"（{han}）", 3: f"{number}、", 4: f"（{number}）"}[level]


_COUNT = r"(?P<count>\d{1,2}|[一二两三四五六七八九十]{1,3})个"
_BODIES = "(?:机构|科室|股室|处室|部门|单位|部室|站所|中心|办公室|股|科|部|站|所)"
_NAMED = lazy_pattern(
    lambda: re.compile(
        rf"(?:内设|下设|下属|所属|设有?|设立)[^，。；：、\d]{{0,10}}?{_COUNT}[^，。；：、\d]{{0,8}}?"
        rf"(?:[：:]|[，。；（(]?(?:内设|下设)?{_BODIES}?(?:主要)?(?:包括|分别[是为]|即|为)[：:]?)(?P<list>[^。；;]+)"
    )
)
_TALLY = lazy_pattern(lambda: re.compile(r"等?(?:共计?)?(?:\d{1,2}|[一二两三四五六七八九十]{1,3})个[^、]*$"))
_AND = lazy_pattern(lambda: re.compile("以及|[和及与]"))
_LONGEST_NAME: Final = 16
"""Characters of the name of an office; a longer item is no name, so the text is no list."""


@frame_rule(
    "R-06",
    "报告所列机构与个数一致",
    severity=WARNING,
    basis=PRACTICE,
    roles=(Role.NARRATIVE_REPORT,),
    needs=OF_REPORT,
    good=[
        filing_view(
            report_view(
                "内设机构5个。内设机构包括：综合管理部、经济合作部、开发建设部、产业发展部、财政金融部等5个股室。"
            )
        ),
        filing_view(report_view("我局内设五个股室：办公室、规划和财务股、建设管理股、河湖管理股和监察室。")),
        filing_view(report_view("下设4个站所，分别为：农技站、水管站、财政所（含农经）、自然资源和规划所。")),
        filing_view(report_view("内设机构5个：办公室、财务股等。")),
        filing_view(report_view("内设机构5个，编制12名，办公室、财务股、业务股正常运转。")),
        filing_view(report_view("下属单位2个，分别为：负责全县防汛抗旱指挥调度工作的机构、信息中心。")),
        filing_view(report_view("内设机构1个：办公室，负责日常工作。")),
    ],
    bad=[
        filing_view(
            report_view("内设机构5个。内设机构包括：综合管理部、经济合作部、开发建设部、产业发展部等5个股室。")
        ),
        filing_view(report_view("我局内设六个股室：办公室、财务股、建设管理股、河湖管理股。")),
        filing_view(report_view("下设2个站所，分别为：农技站、水管站、财政所等。")),
    ],
)
def counted_as_named(filing: FilingView) -> Iterator[Hit]:
    """报告写明“{原文}”，所称 {filed} 与列出的 {列出} 个不一致。

    核对机构个数和名单，改正写错的一处。
    """
    for report in filing.reports:
        for paragraph in report.paragraphs:
            for match in _NAMED.finditer(paragraph.text):
                listed = _listed(match["list"])
                count = number_in(match["count"])
                if listed is not None and not listed[0] <= count <= listed[1]:
                    words = {"原文": shorten(match[0]), "列出": str(listed[0])}
                    yield Hit(Passage(report, f"{count} 个"), (), words, expected=f"{listed[0]} 个")


def _listed(text: str) -> tuple[int, int] | None:
    """The fewest and the most things a list may name (和 may be part of a name); None if the text is no list."""
    plain = re.sub(r"[（(][^）)]{0,500}[）)]", "", text).split("，", maxsplit=1)[0]
    tally = _TALLY.search(plain)
    names = (plain[: tally.start()] if tally else plain.removesuffix("等")).split("、")
    if len(names) == 1 or any(len(name) > _LONGEST_NAME for name in names):
        return None
    most = len(names) + len(_AND.findall(names[-1]))
    return len(names), (most if tally or not plain.endswith("等") else _OPEN)


_EXPECTED: Final = {
    "部门基本情况": (
        "基本情况|概况|概述|简介|职[能责]|机构|(?:单位|部门|人员)情况",
        "主要职[能责]|工作职责|机构设置|内设|股室|科室|编制|在职人员",
    ),
    "资金使用情况": ("支出|预算|资金|经费|收支|财务|决算", r"(?:支出|预算|资金|经费|收入)[^。]{0,20}\d万?元"),
    "绩效目标完成情况": (
        "绩效|完成情况|产出|效益|效果|成效|成果|业绩|目标",
        "(?:目标|指标|任务)[^。]{0,12}(?:完成|实现|达[到成])|完成(?:目标|任务|指标|率)|(?:产出|效益|满意度)指标",
    ),
    "存在的问题": (
        "问题|不足|困难|薄弱|短板|差距|偏差|制约|难点",
        "(?:存在|主要|突出|发现)[^。]{0,6}(?:问题|不足|困难|差距)|问题[是:：]|不够|有待|薄弱|短板|不足之处",
    ),
    "改进措施": (
        "改进|建议|下一?步|整改|打算|措施|今后|意见|对策|思路|努力方向|工作(?:计划|安排|重点)",
        "下一?步|今后|将(?:进一步|继续|不断|加[强快大]|完善|严格|按)|改进|整改|建议|措施",
    ),
}
"""Parts that a report must have: words of a heading, or words of a sentence elsewhere that says the same."""


def _head(text: str) -> str:
    """The heading that a paragraph is or begins with, numbered or not; "" for a plain sentence."""
    heading = heading_of(text)
    if heading is not None:
        return heading.title
    head = _HEAD.match(text)
    return "" if head is None else head[0]


@frame_rule(
    "R-09",
    "报告应有的部分齐全",
    severity=INFO,
    basis="湖南省部门整体支出绩效自评报告提纲",
    roles=(Role.NARRATIVE_REPORT,),
    needs=OF_REPORT,
    good=[
        filing_view(report_view("一、部门概况", "二、资金使用", "三、绩效分析", "四、存在问题", "五、有关建议")),
        filing_view(
            report_view("一、基本情况", "主要职责…。", "二、预算支出及绩效情况", "三、不足之处", "四、今后打算")
        ),
        filing_view(report_view("第一部分单位概况", "第二部分收支及完成情况", "第三部分主要困难", "第四部分工作打算")),
        filing_view(report_view("1.单位简介：", "（2）经费和绩效。", "（三）薄弱环节", "4、下步思路")),
        filing_view(
            report_view(
                "我局主要职责是水利建设，内设5个股室，在职人员30人。2023年支出300万元，绩效目标全部完成。",
                "主要问题：资料归档不及时。下一步将按月归档。",
            )
        ),
    ],
    bad=[
        filing_view(report_view("一、基本情况", "二、预算支出及绩效情况", "三、自评结论")),
        filing_view(report_view("一、预算支出及绩效情况", "二、存在问题及改进措施")),
        filing_view(
            report_view("一、基本情况", "二、预算支出", "解决5个村饮水问题。", "三、绩效情况", "四、下一步打算")
        ),
        filing_view(report_view("一、基本情况", "二、预算支出", "三、自评结论", "自评得分90分。", "四、问题和建议")),
    ],
)
def parts_are_there(filing: FilingView) -> Iterator[Hit]:
    """报告没有写到{缺少}。

    对照自评报告提纲补充；确实没有的，也在相应部分写明。
    """
    for report in filing.reports:
        text = "\n".join(paragraph.text for paragraph in report.paragraphs)
        heads = "\n".join(filter(None, map(_head, (paragraph.text for paragraph in report.paragraphs))))
        absent = [
            part
            for part, (head, sentence) in _EXPECTED.items()
            if not re.search(head, heads) and not re.search(sentence, text)
        ]
        if absent:
            yield Hit(Passage(report, "未写"), (), {"缺少": "、".join(absent)}, expected="、".join(absent))
