"""Files written whole or not at all, and the one time that may stand in an output."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PART = ".part"
BEIJING = timezone(timedelta(hours=8))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it appears complete or not at all; OSError where that fails.

    The temporary file stands in the same folder (a rename is only atomic there) and is removed
    when writing fails.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}{PART}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if error.filename is None:  # a full disk does not say where
            error.filename = str(path)
        raise


def sweep(found: Iterable[Path]) -> None:
    """Remove files that a killed run left half-written."""
    for path in found:
        if path.name.startswith(".") and path.name.endswith(PART) and path.is_file() and not path.is_symlink():
            path.unlink()


def run_time() -> datetime:
    """Time of the run in Beijing, without fractions; SOURCE_DATE_EPOCH takes its place where set.

    Beijing time whatever the machine's zone, so that outputs do not depend on it.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), BEIJING) if epoch else datetime.now(BEIJING)
    return moment.replace(microsecond=0, tzinfo=None)


def universal(made_at: datetime) -> datetime:
    """A time of the run as document properties have it: UTC, without saying so.

    >>> universal(datetime(2024, 7, 1, 6, 30))
    datetime.datetime(2024, 6, 30, 22, 30)
    """
    known = made_at if made_at.tzinfo else made_at.replace(tzinfo=BEIJING)
    return known.astimezone(UTC).replace(tzinfo=None)
