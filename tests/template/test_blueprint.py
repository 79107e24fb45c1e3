"""Parts of a template that all copies of a form share."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from xltool.forms import FORMS
from xltool.forms.model import Sizes
from xltool.params import DEFAULT, profile_named
from xltool.template.blueprint import LiveContent, blueprint_of

if TYPE_CHECKING:
    from xltool.expr.nodes import Field


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Start without any blueprint in the cache."""
    blueprint_of.cache_clear()


def test_forms_issued_alike_share_a_blueprint() -> None:
    """A profile that has been to another process and back still finds the blueprint in the cache."""
    form, profile = FORMS["附件2"], profile_named("湖北", 2026)
    first = blueprint_of(form, Sizes(), 2026, profile)
    assert blueprint_of(form, Sizes(), 2026, pickle.loads(pickle.dumps(profile))) is first  # noqa: S301 - our own
    assert blueprint_of(form, Sizes(), 2026, profile_named("四川", 2026)) is not first


@pytest.mark.parametrize("form", FORMS)
def test_content_is_computed_anew_for_each_field_it_reads(form: str) -> None:
    """Whichever field is filled in, all formulas and panel lines show the results for it, not those of a blank form."""
    blueprint = blueprint_of(FORMS[form], Sizes(), 2026, DEFAULT)
    contents: list[LiveContent[object]] = [*blueprint.formulas.values(), *blueprint.lines]
    contents += [total for _, columns in blueprint.sums for _, total in columns]
    items = [item for item in FORMS[form].fields.values() if item.preset is None]
    columns = [item for table in FORMS[form].tables for item in table.inputs]
    cases: list[dict[Field, object]] = [{item: 7.5} for item in items]
    cases += [{item: [7.5, "文字"]} for item in columns]
    for filled in cases:
        values = blueprint.values(filled)
        expected = [content.shown_for(values) for content in contents]
        assert [blueprint.shown(content, values) for content in contents] == expected, filled
