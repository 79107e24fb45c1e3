"""Job objects of Windows: structures and calls are right, as far as another system can tell."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

from xltool.workers import windows

if TYPE_CHECKING:
    import pytest


def test_the_limit_of_a_job_on_windows_is_laid_out_as_windows_reads_it() -> None:
    """The structures have the sizes the documentation gives for 64 bits."""
    limits = windows.limits_of(1 << 31)
    assert (ctypes.sizeof(windows.BasicLimits), ctypes.sizeof(limits)) == (64, 144)
    assert (limits.basic.flags, limits.process_memory) == (0x2100, 1 << 31)
    basic = [getattr(windows.BasicLimits, name).offset for name, _ in windows.BasicLimits._fields_]
    assert basic == [0, 8, 16, 24, 32, 40, 48, 56, 60]
    extended = [getattr(windows.ExtendedLimits, name).offset for name, _ in windows.ExtendedLimits._fields_]
    assert extended == [0, 64, 112, 120, 128, 136]


class _Kernel:
    """A stand-in for kernel32 that records the calls in their order."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def CreateJobObjectW(self, *_: object) -> int:  # noqa: N802 - as Windows has it
        """Create a job."""
        self.calls.append(("job",))
        return 7

    def SetInformationJobObject(  # noqa: N802 - as Windows has it
        self, job: int, kind: int, limits: ctypes._Pointer[windows.ExtendedLimits], size: int
    ) -> int:
        """Set its limits."""
        structure = ctypes.cast(limits, ctypes.POINTER(windows.ExtendedLimits)).contents
        self.calls.append(("limits", job, kind, structure.basic.flags, size))
        return 1

    def OpenProcess(self, rights: int, inherited: bool, pid: int) -> int:  # noqa: FBT001, N802 - as Windows has it
        """Open a process."""
        self.calls.append(("open", rights, inherited, pid))
        return pid + 1000

    def AssignProcessToJobObject(self, job: int, process: int) -> int:  # noqa: N802 - as Windows has it
        """Put a process into a job."""
        self.calls.append(("assign", job, process))
        return 1

    def CloseHandle(self, handle: int) -> int:  # noqa: N802 - as Windows has it
        """Close a handle."""
        self.calls.append(("close", handle))
        return 1


def test_on_windows_workers_are_in_a_job_that_ends_with_their_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """One job for all of them, whose only handle is never closed but by the end of the process."""
    monkeypatch.setattr(windows, "_jobs", [])
    kernel = _Kernel()
    windows.tether(kernel, 11)
    windows.tether(kernel, 12)
    assert kernel.calls == [
        ("job",), ("limits", 7, 9, 0x2000, 144),
        ("open", 0x101, False, 11), ("assign", 7, 1011), ("close", 1011),
        ("open", 0x101, False, 12), ("assign", 7, 1012), ("close", 1012),
    ]  # fmt: skip
