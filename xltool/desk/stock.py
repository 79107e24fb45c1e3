"""What came in and what is owed: the files of a round by folder, and the accounts of the roster as of the last look."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from xltool.desk.settings import HIDDEN
from xltool.desk.workspace import files_below
from xltool.storage import files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xltool.desk.workspace import Workspace
    from xltool.roster.inbox import Inbox

NAME: Final = "accounts{number}.json"
LOOSE: Final = "（没有放在单位文件夹里）"
NOTHING_MISSING: Final = "已报齐"


@dataclass(frozen=True)
class FiledFile:
    """A file that came in: its path below the folder of filings, its size, and when it was saved there."""

    path: str
    size: int
    time: float


@dataclass(frozen=True)
class FiledFolder:
    """The files of a folder of filings, which mostly is that of a department."""

    name: str
    files: tuple[FiledFile, ...]

    @property
    def time(self) -> float:
        """When the last came."""
        return max(file.time for file in self.files)


class StoredAccount(msgspec.Struct, frozen=True):
    """What a department owes and has sent, as of the last look."""

    department: str
    contact: str
    phone: str
    status: str
    owed: int
    received: int
    missing: tuple[str, ...]
    late: tuple[str, ...]


class Accounts(msgspec.Struct, frozen=True):
    """All accounts, the files that nobody's department could be said of, and how many files there were."""

    files: int
    time: float
    accounts: tuple[StoredAccount, ...]
    doubtful: tuple[tuple[str, str], ...]
    """Path and reason of files and forms that belong to nobody for certain."""

    @property
    def owing(self) -> tuple[StoredAccount, ...]:
        """Departments that have not filed everything."""
        return tuple(each for each in self.accounts if each.status != NOTHING_MISSING)


def list_filed(folder: Path) -> list[FiledFolder]:
    """The files below a folder of filings, by their first folder."""
    groups: dict[str, list[FiledFile]] = defaultdict(list)
    start = len(str(folder)) + 1
    for entry in files_below(folder):
        path, status = entry.path[start:].replace(os.sep, "/"), entry.stat()
        name, slash, _ = path.partition("/")
        groups[name if slash else LOOSE].append(FiledFile(path, status.st_size, status.st_mtime))
    return [FiledFolder(name, tuple(filed)) for name, filed in sorted(groups.items())]


def digest_of(listed: Sequence[FiledFolder]) -> str:
    """A text that changes whenever a file comes, changes or goes."""
    stock = [(file.path, file.size, file.time) for folder in listed for file in folder.files]
    return f"{len(stock)}-{hash(tuple(stock)) & 0xFFFFFFFFFFFF:x}"


def keep_accounts(workspace: Workspace, number: int, inbox: Inbox, *, count: int) -> None:
    """Keep the accounts of an inbox for the pages; `count` is the number of files it was made of."""
    accounts = tuple(
        StoredAccount(
            each.department,
            each.contact,
            each.phone,
            each.status,
            len(each.owed),
            len(each.received),
            each.missing,
            each.late,
        )
        for each in inbox.accounts
    )
    doubtful = tuple((each.path, each.reason or each.state.value) for each in inbox.receipts if not each.department)
    kept = Accounts(count, files.run_time().timestamp(), accounts, doubtful)
    files.write_whole(_place(workspace, number), msgspec.json.encode(kept))


def load_accounts(workspace: Workspace, number: int) -> Accounts | None:
    """The accounts as of the last look; None before the first."""
    try:
        return msgspec.json.decode(_place(workspace, number).read_bytes(), type=Accounts)
    except (OSError, msgspec.MsgspecError):
        return None


def _place(workspace: Workspace, number: int) -> Path:
    return workspace.inside(HIDDEN, NAME.format(number=number))
