"""The catalogue says what is declared: every rule its page, every field its line."""

from __future__ import annotations

import json
import re

import pytest

from xltool.catalogue import explain
from xltool.expr import nodes
from xltool.expr import words as saying
from xltool.forms import FORMS, REPORT, base_data, review
from xltool.rules import recomputed
from xltool.rules.catalogue import RULES, rule_named

CODES = sorted(RULES)


@pytest.mark.parametrize("code", CODES)
def test_every_rule_has_a_page(code: str) -> None:
    """Title, severity, forms, basis, problem and advice are on it, and examples where the rule has them."""
    rule = RULES[code]
    page = explain.page(rule)
    head, *lines = page.splitlines()
    assert head == f"{code}  {rule.title}"
    assert f"询问：{explain.SERIES[code.partition('-')[0]].ask}" in lines
    assert not re.search(r"\{\w+\}|〔[a-z]+〕", page)
    assert any(line.startswith(f"严重程度：{rule.severity.label}") for line in lines)
    for words in (
        f"适用表：{'、'.join(rule.form_keys)}",
        f"依据：{rule.basis}",
        f"处理：{rule.advice}",
    ):
        assert words in lines
    assert ("应当成立：" in lines) is bool(rule.checks)
    if code not in recomputed.RECOMPUTATIONS:  # the formula says it all
        assert "通过的例子：" in lines
        assert "不通过的例子：" in lines
    assert page.endswith("\n")
    assert not re.search(r"<\w+>|object at|Field\(|None", page)


def test_page_follows_the_declaration() -> None:
    """The formula on the page is the declared tree in words, its examples are the declared ones."""
    page = explain.page(RULES["A1-05"])
    assert saying.describe(RULES["A1-05"].checks[0].test) in page
    assert "编制数 = " in page
    assert "(实际在职人数 ÷ 编制数)" in explain.page(RULES["A1-04"])


@pytest.mark.parametrize("spelling", ["a1-05", " A1-05 ", "A1-05"])
def test_rule_by_any_spelling(spelling: str) -> None:
    """Case and spaces do not matter."""
    assert rule_named(spelling) is RULES["A1-05"]


def test_retired_codes_lead_to_what_took_their_place() -> None:
    """A code that was merged into another still has a page; one that never was has none."""
    merged = {alias: rule for rule in RULES.values() for alias in rule.aliases}
    assert merged
    for alias, rule in merged.items():
        assert rule_named(alias) is rule
        assert alias in explain.page(rule)
    with pytest.raises(KeyError):
        rule_named("A9-99")


def test_catalogue_is_plain_data_in_order() -> None:
    """Every rule once, in the order of the codes, as JSON can hold it, with its fields and formulas."""
    entries = explain.catalogue()
    assert [entry["code"] for entry in entries] == CODES
    assert json.loads(json.dumps(entries, allow_nan=False)) == entries
    keys = {
        "code", "aliases", "title", "severity", "forms", "sheet", "live", "needs_prior", "formula", "fields", "message",
        "advice", "basis", "silenced_by", "combined", "not_live",
    }  # fmt: skip
    for entry in entries:
        assert set(entry) == keys
        assert set(entry["forms"]) <= {*FORMS, REPORT}
        assert entry["forms"]
        assert set(entry["silenced_by"]) <= set(RULES)
    control = next(entry for entry in entries if entry["code"] == "A1-05")
    assert {"编制数", "实际在职人数"} <= set(control["fields"])
    assert {entry["live"] for entry in entries} == {True, False}


def test_markdown_table_is_a_table() -> None:
    """A head, a rule a row, five columns in each; a selection gives its rows only."""
    head, line, *rows = explain.table().splitlines()
    assert (head.count("|"), line) == (6, "|---|---|---|---|---|")
    assert len(rows) == len(RULES)
    assert all(row.count("|") == 6 for row in rows)
    assert [row.split("|")[1].strip() for row in rows] == CODES
    assert len(explain.table([RULES["A1-05"]]).splitlines()) == 3


def test_listing_marks_live_rules() -> None:
    """A line a rule; a circle where the template checks it too."""
    lines = explain.listing().splitlines()
    for code in CODES:
        (line,) = [line for line in lines if line.strip().startswith(f"{code} ")]
        assert RULES[code].title in line
        assert ("○" in line) is explain.is_live(RULES[code])


def test_every_field_is_listed() -> None:
    """Fields and columns of all forms, with their defined names, units, sources and formulas."""
    rows = explain.fields()
    listed = {(row["form"], row["field"], row["table"]) for row in rows}
    declared: set[tuple[str, str, str | None]] = {
        (form.key, key, None) for form in FORMS.values() for key in form.fields
    }
    declared |= {(form.key, c.key, table.key) for form in FORMS.values() for table in form.tables for c in table.inputs}
    assert listed == declared
    assert len(rows) == len(declared)
    for row in rows:
        assert row["source"] in {"input", "computed", "printed"}
        assert (row["formula"] is None) is (row["source"] != "computed")
    text = explain.field_listing()
    assert all(row["name"] in text for row in rows)
    control = next(row for row in rows if row["field"] == "控制率")
    assert (control["formula"], control["kind"], control["unit"]) == ("(实际在职人数 ÷ 编制数)", "rate", None)
    assert next(row for row in rows if row["name"] == "指标_得分")["unit"] == "分"


POSTS, STAFF = base_data.posts, base_data.staff


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (POSTS, "编制数"),
        (nodes.Const(0.5), "0.5"),
        (POSTS + STAFF, "(编制数 + 实际在职人数)"),
        (POSTS - 1, "(编制数 - 1)"),
        (POSTS * 2, "(编制数 × 2)"),
        (POSTS / STAFF, "(编制数 ÷ 实际在职人数)"),
        (nodes.total(POSTS, STAFF), "(编制数 + 实际在职人数)"),
        (nodes.Sum(review.weight), "Σ分值"),
        (nodes.Sum(review.weight, "产出指标"), "Σ分值〔产出指标〕"),
        (nodes.Least(POSTS, STAFF), "min(编制数, 实际在职人数)"),
        (nodes.Greatest(POSTS, STAFF), "max(编制数, 实际在职人数)"),
        (nodes.Greatest(POSTS - STAFF, STAFF - POSTS), "|编制数 - 实际在职人数|"),
        (nodes.Greatest(POSTS - STAFF, POSTS - 1), "max((编制数 - 实际在职人数), (编制数 - 1))"),
        (POSTS - STAFF <= 0.01, "编制数 ≤ 实际在职人数〔允差 0.01〕"),
        (POSTS - STAFF <= 3, "(编制数 - 实际在职人数) ≤ 3"),
        (nodes.Compare(">=", POSTS, nodes.as_expr(90) - 0.001), "编制数 ≥ 90〔允差 0.001〕"),
        (~(POSTS <= STAFF) | POSTS.filled, "(若 编制数 ≤ 实际在职人数，则 编制数 已填)"),
        (POSTS.blank | STAFF.filled, "(编制数 为空 或 实际在职人数 已填)"),
        (
            (POSTS.filled & STAFF.filled) | (POSTS.blank | STAFF.blank),
            "((编制数 已填 且 实际在职人数 已填) 或 编制数 为空 或 实际在职人数 为空)",
        ),
        (POSTS / STAFF <= 0.3, "(编制数 ÷ 实际在职人数) ≤ 30%"),
        (POSTS / STAFF < 20_000, "(编制数 ÷ 实际在职人数) < 20000"),
        (base_data.control <= 1, "控制率 ≤ 100%"),
        (POSTS <= 1_000_000, "编制数 ≤ 1000000"),
        (base_data.unit.matches("^正向$"), "填报单位 为「正向」"),
        (nodes.Rounded(POSTS, 2), "四舍五入(编制数, 2位)"),
        (POSTS.or_zero, "编制数〔空按0〕"),
        (nodes.Choose(POSTS.filled, POSTS, STAFF), "(若 编制数 已填 则 编制数，否则 实际在职人数)"),
        (POSTS <= STAFF, "编制数 ≤ 实际在职人数"),
        (POSTS > STAFF, "编制数 > 实际在职人数"),
        (POSTS.equals(STAFF, 0.01), "编制数 = 实际在职人数〔允差 0.01〕"),
        (POSTS.filled, "编制数 已填"),
        (POSTS.blank, "编制数 为空"),
        (nodes.Numeric(POSTS), "编制数 是数字"),
        (nodes.Whole(POSTS), "编制数 是整数"),
        (base_data.unit.matches("局$"), "填报单位 以「局」结尾"),
        (base_data.unit.matches("^局"), "填报单位 以「局」开头"),
        (base_data.unit.matches("局"), "填报单位 含「局」"),
        (base_data.unit.matches("^局|处"), "填报单位 含「^局|处」"),
        (base_data.unit.matches("局|处"), "填报单位 含「局」「处」之一"),
        (base_data.unit.matches(r"\d", "含数字"), "填报单位 含数字"),
        (base_data.unit.matches(r"\d"), r"填报单位 含「\d」"),
        (base_data.unit.same_text(base_data.thrift), "填报单位 与 厉行节约保障措施 文字相同"),
        (POSTS.filled & STAFF.filled, "编制数 已填 且 实际在职人数 已填"),
        (POSTS.filled | STAFF.filled, "(编制数 已填 或 实际在职人数 已填)"),
        (~(POSTS <= STAFF), "非(编制数 ≤ 实际在职人数)"),
        (nodes.Agrees(base_data.control, None), "控制率 = (实际在职人数 ÷ 编制数)〔印刷精度内〕"),
        (nodes.Agrees(base_data.control, 0.02), "控制率 = (实际在职人数 ÷ 编制数)〔允差 0.02〕"),
    ],
)
def test_every_node_has_words(node: nodes.Expr | nodes.Predicate, words: str) -> None:
    """Each kind of node is said in the words of the form."""
    assert saying.describe(node) == words


def test_a_whole_formula_is_a_sentence() -> None:
    """No brackets about the whole; what must not come together is said so."""
    assert saying.must_hold(POSTS.filled | STAFF.filled) == "编制数 已填 或 实际在职人数 已填"
    assert saying.must_hold(~(POSTS.filled & STAFF.filled)) == "不得出现：编制数 已填 且 实际在职人数 已填"
    assert saying.must_hold((POSTS + 1) * 2 <= (STAFF + 1)) == "((编制数 + 1) × 2) ≤ (实际在职人数 + 1)"


def test_pages_say_what_is_allowed_for_rounding() -> None:
    """From the formulas: a tolerance, printed precision, none; rules without a formula lead to their examples."""
    for code, words in (
        ("A1-09", "0.01（"),
        ("A1-04", "按填报的小数位数"),
        ("A1-05", "没有，"),
        ("A2-17", "没有数值公式"),
    ):
        assert f"允差：{words}" in explain.page(RULES[code])


def test_pages_name_the_severities_a_rule_may_have() -> None:
    """The rule's own, and those of cases that its checks or examples tell otherwise."""
    for code, words in (
        ("A1-05", "警告\n"),
        ("A2-17", "警告（有的情形为提示）"),
        ("S-13", "错误（有的情形为警告、提示）"),
    ):
        assert f"严重程度：{words}" in explain.page(RULES[code])


def test_pages_say_once_what_holds_for_several_lines() -> None:
    """本项 for each of the lines, the fields by line, columns of a table one after the other."""
    page = explain.page(RULES["A1-32"])
    assert page.count("≤ 1000000（本项：三公经费、公务接待、项目支出、") == 1
    assert "会议费培训费（本年决算数、上年决算数）、上年决算数、本年预算数、本年决算数、年度资金总额、" in page
    assert "（本项" not in explain.page(RULES["A1-05"])
    assert "年度资金总额_全年执行数 = 10000、459.37\n" in explain.page(RULES["X-05"])
    assert not re.search(r"number|percent|text|\[|\^", "".join(explain.page(rule) for rule in RULES.values()))


def test_examples_on_reports_quote_the_report() -> None:
    """What the report says stands in the example, and of the forms only what it is compared with."""
    page = explain.page(RULES["R-01"])
    assert "自评报告（某市水利局） “对单位整体支出评分为98分。”；附件2 总分_得分 95\n" in page
    assert "没有内容" not in page
    assert "编制数" not in page


def test_catalogue_is_grouped_by_series() -> None:
    """Every rule under the heading of its series, in text and in Markdown."""
    assert sorted(rule.code for _, rules in explain.by_series() for rule in rules) == CODES
    for text in (explain.listing(), explain.sections()):
        titles = [text.index(series.title) for series in explain.SERIES.values()]
        assert titles == sorted(titles)
        assert text.index("S-01 ") > text.index("A2-01 ")


def test_unknown_node_is_an_error() -> None:
    """A node without words is a mistake of whoever added it, and raises."""
    with pytest.raises(TypeError, match="no words for Expr"):
        saying.describe(nodes.Expr())


def test_live_says_where_a_rule_is_checked() -> None:
    """Rules of the catalogue that Excel can say are live; rules on texts are not."""
    assert explain.is_live(RULES["A1-05"])
    judged = [rule for rule in RULES.values() if rule.judge is not None or rule.batch_judge is not None]
    assert judged
    assert not any(explain.is_live(rule) for rule in judged if not rule.live)
    assert explain.is_live_in_combined(RULES["X-06"])
    assert "表内实时核对" in explain.page(RULES["A1-05"])
    assert "核对时机：审核时核对" in explain.page(judged[0])


def test_every_rule_is_live_or_says_why_not() -> None:
    """The catalogue says of each rule whether a form checks it, and else what it needs that a form does not have."""
    for entry in explain.catalogue():
        assert entry["live"] is (entry["not_live"] == ""), entry["code"]
        assert not (entry["combined"] and not entry["live"]), entry["code"]
    reasons = {entry["code"]: entry["not_live"] for entry in explain.catalogue()}
    assert reasons["Y-01"] == "要有上年报送"
    assert reasons["X-16"] == "要与其他单位对照"
    assert reasons["R-01"] == "要读自评报告"
    assert reasons["W-13"] == "读取文件时才看得到"
    assert reasons["S-36"].startswith("默认口径没有这一项")
    assert "附件1" in explain.page(RULES["X-03"])
    assert "generate --combined" in explain.page(RULES["X-03"])
