"""What a kit is made of: versions resolved for the target by uv, wheels fetched by pip, hashes from the committed list.

pip cannot resolve for another system: `pip download --platform win_amd64` reads markers with the values of the system
it runs on, so that colorama, which typer needs on Windows, is left out without a word. uv has no download. So uv
resolves and pip fetches exactly these versions. `lock.txt` holds the versions and hashes that may go into a kit; no
name of an index stands in it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Final

from tools.kit.errors import KitError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tools.kit.targets import Target

ROOT: Final = Path(__file__).resolve().parents[2]
LOCK: Final = Path(__file__).with_name("lock.txt")
OVERRIDES: Final = Path(__file__).with_name("overrides.txt")
PYTHON: Final = f"{sys.version_info.major}.{sys.version_info.minor}"
"""A kit is for the version of Python that makes it: modules are compiled and names of the library known by it."""
OLDEST: Final = "3.11"
_QUIET: Final = ("--quiet", "--no-header", "--no-annotate", "--only-binary", ":all:")
_PIN: Final = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, order=True)
class Pin:
    """A distribution at a version."""

    name: str
    version: str


def read_lock(text: str) -> dict[Pin, frozenset[str]]:
    """The pins of a list and the SHA-256 of their files. KitError for a line that is neither."""
    hashes: dict[Pin, set[str]] = {}
    pin = None
    for line in text.splitlines():
        if match := _PIN.match(line):
            pin = Pin(match["name"], match["version"])
            hashes.setdefault(pin, set())
        elif line.strip() and not line.lstrip().startswith(("#", "--hash=")):
            msg = f"lock.txt has a line that is no pin: {line.strip()}"
            raise KitError(msg)
        if pin is not None:
            hashes[pin].update(_HASH.findall(line))
    return {pin: frozenset(known) for pin, known in hashes.items()}


def write_lock() -> None:
    """Resolve for every system and version of Python anew, and write lock.txt; with the network."""
    options = ("--universal", "--generate-hashes", "--python-version", OLDEST, "--upgrade", *_QUIET)
    _run_uv("pip", "compile", "pyproject.toml", *options, "--output-file", str(LOCK))


def resolve(target: Target, *, index: Sequence[str] = ()) -> list[Pin]:
    """Resolve what a kit needs for the markers of the target, within lock.txt; `index` are options of uv.

    overrides.txt names the dependencies of xltool that a kit leaves out.
    """
    options = ("--python-platform", target.uv_platform, "--python-version", PYTHON, *_QUIET, *index)
    bounds = ("--constraint", str(LOCK), "--override", str(OVERRIDES))
    text = _run_uv("pip", "compile", "pyproject.toml", *bounds, *options)
    return sorted(read_lock(text))


def requirements(pins: Sequence[Pin], lock: Mapping[Pin, frozenset[str]]) -> str:
    """The pins with the hashes of lock.txt, as pip reads them. KitError for a pin that is not in it."""
    missing = [f"{pin.name} {pin.version}" for pin in pins if not lock.get(pin)]
    if missing:
        msg = f"not in lock.txt: {', '.join(missing)}; renew it by `python -m tools.kit --lock`"
        raise KitError(msg)
    lines = [
        " ".join((f"{pin.name}=={pin.version}", *(f"--hash=sha256:{known}" for known in sorted(lock[pin]))))
        for pin in pins
    ]
    return "".join(f"{line}\n" for line in lines)


def fetch(target: Target, wanted: Path, folder: Path, *, index: Sequence[str] = ()) -> None:
    """Fetch the wheels that a list of requirements names into a folder; pip checks their hashes."""
    platforms = [word for platform in target.pip_platforms for word in ("--platform", platform)]
    version = PYTHON.replace(".", "")
    tags = ("--python-version", version, "--implementation", "cp", "--abi", f"cp{version}", *platforms)
    options = ("--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:", *index)
    command = [sys.executable, "-m", "pip", "download", *options, *tags, "-r", str(wanted), "-d", str(folder)]
    _run(command, "pip")


def build_own_wheel(folder: Path) -> None:
    """Build the wheel of xltool into a folder."""
    _run_uv("build", "--wheel", "--quiet", "--out-dir", str(folder), str(ROOT))


def _run_uv(*words: str) -> str:
    """What uv prints. It comes with `pip install '.[kit]'`, or stands on the path."""
    own = Path(sys.executable).with_name("uv")
    program = str(own) if own.exists() else which("uv")
    if program is None:
        msg = "uv is missing: pip install '.[kit]'"
        raise KitError(msg)
    return _run([program, *words], "uv")


def _run(command: Sequence[str], name: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - uv or pip
    if done.returncode:
        msg = f"{name} failed: {done.stderr.strip()}"
        raise KitError(msg)
    return done.stdout
