"""Read the other inputs of a run in a worker, as filings are: rosters, exemptions, earlier reviews.

They come from outside too; a file that crashes the process that reads it costs a line and not the run. The worker sends
plain data, checked as it comes in; an error that it met is raised here as the error that it was.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, Generic, Self, TypeVar

import msgspec

from xltool.auditing.exemptions.file import read_exemptions
from xltool.auditing.exemptions.model import Exemptions
from xltool.auditing.rounds.last_review import LastReview
from xltool.findings import InputError
from xltool.outputs.officer_notes import OfficerReview
from xltool.outputs.officer_notes import load as load_officer_review
from xltool.reader.limits import given
from xltool.roster import Roster, RosterError
from xltool.roster import load as load_roster
from xltool.storage import files
from xltool.workers.answers import DiskError, Result, UnforeseenError, to_bytes, to_text
from xltool.workers.pool import Lost, Pool
from xltool.workers.scratch import scratch_dir

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

LOST: Final = {
    Lost.CRASHED: "读取时程序异常退出，请用 WPS 或 Excel 另存后重新运行",
    Lost.TIMEOUT: "超过 {seconds:g} 秒仍未读完，请用 WPS 或 Excel 另存后重新运行",
    Lost.MEMORY: "读取需要的内存超过上限 {memory:g} MiB",
}
"""Why an input was not read, with the bound it went beyond."""
FAILED = "读取时程序出错（{error}），请把文件发给维护人员"

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class _SideInput(Generic[_Value]):
    """A file or folder, its name in messages, and the function that reads it."""

    title: str
    path: Path
    load: Callable[[Path], _Value]

    def unreadable(self, reason: str) -> InputError:
        """The error that says why there is no result."""
        return InputError(f"{self.title}无法读取：{self.path}：{reason}")


class _RosterProblems(msgspec.Struct, tag=True):
    """A RosterError; texts of errors go as bytes, for a name in them need not be valid Unicode."""

    problems: tuple[bytes, ...]


class _Mistake(msgspec.Struct, tag=True):
    """A ValueError, in words for the user."""

    reason: bytes


_Error = _RosterProblems | _Mistake | DiskError | UnforeseenError
_Answer = Result | _Error


class SideInputs:
    """Reads the other inputs of a run; a context manager that ends the worker, which is started for the first input."""

    def __init__(self, pool: Pool | None = None) -> None:
        """Start nothing yet; `pool` has workers that are running anyway."""
        self._stack = ExitStack()
        self._limits = given()
        self._given = pool

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the worker."""
        self._stack.__exit__(kind, error, at)

    def roster(self, path: Path) -> Roster:
        """The roster in a file or folder; raises as `roster.load`, and ValueError where the worker fails."""
        return self._read(_SideInput("名册", path, load_roster), Roster)

    def exemptions(self, path: Path) -> Exemptions:
        """The exemptions in a file, as of the day of the run; raises as `read_exemptions` and `roster`."""
        load = partial(read_exemptions, today=files.run_time().date())
        return self._read(_SideInput("豁免清单", path, load), Exemptions)

    def earlier(self, folder: Path) -> LastReview:
        """The review an earlier run left in a folder; raises as `stored_review.load` and `roster`."""
        return self._read(_SideInput("上次审核结果", folder, _earlier), LastReview)

    def officer_review(self, path: Path) -> OfficerReview:
        """What an officer noted in a review, empty without one; raises as `officer_notes.load` and `roster`."""
        if not path.exists():
            return OfficerReview()
        return self._read(_SideInput("上次的审核结果", path, load_officer_review), OfficerReview)

    @cached_property
    def _pool(self) -> Pool:
        if self._given is not None:
            return self._given
        return self._stack.enter_context(Pool(1, self._limits, self._stack.enter_context(scratch_dir(None))))

    def _read(self, side_input: _SideInput[_Value], kind: type[_Value]) -> _Value:
        ((_, data),) = self._pool.run(_answer, [side_input])
        if isinstance(data, Lost):
            raise side_input.unreadable(self._limits.in_words(LOST[data]))
        answer = msgspec.msgpack.decode(data, type=_Answer)
        if not isinstance(answer, Result):
            raise _error(side_input, answer)
        return msgspec.msgpack.decode(answer.data, type=kind)


def _error(side_input: _SideInput[_Value], answer: _Error) -> Exception:
    """The error that a worker met."""
    match answer:
        case _RosterProblems(problems):
            return RosterError(side_input.path.name, [to_text(problem) for problem in problems])
        case _Mistake(reason):
            return InputError(to_text(reason))
        case DiskError():
            return answer.as_error()
        case UnforeseenError(error):
            return side_input.unreadable(FAILED.format(error=to_text(error)))


def _answer(side_input: _SideInput[_Value]) -> bytes:
    """Read an input, in a worker; returns its value or error, encoded."""
    return msgspec.msgpack.encode(_value_or_error(side_input))


def _value_or_error(side_input: _SideInput[_Value]) -> _Answer:
    try:
        return Result(msgspec.msgpack.encode(side_input.load(side_input.path)))
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except RosterError as error:
        return _RosterProblems(tuple(to_bytes(problem) for problem in error.problems))
    except OSError as error:
        return DiskError.of(error)
    except BaseException as error:  # noqa: BLE001 - whatever a parser raises, a panic in Rust too
        if isinstance(error, ValueError) and not isinstance(error, UnicodeError):
            return _Mistake(to_bytes(error))
        return UnforeseenError(to_bytes(f"{type(error).__name__}：{error}"))


def _earlier(folder: Path) -> LastReview:
    from xltool.auditing.rounds.stored_review import load  # noqa: PLC0415 - Arrow only where a second round is asked for

    return load(folder)
