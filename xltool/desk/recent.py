"""What the desk remembers on this computer for its user: the folders used last, and the servers that are running.

The file lies where programs keep such things (platformdirs: MIT, pure Python, in use by pip and Jupyter). Only its user
may read it, since whoever has the token of a server may use it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import platformdirs

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST: Final = 8
_OWN: Final = 0o600
_DOOR: Final = (
    '<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={address}"><title>xltool</title>'
)


class Memory(msgspec.Struct):
    """Work folders, the last used first, and the first address of the server that has a folder open."""

    folders: list[str] = []
    servers: dict[str, str] = {}


def usual_place() -> Path:
    """The file for the account that runs this."""
    return Path(platformdirs.user_state_dir("xltool", appauthor=False)) / "desk.json"


class Recent:
    """The memory, read and written at each use: several servers may run."""

    def __init__(self, place: Path) -> None:
        """Remember in the file at `place`; what cannot be written is not remembered."""
        self._place = place

    def folders(self) -> list[Path]:
        """The folders that are still there, the last used first."""
        return [path for path in map(Path, self._load().folders) if path.is_dir()]

    def server_of(self, folder: Path) -> str | None:
        """The first address of the server that has a folder open, as far as is known."""
        return self._load().servers.get(str(folder))

    def opened(self, folder: Path, address: str) -> None:
        """A server has opened a folder."""
        memory = self._load()
        memory.folders = list(_first_few([str(folder), *memory.folders]))
        memory.servers[str(folder)] = address
        self._save(memory)

    def closed(self, folder: Path) -> None:
        """A server has closed a folder."""
        memory = self._load()
        memory.servers.pop(str(folder), None)
        self._save(memory)

    def leave_door(self, port: int, address: str) -> Path | None:
        """Write a page that leads to a first address, for its user only; None where it cannot be written.

        All accounts of a computer see with which words a browser is started, and the token would be among them.
        """
        path = self._place.with_name(f"open-{port}.html")
        return path if _write_private(path, _DOOR.format(address=address).encode()) else None

    def close_door(self, port: int) -> None:
        """Remove the page that led to a first address."""
        self._place.with_name(f"open-{port}.html").unlink(missing_ok=True)

    def _load(self) -> Memory:
        try:
            return msgspec.json.decode(self._place.read_bytes(), type=Memory)
        except (OSError, msgspec.MsgspecError):
            return Memory()

    def _save(self, memory: Memory) -> None:
        _write_private(self._place, msgspec.json.encode(memory))


def _write_private(path: Path, data: bytes) -> bool:
    """Write a file that its user alone can read, not for a moment otherwise; returns whether that was possible."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWN), "wb") as file:  # noqa: PTH123 - with this mode from the start
            file.write(data)
        temporary.replace(path)
        return True
    return False


def _first_few(folders: Iterable[str]) -> Iterable[str]:
    return list(dict.fromkeys(folders))[:MOST]
