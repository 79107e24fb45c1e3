"""A worker process: does the tasks it is sent, one after another, and ends with its parent.

It answers in bytes. Its memory is limited, and the programs it started end with it: on POSIX it leads a process group
(`launch`), on Windows a job object contains it.
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

from xltool.workers.relaxed_gc import relaxed_gc, spare_imports

if TYPE_CHECKING:
    from collections.abc import Callable

OUT_OF_MEMORY: Final = 86
"""Exit code of a worker that reached its limit; its heap cannot be trusted with the next file."""

READY: Final = b"ready"


_PR_SET_PDEATHSIG: Final = 1


def begin(tasks: int, leash: int, memory: int, scratch: str, parent: int) -> None:
    """Run as a worker of the process `parent`, with the handles of its pipes, until the end of this process."""
    from xltool.reader.program import SUPERVISED  # noqa: PLC0415 - the parent does not need it

    die_with(parent)
    # Nothing here multiplies matrices, and numpy's library for that starts a thread a processor: 20 ms and more.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    current_process().name = SUPERVISED
    serve(_end_of_pipe(tasks), _end_of_pipe(leash), memory, Path(scratch))
    os._exit(0)  # finalizing the interpreter would make the parent wait


def _end_of_pipe(handle: int) -> Connection:
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection  # noqa: PLC0415 - only there

        return PipeConnection(handle)
    return Connection(handle)


def serve(tasks: Connection, parent: Connection, memory: int, scratch: Path) -> None:
    """Answer tasks until their pipe is closed. Nothing is sent through `parent`, which closes when the parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C
    _silence_stderr()
    tempfile.tempdir = str(scratch)
    Thread(target=_follow, args=(parent, scratch), daemon=True).start()
    with relaxed_gc():
        # Import the work and what nearly all work needs, outside the time and memory of a file.
        start = _receive(tasks)
        if start is None:
            return
        _, modules = start
        for module in modules:
            import_module(module)
    bound_memory(memory)
    spare_imports()
    tasks.send_bytes(READY)
    while (message := _receive(tasks)) is not None:
        tasks.send_bytes(_do(*message))


def _receive(tasks: Connection) -> Any:  # noqa: ANN401 - a function, or a function with its task
    """The next message of the parent; None at the end."""
    try:
        return tasks.recv()
    except (EOFError, OSError):
        return None


def _do(work: Callable[[Any], bytes], task: object) -> bytes:
    try:
        return work(task)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _silence_stderr() -> None:
    """Send stderr nowhere: what a library in C or Rust prints when it aborts is no message for a user."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - it is no file
        os.dup2(nowhere.fileno(), 2)


def _follow(parent: Connection, scratch: Path) -> None:
    """Wait for the end of the parent, remove the scratch folder and end, because a killed parent cannot do it."""
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
    the parent holds a job with this process in it (`windows.tether`). On other systems there is only `_follow`.
    """
    if sys.platform != "linux":
        return
    import ctypes  # noqa: PLC0415 - only there

    libc = ctypes.CDLL(None)
    libc.signal.argtypes, libc.signal.restype = (ctypes.c_int, ctypes.c_void_p), ctypes.c_void_p
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    libc.signal(signal.SIGHUP, ctypes.cast(libc.alarm, ctypes.c_void_p))
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGHUP, 0, 0, 0)
    if os.getppid() != parent:  # it has ended already
        os._exit(1)


def end(pid: int) -> None:
    """End a worker and the programs it started, at once."""
    if sys.platform == "win32":
        from xltool.workers import windows  # noqa: PLC0415 - only there

        windows.terminate(pid)
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def bound_memory(more: int) -> None:
    """Limit this process, and each that it starts, to so many bytes beyond its present memory.

    macOS accepts the limit without enforcing it.
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
