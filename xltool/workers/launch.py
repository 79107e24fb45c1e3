"""A worker process is a Python of its own, started the same way on every system, and told the rest through a pipe.

multiprocessing starts processes too, but "fork" copies one that has threads, and "spawn" runs the caller's script once
more where that has no guard for its main module. loky does neither, but has two more processes keep book of what is
shared, and each of them, the worker and the caller import all of it: 0.2 s of the half second a file takes (tried:
3.7.0). Nothing is shared here.
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
"""Where this very program lies: a worker runs no other."""
_BEGIN: Final = (
    "import sys; sys.path[:] = {modules!a}\n"
    "from xltool.workers.worker import begin; begin({tasks}, {leash}, {memory}, {scratch!a}, {parent})"
)


def started(tasks: Connection, leash: Connection, memory: int, scratch: Path) -> subprocess.Popen[bytes]:
    """A worker that does what it is sent through `tasks`, until that is closed or `leash` is; see `serving.serve`.

    It finds modules where this process does, and is of the same program. Ctrl-C does not reach it, and it reads and
    prints nothing but, on stderr, why it cannot begin. Raises OSError where no process can be started.
    """
    modules = [os.path.abspath(str(place)) for place in sys.path]  # noqa: PTH100 - as the entries are: a text
    if HOME not in modules:  # somebody went to another folder, or took back what he had added to the path
        modules.insert(0, HOME)
    code = _BEGIN.format(
        modules=modules,
        tasks=tasks.fileno(),
        leash=leash.fileno(),
        memory=memory,
        scratch=str(scratch),
        parent=os.getpid(),
    )
    # -P: what lies in the folder of the call is data from outside, not modules.
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


def take_standard_handles() -> None:
    """Have the null device stand in for a standard stream that is closed: a pipe with its number would not get through.

    To be called before pipes for a worker are made.
    """
    if sys.platform != "win32":
        while (handle := os.open(os.devnull, os.O_RDWR)) <= _LAST_STANDARD:
            pass
        os.close(handle)


def _flags() -> list[str]:
    """Those of this interpreter that keep the environment and the user's own modules out of it."""
    given = {"-E": sys.flags.ignore_environment, "-s": sys.flags.no_user_site}
    return [flag for flag, is_on in given.items() if is_on]


def _inheriting(*handles: int) -> dict[str, Any]:
    """How `Popen` hands on the ends of pipes, and lets the process lead a group of its own."""
    if sys.platform == "win32":
        for handle in handles:
            os.set_handle_inheritable(handle, True)  # noqa: FBT003 - its only signature
        startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": list(handles)})
        return {"startupinfo": startup, "creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"pass_fds": handles, "process_group": 0}
