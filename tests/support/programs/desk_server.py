"""Start the desk as users do, for tests in the browser and for the pictures of the guide."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def desk_server(state: Path, *words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The command `xltool desk` without a browser; gives the first address. `state` is where it remembers folders."""
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "xltool", "desk", *words, "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "XDG_STATE_HOME": str(state)},
        text=True,
    )
    lines = cast("IO[str]", process.stdout)
    try:
        yield lines.readline().strip(), process
    finally:
        process.kill()
        process.wait()
        lines.close()
