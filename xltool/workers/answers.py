"""Answers that a worker sends as plain data: the result of its work, or the error that ended it.

Texts of errors travel as bytes, for a path in them need not be valid Unicode.
"""

from __future__ import annotations

import msgspec


class Result(msgspec.Struct, tag=True):
    """What the work returned, encoded."""

    data: bytes


class DiskError(msgspec.Struct, tag=True):
    """An OSError: the disk or share is to blame, not what was filed."""

    errno: int
    reason: bytes
    filename: bytes

    @classmethod
    def of(cls, error: OSError) -> DiskError:
        """The answer for an OSError."""
        return cls(error.errno or 0, to_bytes(error.strerror or error), to_bytes(error.filename or ""))

    def as_error(self) -> OSError:
        """The OSError that the worker met."""
        return OSError(self.errno, to_text(self.reason), to_text(self.filename) or None)


class UnforeseenError(msgspec.Struct, tag=True):
    """Any error that nobody foresaw: its type, and its message where users are shown it."""

    error: bytes


def to_bytes(text: object) -> bytes:
    """A text as bytes, also one with lone surrogates."""
    return str(text).encode("utf-8", "surrogatepass")


def to_text(data: bytes) -> str:
    """The text that `to_bytes` encoded."""
    return data.decode("utf-8", "surrogatepass")
