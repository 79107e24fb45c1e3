"""Which function notices what: each is registered under the codes of the notes it gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

Noticing = TypeVar("Noticing", bound=Callable[..., Any])

NOTED: Final[dict[str, list[Callable[..., Any]]]] = {}
"""The functions that notice a code, by code."""


def noted(*codes: str) -> Callable[[Noticing], Noticing]:
    """Register a function under the codes of its notes; the function itself is not changed."""

    def register(function: Noticing) -> Noticing:
        for code in codes:
            NOTED.setdefault(code, []).append(function)
        return function

    return register
