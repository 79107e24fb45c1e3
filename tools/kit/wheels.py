"""Wheels, unpacked for a kit: without what a kit cannot reach, and with their licences beside."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from email.parser import BytesParser
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name, parse_wheel_filename

from tools.kit.errors import KitError
from tools.kit.resolution import Pin

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from email.message import Message
    from pathlib import Path

_LICENCE_FILES: Final = ("LICEN[CS]E*", "COPYING*", "NOTICE*", "AUTHORS*")
_LIBRARY: Final = ("purelib", "platlib")
"""Parts of a wheel's .data folder that are installed beside its modules."""


@dataclass(frozen=True, slots=True)
class Package:
    """An unpacked wheel: paths below the folder of libraries, without what is left out."""

    pin: Pin
    metadata: Message
    sha256: str
    files: Mapping[str, bytes]
    left_out: frozenset[str]
    """Paths of the wheel that are not in the kit."""
    licences: Mapping[str, bytes]


def load(path: Path, left_out: Collection[str]) -> Package:
    """Unpack a wheel; `left_out` are patterns of paths. KitError where it is no wheel."""
    try:
        name, version, _, _ = parse_wheel_filename(path.name)
        content = path.read_bytes()
        with zipfile.ZipFile(path) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
    except (ValueError, zipfile.BadZipFile) as error:
        msg = f"{path.name} is no wheel: {error}"
        raise KitError(msg) from error
    info = next((member.partition("/")[0] for member in members if member.endswith(".dist-info/METADATA")), None)
    if info is None:
        msg = f"{path.name} has no METADATA"
        raise KitError(msg)
    installed = dict(_installed(members.items(), info.removesuffix(".dist-info") + ".data"))
    dropped = {member for member in installed if is_left_out(member, left_out)}
    licences = {member.partition("/")[2]: installed[member] for member in installed if _is_licence(member, info)}
    own = {f"{info}/METADATA", f"{info}/WHEEL", f"{info}/entry_points.txt"}
    files = {
        member: data
        for member, data in installed.items()
        if member not in dropped and (not member.startswith(f"{info}/") or member in own)
    }
    return Package(
        pin=Pin(canonicalize_name(name), str(version)),
        metadata=BytesParser().parsebytes(members[f"{info}/METADATA"], headersonly=True),
        sha256=hashlib.sha256(content).hexdigest(),
        files=files,
        left_out=frozenset(dropped),
        licences=licences,
    )


def _installed(members: Iterable[tuple[str, bytes]], data: str) -> Iterator[tuple[str, bytes]]:
    """Members where they are installed. Scripts and headers are for an environment, which a kit is not."""
    for member, content in members:
        if not member.startswith(f"{data}/"):
            yield member, content
            continue
        kind, _, rest = member.removeprefix(f"{data}/").partition("/")
        if kind in _LIBRARY:
            yield rest, content
        elif kind == "data":
            msg = f"a wheel installs {member} outside of the folder of libraries"
            raise KitError(msg)


def is_left_out(path: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern matches; `*` matches any number of folders."""
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def _is_licence(member: str, info: str) -> bool:
    within, _, rest = member.partition("/")
    name = rest.rpartition("/")[2].upper()
    in_folder = rest.startswith(("licenses/", "license_files/"))
    return within == info and (in_folder or any(fnmatchcase(name, pattern) for pattern in _LICENCE_FILES))


def check_hashes(packages: Iterable[Package], lock: Mapping[Pin, frozenset[str]], own: str) -> None:
    """Refuse a wheel whose hash is not in the list; the wheel of the program itself, `own`, was just built."""
    unknown = [
        package.pin.name
        for package in packages
        if package.pin.name != own and package.sha256 not in lock.get(package.pin, frozenset())
    ]
    if unknown:
        msg = f"wheels whose hash is not in lock.txt: {', '.join(sorted(unknown))}"
        raise KitError(msg)
