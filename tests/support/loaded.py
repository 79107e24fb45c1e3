"""What a worker has imported when it has read a file; work for a pool, in a module that imports nothing else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from xltool.batches.reading import read_one

if TYPE_CHECKING:
    from xltool.reader.files.archives import Source


def loaded(source: Source) -> bytes:
    """Names of all modules, after the file was read."""
    read_one(source)
    return "\n".join(sys.modules).encode()
