"""Dated limits and scoring profiles, each with its basis, from TOML files.

Limits (`params/*.toml`) hold everywhere; how scores are given differs by profile
(`params/profiles/*.toml`, or a file of a finance bureau). Money is in 万元, rates are fractions
(0.3 is 30%).
"""

from __future__ import annotations

import codecs
import tomllib
from functools import cache
from pathlib import Path

from msgspec import Struct

from xltool.findings import InputError
from xltool.params.profile import PARAMETERS, Change, Profile
from xltool.params.reading import CHOICES, SECTIONS, ProfileError, parse
from xltool.params.source import LONGEST, read_source

__all__ = [
    "BASE_YEAR",
    "CHOICES",
    "DEFAULT",
    "PARAMETERS",
    "SECTIONS",
    "Change",
    "Limit",
    "Params",
    "Profile",
    "ProfileError",
    "chosen",
    "load",
    "profile_named",
    "profile_names",
    "profile_of",
    "read_source",
    "same_as",
]

BASE_YEAR = 2023
FOLDER = Path(__file__).parent
DEFAULT_NAME = "默认"
SUFFIX = ".toml"
MOST_BYTES = 4 * LONGEST
"""Bytes of a profile file, in any encoding that is read."""


class Limit(Struct, frozen=True):
    """A threshold and its basis."""

    value: float
    basis: str


class Sign(Struct, frozen=True):
    """A sign that a filing is worth a spot check: its points, the least value that counts, and its basis."""

    points: int
    least: float
    basis: str


class Params(Struct, frozen=True):
    """The limits and the signs for spot checks of one year, by name."""

    year: int
    limits: dict[str, Limit]
    signs: dict[str, Sign]

    def __getitem__(self, name: str) -> float:
        """The value of a limit; KeyError if there is none."""
        return self.limits[name].value


@cache
def load(year: int = BASE_YEAR) -> Params:
    """The parameters in force for a year: the newest file not later than it."""
    years = sorted(int(name.name[:4]) for name in FOLDER.iterdir() if name.name[:4].isdigit())
    newest = max((known for known in years if known <= year), default=years[0])
    data = tomllib.loads((FOLDER / f"{newest}.toml").read_text(encoding="utf-8"))
    limits = {name: Limit(float(entry["value"]), entry["basis"]) for name, entry in data["limits"].items()}
    signs = {
        name: Sign(int(entry["points"]), float(entry["from"]), entry["basis"])
        for name, entry in data["spot_checks"].items()
    }
    return Params(newest, limits, signs)


@cache
def _shipped() -> dict[str, list[Profile]]:
    """The profiles that come with the program, by name; the versions of a profile in the order of their first year."""
    folder = FOLDER / "profiles"
    profiles: dict[str, list[Profile]] = {}
    texts = {entry.name: entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(SUFFIX)}
    # The default comes first: the others say only where they differ from it.
    for name in sorted(texts, key=lambda name: (name != "default.toml", name)):
        profile = parse(texts[name], lambda parent: profiles[parent][-1], own=False)
        profiles.setdefault(profile.name, []).append(profile)
    return {name: sorted(same, key=lambda profile: profile.since) for name, same in profiles.items()}


def profile_names() -> tuple[str, ...]:
    """Names of the profiles that come with the program, the default first."""
    return tuple(_shipped())


def profile_named(name: str, year: int | None = None) -> Profile:
    """The profile of a name in force for a year; ValueError (in Chinese) if there is none."""
    name = name.strip()
    if name not in _shipped():
        import difflib  # noqa: PLC0415 - only for a name that nobody knows

        near = difflib.get_close_matches(name, profile_names(), 1)
        hint = f"是不是“{near[0]}”？" if near else ""
        msg = f"没有这个评分口径：{name}（{hint}可选 {'、'.join(profile_names())}，或自定口径文件 .toml）"
        raise InputError(msg)
    same = _shipped()[name]
    return next((profile for profile in reversed(same) if year is None or profile.since <= year), same[0])


def profile_of(text: str, called: str = "") -> Profile:
    """A profile of a finance bureau's own from its text.

    Raises ValueError with the line of every mistake, and with the name of the file where it is given: `called`. Without
    it, mistakes in entries are a ProfileError, which holds them by line.
    """
    try:
        return parse(text, profile_named)
    except ValueError as error:
        if not called:
            raise
        msg = f"口径文件有误：{called}：{error}"
        raise InputError(msg) from None


def same_as(profile: Profile, year: int | None = None) -> Profile | None:
    """The profile of the program with the same entries, preferably of the same name; None if there is none."""
    names = sorted(profile_names(), key=lambda name: name != profile.name)
    known = (profile_named(name, year) for name in names)
    return next((candidate for candidate in known if not profile.changes(candidate)), None)


def chosen(wish: str, year: int | None = None) -> Profile:
    """The profile that a user names: one that comes with the program, or the path of a file.

    Raises ValueError for an unknown name or a file with mistakes, OSError for one that cannot be read.
    """
    path = Path(wish)
    if path.suffix.lower() != SUFFIX:
        return profile_named(wish, year)
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        msg = f"口径文件有误：{wish}：文件太大，最多 {LONGEST} 个字"
        raise InputError(msg)
    # PowerShell redirects output as UTF-16; a Chinese Notepad may save GB 18030.
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return profile_of(content.decode(encoding), wish)
        except UnicodeDecodeError:
            continue
    msg = f"口径文件有误：{wish}：不是文字文件"
    raise InputError(msg)


DEFAULT = profile_named(DEFAULT_NAME)
"""The profile that the official forms print."""
