"""The folder of the next round: last round's filings, in which what came back takes the places of what it replaces.

Files that came back lie anywhere and have any name. A form is known by its issue id, else by department, year, form and
project.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from xltool.findings import InputError
from xltool.normalize import fold
from xltool.reader.records import ARCHIVE
from xltool.storage import files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xltool.reader.records import FileRecord, FormHeader

UNKNOWN: Final = "没有对上"
"""Folder for files that came back and hold no form that is known."""
EXPLANATIONS: Final = "整改说明"
"""Folder for lists of problems that came back without the forms they are about."""
EXISTS: Final = "这个文件夹里已经有文件，请换一个新的文件夹：{}"

FormKey = tuple[str, ...]


class Outcome(StrEnum):
    """What became of a file."""

    KEPT = "照旧"
    REPLACED = "替换"
    ADDED = "新增"
    EXPLANATION = "整改说明"
    UNKNOWN = "没有对上"


@dataclass(frozen=True, slots=True)
class PlacedFile:
    """A file of the next round: the name it was read by, its place in the new folder, what it stands for."""

    name: str
    place: str
    outcome: Outcome
    replaced: tuple[str, ...] = ()
    """The files of last round that it takes the place of."""


def place_files(last: Sequence[FileRecord], back: Sequence[FileRecord]) -> list[PlacedFile]:
    """The files of the next round, those that came back first.

    What came back takes the place of the file whose forms it replaces, else lies beside the department's other files,
    else in 没有对上. A list of problems with explanations lies in 整改说明, for the next round reads them. Other files
    stay where they were, those of an archive in a folder of its name. What else reading skips is left out.
    """
    came = [file for file in back if _is_kept(file) or file.explanations]
    return _Placing([record for record in last if _is_kept(record)]).place(came)


def _is_kept(record: FileRecord) -> bool:
    return record.status != "skipped" and record.code != ARCHIVE


class _Placing:
    """The places of one round."""

    def __init__(self, last: Sequence[FileRecord]) -> None:
        """Note where each form of last round lies."""
        self._last = last
        self._keys = {record.path: {_key(form) for form in record.submissions} for record in last}
        self._places: dict[FormKey, list[str]] = defaultdict(list)
        self._folders: dict[str, str] = {}
        for record in last:
            for form in record.submissions:
                self._places[_key(form)].append(record.path)
                self._folders.setdefault(fold(form.full_department), str(PurePosixPath(_unpacked(record.path)).parent))
        self._used: set[str] = set()

    def place(self, back: Sequence[FileRecord]) -> list[PlacedFile]:
        """Place what came back, then what stays."""
        came = {_key(form) for record in back for form in record.submissions}
        gone = {path for path, keys in self._keys.items() if keys and keys <= came}
        stays = {record.path: _unpacked(record.path) for record in self._last if record.path not in gone}
        self._used.update(map(files.same_name, stays.values()))
        placed = [self._placed(record, gone) for record in back]
        return [*placed, *(PlacedFile(path, place, Outcome.KEPT) for path, place in stays.items())]

    def _placed(self, record: FileRecord, gone: set[str]) -> PlacedFile:
        keys = [_key(form) for form in record.submissions]
        replaced = tuple(dict.fromkeys(path for key in keys for path in self._places.get(key, ()) if path in gone))
        name = PurePosixPath(record.path).name
        folders = (self._folders.get(fold(form.full_department)) for form in record.submissions)
        folder = next((folder for folder in folders if folder is not None), None)
        if not _is_kept(record):
            place, outcome = PurePosixPath(EXPLANATIONS, name), Outcome.EXPLANATION
        elif replaced:
            place, outcome = PurePosixPath(_unpacked(replaced[0])), Outcome.REPLACED
            place = place.with_suffix(PurePosixPath(name).suffix)
        elif folder is not None:
            place, outcome = PurePosixPath(folder, name), Outcome.ADDED
        else:
            place, outcome = PurePosixPath(UNKNOWN, name), Outcome.UNKNOWN
        return PlacedFile(record.path, files.free_place(str(place), self._used), outcome, replaced)


def _unpacked(path: str) -> str:
    """The place of a file, the archive it lay in being a folder: 水利局.zip/附件1.xlsx in 水利局."""
    *folders, name = path.split("/")
    return "/".join([*(folder.removesuffix(".zip") for folder in folders), name])


def _key(form: FormHeader) -> FormKey:
    """What makes two files the same form."""
    if form.issue:
        return (form.issue,)
    return form.form, fold(form.full_department), str(form.year or ""), fold(form.project)


def copy_files(placed: Iterable[PlacedFile], paths: Mapping[str, Path], out: Path) -> list[Path]:
    """Copy the files to their places below `out`; returns them.

    Raises InputError where something lies in `out`, OSError where it cannot be written to.
    """
    if out.exists() and any(out.iterdir()):
        raise InputError(EXISTS.format(out))
    copies = []
    for file in placed:
        target = out / Path(*(files.writable(part) for part in file.place.split("/")))
        files.write_whole(target, files.reachable(paths[file.name]).read_bytes())
        copies.append(target)
    return copies
