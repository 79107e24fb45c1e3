"""The program: `xltool` and `python -m xltool`."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def main() -> None:
    """Run the command that was called; see `xltool.cli.main`."""
    with _head_start(sys.argv[1:]):
        # Imported while workers start.
        from xltool.cli import main as run  # noqa: PLC0415

        run()


def _head_start(words: list[str]) -> AbstractContextManager[None]:
    """Start the workers of `audit`; nothing for other commands, which need not import what starts workers."""
    if words[:1] != ["audit"]:
        return nullcontext()
    from xltool.workers.head_start import head_start  # noqa: PLC0415 - likewise

    return head_start(words[1:])


if __name__ == "__main__":
    main()
