"""What several tests of the guard need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from xltool.reader.guard import Refused, check
from xltool.reader.limits import Limits

if TYPE_CHECKING:
    from pathlib import Path


def refusal(path: Path, limits: Limits | None = None) -> Refused:
    """The refusal of a file, which must come."""
    with pytest.raises(Refused) as caught:
        check(path, limits or Limits())
    return caught.value
