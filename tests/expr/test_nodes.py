"""Every node of the expression language: the Excel face gives the same value as the frame face.

The conformance suite compares the declared fields and rules; this one also covers nodes and combinations that no
rule uses today.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from tests.support.programs.engines import evaluate_ironcalc
from xltool.auditing.tables.scopes import FormScope
from xltool.expr import arrays, excel, frame
from xltool.expr.bind import bind_params
from xltool.expr.nodes import (
    Agrees,
    Choose,
    Const,
    Expr,
    Field,
    Greatest,
    Kind,
    Least,
    Lookup,
    Matches,
    Nothing,
    Numeric,
    Param,
    Predicate,
    Rounded,
    Sum,
    Whole,
    formula_of,
    total,
)
from xltool.findings import address
from xltool.forms import FORMS
from xltool.forms.manifest import from_rows
from xltool.forms.words import show
from xltool.params import DEFAULT, profile_named
from xltool.rules.catalogue import RULES
from xltool.rules.model import register_rule

if TYPE_CHECKING:
    from pathlib import Path

A, B = Field("甲", Kind.MONEY), Field("乙", Kind.MONEY)
TEXT = Field("名称", Kind.TEXT)
COLUMN = Field("列", Kind.MONEY, table="rows")
FIELDS = (A, B)
NOBODY = A.__ge__(Param("execution_from_1"))
"""The first band of execution, which only a profile of five bands has."""
NUMBERS = (None, 0.0, 1.0, -2.5, 2.675, 1e9)

EXPRESSIONS: dict[str, Expr] = {
    "sum": A + B,
    "difference": A - B,
    "product": A * B,
    "quotient": A / B,
    "by a number": A / 4,
    "total": total(A, B),
    "least": Least(A, B),
    "greatest": Greatest(A, B),
    "rounded": Rounded(A * 1.0, 2),
    "blank as zero": (A / B).or_zero + A.or_zero,
    "chosen": Choose(A > B, A, Rounded(A / B, 2)),
    "chosen by a quotient": Choose(A / B >= 1.0, Const(1), Choose(A / B >= 0.5, Rounded(A / B, 1), A)),
    "a parameter": A * Param("execution_weight") - Param("output_weight"),
    "a setting that is off": Choose(Param("execution_banded").is_on, Const(7), A / B),
    "chosen by what stands": Choose(A.filled, A, Const(7)),
}
PREDICATES: dict[str, Predicate] = {
    "at most": A <= B,
    "below": A < B,
    "at least": A >= B,
    "above": A > B,
    "within a parameter": Param("over_completion") >= A,
    "a band nobody reaches": Choose(NOBODY, Const(7), B) <= A,
    "close": A.equals(B, 0.01),
    "filled": A.filled,
    "blank": A.blank,
    "number": Numeric(A),
    "whole": Whole(A),
    "both": (A > 0) & (B > 0),
    "either": (A > 0) | (B > 0),
    "not": ~(A > B),
}


class Cells:
    """The two fields in the first two cells of a row."""

    def __init__(self, row: int) -> None:
        """Take the row, from 1."""
        self.row = row

    def cell(self, field: Field) -> str:
        """A1 or B1."""
        return f"{'AB'[FIELDS.index(field)]}{self.row}"

    def span(self, column: Field, group: str | None = None) -> str:
        """No table stands here."""
        raise excel.UnsayableError(column.key, group)

    def totalled(self, function: str, column: Field, group: str | None = None) -> str:
        """As above."""
        return f"{function}({self.span(column, group)})"

    def below_head(self, column: Field) -> str:
        """As above."""
        return self.span(column)

    def param(self, name: str) -> float:
        """As the default profile has it."""
        return DEFAULT[name]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], float | str | bool | None]:
    """Every node for every pair of values, calculated by IronCalc."""
    path: Path = tmp_path_factory.mktemp("nodes") / "nodes.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("nodes")
    for row, pair in enumerate(itertools.product(NUMBERS, NUMBERS)):
        for column, value in enumerate(pair):
            if value is not None:
                sheet.write_number(row, column, value)
        texts = [excel.formula(node, Cells(row + 1)) for node in EXPRESSIONS.values()]
        texts += [excel.criterion(node, Cells(row + 1)) for node in PREDICATES.values()]
        for column, text in enumerate(texts, start=2):
            sheet.write_formula(row, column, text)
    book.close()
    return evaluate_ironcalc(path)


def results(engine: dict[tuple[str, str], float | str | bool | None], offset: int) -> list[float | str | bool | None]:
    """One column of the sheet, from the top."""
    return [engine.get(("nodes", address(row + 1, offset + 3))) for row in range(len(NUMBERS) ** 2)]


def scopes() -> list[frame.Values]:
    """The same pairs as frames of one row."""
    return [frame.Values({A: a, B: b}) for a, b in itertools.product(NUMBERS, NUMBERS)]


@pytest.mark.parametrize(("offset", "name"), list(enumerate(EXPRESSIONS)))
def test_a_value_is_the_same_on_both_faces(
    engine: dict[tuple[str, str], float | str | bool | None], offset: int, name: str
) -> None:
    """Number for number, blank for blank."""
    expected = [float(frame.evaluate(EXPRESSIONS[name], scope)[0]) for scope in scopes()]
    for result, value in zip(results(engine, offset), expected, strict=True):
        if math.isnan(value):
            assert result in (None, "")
        else:
            assert result == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(("offset", "name"), list(enumerate(PREDICATES)))
def test_a_violation_is_the_same_on_both_faces(
    engine: dict[tuple[str, str], float | str | bool | None], offset: int, name: str
) -> None:
    """True only where the predicate is known and does not hold."""
    expected = [bool(frame.violations(PREDICATES[name], scope)[0]) for scope in scopes()]
    assert results(engine, offset + len(EXPRESSIONS)) == expected
    assert len(set(expected)) == 2


@pytest.mark.parametrize(
    "node",
    [Matches(TEXT, "甲.乙"), Matches(TEXT, "^甲|乙"), Agrees(A, 0.01)],
    ids=lambda n: type(n).__name__,
)
def test_what_excel_cannot_say_is_refused(node: Predicate) -> None:
    """A node without an Excel face makes its rule one for the bureau."""
    with pytest.raises(excel.UnsayableError):
        excel.criterion(node, Cells(1))
    with pytest.raises(excel.UnsayableError):
        arrays.count_violations(~node, Cells(1))


class Strange(Expr, frozen=True):
    """A value nobody has declared."""


class Odd(Predicate, frozen=True):
    """A predicate nobody has declared."""


def test_an_unknown_node_fails_loudly() -> None:
    """No face makes something up for a node it does not know."""
    scope = frame.Values({})
    with pytest.raises(TypeError, match="Strange"):
        frame.evaluate(Strange(), scope)
    with pytest.raises(TypeError, match="Odd"):
        frame.truth(Odd(), scope)
    with pytest.raises(excel.UnsayableError, match="Strange"):
        excel.formula(Strange(), Cells(1))
    with pytest.raises(excel.UnsayableError, match="Odd"):
        arrays.count_violations(Odd(), Cells(1))
    with pytest.raises(excel.UnsayableError, match="Strange"):
        excel._value(Strange(), Cells(1))  # noqa: SLF001 - reached only past a condition that is known
    with pytest.raises(excel.UnsayableError, match="Odd"):
        excel._holds(Odd(), Cells(1))  # noqa: SLF001 - likewise


def test_only_a_cell_or_a_number_can_be_divided_by() -> None:
    """A divisor is evaluated before it is known to be a number; only N() of a cell is safe then."""
    with pytest.raises(excel.UnsayableError, match="divided"):
        excel.formula(A / (A + B), Cells(1))


def test_a_field_shows_its_key_and_only_calculated_ones_have_a_formula() -> None:
    """What a developer sees of a field, and the error for asking an input for its formula."""
    assert repr(A) == "<甲>"
    assert formula_of(Field("和", Kind.MONEY, formula=total(A, B))) == total(A, B)
    with pytest.raises(TypeError, match="甲"):
        formula_of(A)


def test_a_sum_over_nothing_is_blank() -> None:
    """No row, no sum."""
    assert math.isnan(frame.evaluate(Sum(COLUMN), frame.Values({COLUMN: []}))[0])


def test_a_code_is_used_once() -> None:
    """The register refuses a second rule of a code, or one that takes another's alias."""
    known = next(iter(RULES.values()))
    with pytest.raises(ValueError, match=known.code):
        register_rule(known)


def test_texts_are_shown_as_they_are() -> None:
    """Only numbers get a unit."""
    assert show("15个", Kind.MONEY) == "15个"


def test_a_manifest_of_another_program_is_none() -> None:
    """A hidden sheet of that name that does not follow the schema is refused, and a stray row is passed over."""
    with pytest.raises(ValueError, match="manifest"):
        from_rows([("", "签发", "规格", "99")])
    head = [("", "签发", "规格", "1"), ("", "签发", "年度", "2023"), ("附件9", "公式", "甲", "A1")]
    assert from_rows(head).sheets == {}


OPEN = profile_named("四川")


def test_what_a_profile_leaves_open_is_never_violated_and_has_no_line() -> None:
    """A parameter without a number silences what compares it, on both faces; taken for 0 it is 0."""
    test = A.equals(Param("output_weight"), 0.01)
    assert frame.violations(test, frame.Values({A: 7})).tolist() == [True]
    assert frame.violations(test, frame.Values({A: 7}, profile=OPEN)).tolist() == [False]
    assert not math.isnan(frame.evaluate(Param("output_weight").or_zero, frame.Values({}, profile=OPEN))[0])

    class Left(Cells):
        def param(self, name: str) -> float:
            return OPEN[name]

    with pytest.raises(excel.UnsayableError, match="open"):
        excel.criterion(test, Left(1))
    assert excel.formula(Param("output_weight").or_zero, Left(1)) == "=0"


def test_bound_parameters_choose_a_side() -> None:
    """Only the side a profile takes is left; what depends on a cell stays, and so does a tree without parameters."""
    switched: Expr = Choose(Param("reverse_by_ratio").is_on, A, B)
    chosen: list[Expr] = [bind_params(switched, profile.__getitem__) for profile in (DEFAULT, profile_named("江西"))]
    assert chosen == [B, A]
    asked = Choose(A > 0, A, B)
    assert bind_params(asked, DEFAULT.__getitem__) is asked
    assert bind_params(Choose(A < B, A, B), DEFAULT.__getitem__) == Choose(A < B, A, B)
    assert bind_params(Choose(A <= 3, A, B), DEFAULT.__getitem__) == Choose(A <= 3, A, B)


PATTERNS = ("甲", "甲|乙", "^甲", "^(甲|乙)", "甲$", "^甲$", "^(甲|乙)$")
WORDS = (None, "甲", "乙", " 甲", "甲乙", "丙甲", "丙", "  ")


def test_plain_words_are_matched_alike_on_both_faces(tmp_path: Path) -> None:
    """Contained, at the begin, at the end, or the whole text; unknown where the cell is blank."""
    path = tmp_path / "words.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("nodes")
    for row, word in enumerate(WORDS):
        if word is not None:
            sheet.write_string(row, 0, word)
        for column, pattern in enumerate(PATTERNS, start=2):
            sheet.write_formula(row, column, excel.criterion(Matches(A, pattern), Cells(row + 1)))
    book.close()
    shown = evaluate_ironcalc(path)
    for row, word in enumerate(WORDS):
        values = frame.Values({A: word and word.strip()})
        expected = [bool(frame.violations(Matches(A, pattern), values)[0]) for pattern in PATTERNS]
        assert [shown.get(("nodes", address(row + 1, column))) for column in range(3, 10)] == expected, word


def test_a_mark_for_nothing_is_known_on_both_faces(tmp_path: Path) -> None:
    """无, —— and / say that there is nothing; another text and a blank do not."""
    entries = {"无": True, "——": True, "/": True, "待定": False, None: False}
    path = tmp_path / "marks.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("nodes")
    for row, entry in enumerate(entries):
        if entry is not None:
            sheet.write_string(row, 0, entry)
        sheet.write_formula(row, 2, excel.criterion(Nothing(A), Cells(row + 1)))
    book.close()
    shown = evaluate_ironcalc(path)
    for row, (entry, is_mark) in enumerate(entries.items()):
        assert bool(frame.truth(Nothing(A), frame.Values({A: entry})).holds[0]) is is_mark
        assert shown.get(("nodes", address(row + 1, 3))) is not is_mark


def test_only_a_form_looks_up_rows() -> None:
    """The audit pairs rows by rules of its own, so that frames of many forms refuse the node."""
    node = Lookup(A, TEXT, TEXT)
    assert math.isnan(float(frame.evaluate(node, frame.Values({A: [1.0], TEXT: "甲"}))[0]))
    with pytest.raises(TypeError, match="only a form"):
        frame.evaluate(node, FormScope(FORMS["附件1"], []))


def test_a_row_is_looked_up_by_its_name() -> None:
    """The only row of that name; of two rows nobody knows which is meant."""
    names = Field("行", Kind.TEXT, table="rows")
    node = Lookup(COLUMN, names, TEXT)
    rows = {names: ["甲", "乙", "乙"], COLUMN: [1.0, 2.0, 3.0]}
    assert float(frame.evaluate(node, frame.Values({**rows, TEXT: "甲"}))[0]) == 1.0
    assert math.isnan(float(frame.evaluate(node, frame.Values({**rows, TEXT: "乙"}))[0]))


def test_a_shorter_column_is_blank_below() -> None:
    """Of two columns of a table one may be filled in less far than the other."""
    rows = frame.RowValues({A: [1.0, 2.0, 3.0], B: [1.0]})
    assert frame.violations(A <= B, rows).tolist() == [False, False, False]
    assert frame.truth(A <= B, rows).known.tolist() == [True, False, False]
