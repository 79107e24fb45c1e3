"""A kit as one file, the same bytes for the same contents: sorted, with fixed times and modes."""

from __future__ import annotations

import hashlib
import lzma
import tarfile
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Final

from tools.kit.bill import FIXED_TIME

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN, _RUNNABLE = 0o644, 0o755
SUMS: Final = "SHA256SUMS"


def with_sums(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files in order, and the list of their hashes as `sha256sum -c` reads it."""
    ordered = dict(sorted(files.items()))
    lines = [f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in ordered.items()]
    return ordered | {SUMS: "".join(lines).encode()}


def zip_file(top: str, files: Mapping[str, bytes]) -> bytes:
    """A zip with everything below one folder."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, content in files.items():
            info = zipfile.ZipInfo(f"{top}/{path}", FIXED_TIME.timetuple()[:6])
            info.external_attr = (0o100000 | _mode(path)) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content, compresslevel=9)
    return buffer.getvalue()


def tar_file(top: str, files: Mapping[str, bytes]) -> bytes:
    """A tar with everything below one folder; it keeps which files can be run.

    xz makes it a third smaller than gzip does, and every Linux of an office has it: its packages are packed that way.
    """
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, content in files.items():
            info = tarfile.TarInfo(f"{top}/{path}")
            info.size, info.mode, info.mtime = len(content), _mode(path), int(FIXED_TIME.timestamp())
            archive.addfile(info, BytesIO(content))
    return lzma.compress(buffer.getvalue())


def _mode(path: str) -> int:
    return _RUNNABLE if path.endswith(".sh") else _PLAIN
