"""Start the desk as users do, for tests in the browser and for the pictures of the guide."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


PROGRAM = shlex.split(os.environ.get("XLTOOL_PROGRAM", "")) or [sys.executable, "-m", "xltool"]
"""The command that is tested: that of a kit where the environment names it."""


class NotStartedError(RuntimeError):
    """The desk ended before it gave an address; the text says with which code, and what it wrote on stderr."""


@contextmanager
def desk_server(state: Path, *words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The command `xltool desk` without a browser; gives the first address. `state` is where it remembers folders.

    Raises NotStartedError where it gives none.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as messages:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*PROGRAM, "desk", *words, "--no-browser"],
            stdout=subprocess.PIPE,
            stderr=messages,
            env={**os.environ, "XDG_STATE_HOME": str(state)},
            text=True,
        )
        lines = cast("IO[str]", process.stdout)
        try:
            address = lines.readline().strip()
            if not address:
                code = process.wait()
                messages.seek(0)
                msg = f"xltool desk ended with {code}: {messages.read().strip()}"
                raise NotStartedError(msg)
            yield address, process
        finally:
            process.kill()
            process.wait()
            lines.close()
