"""The lock on a folder of results: one run at a time writes into it, for two officers may share it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

from xltool.findings import InputError
from xltool.storage.format import claim

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME: Final = "lock"


@contextmanager
def run_lock(hidden: Path, out: Path) -> Iterator[None]:
    """Lock the folder `out` for one run; the system releases the lock, too, when the run is killed.

    Raises ValueError, in Chinese, while another run holds it and where a newer program has used it, OSError where
    nothing can be written. On a file system without locks nothing is locked.
    """
    hidden.mkdir(parents=True, exist_ok=True)
    lock = FileLock(hidden / NAME, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        msg = f"另一个 xltool 正在向这个文件夹写审核结果，请等它结束后再运行：{out}"
        raise InputError(msg) from None
    except NotImplementedError:  # some network shares
        pass
    try:
        claim(hidden, out)
        yield
    finally:
        lock.release()
