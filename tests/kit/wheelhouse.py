"""Wheels of a few files, a list of their hashes, and a stand-in for python.org's embeddable zip."""

from __future__ import annotations

import hashlib
import sys
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Final

from tools.kit.layout import Embeddable, read_embeddable
from tools.kit.resolution import Pin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VERSION: Final = f"{sys.version_info.major}{sys.version_info.minor}"
PROGRAM: Final = {
    "xltool/__init__.py": "",
    "xltool/__main__.py": (
        "import sys\n\nimport helper\n\n\ndef main() -> None:\n"
        "    print(helper.ANSWER, sys.argv, sys.path[0].endswith('lib'))\n"
    ),
}
HELPER: Final = {"helper/__init__.py": "import json\n\nANSWER = json.loads('42')\n"}


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """A zip of these files."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)  # without the time of today
    return buffer.getvalue()


def write_wheel(
    folder: Path, name: str, files: Mapping[str, str | bytes], *, licence: str = "License-Expression: MIT"
) -> Path:
    """A wheel with these files, version 1.0."""
    info = f"{name}-1.0.dist-info"
    metadata = f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{licence}\n"
    common = {f"{info}/METADATA": metadata, f"{info}/WHEEL": "Tag: py3-none-any\n", f"{info}/licenses/LICENSE": "MIT"}
    path = folder / f"{name}-1.0-py3-none-any.whl"
    path.write_bytes(zipped({**files, **common, f"{info}/RECORD": ""}))
    return path


def lock_of(*wheels: Path) -> dict[Pin, frozenset[str]]:
    """The list that has the hashes of these wheels."""
    return {
        Pin(path.name.partition("-")[0], "1.0"): frozenset({hashlib.sha256(path.read_bytes()).hexdigest()})
        for path in wheels
    }


def embeddable(folder: Path) -> Embeddable:
    """What python.org's zip has, with a standard library of one module."""
    path = folder / "python-3.99.1-embed-amd64.zip"
    content = zipped({
        "python.exe": b"", f"python{VERSION}.dll": b"", "vcruntime140.dll": b"", "_ssl.pyd": b"",
        f"python{VERSION}._pth": f"python{VERSION}.zip\r\n.\r\n\r\n#import site\r\n",
        f"python{VERSION}.zip": zipped({"json/__init__.pyc": b"", "json/decoder.pyc": b""}),
    })  # fmt: skip
    path.write_bytes(content)
    return read_embeddable(path, hashlib.sha256(content).hexdigest())
