"""Whether the parts that a text lists add up to the total it states (A2-19).

Parts are compared with a total only where the text joins them: a sum written out, 合计, 分别为, 包括, 其中. What
follows 其中 need not be complete, so there only a sum above the total, or very close below it, is reported.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from msgspec import Struct

from xltool import params
from xltool.findings import Severity
from xltool.forms import review
from xltool.forms.model import REVIEW_ROLES
from xltool.forms.tolerances import CENT, RELATIVE_NOISE
from xltool.rules.model import frame_rule
from xltool.rules.needs import AnyFilled, AnyForm
from xltool.rules.samples import goals
from xltool.text.figures import Figure, figures_in
from xltool.text.lazy_pattern import lazy_pattern
from xltool.text.views import FieldRef, FilingView, Hit
from xltool.text.wording import cut_short, fold_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WARNING, INFO = Severity.WARNING, Severity.INFO
LIMITS = params.load()
_AMOUNT = r"\d+(?:\.\d+)?(?:亿元|万元|元|人次|[个家项人户亩吨件次])?"
# A number may not go on after the last one; dots that fill the cell may follow.
_ENDS = r"(?![\d+*/×亿万元-]|\.\d)"
_EQUATION = lazy_pattern(
    lambda: re.compile(rf"(?<![\d.+*/×-])(?P<total>{_AMOUNT})=(?P<parts>{_AMOUNT}(?:\+{_AMOUNT})+){_ENDS}")
)
_REVERSED = lazy_pattern(
    lambda: re.compile(rf"(?<![\d.*/×+-])(?P<parts>{_AMOUNT}(?:\+{_AMOUNT})+)=(?P<total>{_AMOUNT}){_ENDS}")
)
_JOINT = lazy_pattern(lambda: re.compile(r"其中|包括|分别为|分别是|分为"))
_WHOLE = lazy_pattern(lambda: re.compile(r"合计|共计|总计"))
_LIST = lazy_pattern(lambda: re.compile(r"(?:[。,，;；]\s*|(?<!\s)\s+)?(?P<list>其中[:：][^。\n]*)"))
_NEW = "撬动|带动|拉动|惠及|受益|覆盖|增长|提高|同比|累计|占|比|较|另|同时|合计|共计|总计"
_DONE = "发放|新增|实现|争取|引进|完成|服务|节约|结余|剩余|超|支出|支付|拨付|执行|到位"
_NEXT = lazy_pattern(
    lambda: re.compile(
        r"^(?:(?:用于|用作)[^,;、]{2,20}(?:、[^,;、\d]{1,8})*)?"
        # An item after 、 may have a verb of its own; after a comma a verb begins something else.
        rf"(?:、(?!.*(?:{_NEW}))|[,和及与](?!.*(?:{_NEW}|{_DONE})))"
    )
)
_SHARE = lazy_pattern(lambda: re.compile(r"\((?:占比?)?[\d.]+%\)|,?占比?[\d.]+%"))
_OPEN = lazy_pattern(lambda: re.compile("等|主要|部分|以上|约|余|多"))
_SCALES = {"亿元": 1e8, "万元": 1e4, "元": 1.0}
LONGEST_PART = 24
"""Characters between two numbers of a list; more text ends the list."""


class Mismatch(Struct, frozen=True):
    """A total that its parts do not add up to: the text, total and sum as written, the severity."""

    text: str
    total: str
    parts: str
    severity: Severity = WARNING


def _number(text: str) -> tuple[float, str]:
    match = re.match(r"[\d.]+", text)
    return (float(match[0]), text[match.end() :]) if match else (0.0, text)


def _in_one_unit(total: tuple[float, str], parts: list[tuple[float, str]]) -> list[float] | None:
    """The parts in the unit of the total, a bare number in that of the next; None if they measure something else."""
    unit, values = total[1] or parts[-1][1], []
    following = unit
    for value, own in reversed(parts):
        following = own or following
        if following != unit and not {following, unit} <= set(_SCALES):
            return None
        values.append(value if following == unit else value * _SCALES[following] / _SCALES[unit])
    return values


def _written_out(text: str) -> Iterator[Mismatch]:
    """Mismatches of sums that are written out: 2026400元=400000+252000+…."""
    folded = fold_case(text).replace(",", "")
    for pattern in (_EQUATION, _REVERSED) if "=" in folded else ():
        for match in pattern.finditer(folded):
            total, unit = _number(match["total"])
            terms = [_number(part) for part in match["parts"].split("+")]
            values = _in_one_unit((total, unit), terms)
            slack = CENT if "." in match[0] else 0.0
            if values is not None and abs(sum(values) - total) > slack + RELATIVE_NOISE * total:
                added = f"{round(sum(values), 6):.15g}{unit or terms[-1][1]}"
                yield Mismatch(cut_short(match[0]), match["total"], added)


def _in_one_sentence(match: re.Match[str]) -> str:
    """Join a list to the sentence before it: 共90万元。其中：30万元用于甲；60万元用于乙 is one statement."""
    return "，" + re.sub("[;；]", "，", match["list"])


def _following(figures: Sequence[Figure], first: int, whole: Figure, mark: int) -> list[Figure]:
    """The figures of a list after a mark, up to a word that begins something new."""
    run: list[Figure] = []
    for figure in figures[first:]:
        if figure.unit == "%":
            continue
        between = _SHARE.sub("", figure.sentence[(run[-1].end if run else mark) : figure.start])
        if len(between) > LONGEST_PART or (run and not _NEXT.match(between)):
            break
        if figure.unit != whole.unit or (figure.after and figure.after != whole.after and whole.unit != "万元"):
            break
        run.append(figure)
    return run


def _listed(figures: Sequence[Figure]) -> Iterator[Mismatch]:
    """Mismatches of the parts after 其中, 包括 and the like with the last total before."""
    for sentence in dict.fromkeys(figure.sentence for figure in figures):
        marks = list(_JOINT.finditer(sentence))
        if len(marks) != 1:
            continue  # with parts of parts it is not clear what belongs to which total
        mark = marks[0]
        inside = [figure for figure in figures if figure.sentence == sentence]
        before = [figure for figure in inside if figure.end <= mark.start() and figure.unit != "%"]
        if not before or len(inside) == len(before):
            continue
        run = _following(
            inside, len([figure for figure in inside if figure.end <= mark.start()]), before[-1], mark.end()
        )
        yield from _judged(before, run, sentence[mark.end() - 2 : mark.end()], mark.end())


def _judged(before: Sequence[Figure], run: Sequence[Figure], word: str, mark: int) -> Iterator[Mismatch]:
    if not run:
        return
    whole = before[-1]
    slack = min(_rounding((whole, *run)), LIMITS["parts_nearly"] * whole.value / 2) + RELATIVE_NOISE * whole.value
    sums = list(accumulate(part.value for part in run))
    totals = [figure.value for figure in before if figure.unit == whole.unit]
    if any(abs(added - total) <= slack for added in sums for total in totals) or whole.is_least:
        return
    text = whole.sentence[whole.start : run[-1].end]
    # A sum above the total is wrong even if parts are left out.
    everything = word != "其中" and len(run) > 1 and not _OPEN.search(whole.sentence[mark : run[-1].end + 2])
    nearly = len(run) > 1 and abs(sums[-1] / whole.value - 1) < LIMITS["parts_nearly"] if whole.value else False
    if sums[-1] > whole.value or everything or nearly:
        grave = WARNING if everything or sums[-1] > whole.value else INFO
        yield Mismatch(cut_short(text.replace(",", "，")), whole.text, _as_written(sums[-1], whole), grave)


def _rounding(summed: Sequence[Figure]) -> float:
    """How far a sum may be off by rounding of its numbers: 30万元 counts as exact, 3亿元 and 29.99万元 as rounded."""
    return sum(figure.step for figure in summed if figure.decimals or figure.scaled) / 2


def _as_written(value: float, like: Figure) -> str:
    """An amount in the unit of a figure."""
    number, unit = _number(like.text)
    return f"{value * number / like.value:.10g}{unit}" if like.value else f"{value:g}{unit}"


def _added_up(figures: Sequence[Figure]) -> Iterator[Mismatch]:
    """Mismatches of a list right before 合计: 甲3个、乙5个，合计9个."""
    for at, whole in enumerate(figures):
        if not _WHOLE.search(whole.before) or whole.unit == "%":
            continue
        run: list[Figure] = []
        for figure in reversed(figures[:at]):
            end = run[0].start if run else whole.start
            between = whole.sentence[figure.end : end]
            if figure.sentence != whole.sentence or figure.unit != whole.unit or len(between) > LONGEST_PART:
                break
            if run and not between.startswith("、"):
                break
            run.insert(0, figure)
        added = sum(part.value for part in run)
        slack = _rounding((whole, *run)) + RELATIVE_NOISE * whole.value
        if len(run) > 1 and abs(added - whole.value) > slack:
            text = whole.sentence[run[0].start : whole.end].replace(",", "，")
            yield Mismatch(cut_short(text), whole.text, _as_written(added, whole))


@lru_cache(16)
def _mismatches(text: str) -> tuple[Mismatch, ...]:
    """The mismatches of a text; cached, because 附件2 and 附件3 of a department often hold the same text."""
    figures = figures_in(_LIST.sub(_in_one_sentence, text) if "其中" in text else text)
    return (*_written_out(text), *_listed(figures), *_added_up(figures))


_POOR = "村级补助及运转经费2026400元=400000+252000+28000+960000+100000"
_SAME = "完成投资500万元，其中中央资金300万元、省级资金200万元。"


@frame_rule(
    "A2-19",
    "文字中的分项与总数相符",
    severity=WARNING,
    basis="审核惯例：分项之和等于总数；实例：分项合计174万元，总数202.64万元",
    roles=REVIEW_ROLES,
    needs=(AnyForm(REVIEW_ROLES), AnyFilled((review.goal, review.achievement))),
    good=[
        goals("经费1740000元=400000+252000+28000+960000+100000", "439120.67+152000+28000+660000+50000=1329120.67元"),
        goals("1740000元=400000+252000+28000+960000+100000\n…………", "1+2=3。\n1.5+2=3.5……"),
        goals("共投入202.64万元 = 174万元 + 28.64万元。", _SAME),
        goals("税收3亿元。", "完成税收约3.5亿元，同比增幅62.33%，其中工业税收1.48亿元，同比增长率达48.46%。"),
        goals("培训500人次。", "培训520人次，其中干部200人次、群众300人次。"),
        goals("总投资500万元，其中财政资金300万元（其中中央200万元、省级100万元），自筹200万元。", "完成。"),
        goals("总投资500万元。", "完成投资500万元，其中一期300万元、二期200万元，撬动社会资本800万元。"),
        goals("安排500万元。", "安排500万元，支出480万元，其中人员经费300万元、公用经费200万元。"),
        goals("实施项目8个。", "实施项目8个，其中新建3个、续建5个，惠及12个村。"),
        goals("项目8个。", "实施项目8个，其中新建3个（37.5%）、续建5个，占62.5%。实施项目8个，其中新建3个。"),
        goals("项目8个。", "实施项目8个，包括新建、续建等，新建3个、续建4个。"),
        goals("检查。", "检查企业120家，包括化工企业20家、烟花爆竹企业15家等重点企业。"),
        goals("培训。", "培训干部120人次、群众300人次，合计420人次。"),
        goals("培训。", "上半年培训100人次。下半年培训干部120人次，合计220人次。"),
        goals("投入。", "投入89.97万元，其中甲村45.33万元、乙村44.64万元。"),
        goals("共90万元。其中：30万元用于编制；30万元用于审计；30万元用于设计、规划、测绘。", "完成。其中：1个；2个。"),
        goals("投入。", "投入超过50万元，其中甲村45万元、乙村35万元。"),
        goals("合格率。", "合格率98%，其中甲类99%、乙类97%；比分3+2=5。"),
        goals("面积。", "面积为3*2+1=7，单价5元=3元+2元；2米=1米+1米；3元=2个+1个；3元=2元+1个。"),
        goals("贷款。", "贷款0万元，其中甲0万元、乙0万元。"),
        goals("建设。", "建设道路3条，其中涉及村庄较多、施工条件复杂且需要跨部门协调的主干道路长约5公里。"),
        goals("建设。", "建设道路3条，其中甲路、乙路。其中校舍，丙路。"),
        goals("共计。", "共计5个；甲3个，共计5个。完成率合计100%。"),
        goals("共计。", "甲3个，乙2个、丙4个，合计6个。"),
    ],
    bad=[
        goals(_POOR, "完成"),
        goals("投入。", "400000+252000=750000元"),
        goals("投入2.5万元=1万元+2万元。", "共202万元=174万元+28.64万元"),
        goals("投入。", "投入5万元=20000元+25000元。"),
        goals("投资500万元。", "完成投资500万元，其中中央资金300万元、省级资金250万元。"),
        goals("投资500万元。", "完成投资500万元，其中中央资金600万元。"),
        goals("宣传。", "发放资料9000份，其中入户发放5200份、集市发放4300份。"),
        goals("项目8个。", "实施项目8个，其中新建3个（37.5%）、续建6个（62.5%）。"),
        goals("项目8个。", "实施项目8个，包括新建3个、续建4个。"),
        goals("投入。", "投入89.97万元，其中甲村45.33万元、乙村44.66万元。"),
        goals("投入。", "投入89.97万元，其中甲村45.33万元、乙村44.62万元。"),
        goals("投入。", "投入89.97万元。其中:30万元用于编制;30万元用于审计;29.99万元用于设计、规划、测绘。"),
        goals("培训。", "培训干部120人次、群众300人次，合计400人次。"),
    ],
)
def parts_add_up(filing: FilingView) -> Iterator[Hit]:
    """{栏目}中写「{原文}」：分项合计 {分项}，总数写 {总数}，两者不相符。

    逐项核对分项和总数，改正写错的数字；“其中”只列部分内容的，写明“主要包括”或补全其余分项。
    拿不准的，问提供数据的业务股室。
    """
    for view in filing.forms:
        for field in (review.goal, review.achievement) if view.role in REVIEW_ROLES else ():
            for mismatch in _mismatches(view.text(field.key)):
                words = {"栏目": field.key, "原文": mismatch.text, "分项": mismatch.parts, "总数": mismatch.total}
                yield Hit(FieldRef(view, field), (), words, mismatch.parts, mismatch.severity)
