"""The lines of a .txt file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.reader.limits import LIMITS

if TYPE_CHECKING:
    from pathlib import Path

_CODES: Final = ("utf-8-sig", "gb18030")
_MARKS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def lines_of(path: Path) -> list[tuple[int, str]]:
    """The lines of a text file, numbered from 1; none for a file that is too large or is no text.

    Text comes as UTF-8, with or without a mark, as UTF-16 with one, or as GB18030. Raises OSError.
    """
    if path.stat().st_size > LIMITS.text_file_size:
        return []
    text = _decoded(path.read_bytes())
    return [] if text is None or "\0" in text else list(enumerate(text.splitlines(), 1))


def _decoded(data: bytes) -> str | None:
    """The text in any of the encodings; None for bytes that are none."""
    for code in (_MARKS[data[:2]],) if data[:2] in _MARKS else _CODES:
        try:
            return data.decode(code)
        except UnicodeDecodeError:
            continue
    return None
