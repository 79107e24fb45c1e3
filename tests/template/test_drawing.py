"""What is worked out once for all forms issued alike."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from xltool.forms import FORMS
from xltool.forms.model import Sizes
from xltool.params import DEFAULT, profile_named
from xltool.template.blueprint import Told, drawn

if TYPE_CHECKING:
    from xltool.expr.nodes import Field


@pytest.fixture(autouse=True)
def nothing_drawn() -> None:
    """No form has been issued yet."""
    drawn.cache_clear()


def test_forms_issued_alike_are_drawn_once() -> None:
    """A form is not drawn again for a profile that has been to another process and back."""
    form, profile = FORMS["附件2"], profile_named("湖北", 2026)
    first = drawn(form, Sizes(), 2026, profile)
    assert drawn(form, Sizes(), 2026, pickle.loads(pickle.dumps(profile))) is first  # noqa: S301 - our own
    assert drawn(form, Sizes(), 2026, profile_named("四川", 2026)) is not first


@pytest.mark.parametrize("form", FORMS)
def test_whatever_reads_a_field_is_worked_out_for_it(form: str) -> None:
    """With any one field filled in, all formulas and lines show what they show when worked out for these values."""
    drawing = drawn(FORMS[form], Sizes(), 2026, DEFAULT)
    told: list[Told[object]] = [*drawing.formulas.values(), *drawing.lines]
    told += [total for _, columns in drawing.sums for _, total in columns]
    items = [item for item in FORMS[form].fields.values() if item.preset is None]
    columns = [item for table in FORMS[form].tables for item in table.inputs]
    cases: list[dict[Field, object]] = [{item: 7.5} for item in items]
    cases += [{item: [7.5, "文字"]} for item in columns]
    for filled in cases:
        values = drawing.values(filled)
        assert [drawing.shown(one, values) for one in told] == [one.now(values) for one in told], filled
