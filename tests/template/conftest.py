"""Fixtures of the tests of templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.template.issued import TYPICAL, Variety, opened

if TYPE_CHECKING:
    from tests.support.template import Template


@pytest.fixture(params=TYPICAL, ids=str)
def variety(request: pytest.FixtureRequest) -> Variety:
    """One of the templates most tests look at."""
    chosen: Variety = request.param
    return chosen


@pytest.fixture
def template(variety: Variety) -> Template:
    """It, opened."""
    return opened(variety)
