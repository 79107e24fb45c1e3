"""Have workers try what may fail because of what somebody filed: each task gives a result or the reason for none."""

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


class _Result(msgspec.Struct, tag=True):
    """What the work returned."""

    data: bytes


class _UnforeseenError(msgspec.Struct, tag=True):
    """The name of an error that nobody foresaw."""

    error: str


class _DiskError(msgspec.Struct, tag=True):
    """An OSError: what was filed is not to blame. Texts go as bytes, for a path need not be valid Unicode."""

    errno: int
    reason: bytes
    filename: bytes


def run_attempts(
    workers: Workers,
    work: Callable[[_Task], bytes],
    tasks: Sequence[_Task],
    *,
    seconds: Callable[[int], float | None] = lambda _: None,
) -> Iterator[tuple[int, bytes | Failure]]:
    """The result of each task, by its number, in the order of the answers; OSError where a disk or a share refuses.

    `seconds` gives the time limit of a task, by its number; None is the limit for a file.
    """
    for number, answer in workers.pool.run(partial(attempt, work), tasks, allowed=seconds):
        allowed = seconds(number)
        yield (
            number,
            decode_answer(answer, workers.limits, seconds=workers.limits.seconds if allowed is None else allowed),
        )


def attempt(work: Callable[[_Task], bytes], task: _Task) -> bytes:
    """Do a task, in a worker; returns its result or its error, encoded. MemoryError ends the worker."""
    answer: _Result | _UnforeseenError | _DiskError
    try:
        answer = _Result(work(task))
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except OSError as error:
        answer = _DiskError(error.errno or 0, _bytes(error.strerror or error), _bytes(error.filename or ""))
    except BaseException as error:  # noqa: BLE001 - a panic in Rust is no Exception
        answer = _UnforeseenError(type(error).__name__)
    return msgspec.msgpack.encode(answer)


def decode_answer(answer: bytes | Lost, limits: Limits, *, seconds: float) -> bytes | Failure:
    """The result that `attempt` encoded, or why there is none; raises the OSError that a worker met."""
    if isinstance(answer, Lost):
        reasons = {
            Lost.CRASHED: CRASHED,
            Lost.TIMEOUT: TIMEOUT.format(seconds=seconds),
            Lost.MEMORY: MEMORY.format(memory=limits.memory / (1 << 20)),
        }
        return Failure(reasons[answer])
    result = msgspec.msgpack.decode(answer, type=_Result | _UnforeseenError | _DiskError)
    if isinstance(result, _DiskError):
        raise OSError(result.errno, _text(result.reason), _text(result.filename) or None)
    return result.data if isinstance(result, _Result) else Failure(FAILED.format(error=result.error))


def _bytes(text: object) -> bytes:
    return str(text).encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
