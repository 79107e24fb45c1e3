"""Make a kit: `python -m tools.kit --target windows --embeddable ZIP --sha256 HASH OUT`."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.kit.build import Kit, build
from tools.kit.errors import KitError
from tools.kit.layout import read_embeddable
from tools.kit.resolution import LOCK, PYTHON, build_own_wheel, fetch, read_lock, requirements, resolve, write_lock
from tools.kit.targets import TARGETS


def _arguments() -> ArgumentParser:
    parser = ArgumentParser("tools.kit", description=f"Make a kit for Python {PYTHON}, the version that runs this.")
    parser.add_argument("--target", choices=TARGETS, default="linux-x86_64")
    parser.add_argument("--embeddable", type=Path, metavar="ZIP", help="python.org's embeddable package, for Windows")
    parser.add_argument("--sha256", metavar="HASH", help="its hash, as python.org publishes it")
    parser.add_argument("--lock", action="store_true", help="renew the list of versions and hashes, and make no kit")
    parser.add_argument("out", type=Path, nargs="?", help="the folder that the kit is written into")
    return parser


def make(given: Namespace) -> Kit:
    """Resolve, fetch and build as the arguments say. KitError where that cannot be done."""
    target = TARGETS[given.target]
    if target.is_windows and not (given.embeddable and given.sha256):
        msg = "a kit for Windows needs --embeddable and --sha256: see the Windows downloads of python.org"
        raise KitError(msg)
    python = read_embeddable(given.embeddable, given.sha256) if target.is_windows else None
    lock = read_lock(LOCK.read_text(encoding="utf-8"))
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        wanted, wheels = folder / "requirements.txt", folder / "wheels"
        wanted.write_text(requirements(resolve(target), lock), encoding="utf-8")
        fetch(target, wanted, wheels)
        build_own_wheel(wheels)
        return build(target, wheels.glob("*.whl"), lock, python=python)


def main() -> None:
    """Run the program; a kit that cannot be made is one message and exit code 1."""
    parser = _arguments()
    given = parser.parse_args()
    try:
        if given.lock:
            write_lock()
            return
        if given.out is None:
            parser.error("name the folder that the kit is written into")
        kit = make(given)
    except KitError as error:
        sys.exit(str(error))
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / kit.name).write_bytes(kit.content)
    size, unpacked = (f"{number / 1e6:.1f} MB" for number in (len(kit.content), kit.unpacked))
    sys.stdout.write(f"{given.out / kit.name}: {size} packed, {unpacked} in {len(kit.files)} files\n")


if __name__ == "__main__":
    main()
