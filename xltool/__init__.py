"""xltool: blank forms out, filled forms in, findings at their cells.

The functions here do what the commands of the same name do (contract §8). What goes wrong is an `XltoolError`, whose
text is the Chinese sentence that the command prints. Nothing heavy is imported before one of the functions is called.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from xltool.findings import InputError, XltoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from xltool.api import AuditResult, ReadResult
    from xltool.auditing.acceptance import Accepted
    from xltool.batches.runs import RunResult
    from xltool.converting.filings import Converted
    from xltool.converting.refiling import PlacedFile

__all__ = ["XltoolError", "audit", "batch", "convert", "generate", "merge", "read", "refile", "session"]

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def _raising_own_errors(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Raise errors of the system as `FileError`, which says in Chinese what the command would print."""

    @wraps(function)
    def call(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        try:
            return function(*args, **kwargs)
        except XltoolError:
            raise
        except OSError as error:
            from xltool.storage.files import file_error

            raise file_error(error) from error

    return call


@_raising_own_errors
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
    """Write blank templates into a folder and return their paths.

    There is a file for each form (for 附件3 one for each project), or a single file with `combined`. With a `roster`
    there is a folder for each department, with approved figures filled in and locked. `prior` is a folder of last
    year's filings, from which 上年决算数 and indicators are filled in. With either, the last path is that of
    下发清单.xlsx in `out`. `profile` is the name of a scoring profile or the path of a profile file; without it the
    评分口径 of the roster counts.

    Raises XltoolError: before anything is written, as a ValueError, for an unknown form, an impossible number or a
    faulty roster (all its errors in the text); as an OSError where `out` cannot be written to.
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


@_raising_own_errors
def read(*paths: str | Path) -> ReadResult:
    """Read filled forms into the frames `submissions`, `values`, `projects` and `indicators` (contract §4).

    A file that cannot be read is a finding. Raises XltoolError, as a ValueError, for a path that does not exist.
    """
    from xltool.api import read as run

    return run([Path(path) for path in paths])


@_raising_own_errors
def audit(
    *paths: str | Path,
    prior: str | Path | None = None,
    profile: str | None = None,
    exemptions: str | Path | None = None,
) -> AuditResult:
    """Check files given together; the result has the frames `submissions` and `findings` (contract §4).

    They are one set, unless they are plainly several filings. `prior` is a folder with last year's filings, to compare
    with. `profile` is the name of a scoring profile or the path of a profile file, `exemptions` a file of granted
    exemptions.

    Raises XltoolError, as a ValueError, for a path that does not exist and for mistakes in these files; as an OSError
    where one of them cannot be opened.
    """
    from xltool.api import audit as run
    from xltool.batches.audit_terms import terms_of

    terms = terms_of(profile=profile, exemptions=Path(exemptions) if exemptions else None)
    return run([Path(path) for path in paths], terms, prior=None if prior is None else Path(prior))


@contextmanager
def session() -> Iterator[None]:
    """Keep a worker ready for the calls of `audit` inside: the first starts it, the others take a fraction of the time.

    The worker ends with the context. Other threads have workers of their own.
    """
    from xltool.batches.file_set import keep_workers

    with keep_workers():
        yield


@_raising_own_errors
def batch(
    folder: str | Path,
    *,
    out: str | Path,
    roster: str | Path | None = None,
    prior: str | Path | None = None,
    jobs: int | None = None,
    prior_review: str | Path | None = None,
    due: date | None = None,
    refile_by: date | None = None,
    deadline: date | None = None,
    profile: str | None = None,
    exemptions: str | Path | None = None,
    officer: str | None = None,
    fresh: bool = False,
    engine: str = "local",
    scheduler: str | None = None,
) -> RunResult:
    """Check a folder tree and write the review into `out` (contract §6); `profile` and `exemptions` as in `audit`.

    `roster` lists which departments owe which forms. `prior` holds last year's filings, to compare with.
    `prior_review` is the `out` of an earlier run: the review then says what became of its findings. What was filed
    after `due` is late; `refile_by` is the day by which letters ask departments to file again; `deadline` is both.
    `officer` is who decided what was noted in the review since, by default the account of the computer.
    Files whose content an earlier run has read are not read again unless `fresh`. With `engine` "dask" the work is done
    on the Dask cluster whose `scheduler` has this address, with the same results. `folder` and `out` may be fsspec
    URLs; the local paths that the outcome names are then gone when this returns. With a roster of several counties each
    has results of its own in `out`, with a summary above them, and the outcome has no `audit`.

    Raises XltoolError: as a ValueError where a folder does not exist or holds nothing to check or compare with, a
    roster has errors, or an option is unknown; as an OSError where `out` cannot be written to, and as a
    ConnectionError where the cluster or a network folder cannot be reached.
    """
    from xltool.batches.audit_terms import terms_of
    from xltool.batches.cluster.engines import engine_of
    from xltool.batches.cluster.remote import local_places
    from xltool.batches.options import Options
    from xltool.batches.runs import run

    if jobs is not None and jobs < 1:
        msg = f"同时读取的进程数应为不小于 1 的整数，填的是 {jobs}"
        raise InputError(msg)
    terms = terms_of(profile=profile, exemptions=Path(exemptions) if exemptions else None)
    with local_places(str(folder), str(out)) as places:
        options = Options(
            jobs=jobs,
            prior_review=Path(prior_review) if prior_review else None,
            due=due or deadline,
            refile_by=refile_by or deadline,
            roster=Path(roster) if roster else None,
            terms=terms,
            prior=None if prior is None else Path(prior),
            fresh=fresh,
            engine=engine_of(engine, scheduler, places.origins),
            linked=places.linked,
            officer=(officer or "").strip(),
        )
        return run(places.folder, places.out, options)


@_raising_own_errors
def convert(*paths: str | Path, out: str | Path, year: int | None = None) -> Converted:
    """Move filings of any layout into issued templates in the folder `out`, inputs only, with a list of every cell.

    `year` is for forms that name none.

    Raises XltoolError: as a ValueError for a path that does not exist, a year that cannot be and an `out` that holds
    an input; as an OSError where `out` cannot be written to.
    """
    from xltool.api import convert as run

    return run([Path(path) for path in paths], Path(out), year=year)


@_raising_own_errors
def merge(
    folder: str | Path,
    *,
    out: str | Path,
    year: int | None = None,
    roster: str | Path | None = None,
    profile: str | None = None,
    exemptions: str | Path | None = None,
) -> Accepted:
    """Write the filings of a folder that have no error as one summary workbook (.xlsx) or one table (.parquet).

    The result has the filings that were accepted, and those left out with the reason. With a `roster`, only the valid
    one of several copies of a form is accepted, and no filing of a department that owes forms. `year` is needed where
    the folder holds several; `profile` and `exemptions` are as in `audit`.

    Raises XltoolError: as a ValueError where no filing can be accepted or a file beside the filings has mistakes; as
    an OSError where `out` cannot be written to.
    """
    from xltool.api import merge as run
    from xltool.batches.audit_terms import terms_of

    known = None if roster is None else Path(roster)
    terms = terms_of(profile=profile, exemptions=Path(exemptions) if exemptions else None)
    return run(Path(folder), Path(out), year=year, roster=known, terms=terms)


@_raising_own_errors
def refile(last: str | Path, *back: str | Path, out: str | Path) -> list[PlacedFile]:
    """Make the folder of the next round in `out`: last round's filings, in which what came back replaces its forms.

    `back` are files, folders and archives in any order; a form is known by its issue id, else by department, year, form
    and project. Returns a `PlacedFile` for each file of the new folder. Inputs are not touched.

    Raises XltoolError: as a ValueError where a path does not exist or something lies in `out`, as an OSError where it
    cannot be written to.
    """
    from xltool.api import refile as run

    return run(Path(last), [Path(path) for path in back], Path(out))
