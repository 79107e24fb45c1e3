"""Sentences of a narrative report: spending in the wrong place, statements that differ from 附件2 (R-05, R-07)."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import islice
from typing import TYPE_CHECKING, Final

from xltool import params
from xltool.findings import Severity
from xltool.forms import review
from xltool.forms.model import Role
from xltool.rules.model import frame_rule
from xltool.rules.needs import OF_REPORT, AllForms, Filled
from xltool.rules.report.figures import companions
from xltool.rules.samples import department_form, filing_view, report_view
from xltool.text.lazy_pattern import lazy_pattern
from xltool.text.outline import with_headings
from xltool.text.views import FieldRef, FilingView, Hit, Passage
from xltool.text.wording import character_pairs, cut_short, split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.text.views import FormView, ReportView

INFO, WARNING = Severity.INFO, Severity.WARNING

_SENTENCE: Final = lazy_pattern(lambda: re.compile("[^。；;]+"))
_PROJECT_LIST: Final = lazy_pattern(
    lambda: re.compile(
        r"(?<!基本支出和)(?<!基本支出与)(?<!基本支出及)(?<!基本支出、)项目支出(?:(?!基本支出).){0,40}?"
        r"(?:主要(?:为|是|用于|包括|有)|用于|包括|其中)[：:]?(?P<list>(?:(?!基本支出).){1,400})"
    )
)
_KINDS: Final = lazy_pattern(
    lambda: re.compile(
        "(?:在职|在编)?(?:人员|职工)(?:工资|薪金|经费)(?:及社保)?|基本工资|(?:奖励性)?绩效(?:考核)?工资|津贴补贴|津补贴|工资福利(?:支出)?"
        "|(?:职工)?(?:社会保险|社保|养老保险|医疗保险)(?:缴?费)?|住房公积金|离退休费|机关运行(?:维护)?(?:经费|费用?)?"
        "|(?:单位)?(?:日常)?公用经费|日常办公(?:经)?费"
    )
)
_ITEM: Final = lazy_pattern(lambda: re.compile("以及|[、，,和及与：:（）()]"))
_EXCEPT: Final = lazy_pattern(lambda: re.compile("不含|不包括|不得|剔除|除.{0,20}外"))


@frame_rule(
    "R-07",
    "基本支出的内容不列入项目支出",
    severity=WARNING,
    basis="部门预算编制：基本支出包括人员经费和日常公用经费，项目支出为基本支出以外的支出",
    roles=(Role.NARRATIVE_REPORT,),
    needs=OF_REPORT,
    good=[
        filing_view(report_view("本年度项目支出为9459.37万元，主要为部门业务工作经费、资本性支出、对企业的补助等。")),
        filing_view(
            report_view("基本支出256.79万元，主要用于人员工资、津贴补贴和日常公用经费。项目支出主要用于水库除险。")
        ),
        filing_view(report_view("项目支出主要用于村级组织运行经费、编外人员工资、村干部绩效工资补助。")),
        filing_view(report_view("项目支出（不含人员经费）主要用于河道治理、人员经费以外的支出。")),
        filing_view(report_view("我单位支出包括基本支出和项目支出，主要用于人员经费、日常公用经费和专项工作。")),
        filing_view(report_view("项目支出300万元，用于水库除险；基本支出用于基本工资、住房公积金。")),
    ],
    bad=[
        filing_view(
            report_view("本年度项目支出为10459.37万元，主要为部门业务工作经费、机关运行维护经费、绩效考核工资等。")
        ),
        filing_view(report_view("项目支出500万元，其中：住房公积金30万元、河道治理470万元。")),
        filing_view(report_view("项目支出主要用于基本工资、津贴补贴以及防汛物资购置。")),
        filing_view(report_view("全年项目支出包括日常公用经费和水利工程维修。")),
    ],
)
def kinds_in_their_place(filing: FilingView) -> Iterator[Hit]:
    """报告“{标题}”一节在项目支出中列了“{filed}”，这些属于基本支出的内容。

    人员经费和日常公用经费在基本支出中列支和说明；确由项目经费安排的，写明预算批复依据，并核对附件2的基本支出和项目支出。
    """
    for report in filing.reports:
        for place in with_headings(report.paragraphs):
            for sentence in _SENTENCE.findall(place.paragraph.text):
                kinds = _basic_kinds(sentence)
                if kinds:
                    yield Hit(Passage(report, "、".join(kinds)), (), {"标题": place.under or "正文"})


def _basic_kinds(sentence: str) -> list[str]:
    """Kinds of 基本支出 that a sentence lists under 项目支出."""
    match = _PROJECT_LIST.search(sentence)
    if match is None or _EXCEPT.search(sentence):
        return []
    items = (re.sub(r"\d.*|等$", "", item) for item in _ITEM.split(match["list"]))
    return [item for item in items if _KINDS.fullmatch(item)]


_THIS_YEAR: Final = "今年"
_TIME: Final = "明年|次年|下年度?|来年|去年|上年度?|上半年|下半年|[一二三四]季度|年底|月底"
_DOUBT: Final = "尚未|未能|未|没有|不|正在|计划|拟|预计|力争"
_TOKEN: Final = lazy_pattern(lambda: re.compile(rf"\d+(?:\.\d+)?|{_TIME}|{_THIS_YEAR}|{_DOUBT}|."))
_TELLING: Final = lazy_pattern(lambda: re.compile(rf"\d+(?:\.\d+)?|{_TIME}|{_DOUBT}"))
_LIMITS: Final = params.load()
_LONGEST: Final = 300
"""Characters of the longest sentence that is compared: the time for it grows with the square of its length."""
_SENTENCES: Final = 200
"""Sentences of a cell that are compared, more than real ones have; ten times as many of a report."""
_OVERLAP: Final = 0.6
"""Share of the pairs of characters of a filed sentence that the sentence of the report nearest to it must have."""

_FILED = "昌泰明渠二期等项目已完成施工图设计、审核，明年上半年正式启动建设；新签约项目17个，合同引资额22.12亿元。"


def _example(text: str, *, filed: str = _FILED, year: int | None = 2023) -> FilingView:
    return filing_view(department_form({"实际完成情况": filed}), report_view(*text.split("\n"), year=year))


@frame_rule(
    "R-05",
    "报告语句与表中表述一致",
    severity=INFO,
    basis="审核惯例：报告与附件2实际完成情况的同一事项表述一致",
    roles=(Role.NARRATIVE_REPORT,),
    needs=(*OF_REPORT, AllForms((Role.DEPARTMENT_REVIEW,)), Filled((review.achievement,), (Role.DEPARTMENT_REVIEW,))),
    good=[
        _example(_FILED),
        _example("昌泰明渠二期等项目完成施工图的设计和审核，明年上半年正式启动建设。"),
        _example("2023年新签约项目17个，合同引资额22.12亿元。", filed="今年新签约项目17个，合同引资额22.12亿元。"),
        _example("新签约项目17个，合同引资额22.1亿元。"),
        _example("昌泰明渠二期等项目已完成施工图设计、审核，上半年正式启动建设。", year=2022),
        _example("新签约项目17个。"),
        _example("新签约项目16个，合同引资额20亿元。\n新签约项目17个，合同引资额22.12亿元。"),
        _example(
            "完成规模工业企业培育12家，覆盖全部乡镇。",
            filed="完成高新企业培育12家，覆盖全部乡镇。完成小微企业培育13家，覆盖全部乡镇。",
        ),
        filing_view(report_view(_FILED)),
    ],
    bad=[
        _example("昌泰明渠二期等项目已完成施工图设计、审核，上半年正式启动建设。"),
        _example("新签约项目19个，合同引资额22.12亿元。"),
        _example("昌泰明渠二期等项目未完成施工图设计、审核，明年上半年正式启动建设。"),
        _example("新签约项目17个，合同引资额32.12亿元。", year=None),
        _example("计划新签约项目17个，合同引资额22.12亿元。"),
    ],
)
def sentences_say_the_same(filing: FilingView) -> Iterator[Hit]:
    """报告写“{filed}”，附件2实际完成情况写“{表述}”，{差别}，意思不同。

    核对事实，把报告和附件2的表述改为一致。
    """
    for report in filing.reports:
        for view in companions(filing, report):
            yield from _changed(report, view)


def _changed(report: ReportView, view: FormView) -> Iterator[Hit]:
    """A hit for each sentence of the report that says something else than the sentence of the form nearest to it."""
    stated = [part for paragraph in report.paragraphs for part in _sentences(paragraph.text, report.year)]
    filed = _sentences(view.text(review.achievement.key), report.year)
    both = set(stated) & set(filed)
    rest = (sentence for sentence in dict.fromkeys(filed) if sentence not in both)
    left = {sentence: character_pairs(sentence) for sentence in islice(rest, _SENTENCES)}
    for sentence in islice(dict.fromkeys(stated), 10 * _SENTENCES):
        if sentence in both or not left:
            continue
        own = character_pairs(sentence)
        nearest = max(left, key=lambda other: len(left[other] & own) / max(len(left[other]), 1))
        alike = len(left[nearest] & own) > _OVERLAP * len(left[nearest])
        said = _difference(sentence, nearest) if alike else ""
        if said:
            words = {"表述": _shown(nearest), "差别": said}
            yield Hit(
                Passage(report, _shown(sentence), review.achievement), (FieldRef(view, review.achievement),), words
            )


def _sentences(text: str, year: int | None) -> list[str]:
    """The sentences long enough to be compared, with 今年 for every way to name the year of the report."""
    named = re.sub(rf"{year}年度?|本年度?", _THIS_YEAR, text)
    return [part for part in split_sentences(named) if _LIMITS["report_sentence"] <= len(part) <= _LONGEST]


def _difference(said: str, filed: str) -> str:
    """The first change of meaning between two sentences that are otherwise alike; "" if there is none."""
    left, right = _TOKEN.findall(said), _TOKEN.findall(filed)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < _LIMITS["report_likeness"]:
        return ""
    for kind, a, b, c, d in matcher.get_opcodes():
        ours, theirs = left[a:b], right[c:d]
        telling = [token for token in ours + theirs if _TELLING.fullmatch(token)]
        if kind != "equal" and telling and not _rounded(ours, theirs):
            return _describe_change("".join(ours), "".join(theirs))
    return ""


def _describe_change(ours: str, theirs: str) -> str:
    if ours and theirs:
        return f"报告的“{ours}”在表中是“{theirs}”"
    return f"报告多出“{ours}”" if ours else f"报告少了“{theirs}”"


def _rounded(ours: list[str], theirs: list[str]) -> bool:
    """Whether two tokens are one number, written with more or fewer decimals."""
    if len(ours) != 1 or len(theirs) != 1 or not (ours[0][0] + theirs[0][0]).isdecimal():
        return False
    decimals = min(len(token[0].partition(".")[2]) for token in (ours, theirs))
    return ours != theirs and abs(float(ours[0]) - float(theirs[0])) < 10.0**-decimals and "." in ours[0] + theirs[0]


def _shown(sentence: str) -> str:
    return cut_short(sentence.replace(",", "，"))
