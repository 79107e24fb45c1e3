"""Files a run is told of besides the filings: rosters, exemptions, earlier reviews. Read in a worker, as filings are.

They come from outside too, and what they do to the process that reads them costs a line and not the run. What the
worker says is plain data, checked as it comes in; an error is said again here as the one it was.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Generic, Self, TypeVar

import msgspec

from xltool.auditing.exemptions.file import read_exemptions
from xltool.auditing.exemptions.model import Exemptions
from xltool.auditing.rounds.last_review import Earlier
from xltool.findings import InputError
from xltool.outputs.officer_notes import Handling
from xltool.outputs.officer_notes import load as load_handled
from xltool.reader.limits import given
from xltool.roster import Roster, RosterError
from xltool.roster import load as load_roster
from xltool.storage import files
from xltool.workers.pool import Lost, Pool
from xltool.workers.scratch import scratch_dir

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from xltool.reader.limits import Limits

CRASHED = "读取时程序异常退出，请用 WPS 或 Excel 另存后重新运行"
TIMEOUT = "超过 {seconds:g} 秒仍未读完，请用 WPS 或 Excel 另存后重新运行"
MEMORY = "读取需要的内存超过上限 {memory:g} MiB"
FAILED = "读取时程序出错（{error}），请把文件发给维护人员"

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class _Aside(Generic[_Result]):
    """A file or folder, what it is called in a message, and what reads it."""

    what: str
    path: Path
    load: Callable[[Path], _Result]

    def unread(self, why: str) -> ValueError:
        """Why there is no result of it."""
        return InputError(f"{self.what}无法读取：{self.path}：{why}")


class _Read(msgspec.Struct, tag=True):
    """The result, packed."""

    data: bytes


class _Faulty(msgspec.Struct, tag=True):
    """A RosterError; texts of errors go as bytes, for a name in them may be one that is no text."""

    problems: tuple[bytes, ...]


class _Wrong(msgspec.Struct, tag=True):
    """A ValueError, in words for the user."""

    reason: bytes


class _Unreadable(msgspec.Struct, tag=True):
    """An OSError."""

    errno: int
    said: bytes
    filename: bytes


class _Unforeseen(msgspec.Struct, tag=True):
    """Any other error."""

    error: bytes


_Error = _Faulty | _Wrong | _Unreadable | _Unforeseen
_Answer = _Read | _Error


class SideInputs:
    """A context in which such files are read, by one worker for all of them; it is started for the first."""

    def __init__(self, pool: Pool | None = None) -> None:
        """Start nothing yet; `pool` are workers there are anyway."""
        self._stack = ExitStack()
        self._limits = given()
        self._given = pool

    def __enter__(self) -> Self:
        """Nothing to do."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let the worker go."""
        self._stack.__exit__(kind, error, at)

    def roster(self, path: Path) -> Roster:
        """The roster in a file or folder; raises what `roster.load` does, ValueError where reading does not end."""
        return self._read(_Aside("名册", path, load_roster), Roster)

    def exemptions(self, path: Path) -> Exemptions:
        """The exemptions in a file, as of the day of the run; raises as `granting.read_exemptions`, likewise."""
        return self._read(_Aside("豁免清单", path, partial(read_exemptions, today=files.run_time().date())), Exemptions)

    def earlier(self, folder: Path) -> Earlier:
        """The review an earlier run left in a folder; raises as `auditing.earlier.load`, likewise."""
        return self._read(_Aside("上次审核结果", folder, _earlier), Earlier)

    def handled(self, path: Path) -> dict[str, Handling]:
        """What an officer noted in a review, nothing where there is none; raises as `handled.load`, likewise."""
        return self._read(_Aside("上次的审核结果", path, load_handled), dict[str, Handling]) if path.exists() else {}

    @cached_property
    def _pool(self) -> Pool:
        if self._given is not None:
            return self._given
        return self._stack.enter_context(Pool(1, self._limits, self._stack.enter_context(scratch_dir(None))))

    def _read(self, aside: _Aside[_Result], kind: type[_Result]) -> _Result:
        ((_, said),) = self._pool.run(_answer, [aside])
        if isinstance(said, Lost):
            raise aside.unread(_why(said, self._limits))
        answer = msgspec.msgpack.decode(said, type=_Answer)
        if not isinstance(answer, _Read):
            raise _raised(aside, answer)
        return msgspec.msgpack.decode(answer.data, type=kind)


def _raised(aside: _Aside[_Result], told: _Error) -> Exception:
    """The error a worker tells of."""
    match told:
        case _Faulty(problems):
            return RosterError(aside.path.name, [_text(each) for each in problems])
        case _Wrong(reason):
            return InputError(_text(reason))
        case _Unreadable(number, said, filename):
            return OSError(number, _text(said), _text(filename) or None)
        case _Unforeseen(error):
            return aside.unread(FAILED.format(error=_text(error)))


def _why(lost: Lost, limits: Limits) -> str:
    reasons = {
        Lost.CRASHED: CRASHED,
        Lost.TIMEOUT: TIMEOUT.format(seconds=limits.seconds),
        Lost.MEMORY: MEMORY.format(memory=limits.memory / (1 << 20)),
    }
    return reasons[lost]


def _answer(aside: _Aside[_Result]) -> bytes:
    """What reading a file gave, in a worker."""
    return msgspec.msgpack.encode(_said(aside))


def _said(aside: _Aside[_Result]) -> _Answer:
    try:
        return _Read(msgspec.msgpack.encode(aside.load(aside.path)))
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except RosterError as error:
        return _Faulty(tuple(_bytes(each) for each in error.problems))
    except OSError as error:
        return _Unreadable(error.errno or 0, _bytes(error.strerror or error), _bytes(error.filename or ""))
    except BaseException as error:  # noqa: BLE001 - whatever a parser lets out is told, a panic in Rust too
        ours = isinstance(error, ValueError) and not isinstance(error, UnicodeError)
        return _Wrong(_bytes(error)) if ours else _Unforeseen(_bytes(f"{type(error).__name__}：{error}"))


def _earlier(folder: Path) -> Earlier:
    from xltool.auditing.rounds.stored_review import load  # noqa: PLC0415 - pandas only where a second round is asked for

    return load(folder)


def _bytes(said: object) -> bytes:
    return str(said).encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
