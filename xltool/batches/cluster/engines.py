"""Engines: where the tasks of a run are done, in worker processes of this machine or on a Dask cluster.

The engine changes where the work is done and no result: outputs are the same bytes either way.
"""

from __future__ import annotations

from contextlib import nullcontext
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Protocol

from xltool.findings import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from xltool.batches.cluster.remote import Origin
    from xltool.reader.limits import Limits
    from xltool.workers.pool import Runner

LOCAL_NAME, DASK_NAME = "local", "dask"
NO_SCHEDULER: Final = "--engine dask 需要已有的 Dask 集群：请用 --scheduler 写明调度器地址，如 tcp://10.0.0.5:8786"
NO_CLUSTER: Final = "--scheduler 只用于 --engine dask"
NO_DASK: Final = "没有安装多机运行所需的组件，请先执行：pip install 'xltool[cluster]'"


class Engine(Protocol):
    """A place where tasks are done."""

    def connect(self, pool: Runner, limits: Limits, scratch: Path) -> AbstractContextManager[Runner]:
        """The runner of tasks within `limits`; `pool` of this machine does what cannot be done elsewhere.

        `scratch` is a folder that only this run has, beside its results.
        """
        ...


class Local:
    """This machine."""

    @staticmethod
    def connect(pool: Runner, limits: Limits, scratch: Path) -> AbstractContextManager[Runner]:  # noqa: ARG004 - the pool knows them
        """The pool."""
        return nullcontext(pool)


LOCAL: Final[Engine] = Local()


def engine_of(name: str, scheduler: str | None = None, origins: Sequence[Origin] = ()) -> Engine:
    """The engine with this name; `origins` are the local folders that are copies of folders behind a URL.

    Raises ValueError for a name that is none, a cluster without an address, or where Dask is not installed.
    """
    if name == LOCAL_NAME:
        if scheduler is not None:
            raise InputError(NO_CLUSTER)
        return LOCAL
    if name != DASK_NAME:
        msg = f"没有这种运行方式：{name}，可选 {LOCAL_NAME}、{DASK_NAME}"
        raise InputError(msg)
    if not (scheduler or "").strip():
        raise InputError(NO_SCHEDULER)
    if find_spec("distributed") is None:
        raise InputError(NO_DASK)
    from xltool.batches.cluster.dask_engine import Dask  # noqa: PLC0415 - only where it is asked for, and installed

    return Dask((scheduler or "").strip(), tuple(origins))
