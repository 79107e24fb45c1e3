"""What xltool reports: the findings of an audit, and the errors that a caller may catch.

A finding is the unit everything after the audit works with: the desk's workbook, the returned copy, the letter and the
JSON of `xltool audit` are all views of it.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_A1 = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]+)")


class XltoolError(Exception):
    """The root of all errors that the functions of `xltool` raise on purpose.

    The text is the Chinese sentence that the command prints: what is wrong, where, and what to do.
    """


class InputError(XltoolError, ValueError):
    """What was given cannot be used: a path, an option, or a file beside the filings, such as a roster."""


class FileError(XltoolError, OSError):
    """A file or folder cannot be read or written; `errno` and `filename` are those of the system's own error."""

    def __str__(self) -> str:
        return self.strerror or ""


class UnreachableError(XltoolError, ConnectionError):
    """Worker processes, a cluster or a network folder cannot be reached."""


class Severity(StrEnum):
    """How grave a finding is: an error decides the exit code, an info never asks for action."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def label(self) -> str:
        """The word form users read."""
        return {"error": "错误", "warning": "警告", "info": "提示"}[self.value]

    @property
    def without_error(self) -> Severity:
        """The severity of a finding that rests on something read with a doubt: a warning at most."""
        return Severity.WARNING if self is Severity.ERROR else self


@dataclass(frozen=True, slots=True)
class Place:
    """Address of a cell in a set of files; `sheet` and `cell` are None for a whole file."""

    path: str
    sheet: str | None = None
    cell: str | None = None

    def __reduce__(self) -> tuple[type[Place], tuple[object, ...]]:
        """Pickle the members by position, as `Finding` does."""
        return Place, (self.path, self.sheet, self.cell)


@dataclass(frozen=True, slots=True)
class Exempted:
    """Why a finding is exempted: reason, who approved, until when (ISO date), and the severity it had."""

    reason: str
    approver: str
    until: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Consequence:
    """A finding that was folded into the one of its cause; `key` names it in the next round, as that of a finding."""

    rule: str
    path: str
    sheet: str | None = None
    cell: str | None = None
    field: str | None = None
    submission: str | None = None
    message: str = ""
    severity: Severity = Severity.ERROR
    key: str = ""

    @classmethod
    def of(cls, finding: Finding, key: str) -> Consequence:
        """A finding, to be folded into another one."""
        return cls(
            finding.rule,
            finding.path,
            finding.sheet,
            finding.cell,
            finding.field,
            finding.submission,
            finding.message,
            finding.severity,
            key,
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One discrepancy at the cell that has to be mended (contract §4).

    `actual` is what was filed and `expected` what it should be, both as shown to a reader
    (unit included); `related` are the other cells the finding rests on. A finding with an `exemption`
    is an info, whatever it was before.
    """

    rule: str
    severity: Severity
    path: str
    message: str
    advice: str
    basis: str
    submission: str | None = None
    sheet: str | None = None
    cell: str | None = None
    field: str | None = None
    actual: str | None = None
    expected: str | None = None
    related: tuple[Place, ...] = ()
    exemption: Exempted | None = None
    consequences: tuple[Consequence, ...] = ()
    """Findings of the same cause, which its correction settles."""

    def __reduce__(self) -> tuple[type[Finding], tuple[object, ...]]:
        """Pickle the members by position: three times as fast as what dataclasses with slots do."""
        return Finding, _MEMBERS(self)

    @property
    def order(self) -> tuple[str, str, int, int, str, str]:
        """Sort key of the contract: path, sheet, row, column, rule (then message, for ties)."""
        row, column = row_column(self.cell) if self.cell else (0, 0)
        return (self.path, self.sheet or "", row, column, self.rule, self.message)

    def to_dict(self) -> dict[str, Any]:
        """The finding as in the contract's JSON."""
        import msgspec  # noqa: PLC0415 - many times as fast as `asdict`, and nothing the rules need

        data: dict[str, Any] = msgspec.to_builtins(self)
        return data | {"related": list(data["related"]), "consequences": list(data["consequences"])}


_MEMBERS: Final = attrgetter(*(member.name for member in fields(Finding)))


_Item = TypeVar("_Item")


class ItemsByFile(Sequence[_Item], Generic[_Item]):
    """Findings, or their keys, in their order, stored so that those on one file are read without reading all."""

    @abstractmethod
    def on(self, path: str) -> Sequence[_Item]:
        """The items on one file, in their order."""


def keyed_on_files(findings: Sequence[Finding], keys: Sequence[str]) -> Callable[[str], Sequence[tuple[str, Finding]]]:
    """A function that returns the findings on a file with their keys; without `keys` each key is ""."""
    if isinstance(findings, ItemsByFile) and isinstance(keys, ItemsByFile):
        return lambda path: list(zip(keys.on(path), findings.on(path), strict=True))
    by_file: dict[str, list[tuple[str, Finding]]] = defaultdict(list)
    for key, finding in zip(keys or [""] * len(findings), findings, strict=True):
        by_file[finding.path].append((key, finding))
    return lambda path: by_file.get(path, ())


@lru_cache(maxsize=8192)
def row_column(cell: str) -> tuple[int, int]:
    """Row and column, both from 1, of an A1-style address; ValueError if it is none.

    >>> row_column("B12")
    (12, 2)
    """
    match = _A1.match(cell)
    if match is None:
        msg = f"not a cell address: {cell!r}"
        raise ValueError(msg)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def address(row: int, column: int) -> str:
    """A1-style address of a row and column, both from 1.

    >>> address(12, 28)
    'AB12'
    """
    return f"{column_letters(column)}{row}"


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """Letters of a column counted from 1.

    >>> column_letters(28)
    'AB'
    """
    letters = ""
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(65 + digit) + letters
    return letters
