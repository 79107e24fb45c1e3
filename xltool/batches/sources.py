"""The files of a call: found in a fixed order, links not followed, results of earlier runs left out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from xltool.archives import Source, readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class NothingToCheckError(ValueError):
    """A path that does not exist or holds no file; the text says so in Chinese."""


def discover(paths: Sequence[Path]) -> list[Source]:
    """Files to look at: the given ones, and all below the given folders, in a fixed order.

    Names are relative to a folder given alone, else as given; a file given twice is looked at once.
    Links met in a folder are not followed and hidden entries (.xltool among them) not entered.
    Raises NothingToCheckError.
    """
    sources: dict[Path, Source] = {}
    for path in paths:
        if path.is_dir():
            found = [Source(file, _name(file, path, alone=len(paths) == 1)) for file in _below(path)]
        elif path.is_file():
            found = [Source(path.resolve() if path.is_symlink() else path, readable(path.as_posix()))]
        else:
            msg = f"找不到文件或文件夹：{path}"
            raise NothingToCheckError(msg)
        for source in found:
            sources.setdefault(source.path.parent.resolve() / source.path.name, source)
    if not sources:
        msg = f"没有可以检查的文件：{'、'.join(str(path) for path in paths)}"
        raise NothingToCheckError(msg)
    return list(sources.values())


def _below(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(root) / name
            if not name.startswith(".") and (path.is_symlink() or path.is_file()):
                yield path


def _name(path: Path, folder: Path, *, alone: bool) -> str:
    return readable((path.relative_to(folder) if alone else path).as_posix())


def sources_below(folder: Path, out: Path) -> list[Source]:
    """Files of the folder, without what earlier runs wrote into an `out` inside it."""
    if not folder.is_dir():
        msg = f"找不到文件夹：{folder}"
        raise NothingToCheckError(msg)
    here, inside = folder.resolve(), out.resolve()
    if inside == here:
        msg = f"审核结果不能写入被检查的文件夹本身，请另选一个文件夹：{out}"
        raise NothingToCheckError(msg)
    found = discover([folder])
    if here in inside.parents:
        found = without(found, out)
    if not found:
        msg = f"没有可以检查的文件：{folder}"
        raise NothingToCheckError(msg)
    return found


def without(sources: Sequence[Source], folder: Path) -> list[Source]:
    """The sources that do not lie in a folder."""
    inside = folder.resolve()
    return [source for source in sources if inside not in source.path.parent.resolve().joinpath("-").parents]
