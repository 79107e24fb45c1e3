"""Every rule against its own examples, every recomputation against sums done by hand, and the form of the catalogue."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pytest

from benchmarks.trust.defects.limits import LIMITED
from xltool.expr.frame import Values, evaluate, violations
from xltool.expr.nodes import Agrees, Field, Param, walk
from xltool.findings import Severity
from xltool.forms import FORMS, REPORT, base_data, project, review, self_review
from xltool.forms.words import PLACEHOLDER, item_of, line_of
from xltool.params import DEFAULT
from xltool.rules import recomputed
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xltool.rules.model import Check, Rule

DATA = Path(__file__).parent.parent / "data"
CATALOGUE: Final[dict[str, dict[str, str]]] = {
    entry["code"]: entry for entry in json.loads((DATA / "rules.json").read_text(encoding="utf-8"))
}
CHECKED = [rule for rule in RULES.values() if rule.checks]
WITH_EXAMPLES = [rule for rule in CHECKED if rule.code not in recomputed.RECOMPUTATIONS]
Filed: TypeAlias = dict[Field, Any]
Case: TypeAlias = tuple[Field, Filed, float]


def _fired(rule: Rule, example: Mapping[Field, Any]) -> list[Check]:
    named = {node.name for check in rule.checks for node in walk(check.test) if isinstance(node, Param)}
    is_open = any(math.isnan(DEFAULT[name]) for name in named)
    values = Values(dict(example), profile=LIMITED if is_open else DEFAULT)
    return [check for check in rule.checks if violations(check.test, values)[0]]


EXAMPLES = [
    pytest.param(rule, example, good, id=f"{rule.code}-{'good' if good else 'bad'}-{number}")
    for rule in WITH_EXAMPLES
    for good, examples in ((True, rule.good), (False, rule.bad))
    for number, example in enumerate(examples)
]


@pytest.mark.parametrize(("rule", "example", "good"), EXAMPLES)
def test_examples(rule: Rule, example: Filed, good: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A good example violates no check of its rule, a bad one at least one."""
    assert bool(_fired(rule, example)) is not good


@pytest.mark.parametrize("rule", WITH_EXAMPLES, ids=lambda rule: rule.code)
def test_blank_forms_are_only_asked_to_be_filled(rule: Rule) -> None:
    """On a blank form, only checks that ask for an entry are violated."""
    assert all(check.asks_for_entry for check in _fired(rule, {}))


def examples_of(rule: Rule) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """Good and bad examples, of whatever kind the rule is."""
    if rule.judge is not None:
        return rule.views
    return rule.batches if rule.batch_judge is not None else (rule.good, rule.bad)


# Rules that the reader reports are tested in tests/reader, recomputations by the cases below.
@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_every_rule_has_examples_of_both_kinds(rule: Rule) -> None:
    """Each rule has an example that violates it and one that does not."""
    good, bad = examples_of(rule)
    if rule.noted or rule.code in recomputed.RECOMPUTATIONS:
        assert (good, bad) == ((), ())
    else:
        assert good
        assert bad


def _spending() -> Iterator[Case]:
    """The sums of 附件1, each column by itself."""
    for index in range(3):
        purchase, running, abroad, reception = (
            [*item][index]
            for item in (
                base_data.vehicle_purchase,
                base_data.vehicle_running,
                base_data.abroad,
                base_data.reception,
            )
        )
        column = base_data.projects.columns[index + 1]
        yield [*base_data.vehicles][index], {purchase: 18, running: 5.51}, 23.51
        yield [*base_data.three_public][index], {purchase: 18, running: 5.51, abroad: 1, reception: 27.48}, 51.99
        yield [*base_data.three_public][index], {reception: 27.48}, 27.48
        yield [*base_data.project_spending][index], {column: [10582.18, None, 0.5]}, 10582.68


def _funds() -> Iterator[Case]:
    """What follows from the funds of 附件2 and 附件3."""
    third, second = project.appropriation, self_review.year
    for index, amount in enumerate(project.year.amounts):
        parts = [line.amounts[index] for line in project.breakdown]
        yield amount, dict(zip(parts, (90.5, 9.25, 0.25), strict=True)), 100
    for year, (budget, executed) in (
        (second, (second.budget, second.executed)),
        (project.year, (third.budget, third.executed)),
    ):
        yield year.rate, {budget: 3, executed: 1}, 1 / 3
        yield year.score, {budget: 3, executed: 1}, 3.33
        yield year.score, {budget: 100, executed: 120}, 10
        yield year.total_weight, {review.weight: [50, 30, None, 10]}, 100
        yield year.total_score, {budget: 4, executed: 3, review.score: [45, 25.5]}, 78


CASES: Final[list[Case]] = [
    (base_data.control, {base_data.posts: 12, base_data.staff: 5}, 5 / 12),
    (base_data.area_control, {base_data.approved_area: 1200, base_data.actual_area: 1000}, 5 / 6),
    (base_data.investment_control, {base_data.planned_investment: 700, base_data.actual_investment: 800}, 8 / 7),
    (
        self_review.income,
        {
            self_review.general_budget: 9716.16,
            self_review.fund_budget: 1000,
            self_review.special_account: 0.04,
            self_review.other_income: 0.1,
        },
        10716.3,
    ),
    (self_review.spent, {self_review.basic_spending: 256.79, self_review.project_spending: 10459.37}, 10716.16),
    *_spending(),
    *_funds(),
]
CALCULATED = [field for form in FORMS.values() for field in form.fields.values() if field.formula is not None]


def _rule_of(field: Field) -> Rule:
    return next(rule for rule in RULES.values() if field.code in {rule.code, *rule.aliases})


def _verdicts(field: Field, inputs: Filed, filed: float) -> list[Severity]:
    """Severities of the recomputation's checks at the cell that fire."""
    rule = _rule_of(field)
    recomputations = [
        check
        for check in rule.checks
        if check.at is field and any(isinstance(node, Agrees) for node in walk(check.test))
    ]
    assert recomputations
    values = Values({**inputs, field: filed})
    return [check.severity or rule.severity for check in recomputations if violations(check.test, values)[0]]


def test_every_calculated_field_is_worked_out_by_hand() -> None:
    """Every calculated field has a case, and every recomputation a field."""
    assert {field for field, _, _ in CASES} == set(CALCULATED)
    assert {field.code for field in CALCULATED} >= set(recomputed.RECOMPUTATIONS)


IDS = [f"{field.code}-{field.key}-{number}" for number, (field, _, _) in enumerate(CASES)]


@pytest.mark.parametrize(("field", "inputs", "right"), CASES, ids=IDS)
def test_formula_gives_what_the_hand_gives(field: Field, inputs: Filed, right: float) -> None:
    """The declared formula gives the result worked out by hand."""
    assert field.formula is not None
    assert math.isclose(evaluate(field.formula, Values(inputs))[0], right, abs_tol=1e-6)


@pytest.mark.parametrize(("field", "inputs", "right"), CASES, ids=IDS)
def test_recomputation_is_silent_within_its_tolerance(field: Field, inputs: Filed, right: float) -> None:
    """The right value, rounded or cut as people print it, is no violation; nor is the formula itself."""
    if field.tolerance is None:
        cut = math.floor(right * 1000) / 1000
        near = [round(right, 4), round(right, 2), cut]
    else:
        near = [right, round(right + field.tolerance, 6), round(right - field.tolerance, 6)]
    assert [value for value in near if _verdicts(field, inputs, value)] == []
    rule = _rule_of(field)
    assert not [check for check in rule.checks if check.at is field and violations(check.test, Values(inputs))[0]]


@pytest.mark.parametrize(("field", "inputs", "right"), CASES, ids=IDS)
def test_recomputation_fires_beyond_its_tolerance(field: Field, inputs: Filed, right: float) -> None:
    """A value off by more than the tolerance is a violation, above and below."""
    off = 0.0102 if field.tolerance is None else field.tolerance + 0.01
    wrong = [round(right + off, 4), round(right - off, 4)]
    assert [value for value in wrong if not _verdicts(field, inputs, value)] == []


@pytest.mark.parametrize("year", [self_review.year, project.year], ids=["附件2", "附件3"])
def test_a_score_rounded_to_a_whole_point_is_a_warning(year: review.YearFunds) -> None:
    """3.33 filed as 3 is rounded (a warning), filed as 5 it is wrong (an error)."""
    inputs = next(inputs for field, inputs, _ in CASES if field is year.score)
    assert _verdicts(year.score, inputs, 3) == [Severity.WARNING]
    assert _verdicts(year.score, inputs, 5) == [Severity.ERROR]


# --- form of the catalogue --------------------------------------------------------------------

CODE: Final = re.compile(r"(A[123]|S|X|Y|R|W|T)-\d{2}")
ADVICE_END: Final = re.compile(r"[\u4e00-\u9fff].*。$")
LONGEST_TITLE: Final = 24


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_words(rule: Rule) -> None:
    """Code, title, message, advice and basis are complete and written in Chinese."""
    assert CODE.fullmatch(rule.code)
    # Letters, digits and signs are half as wide as a Chinese character.
    assert 0 < sum(1 if ord(letter) > 0x2E80 else 0.5 for letter in rule.title) <= LONGEST_TITLE
    assert re.search(r"[\u4e00-\u9fff]", rule.title)
    assert re.search(r"[\u4e00-\u9fff]", rule.message)
    # Some messages end with a reason or a conclusion, which has a full stop of its own.
    assert rule.message.endswith(("。", "{原因}", "{结论}"))
    assert ADVICE_END.search(rule.advice)
    assert re.search(r"[\u4e00-\u9fff]", rule.basis)
    assert "\n" not in rule.message + rule.advice + rule.title


def _placeholders(rule: Rule) -> Iterator[tuple[Check, set[str]]]:
    for check in rule.checks:
        yield check, set(PLACEHOLDER.findall(check.message or rule.message))


@pytest.mark.parametrize("rule", CHECKED, ids=lambda rule: rule.code)
def test_placeholders_can_all_be_filled(rule: Rule) -> None:
    """A message only has placeholders that its check can fill, and a check has no words that no message uses."""
    used: set[str] = set()
    for check, names in _placeholders(rule):
        known = {"item", "line", "filed", *check.words, *(field.key for field in check.fields)}
        assert names <= known | ({"expected"} if check.expected is not None else set())
        assert item_of(check.at)
        assert line_of(check.at)
        used |= names
    assert {name for check in rule.checks for name in check.words} <= used


SEVERITIES: Final = {"error", "warning", "info"}
MILDER_CHECKS: Final = {"S-13", "A2-05", "A2-10", "A3-06", "A3-08"}
"""Of S-13 the catalogue names one severity, but contract §5 makes a missing value with a reason a warning, and a number
with a remark (312天，占85.5%) was given and only cannot be compared: an info. The others check what stands in
for an amount without a cell on the form, or a cell that ours does not have, which is to be verified at most."""

LISTED = [rule for rule in RULES.values() if rule.code in CATALOGUE]


@pytest.mark.parametrize("rule", LISTED, ids=lambda rule: rule.code)
def test_severity_is_that_of_the_catalogue(rule: Rule) -> None:
    """Where the catalogue names one severity, all checks have it; where it names several, the rule has the first."""
    entry = CATALOGUE[rule.code]
    named = [word for word in re.findall(r"[a-z]+", entry["severity"]) if word in SEVERITIES]
    used = {rule.severity, *(check.severity for check in rule.checks if check.severity is not None)}
    assert rule.severity.value == named[0]
    if entry["severity"] in SEVERITIES and rule.code not in MILDER_CHECKS:
        assert used == {Severity(entry["severity"])}


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_no_code_of_the_catalogue_is_used_twice(entry: dict[str, str]) -> None:
    """A code belongs to one rule at most, as its own or as an alias."""
    assert sum(entry["code"] in {rule.code, *rule.aliases} for rule in RULES.values()) <= 1


def test_codes_are_of_the_catalogue_or_continue_a_series() -> None:
    """A new code comes after the last of its series; none fills a gap."""
    last: dict[str, int] = {}
    for code in CATALOGUE:
        series, _, number = code.partition("-")
        last[series] = max(last.get(series, 0), int(number))
    for rule in RULES.values():
        series, _, number = rule.code.partition("-")
        assert rule.code in CATALOGUE or int(number) > last[series]


def test_four_fifths_of_the_rules_on_forms_are_expressions() -> None:
    """Functions are at most a fifth of the rules judged on forms: beyond that the expression language lacks a node.

    Rules that the reader reports are not judged and do not count. Rules on the narrative report are all functions,
    because expressions read fields and not prose; with them, functions are more than a fifth (30 of 136 rules).
    """
    report_only = (REPORT,)
    on_forms = [rule for rule in RULES.values() if not rule.noted and rule.form_keys != report_only]
    functions = [rule for rule in on_forms if rule.judge is not None or rule.batch_judge is not None]
    assert functions
    assert len(functions) <= len(on_forms) / 5
    assert not [rule.code for rule in RULES.values() if rule.form_keys == report_only and rule.checks]


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_references_between_rules_hold(rule: Rule) -> None:
    """A rule is silenced only by rules of the catalogue, and applies only to declared forms."""
    assert set(rule.silenced_by) <= set(RULES) - {rule.code}
    assert rule.form_keys
    assert set(rule.form_keys) <= {*FORMS, REPORT}
