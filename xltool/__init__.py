"""xltool: blank forms out, filled forms in, findings at their cells.

The functions here do what the commands of the same name do (contract §8). Nothing heavy is
imported before one of them is called.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from xltool.api import AuditResult, ReadResult
    from xltool.auditing.acceptance import Accepted
    from xltool.batches.runs import Outcome
    from xltool.converting.filings import Converted

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
    roster: str | Path | None = None,
    prior: str | Path | None = None,
    password: str | None = None,
    profile: str | None = None,
) -> list[Path]:
    """Write blank templates into a folder; gives their paths.

    A file a form (附件3: a file a project), or one file with `combined`. With a `roster` a folder a
    department, approved figures filled in and locked; `prior`, a folder of last year's filings, fills
    in 上年决算数 and last year's indicators. `profile` is the name of a scoring profile or the path of a
    file of one's own; without it a roster's 评分口径 counts. Either leaves 下发清单.xlsx in `out`, the last path given.
    Raises ValueError for an unknown form, an impossible number or a faulty roster (all its errors in
    its text), before anything is written; OSError where `out` cannot be written to.
    """
    from xltool.api import generate as run

    issued = run(
        year=year,
        out=Path(out),
        forms=forms,
        department=department,
        projects=projects,
        indicators=indicators,
        combined=combined,
        roster=None if roster is None else Path(roster),
        prior=None if prior is None else Path(prior),
        password=password,
        profile=profile,
    )
    return list(issued.paths)


def read(*paths: str | Path) -> ReadResult:
    """Read filled forms; frames `submissions`, `values`, `projects`, `indicators` (contract §4).

    Raises ValueError for a path that does not exist. A file that cannot be read is a finding.
    """
    from xltool.api import read as run

    return run([Path(path) for path in paths])


def audit(
    *paths: str | Path,
    prior: str | Path | None = None,
    profile: str | None = None,
    exemptions: str | Path | None = None,
) -> AuditResult:
    """Check files as one set; frames `submissions` and `findings` (contract §4).

    `prior` is a folder with last year's filings, to compare with; `profile` the name of a scoring profile or the path
    of a file of one's own, `exemptions` a file of granted exemptions. Raises ValueError for a path that does not exist
    and for mistakes in these.
    """
    from xltool.api import audit as run
    from xltool.batches.audit_terms import terms_of

    terms = terms_of(profile=profile, exemptions=Path(exemptions) if exemptions else None)
    return run([Path(path) for path in paths], terms, prior=None if prior is None else Path(prior))


def batch(
    folder: str | Path,
    *,
    out: str | Path,
    roster: str | Path | None = None,
    prior: str | Path | None = None,
    jobs: int | None = None,
    prior_review: str | Path | None = None,
    deadline: date | None = None,
    profile: str | None = None,
    exemptions: str | Path | None = None,
    fresh: bool = False,
    engine: str = "local",
    scheduler: str | None = None,
) -> Outcome:
    """Check a folder tree and write the review into `out` (contract §6); `profile` and `exemptions` as in `audit`.

    `roster` tells what is owed, and by whom; `prior` holds last year's filings, to compare with; `prior_review` is the
    `out` of an earlier run: what became of its findings is told; `deadline` is the day the letters to departments name.
    Files whose content an earlier run has read are not read again unless `fresh`. With `engine` "dask" files are read
    on the Dask cluster whose `scheduler` has this address, with the same results; `folder` and `out` may be fsspec
    URLs, and then the paths the outcome names are gone when it is given. Raises ValueError where a folder does
    not exist or holds nothing to check or compare with, or a roster has errors, OSError where `out` cannot be written
    to.
    """
    from xltool.batches.audit_terms import terms_of
    from xltool.batches.cluster.engines import engine_of
    from xltool.batches.cluster.remote import at_hand
    from xltool.batches.options import Options
    from xltool.batches.runs import run

    earlier = Path(prior_review) if prior_review else None
    known = Path(roster) if roster else None
    last = None if prior is None else Path(prior)
    terms = terms_of(profile=profile, exemptions=Path(exemptions) if exemptions else None)
    with at_hand(str(folder), str(out)) as places:
        where = engine_of(engine, scheduler, places.origins)
        options = Options(jobs, earlier, deadline, known, terms, last, fresh, where, places.linked)
        return run(places.folder, places.out, options)


def convert(*paths: str | Path, out: str | Path, year: int | None = None) -> Converted:
    """Move filings of any layout into issued templates in the folder `out`, inputs only, with a list of every cell.

    `year` is for forms that name none. Raises ValueError for a path that does not exist and for an `out` that holds
    an input, OSError where `out` cannot be written to.
    """
    from xltool.api import convert as run

    return run([Path(path) for path in paths], Path(out), year=year)


def merge(
    folder: str | Path,
    *,
    out: str | Path,
    year: int | None = None,
    roster: str | Path | None = None,
    profile: str | None = None,
    exemptions: str | Path | None = None,
) -> Accepted:
    """The filings of a folder that have no error, as one summary workbook (.xlsx) or one table (.parquet).

    Gives what was taken and what was left out, with the reason. With a `roster`, of several copies of a form the one
    that holds is taken, and no department that owes forms. `year` is needed where the folder holds several;
    `profile` and `exemptions` as in `audit`. Raises ValueError where nothing can be taken, OSError where `out`
    cannot be written to.
    """
    from xltool.api import merge as run
    from xltool.batches.audit_terms import terms_of

    known = None if roster is None else Path(roster)
    terms = terms_of(profile=profile, exemptions=Path(exemptions) if exemptions else None)
    return run(Path(folder), Path(out), year=year, roster=known, terms=terms)
