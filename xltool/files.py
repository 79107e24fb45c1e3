"""Files written whole or not at all, and the one time that may stand in an output."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def run_time() -> datetime:
    """Time of the run in Beijing, without fractions; SOURCE_DATE_EPOCH takes its place where set.

    Beijing time whatever the machine's zone, so that outputs do not depend on it.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), BEIJING) if epoch else datetime.now(BEIJING)
    return moment.replace(microsecond=0, tzinfo=None)
