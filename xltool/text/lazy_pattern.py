"""Regular expressions that are compiled when they are first used.

To compile those of all rules takes as long as to judge a form, and a form needs few of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

_METHODS: Final = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn")


class _LazyPattern:
    """What stands for a pattern: it has its methods as soon as one of them was asked for."""

    def __init__(self, make: Callable[[], re.Pattern[str]]) -> None:
        """`make` compiles the pattern."""
        self._make = make

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a pattern has
        """Compile the pattern and keep its methods, so that Python never asks here for one of them again."""
        pattern = self._make()
        self.__dict__.update({method: getattr(pattern, method) for method in _METHODS})
        return getattr(pattern, name)


def lazy_pattern(make: Callable[[], re.Pattern[str]]) -> re.Pattern[str]:
    """The pattern that `make` compiles; it is called when a method of the pattern is first used."""
    return cast("re.Pattern[str]", _LazyPattern(make))
