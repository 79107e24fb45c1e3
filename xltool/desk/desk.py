"""The state of a server: its work folder, its job, when it was last asked, and what pages need of all three."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from xltool.desk.jobs import Jobs
from xltool.desk.readers import Readers
from xltool.desk.results import ResultsCache
from xltool.desk.workspace import Workspace
from xltool.findings import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.desk.access import Access
    from xltool.desk.recent import Recent

NO_FOLDER = "请先选定工作文件夹"


class Desk:
    """What the pages of a server share."""

    def __init__(self, access: Access, recent: Recent) -> None:
        """Start without a work folder."""
        self.access, self.recent = access, recent
        self.jobs = Jobs()
        self.readers = Readers()
        self.results = ResultsCache()
        self.workspace: Workspace | None = None
        self.reserving = threading.Lock()
        self.receiving: set[Path] = set()
        """The places of files that are being received."""
        self.closing = threading.Event()
        """Set when the server ends."""
        self.last_seen = time.monotonic()

    @property
    def folder(self) -> Workspace:
        """The work folder; InputError where none is chosen yet."""
        if self.workspace is None:
            raise InputError(NO_FOLDER)
        return self.workspace

    def open(self, folder: Path) -> None:
        """Open a work folder in place of the one before; raises as `Workspace`, and InputError while a job runs."""
        if self.workspace is not None and self.workspace.root == folder.resolve():
            return
        if self.jobs.running:
            msg = "有任务正在进行，请等它完成后再换文件夹"
            raise InputError(msg)
        self.take(Workspace(folder))

    def take(self, workspace: Workspace) -> None:
        """Make a folder that was just opened the work folder."""
        self.close()
        self.workspace = workspace
        self.recent.opened(workspace.root, self.access.address)

    def close(self) -> None:
        """Let others open the work folder, and end the worker."""
        self.readers.close()
        if self.workspace is not None:
            self.recent.closed(self.workspace.root)
            self.workspace.close()
            self.workspace = None

    def seen(self) -> None:
        """Note that a page is open."""
        self.last_seen = time.monotonic()
