"""Harmless variations of a filing: notation, order, blanks, rounding, saving by another program; and rare true values.

None of them may add a finding of severity error or warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import openpyxl

from benchmarks.corpus.filing import rounded
from benchmarks.corpus.peculiar import ANSWERED, PECULIAR_ROWS, PECULIAR_TEXTS, PECULIAR_VALUES
from benchmarks.trust.defects.common import amount_at, base_ref, cost_rows, funds_line, met_in_full, whole_ref
from tests.support.workbook_editor import WorkbookEditor
from xltool.expr.nodes import Kind
from xltool.forms import FORMS, foot, review, self_review
from xltool.forms import base_data as b
from xltool.forms import project as p

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.corpus.filing import Filing
    from benchmarks.trust.planting import Case, Counted, Edit
    from tools.samples.sample import FieldRef, Paper

Change = Callable[["Filing"], None]


@dataclass(frozen=True)
class Variation:
    """A variation: its kind, a change of the data or of the files, and rules that may report it, with the reason."""

    kind: str
    about: str
    change: Change | None = None
    edits: tuple[Edit, ...] = ()
    allowed: dict[str, str] = field(default_factory=dict)


def _index(case: Case, paper: Paper) -> int:
    return case.filing.papers.index(paper)


def _entering(case: Case, ref: FieldRef, value: Any) -> Change:
    index = _index(case, case.paper(ref))
    return lambda filing: filing.papers[index].enter(ref, value)


_TARGET_FORMS = (
    "≥{n}{u}", "≧{n}{u}", ">={n}{u}", "＞＝{n}{u}", "≥ {n} {u}", "≥{n}{u} ", "\u3000≥{n}{u}",
    "不低于{n}{u}", "{n}{u}以上",
    "≥{n}{u}以上", "大于等于{n}{u}", "{n}{u}", "={n}{u}", "＝{n}{u}", "不少于{n}{u}", "⩾{n}{u}", "至少{n}{u}",
)  # fmt: skip
_ACTUAL_FORMS = ("{n}{u} ", "\u3000{n}{u}", " {n} {u}", "{n}\u00a0{u}", "{w}{u}", "{g}{u}")
_WIDE = str.maketrans("0123456789.%", "０１２３４５６７８９．％")


def notations(case: Case) -> Iterator[Variation]:
    """Targets, actual values and dates in other notations."""
    for paper in case.reviews:
        for number, row in enumerate(case.counted(paper)[:3]):
            yield from _counts(case, paper, row, number)
        for name in case.rates(paper)[:2]:
            yield from _percentages(case, paper, name)
        for name in cost_rows(paper):
            ref = case.ref(paper, review.actual_value, name)
            value = amount_at(case, case.ref(paper, funds_line(paper).executed))
            for text in (f"{value:,.2f}万元", f"{value * 10000:.0f}元", f"{value / 10000:.6f}亿元", f"{value:.6f}万元"):
                yield Variation("成本金额写法", text, _entering(case, ref, text))
    year = case.filing.year + 1
    texts = (
        f"{year}年4月8日",
        f"{year}-4-8",
        f"{year}.04.08",
        f"{year}/4/8",
        f"{year}0408",
        "二〇二四年四月八日",
        f"{year}年04月08日",
    )
    for number, text in enumerate(texts):
        ref = case.ref(case.filing.papers[number % len(case.filing.papers)], foot.filed_on)
        yield Variation("日期写法", text, _entering(case, ref, text))


def _counts(case: Case, paper: Paper, row: Counted, number: int) -> Iterator[Variation]:
    """A third of the notations of targets and actual values, the `number`th, in a counted row."""
    for at, form in enumerate(_TARGET_FORMS):
        if at % 3 == number:
            text = form.format(n=f"{row.target:g}", u=row.unit)
            yield Variation("指标值写法", text, _entering(case, case.ref(paper, review.target_value, row.name), text))
    for at, form in enumerate(_ACTUAL_FORMS):
        if at % 3 == number:
            plain = f"{row.actual:.10g}"
            text = form.format(n=plain, u=row.unit, w=plain.translate(_WIDE), g=f"{row.actual:,.10g}")
            yield Variation("完成值写法", text, _entering(case, case.ref(paper, review.actual_value, row.name), text))


def _percentages(case: Case, paper: Paper, name: str) -> Iterator[Variation]:
    """A rate in full-width characters, without its sign, and with two decimals."""
    refs = [case.ref(paper, column, name) for column in (review.target_value, review.actual_value)]
    for ref in refs:
        text = str(case.value(ref)).translate(_WIDE)
        yield Variation("全角百分数", text, _entering(case, ref, text))
    percent = float(str(case.value(refs[1])).removesuffix("%"))
    yield Variation("完成值无百分号", f"{percent:g}", _entering(case, refs[1], f"{percent:g}"))
    yield Variation("两位小数的百分数", f"{percent:.2f}%", _entering(case, refs[1], f"{percent:.2f}%"))


def money_as_text(case: Case) -> Iterator[Variation]:
    """Amounts as text, in cells that no formula adds up."""
    for number, item in enumerate(
        (*b.running, *b.office, *b.utilities, *b.meetings, b.procurement_actual, b.adjustment_after)
    ):
        value = amount_at(case, base_ref(item))
        if not value and not isinstance(case.shown(base_ref(item)), int | float):
            continue
        forms = (
            f"{value:.2f}",
            f"{value:,.2f}",
            f"{value:.2f} ",
            f"\u3000{value:.2f}",
            f"{value:.2f}万元",
            f"{value:.2f}".translate(_WIDE),
            f"{value * 10000:.0f}元",
        )
        text = forms[number % len(forms)]
        yield Variation("文本金额", text, _entering(case, base_ref(item), text))


def nothing_to_report(case: Case) -> Iterator[Variation]:
    """无, ——, / and blanks instead of 0."""
    zero = [
        base_ref(item)
        for line in (b.vehicle_purchase, b.abroad)
        for item in line
        if not case.value(base_ref(item)) or case.value(base_ref(item)) in {"无", "——", "/"}
    ]
    zero += [
        whole_ref(item)
        for item in (self_review.fund_budget, self_review.special_account, self_review.other_income)
        if not amount_at(case, whole_ref(item))
    ]
    for paper in case.projects[:1]:
        zero += [
            case.ref(paper, item)
            for line in (p.carried_over, p.other_funds)
            for item in line.amounts
            if not amount_at(case, case.ref(paper, item))
        ]
    for number, ref in enumerate(zero):
        text = ("无", "——", "—", "/", "-", None, " ", "0", "不适用", "……", 0, "无。")[number % 12]
        allowed = {"W-05": "文本的0没有计入公式"} if text == "0" else {}
        yield Variation("空白金额", repr(text), _entering(case, ref, text), allowed=allowed)


def orders(case: Case) -> Iterator[Variation]:
    """Rows in another order, blank rows between and before them."""
    for paper in case.filing.papers[:4]:
        index = _index(case, paper)

        def reverse(filing: Filing, index: int = index) -> None:
            filing.papers[index].rows.reverse()

        yield Variation("行序颠倒", paper.form, reverse)
        if paper.form != "附件1":

            def spread(filing: Filing, index: int = index) -> None:
                rows = filing.papers[index].rows
                parts = dict.fromkeys(row["二级指标"] for row in rows)
                filing.papers[index].rows = [line for row in rows for line in (row, {"二级指标": row["二级指标"]})] + [
                    {"二级指标": part} for part in parts
                ]

            yield Variation("行间空行", paper.form, spread)

            def lead(filing: Filing, index: int = index) -> None:
                rows = filing.papers[index].rows
                parts = dict.fromkeys(row["二级指标"] for row in rows)
                filing.papers[index].rows = [{"二级指标": part} for part in parts] + rows

            yield Variation("行前空行", paper.form, lead)


def spaces(case: Case) -> Iterator[Variation]:
    """Spaces and numbers around names, line breaks and spaces in long texts."""
    texts: tuple[FieldRef, ...] = (base_ref(b.unit), whole_ref(self_review.department), base_ref(foot.filler))
    texts += tuple(
        case.ref(paper, item) for paper in case.projects[:1] for item in (p.name, p.supervisor, p.implementer)
    )
    for number, ref in enumerate(texts):
        text = str(case.value(ref))
        other = (
            f"{text} ",
            f"\u3000{text}",
            f"{text[:3]} {text[3:]}",
            text.replace("（", "(").replace("）", ")"),
            f"{text}\n",
        )[number % 5]
        yield Variation("名称中的空格", repr(other), _entering(case, ref, other))
    for paper in case.projects:
        for form in ("1、{}", "（二）{}", "{} "):
            ref = base_ref(b.project_name, paper.project)
            cell = case.cell(ref)
            text = form.format(paper.project)
            edit = case.edit(ref, WorkbookEditor.put, cell, text)
            yield Variation("项目名称前的序号", text, edits=(edit,))
    for paper in case.reviews:
        for item in (review.goal, review.achievement):
            ref = case.ref(paper, item)
            text = str(case.value(ref))
            yield Variation("长文字的换行", "", _entering(case, ref, text.replace("。", "。\n") + "\n\n"))
            yield Variation("长文字的空格", "", _entering(case, ref, "\u3000\u3000" + text.replace("，", "， ")))


def rounding(case: Case) -> Iterator[Variation]:
    """Amounts rounded from 元 to 万元 on each form by itself, scores to one decimal, rates cut off."""
    for seed in (3, 7, 11):

        def exact(filing: Filing, seed: int = seed) -> None:
            _spread_cents(filing, seed)

        yield Variation("各表分别四舍五入", str(seed), exact)
    for paper in case.reviews:
        for row in paper.rows:
            if row["得分"] < row["分值"]:
                ref = case.ref(paper, review.score, row["三级指标"])
                value = row["得分"]
                yield Variation("得分保留一位小数", "", _entering(case, ref, rounded(value, 1)))
                yield Variation("得分截去尾数", "", _entering(case, ref, int(value * 100) / 100))
        line = funds_line(paper)
        ref = case.ref(paper, line.rate)
        if isinstance(case.shown(ref), int | float):
            value = int(amount_at(case, ref) * 10000 + 1e-6) / 10000
            overtyped = {"W-04": "公式被改为固定数值"}
            yield Variation("执行率截去尾数", f"{value:.4f}", _entering(case, ref, value), allowed=overtyped)
            yield Variation("执行率写作百分数", f"{value:.2%}", _entering(case, ref, f"{value:.2%}"), allowed=overtyped)
        ref = base_ref(b.control)
        value = int(amount_at(case, ref) * 1000 + 1e-6) / 1000
        yield Variation(
            "控制率截去尾数",
            f"{value:.3f}",
            _entering(case, ref, f"{value:.1%}"),
            allowed={"W-04": "公式被改为固定数值"},
        )


def _spread_cents(filing: Filing, seed: int) -> None:
    """Round each amount by itself, so that sums of rounded parts are off by a cent or two."""
    shift = (seed * 0.00137) % 0.0049
    for paper in filing.papers:
        for item, value in paper.values.items():
            if (
                isinstance(value, float)
                and value
                and FORMS[paper.form].fields[item.key].kind is Kind.MONEY
                and item.key.startswith(("收入", "支出"))
            ):
                paper.values[item] = rounded(value + (shift if "基本" in item.key or "一般" in item.key else -shift))


def peculiarities(case: Case) -> Iterator[Variation]:
    """Values, texts and names that are unusual and right."""
    for paper in case.reviews:
        rows = met_in_full(case, paper)
        for number, line in enumerate(PECULIAR_ROWS):
            if number % 2 == (paper.form == "附件3") and rows:
                name = rows[number % len(rows)].name
                yield Variation("少见而正确的指标", f"{line[0]}：{line[1]}→{line[2]}", _row(case, paper, name, line))
        for text in PECULIAR_TEXTS:
            ref = case.ref(paper, review.achievement)
            yield Variation("少见而正确的叙述", text, _entering(case, ref, f"{case.value(ref)}\n{text}"))
    for goal, answer in ANSWERED:
        yield Variation("换个说法的完成情况", f"{goal}→{answer}", _answered(case, goal, answer))
    for paper in case.projects[:1]:
        for unit in (
            "示范县农村经济服务中心",
            f"{case.filing.department}（项目办）",
            f"219001-{case.filing.department}",
        ):
            yield Variation("实施单位", unit, _entering(case, case.ref(paper, p.implementer), unit))
        for name in ("群众满意度", "验收合格率", "按期完成率", "受益群众数"):
            yield Variation("两表常用同名指标", name, _shared(case, paper, name))
    for values in PECULIAR_VALUES:
        about = "、".join(f"{item.key}={value}" for item, value in values.items())
        yield Variation("少见而正确的数额", about, _amounts(values))


def _answered(case: Case, goal: str, answer: str) -> Change:
    """A goal added to those of 附件2, and its answer in other words."""
    refs = (whole_ref(review.goal), whole_ref(review.achievement))
    texts = [f"{case.value(ref)}\n{text}" for ref, text in zip(refs, (goal, answer), strict=True)]

    def change(filing: Filing) -> None:
        for ref, text in zip(refs, texts, strict=True):
            filing.papers_of("附件2")[0].enter(ref, text)

    return change


def _amounts(values: dict[Any, Any]) -> Change:
    """Other amounts in 附件1."""

    def change(filing: Filing) -> None:
        for item, value in values.items():
            filing.papers[0].enter(base_ref(item), value)

    return change


def _row(case: Case, paper: Paper, name: str, line: tuple[Any, ...]) -> Change:
    index, columns = _index(case, paper), (review.indicator, review.target_value, review.actual_value)

    def change(filing: Filing) -> None:
        row = next(row for row in filing.papers[index].rows if row["三级指标"] == name)
        if len(line) > 3:
            row["得分"], row["偏差原因分析及改进措施"] = rounded(row["分值"] * line[3]), line[4]
        for column, value in zip(columns, line, strict=False):
            row[column.key] = value

    return change


def _shared(case: Case, paper: Paper, name: str) -> Change:
    """An indicator with a common name on both forms, with different values because it counts different things."""
    indexes = [(_index(case, case.whole), "≥90%", "96%"), (_index(case, paper), "≥90%", "93.5%")]

    def change(filing: Filing) -> None:
        for index, target, actual in indexes:
            changed = filing.papers[index]
            rates = [row for row in changed.rows if row["得分"] == row["分值"] and "成本" not in row["二级指标"]]
            wanted = "满意" if "满意" in name else ""
            row = next((row for row in rates if wanted in row["二级指标"]), rates[0])
            row |= {"三级指标": name, "年度指标值": target, "实际完成值": actual}

    return change


def saved_again(case: Case) -> Iterator[Variation]:
    """Files saved by openpyxl, renamed files, renamed sheets."""

    def resave(folder: Path) -> None:
        for path in folder.iterdir():
            book = openpyxl.load_workbook(path)
            book.save(path)

    def rename(folder: Path) -> None:
        for number, path in enumerate(sorted(folder.iterdir())):
            path.rename(folder / f"{number}上报（最终版） 副本{path.suffix}")

    # openpyxl keeps no results of formulas.
    yield Variation("openpyxl另存", "", edits=(resave,), allowed={"W-16": "openpyxl不保存公式结果"})
    yield Variation("改文件名", "", edits=(rename,))
    for paper in case.filing.papers[:3]:
        ref = case.ref(paper, None)
        yield Variation(
            "改工作表名",
            paper.form,
            edits=(case.edit(ref, WorkbookEditor.rename_sheet, "自评表（终稿）"),),
        )


KINDS = (notations, money_as_text, nothing_to_report, orders, spaces, rounding, saved_again)


def vary(case: Case, variation: Variation, path: Path) -> Path:
    """Write the files with the variation into a folder."""
    case.folder.copy(path)
    if variation.change is not None:
        filing = case.filing.copy()
        variation.change(filing)
        for index, (new, old) in enumerate(zip(filing.papers, case.filing.papers, strict=True)):
            if new != old:
                case._write(filing, index, path, None)  # noqa: SLF001 - planting writes forms the same way
    for edit in variation.edits:
        edit(path)
    return path
