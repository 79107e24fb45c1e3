"""stdout, stderr, exit codes and the progress bar."""

from __future__ import annotations

import codecs
import os
import sys
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from xltool.batches.progress import Progress

FINE, HAS_ERRORS, WRONG_CALL = 0, 1, 2
"""Exit codes: contract §3."""
DEBUG = "--debug"
"""The word after which an error shows its traceback."""
NAMES = "xltool-names"


class TextFormat(StrEnum):
    """Text for people or JSON for programs."""

    TEXT = "text"
    JSON = "json"


def tell(line: str) -> None:
    """One line on stderr; names and texts of files in it steer no terminal."""
    from xltool.outputs.sheets.texts import visible

    # Bytes of a name that are no text go through as they are.
    shown = "".join(char if "\udc80" <= char <= "\udcff" else visible(char) for char in line)
    sys.stderr.write(shown.replace("\n", " ") + "\n")


def tell_all(messages: Iterable[str]) -> None:
    """Lines for the user, on stderr."""
    for message in messages:
        tell(message)


def tell_unread(names: Sequence[str]) -> bool:
    """Name the files that could not be read on stderr, as the last line; returns whether there are any."""
    from xltool.outputs.summary import NAMED
    from xltool.outputs.terminal import unread_text

    if names:
        tell(unread_text(names[:NAMED], len(names)))
    return bool(names)


def show(text: str) -> None:
    """A result on stdout."""
    sys.stdout.write(text)


def use_utf8() -> None:
    """Windows consoles and pipes may not be UTF-8; what a program reads must be.

    File names that are not UTF-8, or are taken for something else on a C locale, come out as the bytes they are.
    """
    codecs.register_error(NAMES, _escaped)
    # A job may be started without streams; what it writes elsewhere is wanted all the same.
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - no file; to the end
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors=NAMES)


def _escaped(error: UnicodeError) -> tuple[str | bytes, int]:
    """The bytes a file name had, else an escape that can be read."""
    try:
        return codecs.lookup_error("surrogateescape")(error)
    except UnicodeError:
        return codecs.lookup_error("backslashreplace")(error)


@contextmanager
def bar(label: str, total: int) -> Iterator[Progress]:
    """A progress bar with a label and the name of what is being done, on stderr, on a terminal only."""
    from xltool.batches.progress import Progress, ignore

    if not sys.stderr.isatty():
        yield ignore
        return
    from rich import progress as rich
    from rich.console import Console
    from rich.table import Column

    from xltool.outputs.sheets.texts import visible

    name = rich.TextColumn("{task.fields[name]}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis"))
    columns = (rich.TextColumn(label), rich.BarColumn(), rich.MofNCompleteColumn(), rich.TimeRemainingColumn(), name)
    with rich.Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=total, name="")
        yield Progress(lambda count, name: shown.update(task, advance=count, name=visible(name).replace("\n", " ")))


def opened(page: Path) -> bool:
    """Open the page in a browser, where there is a screen and stdout is a terminal; returns whether that worked."""
    if not sys.stdout.isatty() or not _has_screen():
        return False
    import webbrowser

    try:
        return webbrowser.open(page.as_uri())
    except (webbrowser.Error, OSError):
        return False


def _has_screen() -> bool:
    """Whether windows can be opened; without them a text browser would take over the terminal."""
    return os.name == "nt" or sys.platform == "darwin" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
