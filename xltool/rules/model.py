"""What a rule is, and the register of rules.

A rule is a small function that returns what must hold. Its docstring is the message (first
paragraph) and the advice (the rest); its decorator has title, severity, basis and the examples
that test it. The live check, the audit and the catalogue page are computed from that.

Placeholders of a message: `{编制数}` is the value of a field the check reads, `{filed}` and
`{expected}` are the two sides at the cell, `{item}` is the line the cell belongs to; the others
are the `words` of the check.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Required, TypeAlias, TypedDict, Unpack

from xltool.expr.nodes import And, Expr, Field, Filled, Kind, Not, Numeric, Or, Predicate, Sum, fields_of, walk
from xltool.findings import Severity
from xltool.forms import FORMS, key_of
from xltool.rules.evidence import SETTLED, evidence_of
from xltool.rules.needs import LastYear, can_ask, gaps_of

if TYPE_CHECKING:
    from xltool.forms.model import Form, Role
    from xltool.rules.evidence import Evidence
    from xltool.rules.needs import Need
    from xltool.text.views import BatchJudge, FilingView, Hit, Judge

Example = Mapping[Field, Any]
"""Values of the fields a rule reads; a list for a field that is summed over rows or forms."""

Batch: TypeAlias = "tuple[FilingView, ...]"
"""Filings that are judged together."""


class Scope(StrEnum):
    """What one verdict of a rule is about."""

    FORM = "form"
    ROW = "row"
    FILING = "filing"


class NotedOn(StrEnum):
    """What a rule of the reader can be noticed on: a file, a form by its origin, or something given besides."""

    FILE = "file"
    FOREIGN = "foreign"
    ISSUED = "issued"
    """A template with its manifest."""
    UNISSUED = "unissued"
    """A template whose manifest is gone."""
    PROFILE = "profile"
    """A template that carries a scoring profile."""
    EXEMPTIONS = "exemptions"


TEMPLATES: Final = frozenset({NotedOn.ISSUED, NotedOn.UNISSUED})
ANY_FORM: Final = TEMPLATES | {NotedOn.FOREIGN}


@dataclass(frozen=True, eq=False)
class Check:
    """One test of a rule: what must hold, and the cell to mend where it does not.

    `expected` is the right value of that cell, `words` are further values of the message with their
    kind, `also` are fields whose cells are named beside the one to mend, `severity` overrides the
    severity of the rule.
    """

    at: Field
    test: Predicate
    expected: Expr | None = None
    _: KW_ONLY
    also: tuple[Field, ...] = ()
    words: Mapping[str, tuple[Expr, Kind]] = field(default_factory=dict)
    severity: Severity | None = None
    message: str = ""
    """Replaces the message of the rule, where this check has a more precise one."""
    entry: bool = False
    """Whether it asks for an entry although it compares: a cell must be filled in because of what another holds."""
    excuses: frozenset[Field] = frozenset()
    """Fields that are read only because a finding about them says the same; the check is made without them, too."""

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Every field the test reads, the cell to mend first."""
        return tuple(dict.fromkeys((self.at, *fields_of(self.test), *self.also)))

    @cached_property
    def read(self) -> frozenset[Field]:
        """Every field the test reads."""
        return frozenset(fields_of(self.test))

    @cached_property
    def sums(self) -> tuple[Sum, ...]:
        """The sums the test reads."""
        return tuple(node for node in walk(self.test) if isinstance(node, Sum))

    @cached_property
    def summed(self) -> frozenset[Field]:
        """The columns, or the fields of several forms, that the test adds up."""
        return frozenset(node.column for node in self.sums)

    @cached_property
    def loose(self) -> tuple[Field, ...]:
        """The fields that are read as one value for each row, not through a sum."""
        return tuple(item for item in self.fields if item not in self.summed)

    @cached_property
    def asks_for_entry(self) -> bool:
        """Whether the check only asks that a cell is filled in."""
        if self.entry:
            return True
        tests = [node for node in walk(self.test) if isinstance(node, Predicate)]
        # What is read from an entry cannot be filled in: then the entry itself is wrong.
        only_entries = all(isinstance(node, Filled | Numeric | Not | Or | And) for node in tests)
        return only_entries and not all(item.derived for item in self.read)

    def forms(self) -> tuple[Form, ...]:
        """The forms that have every field the check reads; none if it compares several forms."""
        return self._forms

    @cached_property
    def _forms(self) -> tuple[Form, ...]:
        over_forms = {node.column for node in walk(self.test) if isinstance(node, Sum) and _summed_over_forms(node)}
        needed = [item for item in self.fields if item not in over_forms]
        return tuple(form for form in FORMS.values() if all(form.has(item) for item in needed))

    @cached_property
    def scope(self) -> Scope:
        """Row, form or filing, as follows from the fields the check reads."""
        if not self.forms() or any(_summed_over_forms(node) for node in walk(self.test)):
            return Scope.FILING
        return Scope.ROW if any(item.table for item in self.loose) else Scope.FORM

    @cached_property
    def of_rows(self) -> bool:
        """Whether it speaks of the rows of a table one by one, be they compared with another form."""
        return self.scope is Scope.ROW or (self.scope is Scope.FILING and self.at.table is not None)

    @cached_property
    def asked_of(self) -> tuple[Form, ...]:
        """The forms the check applies to; of a check on a filing, the form with the cell to mend."""
        if self.scope is not Scope.FILING:
            return self.forms()
        return (next(form for form in FORMS.values() if form.has(self.at)),)

    @cached_property
    def table(self) -> str | None:
        """The table whose rows are checked one by one, if they are."""
        return next(item.table for item in self.loose if item.table) if self.of_rows else None


def _summed_over_forms(node: Expr | Predicate) -> bool:
    return isinstance(node, Sum) and node.column.table is None


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule with its words, its checks and its examples (see the module docstring)."""

    code: str
    title: str
    _: KW_ONLY
    severity: Severity
    basis: str
    message: str
    advice: str
    checks: tuple[Check, ...] = ()
    good: tuple[Example, ...] = ()
    bad: tuple[Example, ...] = ()
    live: tuple[Check, ...] = ()
    """Checks that only a form asks by itself: there the reader has not yet noticed what it will."""
    roles: tuple[Role, ...] = ()
    aliases: tuple[str, ...] = ()
    grouped: bool = False
    silenced_by: tuple[str, ...] = ()
    judge: Judge | None = None
    needs: tuple[Need, ...] = ()
    """What a filing must have before a rule that is a function is asked of it."""
    noted_on: frozenset[NotedOn] = frozenset()
    """What the reader reports it on (integrity of the workbook, notation); empty for a rule that is judged."""
    views: tuple[tuple[FilingView, ...], tuple[FilingView, ...]] = ((), ())
    """Good and bad examples of a frame rule."""
    batch_judge: BatchJudge | None = None
    batches: tuple[tuple[Batch, ...], tuple[Batch, ...]] = ((), ())
    """Good and bad examples of a batch rule: filings that are judged together."""
    examples_in_words: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Good and bad examples of a noted rule, in words: what is fine, and what is reported."""

    @property
    def on_form(self) -> tuple[Check, ...]:
        """The checks that a form may ask by itself."""
        return (*self.checks, *self.live)

    @cached_property
    def evidence(self) -> Evidence | None:
        """How often it was right on real filings; None where it has not spoken on them."""
        return evidence_of(self.code)

    @property
    def is_doubtful(self) -> bool:
        """Whether it was right on real filings too seldom to accuse anybody: it is an info at most."""
        return self.code not in SETTLED and self.evidence is not None and not self.evidence.is_enough

    def graded(self, own: Severity | None) -> Severity:
        """The severity of a finding, which may have one of its own."""
        return self.severity if self.is_doubtful else own or self.severity

    @property
    def noted(self) -> bool:
        """Whether the reader reports it and nothing is judged."""
        return bool(self.noted_on)

    @cached_property
    def needs_prior(self) -> bool:
        """Whether it compares with last year's filing: a check reads a field of it, or the rule needs it."""
        read = (item for check in self.checks for item in check.fields)
        return any(item.prior_of is not None for item in read) or any(isinstance(need, LastYear) for need in self.needs)

    @cached_property
    def form_keys(self) -> tuple[str, ...]:
        """Keys of the forms the rule applies to."""
        if self.roles:
            return tuple(map(key_of, self.roles))
        keys = {form.key for check in self.checks for item in check.fields for form in FORMS.values() if form.has(item)}
        return tuple(sorted(keys))

    def judge_filing(self, filing: FilingView) -> Iterable[Hit]:
        """The violations in a filing of a rule that is a function; none where the filing lacks what the rule needs."""
        return self.judge(filing) if self.judge is not None and can_ask(gaps_of(self.needs, filing)) else ()


registered: Final[dict[str, Rule]] = {}
"""Rules by code, of the modules imported so far; `catalogue` imports all."""


class Common(TypedDict, total=False):
    """Attributes of `Rule` that every decorator takes by name and passes on.

    `grouped` joins all hits on one form into one finding that lists the cells; `silenced_by` names
    rules whose finding on the same cell makes a finding of this rule superfluous.
    """

    severity: Required[Severity]
    basis: Required[str]
    aliases: tuple[str, ...]
    grouped: bool
    silenced_by: tuple[str, ...]
    live: tuple[Check, ...]


class CommonOfFunctions(Common, total=False):
    """The same of the decorators of rules that are functions: the documents they judge, and what they need of them."""

    roles: Required[tuple[Role, ...]]
    needs: Required[tuple[Need, ...]]


def rule(
    code: str,
    title: str,
    *,
    roles: tuple[Role, ...] = (),
    good: Iterable[Example] = (),
    bad: Iterable[Example] = (),
    **common: Unpack[Common],
) -> Callable[[Callable[[], Check | Iterable[Check]]], Rule]:
    """Register a rule that expressions can state; the function returns its check or checks."""

    def register(function: Callable[[], Check | Iterable[Check]]) -> Rule:
        result = function()
        checks = (result,) if isinstance(result, Check) else tuple(result)
        words = _words_of(function)
        return register_rule(
            Rule(code, title, **words, **common, checks=checks, good=tuple(good), bad=tuple(bad), roles=roles)
        )

    return register


def frame_rule(
    code: str,
    title: str,
    *,
    good: Iterable[FilingView],
    bad: Iterable[FilingView],
    **common: Unpack[CommonOfFunctions],
) -> Callable[[Judge], Rule]:
    """Register a rule that no expression can state; the function yields a hit for each violation in a filing.

    It is called for filings that have what the rule `needs`.
    """

    def register(judge: Judge) -> Rule:
        views = (tuple(good), tuple(bad))
        return register_rule(Rule(code, title, **_words_of(judge), **common, judge=judge, views=views))

    return register


def batch_rule(
    code: str,
    title: str,
    *,
    good: Iterable[Batch],
    bad: Iterable[Batch],
    **common: Unpack[CommonOfFunctions],
) -> Callable[[BatchJudge], Rule]:
    """Register a rule that only shows across filings; the function gets the texts of all of them at once.

    Its result must not depend on the order of the filings, and its time must grow little faster than their number.
    `needs` are what a filing must have for its texts to be compared.
    """

    def register(judge: BatchJudge) -> Rule:
        batches = (tuple(good), tuple(bad))
        return register_rule(Rule(code, title, **_words_of(judge), **common, batch_judge=judge, batches=batches))

    return register


def register_rule(new: Rule) -> Rule:
    """Put a rule into the register, as an info where it is doubtful; ValueError for a code that is in use."""
    for code in (new.code, *new.aliases):
        if code in registered or any(code in known.aliases for known in registered.values()):
            msg = f"rule code used twice: {code}"
            raise ValueError(msg)
    if new.is_doubtful:
        checks = tuple(replace(check, severity=None) for check in new.checks)
        new = replace(new, severity=Severity.INFO, checks=checks)
    registered[new.code] = new
    return new


def check(  # noqa: PLR0913 - the parts of a check, most by name
    at: Field,
    test: Predicate,
    expected: Expr | None = None,
    *,
    also: tuple[Field, ...] = (),
    severity: Severity | None = None,
    message: str = "",
    entry: bool = False,
    **words: tuple[Expr, Kind],
) -> Check:
    """A check with the cell to mend; `words` are values for the message, each with its kind."""
    return Check(at, test, expected, also=also, words=words, severity=severity, message=message, entry=entry)


def any_filled(*fields: Field) -> Predicate:
    """At least one of the cells is filled."""
    first, *rest = fields
    result: Predicate = first.filled
    for item in rest:
        result = result | item.filled
    return result


class _DocWords(TypedDict):
    """Message and advice in a docstring, as attributes of `Rule`."""

    message: str
    advice: str


def _words_of(function: Callable[..., object]) -> _DocWords:
    message, _, advice = inspect.cleandoc(function.__doc__ or "").partition("\n\n")
    return {"message": message.replace("\n", ""), "advice": advice.replace("\n", "")}
