"""Texts copied from another department (X-16) or from another form of the same filing (A3-15).

Sentences are grouped over all filings at once. Similar sentences have the same numbers and share one of a few marks
(hashes of their characters), so that each sentence is compared with a handful of others and never with all. A sentence
that many departments write proves nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING
from zlib import crc32

from xltool import params
from xltool.findings import Severity
from xltool.forms import project, review
from xltool.forms.model import FORM_ROLES, Role
from xltool.rules.filing.excerpts import TEXTS, numbers_in
from xltool.rules.model import batch_rule, frame_rule
from xltool.rules.needs import AllForms, AnyFilled, AnyForm, SeveralForms
from xltool.rules.samples import base_form, department_form, filing_view, project_form
from xltool.text.views import Excerpt, FieldRef, FilingView, FormView, Hit
from xltool.text.wording import cut_short, fold_case, split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.expr.nodes import Field

WARNING, INFO = Severity.WARNING, Severity.INFO
LIMITS = params.load()
MARKS, SHINGLE, LOOKED_AT = 6, 4, 8
"""Marks of a sentence, characters of a shingle (a run that is hashed), and groups compared for each mark."""

Members = dict[tuple[str, ...], list[Excerpt]]
"""A group of similar sentences: the texts they occur in, at most `LOOKED_AT` of each department, by its names."""


def _of_another(excerpt: Excerpt, other: Excerpt) -> bool:
    """Whether the other text is another department's: of the same field and year, and not of the same project."""
    if (
        excerpt.field != other.field
        or excerpt.year != other.year
        or (excerpt.project and excerpt.project == other.project)
    ):
        return False
    return not any(mine in theirs or theirs in mine for mine in excerpt.names for theirs in other.names)


def _groups(texts: Sequence[Excerpt]) -> dict[str, Members]:
    """The group of each sentence, for sentences whose numbers occur with more than one department.

    Sentences with different numbers are never similar, so they are not compared.
    """
    placed: dict[str, list[tuple[str, Excerpt]]] = defaultdict(list)
    for text in texts:
        for sentence, numbers in text.parts:
            placed[numbers].append((sentence, text))
    groups: dict[str, Members] = {}
    for same in placed.values():
        first = same[0][1].names
        if any(text.names != first for _, text in same):
            _group(same, groups)
    return groups


def _group(placed: Sequence[tuple[str, Excerpt]], groups: dict[str, Members]) -> None:
    """Add sentences that have the same numbers to the groups."""
    marked: dict[int, list[tuple[str, Members]]] = defaultdict(list)
    for sentence, text in placed:
        members = groups.get(sentence)
        if members is None:
            members = groups[sentence] = _alike(sentence, marked)
        theirs = members.setdefault(text.names, [])
        if len(theirs) < LOOKED_AT:
            theirs.append(text)


def _alike(sentence: str, marked: dict[int, list[tuple[str, Members]]]) -> Members:
    """The group of the first sentence that is similar to this one, or a new group."""
    marks = _marks(sentence)
    near = {id(members): (first, members) for mark in marks for first, members in marked.get(mark, ())}
    for first, members in near.values():
        if _likeness(sentence, first) >= LIMITS["copied_likeness"]:
            return members
    new: Members = {}
    for mark in marks:
        if len(marked[mark]) < LOOKED_AT:
            marked[mark].append((sentence, new))
    return new


def _marks(sentence: str) -> list[int]:
    data, wide = sentence.encode("utf-16-le", "surrogatepass"), 2 * SHINGLE
    return sorted({crc32(data[at : at + wide]) for at in range(0, len(data) - wide + 1, 2)})[:MARKS]


def _likeness(left: str, right: str) -> float:
    """The share of two texts that is equal, 0 to 1; 0 if it is too small for a copy."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - takes 26 ms, only needed where sentences share marks

    return fuzz.ratio(left, right, score_cutoff=100 * LIMITS["copied_likeness"]) / 100


def _shared(texts: Sequence[Excerpt]) -> Iterator[tuple[Excerpt, Excerpt, list[str]]]:
    """Each text with the text of another department that has most in common with it, and the common sentences."""
    groups = _groups(texts)
    departments = len({text.names for text in texts})
    common = max(LIMITS["common_departments"], LIMITS["common_share"] * departments)
    for text in texts:
        alike: dict[int, tuple[Excerpt, list[str]]] = {}
        for part, _ in text.parts:
            members = groups.get(part, {})
            if 1 < len(members) < common:
                for other in _others(members, text):
                    alike.setdefault(id(other), (other, []))[1].append(part)
        if alike:
            # Of equally similar texts the first is chosen; texts are sorted by department.
            other, same = max(alike.values(), key=lambda pair: sum(map(len, pair[1])))
            yield text, other, same


def _others(members: Members, text: Excerpt) -> Iterator[Excerpt]:
    for _, theirs in zip(range(LOOKED_AT), members.values(), strict=False):
        yield from (other for other in theirs if _of_another(text, other))


def _spot(text: Excerpt) -> FieldRef:
    return FieldRef(FormView(text.form, text.submission, text.year, {}, {}), TEXTS[text.field])


_OWN = (
    "（1）全年走访重点企业46家，收集用地、用工、融资等诉求128条，逐条交办相关单位限期答复，办结率达到97%；"
    "（2）在滨河路、学府路沿线改造雨污管网5.2公里，消除易涝积水点9处；（3）新建口袋公园3个，补植苗木1.2万株，更换破损路灯310盏。"
)
_GOAL = (
    "（1）围绕城乡供水一体化，新建清水池和加压泵站，把管网延伸到偏远村组，让群众喝上放心水；"
    "（2）对老旧管道分批更换，建立漏损监测台账，定期公布水质检测结果，接受群众监督；（3）推行一户一表和线上缴费，方便群众用水。"
)
_THRIFT = (
    "严格落实中央八项规定精神，坚持过紧日子，从严控制一般性支出；加强预算管理，严格执行公务接待和公务用车管理制度；"
    "严控会议费、培训费和差旅费，杜绝铺张浪费，按规定实行政府采购，定期盘点国有资产，做到账实相符；"
    "强化内部控制，完善财务管理制度，专款专用，保障机关正常运转。"
)


def _of(department: str, achievement: str = "", goal: str = "", thrift: str = "") -> FilingView:
    texts = {"部门名称": department, "预期目标": goal, "实际完成情况": achievement}
    return filing_view(
        base_form({"填报单位": department, "厉行节约保障措施": thrift}), department_form(texts, year=2023)
    )


def _project(department: str, name: str, achievement: str, supervisor: str = "") -> FilingView:
    texts = {"实施单位": department, "主管部门": supervisor, "项目支出名称": name, "实际完成情况": achievement}
    return filing_view(project_form(texts))


def _named(department: str, text: str) -> FilingView:
    """An example whose submissions are named after the department, as those of different files are."""
    filing = _of(department, text)
    views = (FormView(v.form, f"{department}/{v.form}", v.year, v.texts, v.numbers, v.rows) for v in filing.forms)
    return FilingView(tuple(views))


@batch_rule(
    "X-16",
    "不同部门的文字不雷同",
    severity=WARNING,
    basis=LIMITS.limits["copied_length"].basis,
    roles=FORM_ROLES,
    needs=(AnyForm(FORM_ROLES), AnyFilled(tuple(TEXTS.values()), FORM_ROLES)),
    good=[
        (),
        (_of("某县城管局", _OWN),),
        (_of("某县城管局", _OWN), _of("某县水利局", _GOAL)),
        (_of("某县城管局", _OWN), _of("某县城管局（本级）", _OWN)),
        (_of("某县城管局", _OWN), _of("", _OWN)),
        (_of("某县城管局", thrift=_THRIFT), _of("某县水利局", thrift=_THRIFT)),
        tuple(_named(f"某县{place}镇", _OWN) for place in "东南西北"),
        (_of("某县城管局", _OWN), _of("某县水利局", re.sub(r"\d+", "7", _OWN))),
        (_of("某县城管局", _OWN), _of("某县水利局", goal=_OWN)),
        (_of("某县城管局", _OWN[:60]), _of("某县水利局", _OWN[:60])),
        (_of("某县城管局", _OWN), _of("某县水利局", f"{_OWN[:60]}；{_GOAL * 3}")),
        (
            _of("某县城管局", _OWN),
            filing_view(department_form({"部门名称": "某县水利局", "实际完成情况": _OWN}, year=2022)),
        ),
        (_project("甲镇", "雨污管网改造", _OWN), _project("乙镇", "雨污管网改造", _OWN)),
        tuple(_project("甲镇", f"项目{number}", f"{_OWN[:100]}{'改' * number}") for number in range(LOOKED_AT + 2)),
        tuple(_of(f"第{number}局", f"办理信访事项共计{chr(0x4E00 + number) * 80}") for number in range(LOOKED_AT + 2)),
    ],
    bad=[
        (_of("某县城管局", _OWN), _of("某县水利局", _OWN)),
        (_of("某县城管局", f"某县城管局{_OWN}"), _of("某县水利局", f"某县水利局{_OWN}")),
        (_of("某县城管局", _OWN), _of("某县水利局", _OWN.replace("诉求", "问题").replace("更换破损", "更换损坏"))),
        (_of("某县城管局", goal=_GOAL), _of("某县水利局", goal=_GOAL)),
        (_of("某县城管局", _OWN), _project("某县水利局", "供水工程", _OWN, "219-某县水利局")),
        (*(_named(f"某县{place}镇", _OWN) for place in "东南西"), _of("某县水利局", _GOAL)),
        tuple(_named(f"某县{place}镇", _OWN if place in "东南" else f"{place}{_GOAL}") for place in "东南西北中上下左"),
        (*(_project("甲镇", f"项目{number}", _OWN) for number in range(LOOKED_AT + 2)), _project("乙镇", "供水", _OWN)),
    ],
)
def copied_from_another(texts: Sequence[Excerpt]) -> Iterator[Hit]:
    """{栏目}有 {字数} 字与“{部门}”的同一栏雷同，如「{原文}」。

    按本单位实际情况重写；确由同一单位统一拟定或几家共同完成的，在文字中写明。财政部门可同时询问两个单位，弄清由谁照抄。
    """
    best: dict[tuple[tuple[str, ...], int | None, str], tuple[int, Hit]] = {}
    # Sorted, so that the result does not depend on the order of the filings.
    ordered = sorted(texts, key=lambda text: (text.names, text.form, text.submission))
    for text, other, same in _shared(ordered):
        count = sum(map(len, same))
        if count < LIMITS["copied_length"] or count < LIMITS["copied_share"] * text.length:
            continue
        numbers = {number for part in same for number in numbers_in(part).split()}
        proven = text.field == review.achievement.key and len(numbers) >= LIMITS["copied_numbers"]
        words = {"栏目": text.field, "字数": str(count), "部门": other.shown, "原文": _longest(same)}
        hit = Hit(_spot(text), (_spot(other),), words, severity=WARNING if proven else INFO)
        key = (text.names, text.year, text.field)
        # 附件2 and 附件3 of a department often hold the same text: it is reported once.
        if key not in best or count > best[key][0]:
            best[key] = (count, hit)
    yield from (hit for _, hit in best.values())


def _longest(parts: Sequence[str]) -> str:
    return cut_short(max(parts, key=len).replace(",", "，"), 40)


def _projects(*texts: tuple[str, str, str], whole: str = "") -> FilingView:
    forms = (
        project_form({"项目支出名称": name, "预期目标": goal, "实际完成情况": achievement})
        for name, goal, achievement in texts
    )
    return filing_view(department_form({"预期目标": whole}), *forms)


_PIPES, _PARK = _GOAL, "建设口袋公园3个，补植苗木1.2万株，更换路灯310盏，公园全部免费开放，周边群众步行十分钟可达。"


@frame_rule(
    "A3-15",
    "各项目的文字不互相照抄",
    severity=INFO,
    basis="审核惯例：一个项目一张表，目标和完成情况写本项目的事",
    roles=(Role.PROJECT_REVIEW,),
    needs=(
        AllForms((Role.PROJECT_REVIEW,)),
        AnyFilled((review.goal, review.achievement), (Role.PROJECT_REVIEW,)),
        SeveralForms(),
    ),
    good=[
        _projects(("供水", _PIPES, _OWN), ("公园", _PARK, _PARK)),
        _projects(("供水", _PIPES, _OWN), ("供水", _PIPES, _OWN)),
        _projects(("供水", "全面完成", "已完成"), ("公园", "全面完成", "已完成")),
        _projects(("供水一期", _PARK, ""), ("供水二期", _PARK.replace("310", "45"), "")),
        _projects(("供水", _PIPES, _OWN), whole=_PIPES),
        _projects(("供水", _PIPES, _OWN), whole=f"{_PIPES}（3）{_PARK}"),
    ],
    bad=[
        _projects(("供水", _PIPES, _OWN), ("公园", _PIPES, _PARK)),
        _projects(("供水", _PIPES, _OWN), ("公园", _PARK, _OWN)),
        _projects(("供水", _PIPES, _OWN), ("公园", _PIPES.replace("偏远", "边远"), _PARK)),
        _projects(("供水", _PIPES.replace("偏远", "边远"), _OWN), whole=_PIPES),
    ],
)
def projects_in_their_own_words(filing: FilingView) -> Iterator[Hit]:
    """{栏目}与{表}的文字雷同，如「{原文}」。

    写本项目资金要办成、已办成的事，不要整段复制其他表的文字。
    """
    for item in (review.goal, review.achievement):
        filled = [
            view
            for view in filing.forms_of(Role.PROJECT_REVIEW)
            if len(fold_case(view.text(item.key))) >= LIMITS["copied_between_projects"]
        ]
        reported: set[str] = set()
        for first, second in combinations(filled, 2):
            names = [fold_case(view.text(project.name.key)) for view in (first, second)]
            if second.submission not in reported and names[0] != names[1] and _copied(first, second, item):
                reported.add(second.submission)
                yield _same_text(first, second, item, f"项目“{first.text(project.name.key)}”")
        for whole in filing.forms_of(Role.DEPARTMENT_REVIEW) if item is review.goal else ():
            same = [view for view in filled if view.submission not in reported]
            for view in same:
                # A3-13 reports texts that are equal.
                if fold_case(view.text(item.key)) != fold_case(whole.text(item.key)) and _copied(whole, view, item):
                    yield _same_text(whole, view, item, "部门整体表")


def _copied(first: FormView, second: FormView, item: Field) -> bool:
    left, right = fold_case(first.text(item.key)), fold_case(second.text(item.key))
    return numbers_in(left) == numbers_in(right) and _likeness(left, right) > 0


def _same_text(first: FormView, second: FormView, item: Field, name: str) -> Hit:
    words = {"栏目": item.key, "表": name, "原文": _longest(split_sentences(second.text(item.key)) or ("",))}
    return Hit(FieldRef(second, item), (FieldRef(first, item),), words)
