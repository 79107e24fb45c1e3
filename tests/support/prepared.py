"""Workers forked from a prepared process, so that their imports are paid for once and not at every start; on Linux.

Only the start differs: from there on a worker is the same process, with the same pipes, limits and parent. How workers
really start is tested in `tests/workers`, by programs that tests run, and everywhere with `XLTOOL_LONG=1`.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import site
import socket
import subprocess
import sys
from array import array
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from threading import Lock
from typing import TYPE_CHECKING, Final, NoReturn

import msgspec

import xltool
from xltool.workers.worker import begin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from types import ModuleType

ROOT: Final = Path(__file__).parents[2]
LIBRARIES: Final = ("docx", "numpy", "python_calamine", "xlsxwriter")
"""What the program imports only where it needs it."""
WITH_THREADS: Final = ("distributed", "pandas", "pyarrow")
"""What starts threads when it is imported, or imports what does: a process with threads cannot be forked safely."""
MESSAGE: Final = 1 << 20
_PR_SET_CHILD_SUBREAPER: Final = 36


class Start(msgspec.Struct):
    """What a worker is started with."""

    environment: dict[str, str]
    folder: str
    modules: list[str]
    memory: int
    scratch: str
    parent: int


class Adopted(subprocess.Popen[bytes]):
    """A process that another one has started and left to this one."""

    def __init__(self, pid: int) -> None:
        """Wait for it and end it as for any child."""
        self.pid, self.args, self.returncode = pid, "worker", None
        self.stdin = self.stdout = self.stderr = None
        self._waitpid_lock, self._child_created = Lock(), True


class PreparedProcess:
    """A process that has imported what workers import, and forks."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock, self._environment = Lock(), dict(os.environ)
        self._socket, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process: subprocess.Popen[bytes] | None = None

    def _start(self) -> subprocess.Popen[bytes]:
        with self._theirs:
            return subprocess.Popen(  # noqa: S603 - this module
                [sys.executable, "-m", __name__, str(self._theirs.fileno())],
                cwd=ROOT,
                env=self._environment | {"OPENBLAS_NUM_THREADS": "1"},  # numpy starts no threads
                pass_fds=[self._theirs.fileno()],
                process_group=0,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

    def start_worker(self, tasks: Connection, leash: Connection, memory: int, scratch: Path) -> subprocess.Popen[bytes]:
        """Start a worker, as `launch.start_worker` does."""
        modules = [os.path.abspath(place) for place in sys.path]  # noqa: PTH100 - as the entries are: a text
        start = Start(dict(os.environ), str(Path.cwd()), modules, memory, str(scratch), os.getpid())
        handles = array("i", [tasks.fileno(), leash.fileno()])
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handles.tobytes())]
        with self._lock, _adopting_orphans():
            self._process = self._process or self._start()
            self._socket.sendmsg([msgspec.msgpack.encode(start)], ancillary)
            return Adopted(int(self._socket.recv(MESSAGE)))

    def close(self) -> None:
        """End it; its workers end with their pools."""
        self._socket.close()
        self._theirs.close()
        if self._process:
            self._process.wait()


@contextmanager
def _adopting_orphans() -> Iterator[None]:
    """Have processes whose parent ends fall to this one, and not to the first of the system."""
    prctl = ctypes.CDLL(None).prctl
    prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


@contextmanager
def prepared_process() -> Iterator[PreparedProcess]:
    """A process that forks workers until the end of the block."""
    prepared = PreparedProcess()
    try:
        yield prepared
    finally:
        prepared.close()


def serve(handle: int) -> None:
    """Fork a worker for each message, until there are no more."""
    modules: dict[str, ModuleType | None] = sys.modules  # type: ignore[assignment]
    modules.update(dict.fromkeys(WITH_THREADS))  # importing one of them fails
    for name in (*LIBRARIES, *(module.name for module in walk_packages(xltool.__path__, "xltool."))):
        if not name.startswith(("xltool.__main__", "xltool.cli", "xltool.desk", "xltool.workers.windows")):
            with suppress(ImportError):
                import_module(name)
    for name in WITH_THREADS:
        del sys.modules[name]
    gc.freeze()  # a collection in a worker would touch, and so copy, all that is shared
    with socket.socket(fileno=handle) as asked:
        while True:
            message, handles, *_ = socket.recv_fds(asked, MESSAGE, 2)
            if not message:
                return
            start = msgspec.msgpack.decode(message, type=Start)
            between = os.fork()
            if not between:
                _leave_a_worker(asked, start, handles)
            os.waitpid(between, 0)
            for passed in handles:
                os.close(passed)


def _leave_a_worker(asked: socket.socket, start: Start, handles: list[int]) -> NoReturn:
    """Fork a worker and end, so that it falls to the process that asked for it, which the worker then tells its pid."""
    if os.fork():
        os._exit(0)
    while os.getppid() != start.parent:
        os.sched_yield()
        try:
            os.kill(start.parent, 0)
        except ProcessLookupError:  # it was killed, as tests do, and this would wait for ever
            os._exit(1)
    asked.send(str(os.getpid()).encode())
    asked.close()
    _become_worker(start, handles)


def _become_worker(start: Start, handles: list[int]) -> NoReturn:
    """What a new interpreter would be: its group, folder, environment, modules and sitecustomize."""
    os.setpgid(0, 0)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.chdir(start.folder)
    os.environ.clear()
    os.environ.update(start.environment)
    sys.path[:] = [*filter(None, start.environment.get("PYTHONPATH", "").split(os.pathsep)), *start.modules]
    sys.modules.pop("sitecustomize", None)
    site.execsitecustomize()
    sys.path[:] = start.modules
    begin(handles[0], handles[1], start.memory, start.scratch, start.parent)
    os._exit(0)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
