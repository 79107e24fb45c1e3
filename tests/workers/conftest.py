"""Workers as users have them."""

from __future__ import annotations

import pytest

from xltool.workers import launch, pool


@pytest.fixture(autouse=True)
def workers_that_really_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each worker is an interpreter of its own, started by the code that these tests are of."""
    monkeypatch.setattr(pool, "start_worker", launch.start_worker)
