"""Options of runs over several counties, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.batches.folders import EPOCH, InlinePool
from xltool.batches import reading, side_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module", autouse=True)
def inline() -> Iterator[None]:
    """No processes, at a fixed time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", EPOCH)
        patch.setattr(reading, "Pool", InlinePool)
        patch.setattr(side_inputs, "Pool", InlinePool)
        yield
