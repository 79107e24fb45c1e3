"""A task for workers that lists the modules they have imported. This module itself imports as little as possible."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from xltool.batches.reading import read_file_packed

if TYPE_CHECKING:
    from xltool.reader.files.archives import Source


def loaded(source: Source) -> bytes:
    """Read a file; gives the names of all modules imported by then."""
    read_file_packed(source)
    return "\n".join(sys.modules).encode()
