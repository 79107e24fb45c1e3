"""Work that may fail for what somebody filed, tried by workers: what comes of it, or why nothing does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import msgspec

from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from xltool.batches.reading import Workers
    from xltool.reader.limits import Limits

TIMEOUT = "超过 {seconds:g} 秒仍未完成"
MEMORY = "需要的内存超过上限 {memory:g} MiB"
CRASHED = "程序异常退出"
FAILED = "出现意外错误（{error}）"

_Task = TypeVar("_Task")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no result, in words for the user."""

    reason: str


class _Answered(msgspec.Struct, tag=True):
    """What the work gives."""

    data: bytes


class _Raised(msgspec.Struct, tag=True):
    """The name of an error that nobody foresaw."""

    error: str


class _Unreadable(msgspec.Struct, tag=True):
    """An OSError, which is no fault of what was filed; texts go as bytes, for a path may be no text."""

    errno: int
    reason: bytes
    filename: bytes


def attempted(
    workers: Workers,
    work: Callable[[_Task], bytes],
    tasks: Sequence[_Task],
    *,
    allowed: Callable[[int], float | None] = lambda _: None,
) -> Iterator[tuple[int, bytes | Failure]]:
    """What comes of each task, by its number, in the order of the answers; OSError where a disk or a share refuses.

    `allowed` gives the seconds a task may take, by its number; None is what the limits say of a file.
    """
    for number, answer in workers.pool.run(partial(attempt, work), tasks, allowed=allowed):
        seconds = allowed(number)
        yield number, result_of(answer, workers.limits, workers.limits.seconds if seconds is None else seconds)


def attempt(work: Callable[[_Task], bytes], task: _Task) -> bytes:
    """What work gives, or the error it raises, packed; in a worker, which MemoryError ends."""
    answer: _Answered | _Raised | _Unreadable
    try:
        answer = _Answered(work(task))
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except OSError as error:
        answer = _Unreadable(error.errno or 0, _bytes(error.strerror or error), _bytes(error.filename or ""))
    except BaseException as error:  # noqa: BLE001 - a panic in Rust is no Exception
        answer = _Raised(type(error).__name__)
    return msgspec.msgpack.encode(answer)


def result_of(answer: bytes | Lost, limits: Limits, seconds: float) -> bytes | Failure:
    """What `attempt` was given, or why not; raises the OSError that a worker met."""
    if isinstance(answer, Lost):
        reasons = {
            Lost.CRASHED: CRASHED,
            Lost.TIMEOUT: TIMEOUT.format(seconds=seconds),
            Lost.MEMORY: MEMORY.format(memory=limits.memory / (1 << 20)),
        }
        return Failure(reasons[answer])
    result = msgspec.msgpack.decode(answer, type=_Answered | _Raised | _Unreadable)
    if isinstance(result, _Unreadable):
        raise OSError(result.errno, _text(result.reason), _text(result.filename) or None)
    return result.data if isinstance(result, _Answered) else Failure(FAILED.format(error=result.error))


def _bytes(text: object) -> bytes:
    return str(text).encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
