"""Job objects of Windows, in place of process groups and limits: a job around each worker.

The job is closed with its last handle, which the worker has, and then ends every process in it: programs that the
worker started end with it, however it ends. A second job of the process that starts workers ends them when that
process ends. This module is imported on Windows only.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes
from typing import Any, Final

_EXTENDED_LIMITS: Final = 9
_PROCESS_MEMORY: Final = 0x100
_KILL_ON_CLOSE: Final = 0x2000
_TERMINATE: Final = 1
_SET_QUOTA: Final = 0x100
_jobs: Final[list[int]] = []
"""The job of the workers of this process, once there is one; its handle stays open until this process ends."""


class BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION, in types that have these sizes everywhere."""

    _fields_ = (
        ("per_process_user_time", ctypes.c_int64),
        ("per_job_user_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("minimum_working_set", ctypes.c_size_t),
        ("maximum_working_set", ctypes.c_size_t),
        ("active_processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("basic", BasicLimits),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


def limits_of(memory: int) -> ExtendedLimits:
    """The limits of a job whose processes may commit so many bytes each and end with it."""
    limits = ExtendedLimits()
    limits.basic.flags = _PROCESS_MEMORY | _KILL_ON_CLOSE
    limits.process_memory = memory
    return limits


def tether(kernel: Any, pid: int) -> None:  # noqa: ANN401 - kernel32, which is there on Windows only
    """Have the system end a worker when this process ends, however that happens, and whatever the worker is doing.

    Does nothing where the system allows no job: the worker follows its parent by itself.
    """
    if not _jobs and (job := kernel.CreateJobObjectW(None, None)):
        limits = ExtendedLimits()
        limits.basic.flags = _KILL_ON_CLOSE
        kernel.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits))
        _jobs.append(job)
    process = kernel.OpenProcess(_TERMINATE | _SET_QUOTA, False, pid)  # noqa: FBT003 - not to be inherited
    if process:
        for job in _jobs:
            kernel.AssignProcessToJobObject(job, process)
        kernel.CloseHandle(process)


if sys.platform == "win32":
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateJobObjectW.restype = wintypes.HANDLE
    kernel.GetCurrentProcess.restype = wintypes.HANDLE
    kernel.OpenProcess.restype = wintypes.HANDLE
    kernel.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD)
    kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    kernel.TerminateProcess.argtypes = (wintypes.HANDLE, wintypes.UINT)
    kernel.CloseHandle.argtypes = (wintypes.HANDLE,)

    def confine(memory: int) -> None:
        """Put this process into a job of its own; the handle is left open for as long as the process lives."""
        job = kernel.CreateJobObjectW(None, None)
        limits = limits_of(memory)
        size = ctypes.sizeof(limits)
        done = job and kernel.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(limits), size)
        if not done or not kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess()):
            raise ctypes.WinError(ctypes.get_last_error())

    def terminate(pid: int) -> None:
        """End a process; nothing if it has ended."""
        process = kernel.OpenProcess(_TERMINATE, False, pid)  # noqa: FBT003 - not to be inherited
        if process:
            kernel.TerminateProcess(process, 1)
            kernel.CloseHandle(process)
