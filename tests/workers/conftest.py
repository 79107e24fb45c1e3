"""Workers as users have them: these tests are of their start and end."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _started_as_for_users(real_workers: None) -> None:
    """Nothing is prepared for them."""
