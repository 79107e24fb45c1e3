"""Make a kit of wheels: unpack, lay out, check that it is closed, pack."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tools.kit.archive import tar_file, with_sums, zip_file
from tools.kit.bill import bill_of_materials, component, python_component
from tools.kit.binaries import missing_libraries
from tools.kit.errors import KitError
from tools.kit.imports import Optional, dangling
from tools.kit.layout import TOP, check_paths, common_files, compiled, libraries, linux_files, windows_files
from tools.kit.licences import licence_of, not_allowed
from tools.kit.resolution import PYTHON
from tools.kit.wheels import check_hashes, is_left_out, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tools.kit.layout import Embeddable
    from tools.kit.resolution import Pin
    from tools.kit.targets import Target
    from tools.kit.wheels import Package

OWN: Final = "xltool"
CONTENTS: Final = Path(__file__).with_name("contents.toml")


@dataclass(frozen=True, slots=True)
class Kit:
    """A packed kit and what there is to say of it."""

    name: str
    content: bytes
    files: Mapping[str, bytes]

    @property
    def unpacked(self) -> int:
        """Bytes of all files."""
        return sum(map(len, self.files.values()))


def build(
    target: Target, wheels: Iterable[Path], lock: Mapping[Pin, frozenset[str]], *, python: Embeddable | None = None
) -> Kit:
    """Make the kit of these wheels, one of which is the program's own. KitError where it is not closed."""
    contents = tomllib.loads(CONTENTS.read_text(encoding="utf-8"))
    left_out = [pattern for entry in contents["left_out"] for pattern in entry["paths"]]
    packages = sorted((load(path, left_out) for path in wheels), key=lambda package: package.pin)
    check_hashes(packages, lock, OWN)
    own = next((package for package in packages if package.pin.name == OWN), None)
    if own is None:
        msg = f"the wheel of {OWN} is missing"
        raise KitError(msg)
    bill = bill_of_materials(own, target.name, _components(packages, contents["licences"], python))
    modules = libraries(packages)
    _check_closed(target, modules, packages, contents=contents, python=python)
    sources = {path: text for path, text in modules.items() if not is_left_out(path, contents["compiled"]["never"])}
    files = dict(common_files(packages, modules | compiled(sources))) | {"bom.cdx.json": bill}
    version = own.pin.version
    files |= dict(linux_files(target, version) if python is None else windows_files(python, version))
    check_paths(files)
    files = with_sums(files)
    pack, ending = (zip_file, "zip") if target.is_windows else (tar_file, "tar.xz")
    return Kit(f"xltool-{version}-{target.name}-python{PYTHON}.{ending}", pack(TOP, files), files)


def _components(packages: Sequence[Package], licences: Mapping[str, Any], python: Embeddable | None) -> list[Any]:
    """The parts of the bill. KitError for a licence that is not on the list."""
    stated = [(package, licence_of(package, licences["known"], licences["classifiers"])) for package in packages]
    refused = [
        f"{package.pin.name}: {', '.join(wrong)}"
        for package, licence in stated
        if (wrong := not_allowed(licence, licences["allowed"]))
    ]
    if refused:
        msg = f"licences that are not on the list: {'; '.join(refused)}"
        raise KitError(msg)
    parts = [
        component(package.pin.name, package.pin.version, sha256=package.sha256, licence=licence)
        for package, licence in stated
    ]
    return parts if python is None else [*parts, python_component(python.version, python.sha256)]


def _check_closed(
    target: Target,
    modules: Mapping[str, bytes],
    packages: Sequence[Package],
    *,
    contents: Mapping[str, Any],
    python: Embeddable | None,
) -> None:
    system = contents["linux" if python is None else "windows"]
    optional = [
        Optional(entry["importer"], module, entry["why"])
        for entry in contents["optional"]
        for module in entry["modules"]
        if target.name in entry.get("targets", (target.name,))
    ]
    if python is None:
        library, beside = set(sys.stdlib_module_names), set[str]()
    else:
        library = {*python.library, *system["builtin"], *system["absent"]}
        beside = {path.lower() for path in python.files if path.endswith(".dll")}
    left_out = {path for package in packages for path in package.left_out}
    problems = [str(known) for known in dangling(modules, left_out, library, optional)]
    problems += missing_libraries(modules, beside, system["libraries"])
    if problems:
        lines = "\n  ".join(problems)
        msg = f"the kit is not closed:\n  {lines}"
        raise KitError(msg)
