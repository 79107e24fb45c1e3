"""The coverage of filings, put together of what rules were asked, of what they found, and of what reading noted."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from xltool.auditing.coverage.checks import ROW_OF, states_by_filing
from xltool.auditing.coverage.model import FilingCoverage, RuleState
from xltool.auditing.coverage.noted import states_of_noted
from xltool.auditing.coverage.operands import (
    CAUSE_BITS,
    CAUSE_MASK,
    WEIGHT_BITS,
    Cause,
    field_of,
)
from xltool.forms import FORMS, REPORT
from xltool.forms.words import item_of
from xltool.rules import needs
from xltool.rules.catalogue import RULES
from xltool.rules.needs import missing_forms

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from xltool.auditing.coverage.asked import Asked
    from xltool.auditing.coverage.operands import Codes
    from xltool.auditing.tables.scopes import FormScope
    from xltool.reader.records import Submission
    from xltool.rules.needs import Gap

SAME_CAUSE: Final = "与{规则}同一原因"
CODES: Final = tuple(RULES)
_FUNCTIONS: Final = tuple(rule for rule in RULES.values() if rule.needs)
_ROWS_BY_NEEDS: Final = {
    id(rule.needs): [ROW_OF[other.code] for other in _FUNCTIONS if other.needs is rule.needs] for rule in _FUNCTIONS
}
_WORDS: Final = {
    Cause.NO_ROWS: needs.NO_ROWS,
    Cause.BLANK: needs.NOT_FILLED,
    Cause.NOT_CALCULATED: "{表}{栏目}的公式没有计算结果",
    Cause.UNREADABLE: needs.UNREADABLE,
    Cause.NO_PRIOR_FORM: needs.NO_PRIOR_FORM,
    Cause.NO_PRIOR: needs.NO_PRIOR,
    Cause.INCOMPLETE: "{表}{栏目}按多个来源分列，没有合计",
    Cause.OPEN: "评分口径未定（W-26）",
}
_OF_LAST_YEAR: Final = frozenset({Cause.NO_PRIOR, Cause.NO_PRIOR_FORM})
_NO_PRIOR: Final = (needs.Gap(needs.NO_PRIOR),)
_EXPRESSION_ROWS: Final = np.array([ROW_OF[rule.code] for rule in RULES.values() if rule.checks])
_BY_WEIGHT: Final = (
    RuleState.UNDECIDED,
    RuleState.NOT_APPLICABLE,
    RuleState.KEPT,
    RuleState.UNDECIDED,
    RuleState.UNDECIDED,
)
"""The state of a rule in a filing by its weight (`checks`); 0: it was asked of no form of the filing."""
_LETTER_OF: Final = {state: ord(state.letter) for state in RuleState}
LETTERS: Final = np.array([_LETTER_OF[state] for state in _BY_WEIGHT], dtype=np.uint8)
IS_UNDECIDED: Final = np.array([state is RuleState.UNDECIDED for state in _BY_WEIGHT])


class Filed(Struct, frozen=True):
    """A filing that was judged: its forms, whether it has a narrative report, and the rules it was found against.

    `silenced` are rules whose finding was dropped, because a finding of another rule names its cause. With `has_unread`
    a file came in that could not be read.
    """

    name: str
    forms: Sequence[Submission]
    has_report: bool
    reported: Collection[str]
    silenced: Collection[str]
    has_unread: bool = False

    @property
    def keys(self) -> frozenset[str]:
        """The documents that were filed, by their keys."""
        return frozenset([*(form.form for form in self.forms), *([REPORT] if self.has_report else ())])


def coverage_of(
    asked: Asked,
    scopes: Mapping[str, FormScope],
    filings: Sequence[Filed],
    *,
    has_prior: bool,
    has_exemptions: bool,
) -> list[FilingCoverage]:
    """The coverage of filings: which rules could be asked of them, and what was found.

    `has_prior` says whether filings of last year were given at all.
    """
    states = states_by_filing(asked.checks, scopes, [filing.name for filing in filings], with_prior=has_prior)
    letters = LETTERS[states >> WEIGHT_BITS].T
    no_prior = needs.NO_PRIOR_FORM if has_prior else needs.NO_PRIOR
    result = []
    for number, filing in enumerate(filings):
        own = bytearray(letters[number].tobytes())
        reasons = _reasons_of_checks(states[:, number], filing.keys, no_prior)
        _add_functions(own, reasons, asked.gaps.get(filing.name, {}), no_prior)
        noted = states_of_noted(filing.forms, has_exemptions=has_exemptions)
        for row, letter in noted.letters:
            own[row] = letter
        reasons |= noted.reasons
        if filing.has_unread:
            reasons = {code: needs.in_unread_file(reason) for code, reason in reasons.items()}
        _add_found(own, reasons, filing)
        result.append(FilingCoverage(filing.name, own.decode("ascii"), reasons))
    return result


def _reasons_of_checks(states: Codes, filed: frozenset[str], no_prior: str) -> dict[str, str]:
    """Why rules that are expressions are undecided, by their code."""
    undecided = _EXPRESSION_ROWS[IS_UNDECIDED[states[_EXPRESSION_ROWS] >> WEIGHT_BITS]]
    causes = states[undecided] & CAUSE_MASK
    return {
        CODES[row]: _reason_of_check(CODES[row], cause, filed, no_prior)
        for row, cause in zip(undecided.tolist(), causes.tolist(), strict=True)
    }


@lru_cache(8192)
def _reason_of_check(code: str, cause: int, filed: frozenset[str], no_prior: str) -> str:
    """Why a rule is undecided; a cause of 0 says that it was asked of no form of the filing."""
    rule = RULES[code]
    if Cause(cause >> CAUSE_BITS) not in {Cause.NONE, Cause.NOT_FILED}:
        return _reason_of(cause)
    missing = [key for key in rule.form_keys if key not in filed]
    if missing and not (rule.needs_prior and len(missing) < len(rule.form_keys)):
        return missing_forms(missing)
    return no_prior.format(表="、".join(rule.form_keys))


def _add_functions(
    letters: bytearray, reasons: dict[str, str], gaps: Mapping[int, Sequence[Gap]], no_prior: str
) -> None:
    """Add the rules that are functions, those with the same needs at once; those not run need last year's data."""
    for number, rows in _ROWS_BY_NEEDS.items():
        own = gaps.get(number, _NO_PRIOR)
        state, reason = _state_of(own) if own else (RuleState.KEPT, "")
        for row in rows:
            letters[row] = _LETTER_OF[state]
            if reason:
                forms = "、".join(RULES[CODES[row]].form_keys)
                reasons[CODES[row]] = no_prior.format(表=forms) if reason == needs.NO_PRIOR else reason


@lru_cache(4096)
def _reason_of(cause: int) -> str:
    """A cause in words."""
    kind, item = Cause(cause >> CAUSE_BITS), field_of(cause)
    own = item.prior_of or item
    form = next((key for key, form in FORMS.items() if form.has(own)), "")
    words = _WORDS[kind].format(表=form, 栏目=item_of(item))
    return f"上年{words}" if item.prior_of is not None and kind not in _OF_LAST_YEAR else words


def _state_of(gaps: Sequence[Gap]) -> tuple[RuleState, str]:
    """The state of a rule that is a function, as the gaps of the filing say it."""
    whole = [gap for gap in gaps if not gap.partial]
    naming = next((gap for gap in whole or gaps if gap.applies), None)
    if naming is not None:
        return RuleState.UNDECIDED, naming.reason
    return (RuleState.NOT_APPLICABLE if whole else RuleState.KEPT), ""


def _add_found(letters: bytearray, reasons: dict[str, str], filing: Filed) -> None:
    """Add what was found: a rule whose finding was dropped is undecided until the cause is mended."""
    for code in filing.silenced:
        causes = RULES[code].silenced_by
        named = "、".join([other for other in causes if other in filing.reported] or causes)
        letters[ROW_OF[code]] = _LETTER_OF[RuleState.UNDECIDED]
        reasons[code] = SAME_CAUSE.format(规则=named)
    for code in filing.reported:
        letters[ROW_OF[code]] = _LETTER_OF[RuleState.VIOLATED]
        reasons.pop(code, None)
