"""Whether the forms of a filing belong together: department, year, projects, foot."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, cast

from xltool.expr.nodes import Kind, Lookup
from xltool.findings import Severity
from xltool.forms import FORMS, base_data, foot, key_of, project, self_review
from xltool.forms.model import FORM_ROLES, Role
from xltool.forms.tolerances import CENT, NOISE
from xltool.forms.words import shorten, show
from xltool.rules.model import Check, frame_rule
from xltool.rules.needs import AllForms, AnyFilled, AnyForm, Rows, SeveralDocuments, SeveralForms
from xltool.rules.samples import base_form, department_form, filing_view, funds, project_form, project_row, report_view
from xltool.text.basis import BETWEEN_FORMS
from xltool.text.naming import plain, title, without_number
from xltool.text.views import FieldRef, FilingView, FormView, Hit, Passage, Row, text_of
from xltool.text.wording import fold_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.expr.nodes import Field, Predicate

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
LISTED = 6
"""Projects that a message names."""


def _owner_fields(view: FormView) -> tuple[Field, ...]:
    return {
        Role.BASE_DATA: (base_data.unit,),
        Role.DEPARTMENT_REVIEW: (self_review.department,),
        Role.PROJECT_REVIEW: (project.supervisor, project.implementer),
    }[view.role]


def _named_alike(at: Field, *names: Field) -> Check:
    """A department's name on a form, or of several names of it at least the name at another place, is that of 附件2."""
    right = self_review.department
    alike: Predicate = names[0].same_text(right)
    for name in names[1:]:
        alike = alike | name.same_text(right)
    message = "{item}填报“{filed}”，与附件2的部门名称“{名称}”不一致。"
    return Check(at, alike, also=(right,), words={"名称": (right, Kind.TEXT)}, message=message)


_BUREAU = department_form({"部门名称": "某市水利局"})


@frame_rule(
    "X-01",
    "各表和报告部门名称一致",
    severity=WARNING,
    basis="填报要求：各表填单位全称，与公章一致",
    roles=(*FORM_ROLES, Role.NARRATIVE_REPORT),
    needs=(SeveralDocuments(),),
    live=(
        _named_alike(base_data.unit, base_data.unit),
        _named_alike(project.supervisor, project.supervisor, project.implementer),
    ),
    good=[
        filing_view(base_form({"填报单位": " 某市水利局"}), _BUREAU, project_form({"主管部门": "219-某市水利局"})),
        filing_view(_BUREAU, project_form({"主管部门": "某市水利局", "实施单位": "某市河道站"}), project_form()),
        filing_view(project_form({"主管部门": "甲局"}), project_form({"主管部门": "乙局"})),
        filing_view(_BUREAU, report_view("正文", names=("水利局", "湖南省某市水利局"))),
        filing_view(_BUREAU, report_view("正文", names=())),
        filing_view(report_view("正文")),
    ],
    bad=[
        filing_view(_BUREAU, report_view("正文", names=("某水利局",))),
        filing_view(_BUREAU, report_view("正文", names=("某市水利局", "某市林业局"))),
        filing_view(base_form({"填报单位": "水利局"}), _BUREAU),
        filing_view(_BUREAU, project_form({"实施单位": "某市河道站"})),
        filing_view(
            base_form({"填报单位": "某市水利局"}),
            department_form({"部门名称": "水利局"}),
            project_form({"主管部门": "某市水利局"}),
        ),
    ],
)
def same_department(filing: FilingView) -> Iterator[Hit]:
    """{栏目}填报“{filed}”，与{表}的部门名称“{名称}”不一致。

    各表统一填写单位全称；误把其他单位的表放在一起的，分开报送。
    """
    heads = [
        view for role in (Role.DEPARTMENT_REVIEW, Role.BASE_DATA) for view in filing.forms_of(role) if _names(view)
    ]
    if not heads:
        return
    head, right = _usual(filing, heads)
    for view in filing.forms:
        names = _names(view)
        if names and plain(right[1]) not in {plain(text) for _, text in names}:
            words = {"栏目": names[0][0].key, "表": head.form, "名称": right[1].strip()}
            yield Hit(FieldRef(view, names[0][0]), (FieldRef(head, right[0]),), words, expected=right[1].strip())
    for report in filing.reports:
        field, text = _names(heads[0])[0]
        # A name with and without its county or city is the same department.
        others = [name for name in report.names if not _is_same(plain(name), plain(text))]
        for name in others[:1]:
            words = {"栏目": "自评报告", "表": heads[0].form, "名称": text.strip()}
            yield Hit(Passage(report, name, field), (FieldRef(heads[0], field),), words, expected=text.strip())


def _is_same(name: str, other: str) -> bool:
    return name.endswith(other) or other.endswith(name)


def _usual(filing: FilingView, heads: list[FormView]) -> tuple[FormView, tuple[Field, str]]:
    """The name that most forms have, with the first form that has it: a form that differs from most is wrong."""
    counts = Counter(name for view in filing.forms for name in {plain(text) for _, text in _names(view)})
    every = [(view, pair) for view in (*heads, *filing.forms) for pair in _names(view)]
    bearing = [(view, pair) for view, pair in every if pair[0] is not project.implementer]
    return max(bearing, key=lambda candidate: counts[plain(candidate[1][1])])


def _names(view: FormView) -> list[tuple[Field, str]]:
    pairs = [(field, view.text(field.key)) for field in _owner_fields(view)]
    return [(field, text) for field, text in pairs if plain(text)]


@frame_rule(
    "X-02",
    "各表和报告年度一致",
    severity=ERROR,
    basis="表样：各表为同一年度",
    roles=(*FORM_ROLES, Role.NARRATIVE_REPORT),
    needs=(SeveralDocuments(),),
    good=[
        filing_view(base_form(), department_form(), project_form(year=None)),
        filing_view(project_form(year=None)),
        filing_view(department_form(), report_view("正文"), report_view("正文", year=None)),
    ],
    bad=[
        filing_view(base_form(), department_form(), report_view("正文", year=2022)),
        filing_view(base_form(), department_form(), project_form(year=2022)),
        filing_view(base_form(year=2022), department_form()),
        filing_view(base_form(year=2022), project_form()),
    ],
)
def same_year(filing: FilingView) -> Iterator[Hit]:
    """所报为 {年度} 年度，与{表}的 {其他年度} 年度不一致。

    核对是否误用了上年的表，或把不同年度的表放在一起报送。
    """
    dated = [view for view in filing.forms if view.year is not None]
    votes = Counter(view.year for view in dated)
    # The year of most forms is right; if there is no majority, that of 附件2.
    for head in sorted(dated, key=lambda view: (-votes[view.year], view.role is not Role.DEPARTMENT_REVIEW))[:1]:
        for view in dated:
            if view.year != head.year:
                words = {"年度": str(view.year), "表": head.form, "其他年度": str(head.year)}
                yield Hit(FieldRef(view, FORMS[view.form].owner), (FieldRef(head, FORMS[head.form].owner),), words)
        for report in filing.reports:
            if report.year not in {None, head.year}:
                words = {"年度": str(report.year), "表": head.form, "其他年度": str(head.year)}
                yield Hit(Passage(report, f"{report.year} 年度"), (FieldRef(head, FORMS[head.form].owner),), words)


class Pairing(NamedTuple):
    """A project row of 附件1 and its 附件3; either may be missing."""

    row: int | None
    view: FormView | None


def _pairings(base: FormView, forms: tuple[FormView, ...]) -> list[Pairing]:
    """Pair rows and forms by name, and the remaining ones by their amounts: their names may differ."""
    rows = {index: row for index, row in enumerate(base.rows) if title(_name(row))}
    left = [view for view in forms if title(view.text(project.name.key))]
    pairings: list[Pairing] = []
    for same in (_same_title, _same_amounts, _is_alike):
        for index, row in list(rows.items()):
            view = next((view for view in left if same(row, view)), None)
            if view is not None:
                pairings.append(Pairing(index, view))
                left = [other for other in left if other is not view]
                del rows[index]
    if len(rows) == len(left) == 1:
        (index, row), view = next(iter(rows.items())), left[0]
        if _has_alike_title(row, view):
            return [*pairings, Pairing(index, view)]
    return [*pairings, *(Pairing(index, None) for index in rows), *(Pairing(None, view) for view in left)]


def _name(row: Row) -> str:
    return text_of(row, base_data.project_name)


def _same_title(row: Row, view: FormView) -> bool:
    return title(_name(row)) == title(view.text(project.name.key))


_TELLING_TITLE = 4
"""Characters of a name that can be told in a longer one."""
_AMOUNTS = (
    (base_data.project_budget, project.year.initial),
    (base_data.project_actual, project.year.executed),
)


def _same_amounts(row: Row, view: FormView) -> bool:
    sides = [(row.get(column.key), view.numbers.get(amount.key)) for column, amount in _AMOUNTS]
    return all(bool(left) and not _differs(left, right) and right is not None for left, right in sides)


def _is_alike(row: Row, view: FormView) -> bool:
    """Whether the names are alike, and amounts that both forms have are the same."""
    sides = [(row.get(column.key), view.numbers.get(amount.key)) for column, amount in _AMOUNTS]
    has_same = any(bool(own) and right is not None for own, right in sides)
    return _has_alike_title(row, view) and has_same and not any(_differs(own, right) for own, right in sides)


def _has_alike_title(row: Row, view: FormView) -> bool:
    """Whether one name has all characters of the other, in their order."""
    short, long = sorted((title(_name(row)), title(view.text(project.name.key))), key=len)
    left = iter(long)
    return len(short) >= _TELLING_TITLE and all(character in left for character in short)


def _differs(left: float | str | None, right: float | None) -> bool:
    return isinstance(left, float | int) and right is not None and abs(left - right) > CENT + NOISE


def _has_money(row: Row) -> bool:
    return any(bool(row.get(column.key)) for column, _ in _AMOUNTS)


def _money(value: float | str | None) -> str:
    return show(value, Kind.MONEY)


_BASE = base_form(rows=(project_row("1、河道治理", 50, 60), project_row("2、水库除险", 0, None)))


def _looked_up(amount: Field, column: Field) -> Check:
    """The amount of a project on both forms, where both have its name alike: the form asks for no more than that."""
    other = Lookup(column, base_data.project_name, project.name)
    item, theirs = amount.key.split("_")[1], column.key
    message = f"{item} {{filed}}，附件1同名项目的{theirs} {{expected}}，两者不一致。"
    return Check(amount, amount.equals(other, CENT), other, message=message)


def _river(name: str = "河道治理", initial: float = 50, executed: float = 60) -> FormView:
    return project_form({"项目支出名称": name}, funds(initial, executed))


@frame_rule(
    "X-06",
    "附件1各项目与附件3逐一对应",
    severity=ERROR,
    basis=BETWEEN_FORMS,
    roles=(Role.BASE_DATA, Role.PROJECT_REVIEW),
    needs=(
        AllForms((Role.BASE_DATA,)),
        AnyForm((Role.PROJECT_REVIEW, Role.DEPARTMENT_REVIEW)),
        Rows((Role.BASE_DATA,)),
    ),
    live=tuple(_looked_up(amount, column) for column, amount in _AMOUNTS),
    good=[
        filing_view(base_form(rows=(project_row("1、河道治理", 0, None),)), department_form()),
        filing_view(_BASE, _river("河道 治理")),
        filing_view(_BASE),
        filing_view(_river()),
        filing_view(_BASE, project_form()),
        filing_view(base_form(), _river()),
        filing_view(_BASE, _river(), _river("水库除险", 0, 5)),
    ],
    bad=[
        filing_view(_BASE, _river(initial=51)),
        filing_view(_BASE, _river(executed=61)),
        filing_view(_BASE, _river("河道治理项目")),
        filing_view(_BASE, _river("农村河道治理", 51, 60)),
        filing_view(_BASE, _river("堤防加固", 9, 9)),
        filing_view(_BASE, _river(), _river()),
        filing_view(_BASE, department_form()),
    ],
)
def projects_match(filing: FilingView) -> Iterator[Hit]:
    """项目“{项目}”{情况}。

    核对是哪一张表填错。一个项目填一张附件3，项目名称、年初预算数和全年执行数与附件1的项目行保持一致。
    """
    views = filing.forms_of(Role.PROJECT_REVIEW)
    for base in [base for base in filing.forms_of(Role.BASE_DATA) if base.rows][:1]:
        if not views:
            yield from _without_forms(base)
            return
        for row, view in _pairings(base, views):
            if row is None:
                yield from _without_row(cast("FormView", view))  # a pair has at least one of the two
            elif view is None:
                yield from _without_form(base, row, views)
            else:
                yield from _differences(base, row, view)


def _without_forms(base: FormView) -> Iterator[Hit]:
    """The projects of a set that has no 附件3 at all: they may be filed apart, so it is only asked for."""
    rows = [row for row, values in enumerate(base.rows) if _has_money(values) and title(_name(values))]
    if rows:
        names = [without_number(shorten(_name(base.rows[row]))) for row in rows]
        listed = "、".join(names[:LISTED])
        more = f"等 {len(names)} 个项目" if len(names) > LISTED else ""
        first, *others = (FieldRef(base, base_data.project_name, row) for row in rows)
        words = {"项目": listed, "情况": f"{more}没有附件3项目支出绩效自评表一并提交，没有核对"}
        yield Hit(first, tuple(others), words, severity=WARNING)


def _without_row(view: FormView) -> Iterator[Hit]:
    words = {
        "项目": shorten(view.text(project.name.key)),
        "情况": "在附件1的项目支出中没有对应的项目行，或与另一张附件3重复",
    }
    yield Hit(FieldRef(view, project.name), words=words)


def _without_form(base: FormView, row: int, views: tuple[FormView, ...]) -> Iterator[Hit]:
    # A form without a name may be the missing one; its blank name has its own finding.
    named = all(title(view.text(project.name.key)) for view in views)
    if named and _has_money(base.rows[row]):
        words = {
            "项目": shorten(_name(base.rows[row])),
            "情况": "没有对应的附件3项目支出绩效自评表（没有一并提交，或附件3的项目名称写得不同）",
        }
        yield Hit(FieldRef(base, base_data.project_name, row), words=words)


def _differences(base: FormView, row: int, view: FormView) -> Iterator[Hit]:
    values, name = base.rows[row], shorten(view.text(project.name.key))
    if not _same_title(values, view):
        right = without_number(shorten(_name(values)))
        is_same = _same_amounts(values, view) or _is_alike(values, view)
        words = {"项目": name, "情况": f"与附件1的项目名称“{right}”不一致{'（两表金额相同）' if is_same else ''}"}
        yield Hit(FieldRef(view, project.name), (FieldRef(base, base_data.project_name, row),), words, expected=right)
    for column, amount in _AMOUNTS:
        left, right_amount = values.get(column.key), view.numbers.get(amount.key)
        if _differs(left, right_amount):
            label = amount.key.split("_")[1]
            words = {
                "项目": name,
                "情况": f"的{label} {_money(right_amount)}，与附件1的{column.key} {_money(left)} 不一致",
            }
            yield Hit(FieldRef(view, amount), (FieldRef(base, column, row),), words, expected=_money(left))


def _comparable(text: str) -> str:
    """A date as its numbers, so that two notations are equal; any other text folded."""
    return "-".join(str(int(number)) for number in re.findall(r"\d{1,8}", fold_case(text))) or fold_case(text)


def _foot_alike() -> Iterator[Check]:
    """The foot of 附件1 and of each 附件3 against that of 附件2, where both are filled in."""
    for key in (key_of(Role.BASE_DATA), key_of(Role.PROJECT_REVIEW)):
        for item in (foot.filler, foot.filed_on):
            own, right = item.on_form(key), item.on_form(key_of(Role.DEPARTMENT_REVIEW))
            same = own.same_text(right) if item is foot.filler else own.equals(right, 0)
            message = f"{item.key}填报“{{filed}}”，与附件2的“{{其他}}”不一致。"
            yield Check(own, same, also=(right,), words={"其他": (right, item.kind)}, message=message)


_FOOT = department_form({"填表人": "张三", "填报日期": "2024年6月12日"})


@frame_rule(
    "X-14",
    "各表填表人和填报日期一致",
    severity=INFO,
    basis="表样：各表同时填报",
    roles=FORM_ROLES,
    needs=(SeveralForms(), AnyFilled((foot.filler, foot.filed_on), FORM_ROLES)),
    live=tuple(_foot_alike()),
    good=[filing_view(_FOOT, base_form({"填表人": " 张三", "填报日期": "2024-06-12"}), project_form())],
    bad=[
        filing_view(_FOOT, base_form({"填表人": "李四"})),
        filing_view(_FOOT, project_form({"填报日期": "2024年6月2日"})),
    ],
)
def same_foot(filing: FilingView) -> Iterator[Hit]:
    """{栏目}填报“{filed}”，与{表}的“{其他}”不一致。

    各表一并填报的，填表人和填报日期应当一致；确由不同人员分别填报的，可不修改。
    """
    for field in (foot.filler, foot.filed_on):
        filled = [view for view in filing.forms if _comparable(view.text(field.key))]
        for head in sorted(filled, key=lambda view: view.role is not Role.DEPARTMENT_REVIEW)[:1]:
            right = head.text(field.key)
            for view in filled:
                if _comparable(view.text(field.key)) != _comparable(right):
                    words = {"栏目": field.key, "表": head.form, "其他": right.strip()}
                    yield Hit(FieldRef(view, field), (FieldRef(head, field),), words)
