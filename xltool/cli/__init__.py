"""The command line: thin, in Chinese, heavy imports only where a command needs them.

Results go to stdout, notices and progress to stderr. Exit codes: contract §3.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys

from xltool.cli.terminal import DEBUG, FINE, WRONG_CALL, tell, use_utf8
from xltool.workers.relaxed_gc import relaxed_gc

INTERRUPTED = 130
"""The exit code that shells expect after Ctrl-C."""


def main() -> None:
    """Run the program; no traceback reaches a user unless --debug is given, before or after the command."""
    use_utf8()
    given = [word for word in sys.argv[1:] if word != DEBUG]
    debug = len(given) < len(sys.argv) - 1
    # Nothing here multiplies matrices, and numpy's library for that starts a thread a processor: 20 ms.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    atexit.register(gc.freeze)  # no last garbage collection: saves 30 ms and more
    try:
        with relaxed_gc():
            code = _run(given or ["--help"])
        sys.stdout.flush()
        if code == INTERRUPTED:
            tell("已中断")
    except BrokenPipeError:
        # The reader of stdout has closed it (`| head`); what is left must not be flushed on exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FINE
    except KeyboardInterrupt:
        tell("已中断")
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001 - every error is printed as one line
        from xltool.cli.errors import reason

        if debug:
            import traceback

            traceback.print_exc()
        for line in getattr(error, "lines", None) or [reason(error)]:
            tell(line)
        code = WRONG_CALL
    sys.exit(code or FINE)


def _run(words: list[str]) -> int | None:
    """Run a command; returns its exit code. `audit` with files and no options does without typer, which takes 50 ms."""
    command, *rest = words
    if command == "audit" and rest and not any(word.startswith("-") for word in rest):
        from pathlib import Path

        from xltool.cli.audit_files import audit_files

        return audit_files([Path(word) for word in rest])
    from xltool.cli.commands import run

    return run(words)
