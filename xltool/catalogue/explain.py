"""Pages and listings of the rules and of the fields in Chinese, all computed from the declarations."""

from __future__ import annotations

import re
from math import isnan
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from xltool.catalogue.conditions import formulas, in_words
from xltool.expr.bind import bind_params
from xltool.expr.nodes import Param, walk
from xltool.expr.words import describe
from xltool.findings import Severity, address
from xltool.forms import FORMS, REPORT, review
from xltool.forms.grid import lay_out
from xltool.forms.model import Role, Sizes
from xltool.forms.words import PLACEHOLDER, shorten
from xltool.params import DEFAULT
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xltool.expr.nodes import Field
    from xltool.forms.model import Form
    from xltool.params import Profile
    from xltool.rules.evidence import Evidence
    from xltool.rules.model import Example, Rule
    from xltool.text.views import FilingView, FormView, ReportView, Row

SHOWN, LONGEST, LONGEST_REPORT = 3, 48, 160
"""Examples that the page of a rule on texts shows, and the characters of a text and of a report there."""
_ROW_KEYS = frozenset(
    {"二级指标", "年度指标值", "实际完成值", "分值", "得分", "上年决算数", "本年预算数", "本年决算数"}
)
"""Columns of a table row that an example shows beside the row's name."""


class Series(NamedTuple):
    """A series of codes: its heading, and whom to ask where the advice does not settle a finding."""

    title: str
    ask: str


SERIES: Final = {
    "A1": Series(
        "附件1　部门整体支出绩效评价基础数据表",
        "数字问本单位财务人员，编制和人数问本单位人事人员；口径问县财政局绩效管理机构",
    ),
    "A2": Series(
        "附件2　部门整体支出绩效自评表", "数字问本单位财务人员；完成情况问承办业务的股室；口径问县财政局绩效管理机构"
    ),
    "S": Series("指标和评分（附件2、附件3）", "完成值问填报业务数据的股室；记分办法问县财政局绩效管理机构"),
    "A3": Series("附件3　项目支出绩效自评表", "资金问本单位财务人员；项目情况问项目负责人；口径问县财政局绩效管理机构"),
    "X": Series(
        "表与表之间、部门与部门之间", "先由本单位财务人员统一各表的数；仍对不上的，问县财政局绩效管理机构和归口业务股室"
    ),
    "R": Series("自评报告与表", "问撰写报告的人员和本单位财务人员；报告提纲问县财政局绩效管理机构"),
    "Y": Series("与上年报送比较", "查上年决算批复和上年报送件；不清楚的问县财政局国库、预算和绩效管理机构"),
    "W": Series("工作簿和文件", "表样和文件的问题问县财政局绩效管理机构；打不开的问本单位信息化人员"),
    "T": Series("数字和文字的写法", "一般不需要询问；读取结果与本意不同的，改为规范写法"),
}
"""Series of codes in the order of the catalogue."""
LIVE, BATCH = "表内实时核对", "审核时核对"
COMBINED = "三张表在一个工作簿里时（generate --combined）实时核对，分开的表审核时核对"
NEEDS_PRIOR = "需要上年报送（--prior）"


def is_live(rule: Rule) -> bool:
    """Whether the template itself checks the rule while it is filled in."""
    from xltool.template.live import live_codes  # noqa: PLC0415 - writing templates is not needed for anything else here

    return rule.code in live_codes()


def is_live_in_combined(rule: Rule) -> bool:
    """Whether it compares forms, so that only a combined workbook checks it while it is filled in."""
    from xltool.template.live import codes_of_combined  # noqa: PLC0415 - as above

    return rule.code in codes_of_combined()


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
        "forms": list(rule.form_keys),
        "sheet": is_live(rule),
        "live": is_live(rule),
        "combined": is_live_in_combined(rule),
        "not_live": why_not_live(rule),
        "needs_prior": rule.needs_prior,
        "formula": formulas(rule),
        "fields": list(dict.fromkeys(describe(item) for check in rule.checks for item in check.fields)),
        "message": rule.message,
        "advice": rule.advice,
        "basis": rule.basis,
        "silenced_by": list(rule.silenced_by),
    }


def page(rule: Rule, profile: Profile = DEFAULT, *, conditions: Sequence[str] | None = None) -> str:
    """One rule's page as text, its conditions as a profile has them; `conditions` replace those in words."""
    lines = [f"{rule.code}  {rule.title}", ""]
    lines += [f"严重程度：{_severity(rule)}", f"适用表：{'、'.join(rule.form_keys)}"]
    lines += [f"核对时机：{_moment(rule)}", f"依据：{rule.basis}"]
    if rule.evidence is not None:
        lines.append(_evidence(rule.evidence, doubtful=rule.is_doubtful))
    if rule.aliases:
        lines.append(f"并入的规则：{'、'.join(rule.aliases)}")
    conditions = in_words(rule, profile) if conditions is None else conditions
    if conditions:
        head = f"应当成立{'' if profile is DEFAULT else f'（{profile.name}口径）'}："
        lines += ["", head, *(f"  {condition}" for condition in conditions)]
    lines += ["", f"允差：{_tolerance(formulas(rule, profile))}"]
    if conditions:
        lines.append(
            f"栏目：{_by_line(dict.fromkeys(describe(item) for check in rule.checks for item in check.fields))}"
        )
    lines += ["", f"问题：{_readable(rule.message)}", f"处理：{rule.advice}", f"询问：{_series(rule).ask}"]
    for head, examples in zip(("通过的例子", "不通过的例子"), examples_of(rule), strict=True):
        if examples:
            lines += ["", f"{head}：", *(f"  {example}" for example in examples)]
    return "\n".join(lines) + "\n"


def _by_line(keys: Iterable[str]) -> str:
    """Names of fields, grouped by the line of the form: 三公经费、公务接待（本年预算数、本年决算数）."""
    measures: dict[str, list[str]] = {}
    for key in keys:
        line, mark, measure = key.partition("_")
        measures.setdefault(line if mark else key, []).append(measure)
    lines: dict[tuple[str, ...], list[str]] = {}
    for line, named in measures.items():
        lines.setdefault(tuple(named), []).append(line)
    parts = ("、".join(named) + (f"（{'、'.join(each)}）" if any(each) else "") for each, named in lines.items())
    return "、".join(parts)


def _severity(rule: Rule) -> str:
    """Label of the severity, with the other severities that a check or an example of the rule can have."""
    severities = {check.severity for check in rule.checks}
    if rule.judge is not None:
        severities = {hit.severity for view in rule.views[1] for hit in rule.judge_filing(view)}
    others = "、".join(severity.label for severity in Severity if severity in severities - {rule.severity})
    return f"{rule.severity.label}（有的情形为{others}）" if others else rule.severity.label


def _evidence(evidence: Evidence, *, doubtful: bool) -> str:
    """How often a rule was right on real filings, in words."""
    text = f"真实报送 {evidence.spoke} 次提示，{evidence.right} 次属实"
    return f"{text}；不足八成，改好以前至多为提示" if doubtful else text


def _tolerance(conditions: Sequence[str]) -> str:
    """Tolerance for rounding in the conditions of a rule, in words."""
    if not conditions:
        return "没有数值公式，以例子所示为准"
    allowed = sorted({float(number) for number in re.findall(r"允差 ([\d.]+)", "".join(conditions))})
    if allowed:
        return "、".join(f"{number:g}" for number in allowed) + "（单位与栏目相同），用于四舍五入的尾差"
    printed = any("印刷精度内" in text for text in conditions)
    return "按填报的小数位数四舍五入后相同即可" if printed else "没有，按公式直接判断"


_FILLED_IN: Final = {"filed": "填报值", "expected": "应有值", "item": "栏目", "line": "项目", "field": "栏目"}


def _readable(message: str) -> str:
    """A message whose placeholders are replaced by their Chinese names in 〔〕."""
    return PLACEHOLDER.sub(lambda match: f"〔{_FILLED_IN.get(match[1], match[1]).replace('_', '')}〕", message)


def examples_of(rule: Rule) -> tuple[list[str], list[str]]:
    """Good and bad examples of a rule in words, whatever kind of rule it is."""
    if rule.judge is not None:
        touched = _touched(rule)
        good, bad = (list(dict.fromkeys(_filed(view, touched) for view in views[:SHOWN])) for views in rule.views)
    elif rule.batch_judge is not None:
        good, bad = ([_given(batch) for batch in batches if batch][:SHOWN] for batches in rule.batches)
    elif rule.noted:
        good, bad = (list(words) for words in rule.examples_in_words)
    else:
        good, bad = ([_example(example) for example in examples] for examples in (rule.good, rule.bad))
    return good, bad


def _given(batch: Sequence[FilingView]) -> str:
    return "；".join(f"第{number}份：{_filed(filing)}" for number, filing in enumerate(batch[:SHOWN], 1))


def _touched(rule: Rule) -> frozenset[str]:
    """Keys of the fields that a rule on reports compares with; empty for other rules, whose examples show all."""
    if rule.judge is None or REPORT not in rule.form_keys:
        return frozenset()
    cells = (cell for view in rule.views[1] for hit in rule.judge_filing(view) for cell in (hit.at, *hit.also))
    return frozenset(cell.field.key for cell in cells if cell.field is not None)


def _filed(filing: FilingView, only: frozenset[str] = frozenset()) -> str:
    """A filing in words: its reports, then its forms; of the forms the fields in `only`, all where it is empty."""
    parts = [*map(_report, filing.reports), *(_form(view, only) for view in filing.forms)]
    text = "；".join(part for part in parts if part) or "没有内容"
    return text if filing.prior is None else f"{text}；上年报送：{_filed(filing.prior)}"


def _report(view: ReportView) -> str:
    name = "".join(f"（{each}）" for each in view.names[:1])
    return f"{REPORT}{name} “{shorten('　'.join(each.text for each in view.paragraphs), LONGEST_REPORT)}”"


def _form(view: FormView, only: frozenset[str]) -> str:
    parts = [f"{key}“{shorten(text, LONGEST)}”" for key, text in view.texts.items() if text]
    parts += [f"{key} {value:g}" for key, value in view.numbers.items() if not only or key in only]
    parts += [_row(row) for row in view.rows[:SHOWN]]
    return f"{view.form} " + "，".join(parts) if parts else ""


def _row(row: Row) -> str:
    name = row.get("三级指标") or row.get("项目名称") or ""
    rest = (
        f"{key} {shorten(str(value), LONGEST)}" for key, value in row.items() if key in _ROW_KEYS and value is not None
    )
    return f"“{name}”（{'、'.join(rest)}）"


def _moment(rule: Rule) -> str:
    if is_live(rule):
        return COMBINED if is_live_in_combined(rule) else LIVE
    return f"{BATCH}，{NEEDS_PRIOR}" if rule.needs_prior else f"{BATCH}（{why_not_live(rule)}）"


def why_not_live(rule: Rule) -> str:
    """Why no form checks the rule while it is filled in; "" where one does."""
    if is_live(rule):
        return ""
    reasons = (
        (_is_open(rule), "默认口径没有这一项；有这一项的口径（--profile）下发的表里实时核对"),
        (rule.needs_prior, "要有上年报送"),
        (rule.batch_judge is not None, "要与其他单位对照"),
        (Role.NARRATIVE_REPORT in rule.roles and rule.judge is not None, "要读自评报告"),
        (rule.noted, "读取文件时才看得到"),
        (rule.judge is not None, "要读文字，公式做不到"),
    )
    first = "要先从文字中读出数、单位或等级，公式只认得部分写法"
    return next((reason for applies, reason in reasons if applies), first)


def _is_open(rule: Rule) -> bool:
    """Whether it compares with a number that the default profile leaves open."""
    params = (node for check in rule.checks for node in walk(check.test) if isinstance(node, Param))
    return any(isnan(DEFAULT[param.name]) for param in params)


def _example(example: Example) -> str:
    return (
        "，".join(
            f"{describe(item)} = {_value(value)}"
            for item, value in example.items()
            # Whether a target is a number shows in it.
            if item not in {review.target_kind, review.actual_kind}
        )
        or "全部为空"
    )


def _value(value: object) -> str:
    """Value of a field in an example; the values of a table column in order."""
    if isinstance(value, list):
        return "、".join(map(_value, value))
    return "空" if value is None else f"{value:.12g}" if isinstance(value, float) else str(value)


def table(rules: list[Rule] | None = None) -> str:
    """The catalogue as a Markdown table."""
    shown = sorted(RULES.values(), key=lambda rule: rule.code) if rules is None else rules
    head = "| 规则 | 内容 | 严重程度 | 适用表 | 时机 |\n|---|---|---|---|---|\n"
    rows = (
        f"| {rule.code} | {rule.title} | {rule.severity.label} | {'、'.join(rule.form_keys)} "
        f"| {'填报、审核' if is_live(rule) else '审核（--prior）' if rule.needs_prior else '审核'} |\n"
        for rule in shown
    )
    return head + "".join(rows)


def by_series() -> Iterator[tuple[str, list[Rule]]]:
    """Headings of the catalogue, each with its rules in the order of their codes."""
    for code, series in SERIES.items():
        yield series.title, sorted((rule for rule in RULES.values() if _code(rule) == code), key=lambda rule: rule.code)


def _code(rule: Rule) -> str:
    return rule.code.partition("-")[0]


def _series(rule: Rule) -> Series:
    return SERIES[_code(rule)]


def sections() -> str:
    """The catalogue in Markdown, a heading and a table for each series."""
    return "\n".join(f"## {title}\n\n{table(rules)}" for title, rules in by_series())


def listing() -> str:
    """The catalogue as text: a heading for each series, a line a rule."""
    lines: list[str] = []
    for title, rules in by_series():
        lines += [title, *map(_line, rules), ""]
    last = "○ 表示填报时表内也实时核对；△ 表示需要上年报送（--prior）。用 xltool explain 规则代码 查看详细说明。"
    return "\n".join([*lines, last]) + "\n"


def _line(rule: Rule) -> str:
    return f"  {rule.code:<6}{rule.severity.label}  {_mark(rule)}  {rule.title}（{'、'.join(rule.form_keys)}）"


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
        "formula": None if item.formula is None else describe(bind_params(item.formula, DEFAULT.__getitem__)),
        "aliases": list(item.aliases),
    }


def _cell(form: Form, item: Field) -> str:
    """Address of the field in a template of the default size; of a column, its first row."""
    grid = lay_out(form, Sizes())
    if item.table is None:
        return address(*grid.position_of(item))
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
