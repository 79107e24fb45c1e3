"""Have workers try what may fail because of what somebody filed: each task gives a result or the reason for none."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
from msgspec import Struct

from xltool.workers.answers import DiskError, Result, UnforeseenError, to_bytes, to_text
from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from xltool.batches.reading import Workers
    from xltool.reader.limits import Limits

LOST: Final = {
    Lost.CRASHED: "程序异常退出",
    Lost.TIMEOUT: "超过 {seconds:g} 秒仍未完成",
    Lost.MEMORY: "需要的内存超过上限 {memory:g} MiB",
}
"""Why a task has no result, with the bound it went beyond."""
FAILED = "出现意外错误（{error}）"

_Task = TypeVar("_Task")


class Failure(Struct, frozen=True):
    """Why there is no result, in words for the user."""

    reason: str


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
    for number, answer in workers.runner.run(partial(attempt, work), tasks, allowed=seconds):
        allowed = seconds(number)
        yield (
            number,
            decode_answer(answer, workers.limits, seconds=workers.limits.seconds if allowed is None else allowed),
        )


def attempt(work: Callable[[_Task], bytes], task: _Task) -> bytes:
    """Do a task, in a worker; returns its result or its error, encoded. MemoryError ends the worker."""
    answer: Result | UnforeseenError | DiskError
    try:
        answer = Result(work(task))
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except OSError as error:
        answer = DiskError.of(error)
    except BaseException as error:  # noqa: BLE001 - a panic in Rust is no Exception
        answer = UnforeseenError(to_bytes(type(error).__name__))
    return msgspec.msgpack.encode(answer)


def decode_answer(answer: bytes | Lost, limits: Limits, *, seconds: float) -> bytes | Failure:
    """The result that `attempt` encoded, or why there is none; raises the OSError that a worker met."""
    if isinstance(answer, Lost):
        return Failure(replace(limits, seconds=seconds).in_words(LOST[answer]))
    result = msgspec.msgpack.decode(answer, type=Result | UnforeseenError | DiskError)
    if isinstance(result, DiskError):
        raise result.as_error()
    return result.data if isinstance(result, Result) else Failure(FAILED.format(error=to_text(result.error)))
