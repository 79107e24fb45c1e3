"""xltool: blank forms out, filled forms in, findings at their cells.

The functions here do what the commands of the same name do (contract §8). Nothing heavy is
imported before one of them is called.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.api import AuditResult, ReadResult
    from xltool.auditing.accepting import Accepted
    from xltool.batches import Outcome
    from xltool.converting import Converted

__all__ = ["audit", "batch", "convert", "generate", "merge", "read"]


def generate(
    *,
    year: int,
    out: str | Path,
    forms: Sequence[str] | None = None,
    department: str | None = None,
    projects: Sequence[str] = (),
    indicators: int | None = None,
    combined: bool = False,
    password: str | None = None,
) -> list[Path]:
    """Write blank templates into a folder; gives their paths.

    A file a form (附件3: a file a project), or one file with `combined`. Raises ValueError for an
    unknown form or an impossible number, OSError where `out` cannot be written to.
    """
    from xltool.api import generate as run

    return run(
        year=year,
        out=Path(out),
        forms=forms,
        department=department,
        projects=projects,
        indicators=indicators,
        combined=combined,
        password=password,
    )


def read(*paths: str | Path) -> ReadResult:
    """Read filled forms; frames `submissions`, `values`, `projects`, `indicators` (contract §4).

    Raises ValueError for a path that does not exist. A file that cannot be read is a finding.
    """
    from xltool.api import read as run

    return run([Path(path) for path in paths])


def audit(*paths: str | Path) -> AuditResult:
    """Check files as one set; frames `submissions` and `findings` (contract §4).

    Raises ValueError for a path that does not exist.
    """
    from xltool.api import audit as run

    return run([Path(path) for path in paths])


def batch(folder: str | Path, *, out: str | Path, jobs: int | None = None, fresh: bool = False) -> Outcome:
    """Check a folder tree and write the review into `out` (contract §6).

    Files an earlier run has read are not read again unless `fresh`. Raises ValueError where the folder does not exist
    or holds no file, OSError where `out` cannot be written to.
    """
    from xltool.batches import run

    return run(Path(folder), Path(out), jobs=jobs, fresh=fresh)


def convert(*paths: str | Path, out: str | Path, year: int | None = None) -> Converted:
    """Move filings of any layout into issued templates in the folder `out`, inputs only, with a list of every cell.

    `year` is for forms that name none. Raises ValueError for a path that does not exist and for an `out` that holds
    an input, OSError where `out` cannot be written to.
    """
    from xltool.api import convert as run

    return run([Path(path) for path in paths], Path(out), year=year)


def merge(folder: str | Path, *, out: str | Path, year: int | None = None) -> Accepted:
    """The filings of a folder that have no error, as one summary workbook (.xlsx) or one table (.parquet).

    Gives what was taken and what was left out, with the reason. `year` is needed where the folder holds several.
    Raises ValueError where nothing can be taken, OSError where `out` cannot be written to.
    """
    from xltool.api import merge as run

    return run(Path(folder), Path(out), year=year)
