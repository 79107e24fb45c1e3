"""A run over a folder: found, read, put into sets, audited, reviewed; taken up where a killed one left off."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, Self

from xltool import files
from xltool.auditing import NO_TERMS, Audit, Terms, audit
from xltool.auditing.rounds import steps
from xltool.batches import state
from xltool.batches.alone import alone
from xltool.batches.asides import Asides
from xltool.batches.engines import LOCAL, Engine
from xltool.batches.garbage import looked_for_seldom
from xltool.batches.judging import judge
from xltool.batches.kept import PASSING, Kept
from xltool.batches.ledger import Ledger
from xltool.batches.outputs import NOTICES, REVIEW, write_outputs
from xltool.batches.prior import LastYear, last_year, sources_of_last_year, sources_of_this_year
from xltool.batches.sets import as_filings
from xltool.batches.sources import NothingToCheckError, are_any
from xltool.batches.stamp import stamp
from xltool.batches.workers import Progress, crew, ignore, read_by
from xltool.inbox import sort_out
from xltool.reader.entries import fingerprint
from xltool.reader.limits import given
from xltool.reports.model import Told
from xltool.reports.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import date
    from pathlib import Path

    from xltool.archives import Source
    from xltool.batches.workers import Crew
    from xltool.inbox import Inbox
    from xltool.reader.records import FileRecord
    from xltool.reports.handled import Handling
    from xltool.roster import Roster

HIDDEN: Final = ".xltool"
"""Folder in the results for what runs keep: safe to delete."""
RECORDS: Final = "records.bin"
SCRATCH: Final = "unpacked"
"""Folder in it for what a run unpacks while it reads."""
ALL_COMING: Final = "文件都还在复制，没有可以检查的"
OWN_FOLDERS: Final = ("frames", "returned", NOTICES)


@dataclass(frozen=True)
class Outcome:
    """What a run left: the files it wrote, or found to be what it would have written, and what they say in numbers."""

    written: tuple[Path, ...]
    tally: Tally
    audited: Callable[[], Audit]
    notices: tuple[str, ...] = ()
    """Lines for the user: how last year's filings were matched."""

    @cached_property
    def audit(self) -> Audit:
        """The audit, made from the kept records: the run itself holds none."""
        return self.audited()

    @property
    def errors(self) -> int:
        """Number of findings of severity error."""
        return self.tally.errors


@dataclass(frozen=True)
class Options:
    """What a run is asked besides its folders.

    `prior_review` is the folder an earlier run wrote for the same departments: what became of its findings is told.
    `deadline` is the day by which the letters ask departments to file again; what was filed after it is late.
    `roster` is the bureau's roster: files are matched to it, and what is owed is told; `terms` are those of the audit.
    `prior` holds last year's filings, to compare with. With `fresh` nothing an earlier run kept is used.
    `engine` is where files are read, which changes no result. Without `linked` the reviews hold no links to the files,
    which lie where those who open a review cannot follow. `coming` are files that are still being copied.
    """

    jobs: int | None = None
    prior_review: Path | None = None
    deadline: date | None = None
    roster: Path | None = None
    terms: Terms = NO_TERMS
    prior: Path | None = None
    fresh: bool = False
    engine: Engine = LOCAL
    linked: bool = True
    coming: frozenset[Path] = frozenset()

    @property
    def workers(self) -> int:
        """How many processes read."""
        return self.jobs or os.cpu_count() or 1

    def depends(self) -> Iterator[str]:
        """All of it that results depend on, files by their content; OSError for one that cannot be read."""
        yield str(self.deadline)
        yield repr(self.terms)
        yield str(self.linked)
        yield str(files.run_time().date()) if self.terms.exemptions else ""
        yield from _contents("prior review", [] if self.prior_review is None else [self.prior_review])
        yield from _contents("roster", [] if self.roster is None else [self.roster])


@looked_for_seldom()
def run(folder: Path, out: Path, options: Options | None = None, *, progress: Progress = ignore) -> Outcome:
    """Check a folder tree and write what contract §6 asks for into `out`.

    Files whose content an earlier run has read are not read again, and results that would come out the same and lie
    there untouched are left as they are. Raises NothingToCheckError, ValueError where an earlier review or a roster
    cannot be read or another run writes there, and OSError where `out` cannot be written to. Inputs are not touched.
    """
    options = options or Options()
    with Asides() as asides:
        earlier = asides.earlier(options.prior_review) if options.prior_review else None
        known = asides.roster(options.roster) if options.roster else None
    inputs, hidden = _Inputs.of(folder, out, options), out / HIDDEN
    with alone(hidden, out), _tidied(out, folder), _kept(out, fresh=options.fresh) as kept:
        made_from = _made_from(inputs, kept, folder, out, options)
        current = None if options.fresh else state.current(hidden, out, made_from)
        if current is not None:
            kept.leave()
            progress(len(inputs.all))
            written = tuple(out / name for name in current.outputs)
            return Outcome(written, current.tally, lambda: _audited_again(folder, out, options), current.notices)
        with _crew(out, options) as own:
            handled = _handled(Asides(own.pool), out, options.prior_review)
            gathered = _gathered(inputs, own, kept, options, known, progress)
            audited = judge(own, kept, gathered.records, gathered.terms, gathered.before)
            with Ledger(audited.where) as ledger:
                result = ledger.audit(gathered.records)
                state.forget(hidden)
                told = Told(handled, steps(result, earlier) if earlier else None, options.deadline, gathered.inbox)
                root = folder if options.linked else None
                written = tuple(write_outputs(audited, result, inputs.sources, root, out, told, own))
                tally = Tally.of(result)
        notices = gathered.last.told if gathered.last else ()
        if _settled(inputs.all, [*gathered.records, *gathered.before], kept):
            state.remember(hidden, out, state.Run(made_from, written, tally, notices))
    return Outcome(written, tally, partial(_audited_again, folder, out, options), notices)


@dataclass(frozen=True)
class _Inputs:
    """The files of a run: this year's, and last year's."""

    sources: list[Source]
    before: list[Source]

    @classmethod
    def of(cls, folder: Path, out: Path, options: Options) -> Self:
        """What there is to read."""
        found = sources_of_this_year(folder, out, options.prior)
        sources = [source for source in found if source.path not in options.coming]
        if not are_any(sources):
            raise NothingToCheckError(ALL_COMING)
        before = [] if options.prior is None else sources_of_last_year(options.prior, root=folder, out=out)
        return cls(sources, before)

    @property
    def all(self) -> list[Source]:
        """Both."""
        return [*self.sources, *self.before]


@dataclass(frozen=True)
class _Gathered:
    """What a run has read, put into sets, and what it is judged by."""

    records: list[FileRecord]
    before: list[FileRecord]
    """Last year's."""
    terms: Terms
    inbox: Inbox | None
    last: LastYear | None


def _kept(out: Path, *, fresh: bool = False) -> Kept:
    return Kept(out / HIDDEN / RECORDS, stamp(given()), fresh=fresh)


def _crew(out: Path, options: Options) -> AbstractContextManager[Crew]:
    return crew(options.workers, scratch=out / HIDDEN / SCRATCH, engine=options.engine)


def _gathered(  # noqa: PLR0913, PLR0917 - what is read, by whom, with what
    inputs: _Inputs, own: Crew, kept: Kept, options: Options, known: Roster | None, progress: Progress
) -> _Gathered:
    read = partial(read_by, own, progress=progress, kept=kept)
    records, before = read(inputs.sources), read(inputs.before)
    inbox = sort_out(records, known, deadline=options.deadline) if known else None
    as_filings(records)
    kept.shelf.make_room(records)
    last = None if options.prior is None else last_year(records, before, known)
    terms = replace(options.terms, prior=last.submissions if last else ())
    terms = replace(terms, rostered=_rostered(records, known)) if known else terms
    return _Gathered(records, before, terms, inbox, last)


def _audited_again(folder: Path, out: Path, options: Options) -> Audit:
    with Asides() as asides, _kept(out) as kept, _crew(out, options) as own:
        kept.shelf.room = sys.maxsize  # whoever asked for the audit looks at it when all of this is closed
        known = asides.roster(options.roster) if options.roster else None
        gathered = _gathered(_Inputs.of(folder, out, options), own, kept, options, known, ignore)
        return audit(gathered.records, gathered.terms)


def _made_from(inputs: _Inputs, kept: Kept, folder: Path, out: Path, options: Options) -> str:
    """Digest of everything the results depend on; an option that comes to change them has its place in `depends`.

    What an officer noted in the review is not in it: a review that was written in is not left as it lies.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    terms = [
        stamp(given()).decode(),
        epoch,
        str(folder.resolve()),
        str(out.resolve()),
        *options.depends(),
        str(len(inputs.sources)),
    ]
    return state.digest(terms + [part for one in inputs.all for part in (one.name, kept.content(one))])


def _contents(what: str, places: Iterable[Path]) -> Iterator[str]:
    """Names and digests of files, those of a folder in a fixed order; hidden ones are none of its content."""
    yield what
    for place in places:
        found = sorted(place.rglob("*")) if place.is_dir() else [place]
        for path in found:
            names = path.relative_to(place).parts
            if path.is_file() and not any(name.startswith(".") for name in names):
                yield "/".join(names)
                yield fingerprint(path)


def _settled(sources: Sequence[Source], records: Sequence[FileRecord], kept: Kept) -> bool:
    """Whether the same run would give the same: nothing that may pass stood in the way, and no file was changed."""
    found = {record.path: record.sha256 for record in records}
    changed = any(found[one.name] not in {"", kept.content(one)} for one in sources)
    return not changed and not any(record.code in PASSING for record in records)


@contextmanager
def _tidied(out: Path, folder: Path) -> Iterator[None]:
    """What a killed run left half-written is gone, and what workers are writing when this one is broken off."""
    _tidy(out, folder)
    try:
        yield
    except BaseException:
        with suppress(OSError):
            _tidy(out, folder)
        raise


def _tidy(out: Path, folder: Path) -> None:
    """Remove what is half-written, where only results lie: `folder` may lie below `out`."""
    half = f".*{files.PART}"
    files.sweep([*out.glob(half), *(out / HIDDEN).glob(half)])
    inputs = (folder.resolve(), *folder.resolve().parents)
    for own in (out / name for name in OWN_FOLDERS):
        if own.resolve() not in inputs:
            files.sweep(own.rglob(half))


def _rostered(records: Sequence[FileRecord], roster: Roster) -> dict[str, str]:
    """The 评分口径 the roster names, by filing."""
    named = {one.name: one.profile for one in roster.departments if one.profile}
    ones = (one for record in records for one in record.submissions)
    whose = {one.filing: one.filing.removesuffix(f"（{one.year}）") for one in ones}
    return {filing: named[department] for filing, department in whose.items() if department in named}


def _handled(asides: Asides, out: Path, prior_review: Path | None) -> dict[str, Handling]:
    """What an officer noted in the review that is written anew, and in that of the last round."""
    before = {} if prior_review is None else asides.handled(prior_review / REVIEW)
    return before | asides.handled(out / REVIEW)
