"""Loaded by a worker of Dask before it works (`--preload`): processes of its chunks are forked from a prepared one."""

from __future__ import annotations

from tests.support.prepared import PreparedProcess
from xltool.workers import pool


def dask_setup(worker: object) -> None:
    """Prepare a process for this worker, which starts with the first chunk and ends with the worker."""
    del worker
    pool.start_worker = PreparedProcess().start_worker  # type: ignore[attr-defined] # pool does not re-export it
