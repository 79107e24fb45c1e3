"""What takes long: one job at a time in a thread, with its progress, and a way to stop it.

A job that is stopped, or whose server is killed, loses nothing: runs go on where they stopped, and outputs are written
whole or not at all.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from xltool.batches.progress import Progress
from xltool.findings import InputError, XltoolError
from xltool.outputs.sheets.texts import visible
from xltool.storage.files import sentence_of
from xltool.workers.pool import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from xltool.batches.progress import Bar

BUSY: Final = "正在{title}，请等它完成，或先停止"
FAILED: Final = "程序内部错误（{error}），请把这一行和当时的操作发给维护人员"
STOPPED: Final = "已停止。做完的部分都已保存，再次开始时从停下的地方接着做。"


class JobState(StrEnum):
    """How far a job is."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class JobView:
    """What pages show of a job; `version` grows with each change."""

    version: int
    page: str
    """The address of the page that the job belongs to."""
    title: str
    state: JobState
    label: str = ""
    """What is being done."""
    item: str = ""
    """What it is being done with: a file, or a department."""
    done: int = 0
    total: int = 0
    lines: tuple[str, ...] = ()
    """What the job reports at its end: lines for the user."""


@dataclass(frozen=True)
class Control:
    """What a job is given: a progress bar, and the event that stops it."""

    bar: Bar
    stop: threading.Event


@dataclass
class Jobs:
    """The job that is running, or the last."""

    view: JobView | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether a job is running."""
        return self.view is not None and self.view.state is JobState.RUNNING

    def start(self, page: str, title: str, work: Callable[[Control], Sequence[str]]) -> None:
        """Start a job; InputError while another is running. What `work` returns is shown at its end."""
        with self._lock:
            if self.view is not None and self.running:
                raise InputError(BUSY.format(title=self.view.title))
            self._stop = threading.Event()
            version = self.view.version + 1 if self.view else 1
            self.view = JobView(version, page, title, JobState.RUNNING, "准备")
        control = Control(self._bar, self._stop)
        self._thread = threading.Thread(target=self._run, args=(work, control), name="xltool-job", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask the job to stop; it does so within seconds."""
        self._stop.set()
        if self.running:
            self._change(label="正在停止", item="")

    def wait(self, seconds: float | None = None) -> None:
        """Wait for the end of the job."""
        if self._thread is not None:
            self._thread.join(seconds)

    def dismiss(self, page: str) -> None:
        """Forget a job that is over, when its page has shown how it ended and the user goes on."""
        if self.view is not None and not self.running and self.view.page == page:
            self.view = None

    def _run(self, work: Callable[[Control], Sequence[str]], control: Control) -> None:
        try:
            lines = tuple(work(control))
        except StoppedError:
            self._change(state=JobState.STOPPED, label="", item="", lines=(STOPPED,))
        except XltoolError as error:
            self._change(
                state=JobState.FAILED, label="", item="", lines=tuple(getattr(error, "lines", None) or [str(error)])
            )
        except OSError as error:
            self._change(state=JobState.FAILED, label="", item="", lines=(sentence_of(error),))
        except Exception as error:  # noqa: BLE001 - a job must not end without its page saying so
            reason = FAILED.format(error=f"{type(error).__name__}：{error}")
            self._change(state=JobState.FAILED, label="", item="", lines=(reason,))
        else:
            self._change(state=JobState.DONE, label="", item="", lines=lines)

    @contextmanager
    def _bar(self, label: str, total: int) -> Iterator[Progress]:
        """A progress bar that pages show; beginning and advancing raise StoppedError once the job is to stop."""
        done = 0
        self._change(label=label, item="", done=0, total=total)

        def advance(count: int, item: str) -> None:
            nonlocal done
            if self._stop.is_set():
                raise StoppedError
            done += count
            self._change(done=done, item=visible(item))

        yield Progress(advance)

    def _change(self, **changes: object) -> None:
        with self._lock:
            if self.view is not None:
                self.view = replace(self.view, version=self.view.version + 1, **changes)  # type: ignore[arg-type] # the fields of the view
