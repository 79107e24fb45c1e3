"""The catalogue and the fields, in words: computed from the declarations, never written beside them."""

from __future__ import annotations

from functools import singledispatch
from math import isnan
from typing import TYPE_CHECKING, Any

from xltool import expr
from xltool.expr import Expr, Field, Predicate, settled
from xltool.findings import address
from xltool.forms import FORMS
from xltool.forms.grid import place
from xltool.forms.model import Sizes
from xltool.params import DEFAULT, PARAMETERS
from xltool.rules import RULES, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xltool.forms.model import Form
    from xltool.params import Profile
    from xltool.rules.model import Example
    from xltool.rules.views import FilingView, FormView

SHOWN, LONGEST = 3, 48
"""Examples of a rule on texts that its page shows, and characters of a text there."""
_TOLD_OF_A_ROW = ("二级指标", "年度指标值", "实际完成值", "分值", "得分", "本年预算数", "本年决算数")
LIVE, BATCH = "表内实时核对", "审核时核对"
NEEDS_PRIOR = "需要上年报送（--prior）"


@singledispatch
def say(node: Expr | Predicate) -> str:
    """The tree in words of the form; TypeError for an unknown node."""
    msg = f"no words for {type(node).__name__}"
    raise TypeError(msg)


@say.register
def _(node: Field) -> str:
    return node.key if node.prior_of is None else f"上年报送的{node.key}"


@say.register
def _(node: expr.Const) -> str:
    return "〔单位自定〕" if isnan(node.value) else f"{node.value:g}"


@say.register
def _(node: expr.Param) -> str:
    return f"〔{PARAMETERS[node.name]}〕"


@say.register
def _(node: expr.Binary) -> str:
    sign = {"*": "×", "/": "÷"}.get(node.op, node.op)
    return f"({say(node.left)} {sign} {say(node.right)})"


@say.register
def _(node: expr.Total) -> str:
    return "(" + " + ".join(say(part) for part in node.parts) + ")"


@say.register
def _(node: expr.Sum) -> str:
    return f"Σ{say(node.column)}" + (f"〔{node.group}〕" if node.group else "")


@say.register
def _(node: expr.Least) -> str:
    return f"min({say(node.left)}, {say(node.right)})"


@say.register
def _(node: expr.Greatest) -> str:
    return f"max({say(node.left)}, {say(node.right)})"


@say.register
def _(node: expr.Rounded) -> str:
    return f"四舍五入({say(node.value)}, {node.digits}位)"


@say.register
def _(node: expr.OrZero) -> str:
    return f"{say(node.value)}〔空按0〕"


@say.register
def _(node: expr.Choose) -> str:
    return f"(若 {say(node.condition)} 则 {say(node.then)}，否则 {say(node.otherwise)})"


@say.register
def _(node: expr.Compare) -> str:
    sign = {"<=": "≤", ">=": "≥"}.get(node.op, node.op)
    return f"{say(node.left)} {sign} {say(node.right)}"


@say.register
def _(node: expr.Close) -> str:
    return f"{say(node.left)} = {say(node.right)}〔允差 {node.tolerance:g}〕"


@say.register
def _(node: expr.Filled) -> str:
    return f"{say(node.field)} 已填"


@say.register
def _(node: expr.Numeric) -> str:
    return f"{say(node.field)} 是数字"


@say.register
def _(node: expr.Whole) -> str:
    return f"{say(node.value)} 是整数"


@say.register
def _(node: expr.Matches) -> str:
    return f"{say(node.field)} 含「{node.pattern}」"


@say.register
def _(node: expr.SameText) -> str:
    return f"{say(node.left)} 与 {say(node.right)} 文字相同"


@say.register
def _(node: expr.And) -> str:
    return f"{say(node.left)} 且 {say(node.right)}"


@say.register
def _(node: expr.Or) -> str:
    return f"({say(node.left)} 或 {say(node.right)})"


@say.register
def _(node: expr.Not) -> str:
    return f"{say(node.operand.field)} 空" if isinstance(node.operand, expr.Filled) else f"非({say(node.operand)})"


@say.register
def _(node: expr.Agrees) -> str:
    formula = node.field.formula
    allowed = "印刷精度内" if node.tolerance is None else f"允差 {node.tolerance:g}"
    return f"{node.field.key} = {'?' if formula is None else say(formula)}〔{allowed}〕"


def is_live(rule: Rule) -> bool:
    """Whether the rule is also checked in the template while it is filled in."""
    from xltool.blank import live_codes  # noqa: PLC0415 - writing templates is not needed for anything else here

    return rule.code in live_codes()


def catalogue() -> list[dict[str, Any]]:
    """Every rule as plain data, in the order of the codes."""
    return [entry(rule) for rule in sorted(RULES.values(), key=lambda rule: rule.code)]


def entry(rule: Rule) -> dict[str, Any]:
    """One rule as plain data."""
    return {
        "code": rule.code,
        "aliases": list(rule.aliases),
        "title": rule.title,
        "severity": rule.severity.value,
        "forms": list(rule.scopes()),
        "live": is_live(rule),
        "needs_prior": rule.needs_prior,
        "formula": formulas(rule),
        "fields": list(dict.fromkeys(say(item) for check in rule.checks for item in check.fields)),
        "message": rule.message,
        "advice": rule.advice,
        "basis": rule.basis,
        "silenced_by": list(rule.silenced_by),
    }


def formulas(rule: Rule, profile: Profile = DEFAULT) -> list[str]:
    """What must hold under a profile, in words; empty for rules judged on texts or noticed while reading."""
    tests = (settled(check.test, profile.__getitem__) for check in rule.checks)
    return list(dict.fromkeys(say(test) for test in tests))


def page(rule: Rule, profile: Profile = DEFAULT) -> str:
    """One rule's page as text, its formulas as a profile has them."""
    lines = [f"{rule.code}  {rule.title}", ""]
    lines += [f"严重程度：{rule.severity.label}", f"适用表：{'、'.join(rule.scopes())}"]
    lines += [f"核对时机：{_moment(rule)}", f"依据：{rule.basis}"]
    if rule.aliases:
        lines.append(f"并入的规则：{'、'.join(rule.aliases)}")
    said = formulas(rule, profile)
    if said:
        lines += [
            "",
            f"应当成立{'' if profile is DEFAULT else f'（{profile.name}口径）'}：",
            *(f"  {text}" for text in said),
        ]
    lines += ["", f"问题：{rule.message}", f"处理：{rule.advice}"]
    for head, examples in zip(("通过的例子", "不通过的例子"), examples_of(rule), strict=True):
        if examples:
            lines += ["", f"{head}：", *(f"  {example}" for example in examples)]
    return "\n".join(lines) + "\n"


def examples_of(rule: Rule) -> tuple[list[str], list[str]]:
    """Good and bad examples of a rule in words, of whatever kind it is."""
    if rule.judge is not None:
        good, bad = ([_filed(view) for view in views[:SHOWN]] for views in rule.views)
    elif rule.batch_judge is not None:
        good, bad = ([_given(batch) for batch in batches if batch][:SHOWN] for batches in rule.batches)
    elif rule.noted:
        good, bad = (list(words) for words in rule.told)
    else:
        good, bad = ([_example(example) for example in examples] for examples in (rule.good, rule.bad))
    return good, bad


def _given(batch: Sequence[FilingView]) -> str:
    return "；".join(f"第{number}份：{_filed(filing)}" for number, filing in enumerate(batch[:SHOWN], 1))


def _filed(filing: FilingView) -> str:
    """The forms of a filing as one would tell of them."""
    told = "；".join(told for view in filing.forms if (told := _form(view))) or "没有内容"
    return told if filing.prior is None else f"{told}；上年报送：{_filed(filing.prior)}"


def _form(view: FormView) -> str:
    parts = [f"{key}“{_cut(text)}”" for key, text in view.texts.items() if text]
    parts += [f"{key} {value:g}" for key, value in view.numbers.items()]
    parts += [_row(row) for row in view.rows[:SHOWN]]
    return f"{view.form} " + "，".join(parts) if parts else ""


def _row(row: Mapping[str, float | str | None]) -> str:
    name = row.get("三级指标") or row.get("项目名称") or ""
    rest = (f"{key} {_cut(str(value))}" for key, value in row.items() if key in _TOLD_OF_A_ROW and value is not None)
    return f"“{name}”（{'、'.join(rest)}）"


def _cut(text: str) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= LONGEST else folded[: LONGEST - 1] + "…"


def _moment(rule: Rule) -> str:
    return f"{BATCH}，{NEEDS_PRIOR}" if rule.needs_prior else LIVE if is_live(rule) else BATCH


def _example(example: Example) -> str:
    return (
        "，".join(f"{say(item)} = {'空' if value is None else value}" for item, value in example.items()) or "全部为空"
    )


def table(rules: list[Rule] | None = None) -> str:
    """The catalogue as a Markdown table."""
    shown = sorted(RULES.values(), key=lambda rule: rule.code) if rules is None else rules
    head = "| 规则 | 内容 | 严重程度 | 适用表 | 时机 |\n|---|---|---|---|---|\n"
    rows = (
        f"| {rule.code} | {rule.title} | {rule.severity.label} | {'、'.join(rule.scopes())} "
        f"| {'填报、审核' if is_live(rule) else '审核（--prior）' if rule.needs_prior else '审核'} |\n"
        for rule in shown
    )
    return head + "".join(rows)


def listing() -> str:
    """The catalogue as text, a line a rule."""
    lines = [
        f"{rule.code:<6}{rule.severity.label}  {_mark(rule)}  {rule.title}（{'、'.join(rule.scopes())}）"
        for rule in sorted(RULES.values(), key=lambda rule: rule.code)
    ]
    return (
        "\n".join(
            [
                *lines,
                "",
                "○ 表示填报时表内也实时核对；△ 表示需要上年报送（--prior）。用 xltool explain 规则代码 查看详细说明。",
            ]
        )
        + "\n"
    )


def _mark(rule: Rule) -> str:
    return "○" if is_live(rule) else "△" if rule.needs_prior else "\u3000"


def fields() -> list[dict[str, Any]]:
    """Every field of the forms as plain data."""
    return [_field(form, item) for form in FORMS.values() for item in _all_fields(form)]


def _all_fields(form: Form) -> list[Field]:
    return [*form.fields.values(), *(column for table in form.tables for column in table.inputs)]


def _field(form: Form, item: Field) -> dict[str, Any]:
    return {
        "form": form.key,
        "sheet": form.key,
        "field": item.key,
        "name": item.defined_name,
        "table": item.table,
        "cell": _cell(form, item),
        "kind": item.kind.value,
        "unit": item.kind.unit,
        "source": "input" if item.is_input else "computed" if item.formula is not None else "printed",
        "formula": None if item.formula is None else say(settled(item.formula, DEFAULT.__getitem__)),
        "aliases": list(item.aliases),
    }


def _cell(form: Form, item: Field) -> str:
    """Where the field stands in a template with the usual number of rows; of a column, its first row."""
    grid = place(form, Sizes())
    if item.table is None:
        return address(*grid.at(item))
    return address(grid.spans[item.table].first, grid.columns[item.defined_name])


def field_listing() -> str:
    """Every field as text, a line a field."""
    sources = {"input": "填报", "computed": "计算", "printed": "固定"}
    lines = []
    for form in FORMS.values():
        lines.append(f"{form.key}  {form.slug}")
        for item in _all_fields(form):
            data = _field(form, item)
            rest = "，".join(text for text in (data["unit"] or "", data["formula"] or "") if text)
            lines.append(f"  {sources[data['source']]}  {item.defined_name}" + (f"（{rest}）" if rest else ""))
    return "\n".join(lines) + "\n"
