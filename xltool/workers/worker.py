"""A worker process: does what it is sent, one task after another, on a leash.

It answers in bytes. It may take so much memory and no more, and it takes the programs it started with it when it ends:
on POSIX it leads a process group of its own (`starting`), on Windows it sits in a job that ends with it.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
from contextlib import suppress
from importlib import import_module
from multiprocessing import current_process
from multiprocessing.connection import Connection
from pathlib import Path
from shutil import rmtree
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from xltool.workers.relaxed_gc import relaxed_gc

if TYPE_CHECKING:
    from collections.abc import Callable

OUT_OF_MEMORY: Final = 86
"""Exit code of a worker that ran against its limit; its heap is not to be trusted with the next file."""

READY: Final = b"ready"


_PR_SET_PDEATHSIG: Final = 1


def begin(tasks: int, leash: int, memory: int, scratch: str, parent: int) -> None:
    """Be a worker of the process `parent`, with the handles of its pipes, and nothing else in this process."""
    from xltool.reader.formats.office import SUPERVISED  # noqa: PLC0415 - who starts workers does without

    die_with(parent)

    current_process().name = SUPERVISED
    serve(_end_of_pipe(tasks), _end_of_pipe(leash), memory, Path(scratch))
    os._exit(0)  # who takes an interpreter down piece by piece is waited for


def _end_of_pipe(handle: int) -> Connection:
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection  # noqa: PLC0415 - only there

        return PipeConnection(handle)
    return Connection(handle)


def serve(tasks: Connection, parent: Connection, memory: int, scratch: Path) -> None:
    """Answer tasks until their pipe is closed. `parent` never says anything: it ends when the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to act on
    _be_silent()
    tempfile.tempdir = str(scratch)
    Thread(target=_follow, args=(parent, scratch), daemon=True).start()
    with relaxed_gc():
        # What will be asked for, and what nearly all of it imports: that takes none of the time and room of a file.
        if _received(tasks) is None:
            return
        import_module("xltool.reader.reading")
    bound_memory(memory)
    tasks.send_bytes(READY)
    while (asked := _received(tasks)) is not None:
        tasks.send_bytes(_done(*asked))


def _received(tasks: Connection) -> Any:  # noqa: ANN401 - a function, or one and its task
    """What the parent says; None where it says no more."""
    try:
        return tasks.recv()
    except (EOFError, OSError):
        return None


def _done(work: Callable[[Any], bytes], task: object) -> bytes:
    try:
        return work(task)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


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


def die_with(parent: int) -> None:
    """Have the system end this process a second after its parent, whatever it does by then; on Linux.

    `_follow` clears up and ends it sooner, but cannot run while one call into C (a regular expression, a power of
    large numbers) holds the interpreter. So the system sends SIGHUP when the parent ends, and what handles it is the
    C function `alarm` itself, which takes the number of the signal, 1, as the seconds until SIGALRM kills. On Windows
    the parent holds a job with this process in it (`windows.tether`). Elsewhere there is `_follow` alone.
    """
    if sys.platform != "linux":
        return
    import ctypes  # noqa: PLC0415 - only there

    libc = ctypes.CDLL(None)
    libc.signal.argtypes, libc.signal.restype = (ctypes.c_int, ctypes.c_void_p), ctypes.c_void_p
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    libc.signal(signal.SIGHUP, ctypes.cast(libc.alarm, ctypes.c_void_p))
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGHUP, 0, 0, 0)
    if os.getppid() != parent:  # it ended before that
        os._exit(1)


def end(pid: int) -> None:
    """End a worker and what it started, at once."""
    if sys.platform == "win32":
        from xltool.workers import windows  # noqa: PLC0415 - only there

        windows.terminate(pid)
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def bound_memory(more: int) -> None:
    """Let this process, and each it starts, take so many bytes beyond what it has now.

    macOS takes note of the limit without enforcing it.
    """
    if sys.platform == "win32":
        from xltool.workers import windows  # noqa: PLC0415 - only there

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
