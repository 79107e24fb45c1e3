"""The libraries that extensions ask for: in the kit, in the Python it runs on, or in the system by a stated list."""

from __future__ import annotations

from fnmatch import fnmatchcase
from io import BytesIO
from typing import TYPE_CHECKING, Final

import pefile
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

_MAGIC: Final = {b"MZ": "windows", b"\x7fELF": "linux"}
_TABLES: Final = ("DIRECTORY_ENTRY_IMPORT", "DIRECTORY_ENTRY_DELAY_IMPORT")


def needed(content: bytes) -> set[str]:
    """Names of the libraries that an extension or a library asks for; none of what is neither.

    Names of Windows are in lower case, since Windows does not tell cases apart.
    """
    kind = next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), None)
    if kind == "windows":
        return {name.lower() for name in _needed_on_windows(content)}
    return set(_needed_on_linux(content)) if kind == "linux" else set()


def _needed_on_windows(content: bytes) -> Iterator[str]:
    image = pefile.PE(data=content, fast_load=True)
    directories = [pefile.DIRECTORY_ENTRY[f"IMAGE_{table}"] for table in _TABLES]
    image.parse_data_directories(directories)
    for table in _TABLES:
        yield from (entry.dll.decode("ascii") for entry in getattr(image, table, ()))


def _needed_on_linux(content: bytes) -> Iterator[str]:
    for section in ELFFile(BytesIO(content)).iter_sections():
        if isinstance(section, DynamicSection):
            yield from (vars(tag)["needed"] for tag in section.iter_tags("DT_NEEDED"))


def missing_libraries(files: Mapping[str, bytes], python: Collection[str], system: Iterable[str]) -> list[str]:
    """What is asked for and not there, as `path needs name`.

    A library is looked for beside the file that asks and in folders called `*.libs`, where wheels put them; `python`
    are the names beside the interpreter, `system` patterns of what the system has.
    """
    folders = {path: path.rpartition("/")[0] for path in files}
    names = {path: path.rpartition("/")[2].lower() for path in files}
    shared = {names[path] for path, folder in folders.items() if folder.endswith(".libs")} | set(python)
    beside: dict[str, set[str]] = {}
    for path, folder in folders.items():
        beside.setdefault(folder, set()).add(names[path])
    patterns = list(system)
    return [
        f"{path} needs {name}"
        for path in sorted(files)
        for name in sorted(needed(files[path]))
        if name.lower() not in beside[folders[path]] | shared
        and not any(fnmatchcase(name, pattern) for pattern in patterns)
    ]
