"""What an audit is asked besides the files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xltool.reader.records import Submission


@dataclass(frozen=True)
class Terms:
    """What an audit goes by; the default is what it does by itself.

    `prior` are the forms of last year, each with the `filing` of this year that it precedes: they are
    compared with, and nothing is reported of them.
    """

    prior: tuple[Submission, ...] = ()
