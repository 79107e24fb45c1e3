"""SHA-256 of a file, and of the files of a folder in the way of `sha256sum`, so that anybody can compute it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.storage.files import reachable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DIGEST: Final = 32
"""The length of a SHA-256 in bytes."""


def digest_bytes(path: Path) -> bytes:
    """The SHA-256 of a file's content; OSError where it cannot be read."""
    import hashlib  # noqa: PLC0415 - it loads OpenSSL, which the parent of workers need not

    with reachable(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def digest_file(path: Path) -> str:
    """As `digest_bytes`, in hexadecimal digits."""
    return digest_bytes(path).hex()


def digest_path(path: Path) -> str:
    """The SHA-256 of a file, or of the files of a folder without hidden ones; OSError for what cannot be read."""
    if not path.is_dir():
        return digest_file(path)
    names = (file.relative_to(path) for file in path.rglob("*") if file.is_file())
    visible = (name for name in names if not any(part.startswith(".") for part in name.parts))
    return digest_list({name.as_posix(): digest_file(path / name) for name in visible})


def digest_list(digests: Mapping[str, str]) -> str:
    r"""The SHA-256 of a list of digests by name, a line each in the order of the names, as `sha256sum` prints it.

    >>> import hashlib
    >>> digest_list({}) == hashlib.sha256(b"").hexdigest()
    True
    >>> digest_list({"b": "1", "a": "0"}) == hashlib.sha256(b"0  a\n1  b\n").hexdigest()
    True
    """
    import hashlib  # noqa: PLC0415 - it loads OpenSSL, which the parent of workers need not

    lines = sorted((name.encode("utf-8", "surrogateescape"), digest.encode()) for name, digest in digests.items())
    return hashlib.sha256(b"".join(digest + b"  " + name + b"\n" for name, digest in lines)).hexdigest()
