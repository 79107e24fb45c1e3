"""Smaller limits on files, so that a test need not build what reaches the real ones."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from xltool.reader.limits import LIMITS, Limits

if TYPE_CHECKING:
    import pytest


def bound(patch: pytest.MonkeyPatch, **bounds: int) -> None:
    """Let all modules have these limits until the test ends."""
    bounded = replace(LIMITS, **bounds)
    for name, module in list(sys.modules.items()):
        if name.startswith("xltool.") and isinstance(getattr(module, "LIMITS", None), Limits):
            patch.setattr(module, "LIMITS", bounded)
