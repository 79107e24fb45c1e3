"""What a rule that is a function needs of a filing before it can be asked of it.

A rule declares its needs once: they say whether it is called, and name what is missing where it could not be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from msgspec import Struct

from xltool.forms import FORMS, REPORT, key_of
from xltool.forms.model import REVIEW_ROLES, Role
from xltool.forms.words import item_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from xltool.expr.nodes import Field
    from xltool.text.views import FilingView, FormView

NOT_FILED: Final = "未报{表}"
UNREAD: Final = "{表}可能在收到、未能审核的文件里"
NO_PRIOR: Final = "未给上年数据"
NO_PRIOR_FORM: Final = "上年没有报送{表}"
NOT_FILLED: Final = "{表}{栏目}未填"
UNREADABLE: Final = "{表}{栏目}读不出数"
NO_ROWS: Final = "{表}没有明细行"
NOTHING_BESIDE: Final = "只有一张表，没有可以对照的"
_UNREADABLE: Final = "unparsed"
_MISSING: Final = frozenset({"blank", "not_calculated", _UNREADABLE})
"""States of cells without a value that ought to have one."""


class Gap(NamedTuple):
    """Something that a filing lacks for a rule.

    With `partial` some forms have it, and the rule is asked of these. With `applies` False the forms as filed have no
    such field, so that the rule has nothing to say of them.
    """

    reason: str
    partial: bool = False
    applies: bool = True


class Need(Protocol):
    """Something that a rule needs of a filing."""

    def gap(self, filing: FilingView) -> Gap | None:
        """What the filing lacks of it; None where it has all."""
        ...


def gaps_of(needs: Sequence[Need], filing: FilingView) -> list[Gap]:
    """What a filing lacks, in the order of the needs."""
    return [gap for need in needs if (gap := need.gap(filing)) is not None]


def can_ask(gaps: Iterable[Gap]) -> bool:
    """Whether a rule can be asked of a filing that lacks this."""
    return all(gap.partial for gap in gaps)


def missing_forms(keys: Iterable[str]) -> str:
    """The reason that forms were not filed, in words."""
    return NOT_FILED.format(表="、".join(keys))


def in_unread_file(reason: str) -> str:
    """The reason of a filing of which a file could not be read: a form that was not read may be in that file.

    >>> in_unread_file("未报附件2"), in_unread_file("附件1编制数未填")
    ('附件2可能在收到、未能审核的文件里', '附件1编制数未填')
    """
    prefix = NOT_FILED.format(表="")
    return UNREAD.format(表=reason.removeprefix(prefix)) if reason.startswith(prefix) else reason


class AllForms(Struct, frozen=True):
    """A form of each of these roles."""

    roles: tuple[Role, ...]

    def gap(self, filing: FilingView) -> Gap | None:
        """The forms that were not filed."""
        filed = _filed(filing)
        missing = [key for role in self.roles if (key := key_of(role)) not in filed]
        return Gap(missing_forms(missing)) if missing else None


class AnyForm(Struct, frozen=True):
    """A form of one of these roles."""

    roles: tuple[Role, ...]

    def gap(self, filing: FilingView) -> Gap | None:
        """All of them, where none was filed."""
        keys = [key_of(role) for role in self.roles]
        return Gap(missing_forms(keys)) if _filed(filing).isdisjoint(keys) else None


class SeveralForms(Struct, frozen=True):
    """Two forms, which are compared with each other."""

    def gap(self, filing: FilingView) -> Gap | None:
        """A second form."""
        return None if len(filing.forms) > 1 else Gap(NOTHING_BESIDE)


class SeveralDocuments(Struct, frozen=True):
    """Two forms, or a form and a narrative report, which are compared with each other."""

    def gap(self, filing: FilingView) -> Gap | None:
        """A second form or report."""
        return None if len(filing.forms) + len(filing.reports) > 1 else Gap(NOTHING_BESIDE)


class Filled(Struct, frozen=True):
    """Cells that are filled in, all of them, on each form that has one of the roles."""

    fields: tuple[Field, ...]
    roles: tuple[Role, ...] = REVIEW_ROLES

    def gap(self, filing: FilingView) -> Gap | None:
        """The first cell that is blank, or that a form does not have."""
        return _gap_on_forms(filing, self.roles, self._gap_on)

    def _gap_on(self, view: FormView) -> Gap | None:
        return _blank(view, [item for item in _own(view, self.fields) if not _stands(view, item)])


class AnyFilled(Struct, frozen=True):
    """Cells of which one is filled in, on each form that has one of the roles."""

    fields: tuple[Field, ...]
    roles: tuple[Role, ...] = REVIEW_ROLES

    def gap(self, filing: FilingView) -> Gap | None:
        """The first cell, where all are blank."""
        return _gap_on_forms(filing, self.roles, self._gap_on)

    def _gap_on(self, view: FormView) -> Gap | None:
        own = _own(view, self.fields)
        return None if any(_stands(view, item) for item in own) else _blank(view, own)


class Rows(Struct, frozen=True):
    """A row of the table on each form that has one of the roles."""

    roles: tuple[Role, ...] = REVIEW_ROLES

    def gap(self, filing: FilingView) -> Gap | None:
        """The first form without a row."""
        return _gap_on_forms(filing, self.roles, lambda view: None if view.rows else Gap(NO_ROWS.format(表=view.form)))


class LastYear(Struct, frozen=True):
    """A form of one of these roles in the filing of the year before."""

    roles: tuple[Role, ...]

    def gap(self, filing: FilingView) -> Gap | None:
        """Last year's filing, or the form in it."""
        if filing.prior is None:
            return Gap(NO_PRIOR)
        keys = [key_of(role) for role in self.roles]
        return Gap(NO_PRIOR_FORM.format(表="、".join(keys))) if _filed(filing.prior).isdisjoint(keys) else None


OF_REPORT: Final = (AllForms((Role.NARRATIVE_REPORT,)),)
"""What a rule on the text of the narrative report needs."""


def _filed(filing: FilingView) -> set[str]:
    """The keys of the documents of a filing."""
    filed = {view.form for view in filing.forms}
    return filed | {REPORT} if filing.reports else filed


def _gap_on_forms(filing: FilingView, roles: Sequence[Role], gap_on: Callable[[FormView], Gap | None]) -> Gap | None:
    """What the forms with these roles lack, partial where some lack nothing.

    A blank cell is named before one that a form does not have.
    """
    views = [view for view in filing.forms if view.role in roles]
    gaps = [gap for view in views if (gap := gap_on(view)) is not None]
    if not gaps:
        return None
    named = next((gap for gap in gaps if gap.applies), gaps[0])
    return named._replace(partial=len(gaps) < len(views))


def _own(view: FormView, fields: Iterable[Field]) -> list[Field]:
    """Those of some fields that the form is declared with."""
    return [item for item in fields if FORMS[view.form].has(item)]


def _stands(view: FormView, item: Field) -> bool:
    """Whether a cell has a number or a text."""
    return item.key in view.numbers or bool(view.texts.get(item.key))


def _blank(view: FormView, blank: Sequence[Field]) -> Gap | None:
    """The gap that some cells without a value are; None where there are none."""
    if not blank:
        return None
    # A cell that the form does not have is not in `blanks`; one that says 无 is left blank on purpose.
    item = next((item for item in blank if view.blanks.get(item.key) in _MISSING), None)
    words = {"表": view.form, "栏目": item_of(item or blank[0])}
    if item is not None and view.blanks[item.key] == _UNREADABLE:
        return Gap(UNREADABLE.format(**words))
    return Gap(NOT_FILLED.format(**words), applies=item is not None or view.texts.get(blank[0].key) == "")
