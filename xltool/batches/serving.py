"""A worker process: does what it is sent, one task after another, on a leash.

It answers in bytes. It may take so much memory and no more, and it takes the programs it started with it when it ends:
on POSIX it leads a process group of its own, on Windows it sits in a job that ends with it.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
from contextlib import suppress
from shutil import rmtree
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from pathlib import Path

    from xltool.reader.limits import Limits

OUT_OF_MEMORY: Final = 86
"""Exit code of a worker that ran against its limit; its heap is not to be trusted with the next file."""

READY: Final = b"ready"


def serve(tasks: Connection, parent: Connection, limits: Limits, scratch: Path) -> None:
    """Answer tasks until their pipe is closed. `parent` never says anything: it ends when the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to act on
    _lead_a_group()
    _be_silent()
    tempfile.tempdir = str(scratch)
    Thread(target=_follow, args=(parent, scratch), daemon=True).start()
    bound_memory(limits.memory)
    tasks.send_bytes(READY)
    while True:
        try:
            work, task = tasks.recv()
        except (EOFError, OSError):
            return
        tasks.send_bytes(_done(work, task))


def _done(work: Callable[[Any], bytes], task: object) -> bytes:
    try:
        return work(task)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _lead_a_group() -> None:
    if sys.platform != "win32":
        os.setpgid(0, 0)


def _be_silent() -> None:
    """Say nothing on the terminal: what a library in C or Rust prints as it dies is no message for a user."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - it is no file
        os.dup2(nowhere.fileno(), 2)


def _follow(parent: Connection, scratch: Path) -> None:
    """Wait for the end of the parent, and end with it, leaving nothing; a parent that was killed cannot see to it."""
    try:
        parent.recv_bytes()
    except (EOFError, OSError):
        rmtree(scratch, ignore_errors=True)
        end(os.getpid())
        os._exit(1)


def end(pid: int) -> None:
    """End a worker and what it started, at once."""
    if sys.platform == "win32":
        from xltool.batches import windows  # noqa: PLC0415 - only there

        windows.terminate(pid)
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def bound_memory(more: int) -> None:
    """Let this process, and each it starts, take so many bytes beyond what it has now.

    macOS takes note of the limit without enforcing it.
    """
    if sys.platform == "win32":
        from xltool.batches import windows  # noqa: PLC0415 - only there

        windows.confine(more)
        return
    import resource  # noqa: PLC0415 - Windows has none

    gc.collect()
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = _mapped() + more
    resource.setrlimit(resource.RLIMIT_AS, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


def _mapped() -> int:
    """Address space in use, in bytes; libraries reserve more of it the more processors there are."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - as short as it gets
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 1 << 30
