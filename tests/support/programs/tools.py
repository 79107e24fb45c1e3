"""Skip a test whose outside program is missing, unless the machine has promised to have it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

REQUIRED = "XLTOOL_REQUIRE_TOOLS"


class ToolError(RuntimeError):
    """An outside program is missing, failed, or did not do what it was asked."""


def needs(program: Sequence[str] | str | None, name: str) -> pytest.MarkDecorator:
    """Mark that skips where `program` was not found; with XLTOOL_REQUIRE_TOOLS set the test runs, and fails."""
    missing = not program and not os.environ.get(REQUIRED)
    return pytest.mark.skipif(missing, reason=f"{name} was not found")
