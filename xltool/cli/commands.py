"""All commands, registered with the application."""

from __future__ import annotations

import typer

from xltool.cli import batch, catalogue, convert_merge, desk, generate_roster, read_audit
from xltool.cli.app import app

__all__ = ["app", "batch", "catalogue", "convert_merge", "desk", "generate_roster", "read_audit", "run"]


def run(words: list[str]) -> int | None:
    """Run the command of these words; returns its exit code. Raises what it raises, KeyboardInterrupt for an abort."""
    try:
        code: int | None = app(words, standalone_mode=False)
    except typer.Exit as done:
        return done.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    return code
