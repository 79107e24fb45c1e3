"""Serve the desk on this computer: a socket on 127.0.0.1, the browser opened, the end when nobody looks any more."""

from __future__ import annotations

import socket
import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final
from urllib.request import ProxyHandler, build_opener

from xltool.desk.access import HOST, Access
from xltool.desk.recent import Recent, usual_place
from xltool.desk.workspace import Workspace
from xltool.findings import InputError
from xltool.storage.files import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xltool.desk.desk import Desk

IDLE: Final = 600.0
"""Seconds without a page and a job after which the server ends; browsers let pages in the background sleep."""
LOOKING: Final = 1.0
"""Seconds between two looks whether a page is open; a computer that sleeps counts as one look."""
PORT_IN_USE: Final = "端口 {port} 不能用，可能已被占用；请换一个，或不写 --port，由程序自己选"
ENDED_IDLE: Final = "页面都已关闭，xltool desk 已结束；再用时重新运行"
RUNNING: Final = "这个文件夹已经在另一个 xltool desk 里打开，已转到它的页面"


def serve(
    folder: Path | None,
    *,
    port: int,
    announce: Callable[[str], None],
    tell: Callable[[str], None],
    show: Callable[[str], object],
) -> None:
    """Serve until the user ends it or nobody looks any more.

    `announce` gets the first address, `tell` lines for the user, and `show` opens an address in the browser. InputError
    where the folder or the port cannot be used.
    """
    recent = Recent(usual_place())
    running = None if folder is None else recent.server_of(folder.resolve())
    if running is not None and is_alive(running):
        announce(running)
        tell(RUNNING)
        port = int(running.rpartition(":")[2].partition("/")[0])
        door = None if WINDOWS else recent.leave_door(port, running)
        show(running if door is None else door.as_uri())
        return
    with closing(listen(port)) as listening:
        access = Access(listening.getsockname()[1])
        workspace = None if folder is None else Workspace(folder)
        announce(access.address)
        door = None if WINDOWS else recent.leave_door(access.port, access.address)
        show(access.address if door is None else door.as_uri())
        # The browser starts meanwhile; its first request waits at the socket.
        from xltool.desk.desk import Desk  # noqa: PLC0415 - the pages are most of what a user would wait for

        desk = Desk(access, recent)
        if workspace is not None:
            desk.take(workspace)
        try:
            _run(desk, listening, tell=tell)
        finally:
            desk.closing.set()
            desk.jobs.stop()
            desk.jobs.wait()
            desk.close()
            recent.close_door(access.port)


def listen(port: int) -> socket.socket:
    """A socket on this computer only; port 0 lets the system choose. InputError where the port is in use."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.bind((HOST, port))
    except (OSError, OverflowError) as error:
        listening.close()
        raise InputError(PORT_IN_USE.format(port=port)) from error
    listening.listen()
    return listening


def is_alive(address: str) -> bool:
    """Whether a server answers at an address; a proxy of the office is not asked."""
    browser = build_opener(ProxyHandler({}))
    with suppress(OSError, ValueError), browser.open(address, timeout=2) as answer:
        return bool(answer.status == 200)  # noqa: PLR2004 - known to all
    return False


def _run(desk: Desk, listening: socket.socket, *, tell: Callable[[str], None]) -> None:
    import uvicorn  # noqa: PLC0415 - likewise

    from xltool.desk.app import build_app  # noqa: PLC0415 - likewise

    config = uvicorn.Config(
        build_app(desk),
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)

    def watch() -> None:
        if end_when_idle(desk):
            tell(ENDED_IDLE)
        server.should_exit = True

    threading.Thread(target=watch, name="xltool-idle", daemon=True).start()
    threading.Thread(target=desk.readers.warm, name="xltool-warm", daemon=True).start()
    server.run(sockets=[listening])


def end_when_idle(desk: Desk, *, idle: float = IDLE, looking: float = LOOKING) -> bool:
    """Wait until the server is to end; returns whether that is because no page was open for `idle` seconds."""
    quiet, last = 0.0, desk.last_seen
    while not desk.closing.wait(looking):
        if desk.jobs.running or desk.last_seen != last:
            quiet, last = 0.0, desk.last_seen
        else:
            quiet += looking
        if quiet >= idle:
            return True
    return False
