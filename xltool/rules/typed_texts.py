"""Texts in cells of numbers, reported in the form while it is filled in: no formula counts them.

The reader reads many of them (`165万`, `15个`) and notes what it did (W-05, T-10); the form cannot read them, so that
there they must be typed again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.expr.nodes import Kind, Nothing, Numeric
from xltool.findings import Severity
from xltool.forms import FORMS
from xltool.rules.model import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.expr.nodes import Field

CODE: Final = "W-05"
MESSAGE: Final = "{item}填报“{filed}”是文本，公式没有计入；请只填半角数字，不带单位、逗号。"
_NUMBERS: Final = (Kind.COUNT, Kind.MONEY, Kind.AREA, Kind.SCORE)


def typed_texts() -> tuple[Check, ...]:
    """A check for each input of the forms that takes a number."""
    return tuple(
        Check(
            item,
            Numeric(item) | item.blank | Nothing(item),
            severity=Severity.ERROR,
            message=MESSAGE,
            words={"filed": (item, Kind.TEXT)},
        )
        for item in dict.fromkeys(_inputs())
    )


def _inputs() -> Iterator[Field]:
    for form in FORMS.values():
        items = (*form.fields.values(), *form.columns.values())
        yield from (item for item in items if item.is_input and item.kind in _NUMBERS)
