"""Tasks that workers are handed, and the progress of work on them: how many are done, and what is being done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import Generic, TypeVar, overload

_Item = TypeVar("_Item")
_Task = TypeVar("_Task")


class Progress:
    """The progress of work on many items, called with the number of items that were done since the last call."""

    def __init__(self, show: Callable[[int, str], object]) -> None:
        """`show` gets the number of items, and the name of the item that has been worked on longest, "" for none."""
        self._show = show
        self._begun: dict[str, None] = {}
        self._lock = Lock()

    def begin(self, name: str) -> None:
        """Work on an item begins."""
        self._note(0, begun=name)

    def __call__(self, count: int, name: str = "") -> None:
        """Items are done; `name` is that of an item that was begun."""
        self._note(count, done=name)

    def _note(self, count: int, *, begun: str = "", done: str = "") -> None:
        with self._lock:  # a cluster and this machine work side by side
            if begun:
                self._begun.setdefault(begun)
            self._begun.pop(done, None)
            self._show(count, next(iter(self._begun), ""))


class _Ignored(Progress):
    """Progress that nobody looks at."""

    def _note(self, count: int, *, begun: str = "", done: str = "") -> None:
        """Show and keep nothing."""


ignore = _Ignored(lambda *_: None)
Bar = Callable[[str, int], AbstractContextManager[Progress]]
"""Opens a progress bar with a label and a total."""


def no_bar(label: str, total: int) -> AbstractContextManager[Progress]:  # noqa: ARG001 - the signature of a Bar
    """A progress bar that shows nothing."""
    return nullcontext(ignore)


class LazyTasks(Sequence[_Task], Generic[_Item, _Task]):
    """Tasks that are built from their items when they are handed out."""

    def __init__(self, items: Sequence[_Item], build: Callable[[_Item], _Task]) -> None:
        """A task for each item."""
        self._items, self._build = items, build

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> _Task: ...
    @overload
    def __getitem__(self, index: slice) -> list[_Task]: ...
    def __getitem__(self, index: int | slice) -> _Task | list[_Task]:
        if isinstance(index, slice):
            return list(map(self._build, self._items[index]))
        return self._build(self._items[index])


def announced(tasks: Sequence[_Task], name: Callable[[int], str], progress: Progress) -> LazyTasks[int, _Task]:
    """The same tasks; `progress` is given the name of each, by its number, when it is handed out."""

    def hand_out(number: int) -> _Task:
        progress.begin(name(number))
        return tasks[number]

    return LazyTasks(range(len(tasks)), hand_out)
