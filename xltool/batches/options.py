"""What a run over a folder is asked, and the files it finds."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from xltool.auditing.terms import NO_TERMS, Terms
from xltool.batches.cluster.engines import LOCAL, Engine
from xltool.reader.files.entries import fingerprint
from xltool.reader.files.sources import NothingToCheckError, are_any, sources_of_last_year, sources_of_this_year
from xltool.storage import files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from xltool.reader.files.archives import Source

HIDDEN: Final = ".xltool"
"""Folder in the results for what runs keep: safe to delete."""
RECORDS: Final = "records.bin"
SCRATCH: Final = "unpacked"
"""Folder in it for what a run unpacks while it reads."""
ALL_COMING: Final = "文件都还在复制，没有可以检查的"


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


@dataclass(frozen=True)
class Inputs:
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
