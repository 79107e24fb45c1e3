"""Start worker processes: each is a Python interpreter, started the same way on every system, with a pipe for tasks.

multiprocessing starts processes too, but "fork" copies a process that has threads, and "spawn" runs the caller's script
once more where its main module has no guard. loky does neither, but starts two more processes to track shared memory,
and these, the worker and the caller import all of it: 0.2 s of the half second a file takes (tried: 3.7.0). Nothing is
shared here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_LAST_STANDARD: Final = 2
"""stderr."""
HOME: Final = str(Path(__file__).absolute().parents[2])
"""The folder of this program: a worker runs no other."""
_BEGIN: Final = (
    "import sys; sys.path[:] = {modules!a}\n"
    "from xltool.workers.worker import begin; begin({tasks}, {leash}, {memory}, {scratch!a}, {parent})"
)


def start_worker(tasks: Connection, leash: Connection, memory: int, scratch: Path) -> subprocess.Popen[bytes]:
    """Start a worker that does the tasks it gets through `tasks`, until that or `leash` is closed; see `worker.serve`.

    It finds modules where this process does, and runs the same program. Ctrl-C does not reach it. It reads and prints
    nothing, except on stderr why it cannot start. Raises OSError where no process can be started.
    """
    modules = [os.path.abspath(str(place)) for place in sys.path]  # noqa: PTH100 - as the entries are: a text
    if HOME not in modules:  # the caller changed the folder or the path since xltool was imported
        modules.insert(0, HOME)
    code = _BEGIN.format(
        modules=modules,
        tasks=tasks.fileno(),
        leash=leash.fileno(),
        memory=memory,
        scratch=str(scratch),
        parent=os.getpid(),
    )
    # -P: files in the current folder are data from outside, not modules.
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-P", *_flags(), "-c", code],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        **_inheriting(tasks.fileno(), leash.fileno()),
    )
    if sys.platform == "win32":
        from xltool.workers import windows  # noqa: PLC0415 - only there

        windows.tether(windows.kernel, process.pid)
    return process


def open_standard_handles() -> None:
    """Open the null device for standard streams that are closed, so that no pipe of a worker gets their numbers.

    Call it before making pipes for a worker: a pipe with such a number is not passed on.
    """
    if sys.platform != "win32":
        while (handle := os.open(os.devnull, os.O_RDWR)) <= _LAST_STANDARD:
            pass
        os.close(handle)


def _flags() -> list[str]:
    """The flags of this interpreter that keep the environment and the user's own modules out."""
    given = {"-E": sys.flags.ignore_environment, "-s": sys.flags.no_user_site}
    return [flag for flag, is_on in given.items() if is_on]


def _inheriting(*handles: int) -> dict[str, Any]:
    """Options of `Popen` that pass on the ends of pipes and make the process the leader of a group."""
    if sys.platform == "win32":
        for handle in handles:
            os.set_handle_inheritable(handle, True)  # noqa: FBT003 - its only signature
        startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": list(handles)})
        return {"startupinfo": startup, "creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"pass_fds": handles, "process_group": 0}
