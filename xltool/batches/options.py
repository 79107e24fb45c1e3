"""The options of a run over a folder, and the files it finds."""

from __future__ import annotations

import os
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Final, Self

from xltool.auditing.terms import NO_TERMS, Terms
from xltool.batches.cluster.engines import LOCAL, Engine
from xltool.reader.files.sources import NothingToCheckError, are_any, sources_of_last_year, sources_of_this_year
from xltool.storage import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path
    from threading import Event

    from xltool.reader.files.archives import Source

HIDDEN: Final = ".xltool"
"""Folder in the results for what runs store for the next; safe to delete."""
RECORDS: Final = "records.bin"
SCRATCH: Final = "unpacked"
"""Its scratch folder for what a run unpacks and for the stored audit."""
ALL_COMING: Final = "文件都还在复制，没有可以检查的"


@dataclass(frozen=True)
class Options:
    """The options of a run, besides its folders.

    `prior_review` is the folder an earlier run wrote for the same departments: the outputs say what became of its
    findings. What was filed after `due` is late; `refile_by` is the day by which letters ask departments to file again.
    `roster` is the bureau's roster: files are matched to it, and the outputs name what is owed. `terms` are those of
    the audit. `prior` holds last year's filings, to compare with. With `fresh` nothing that an earlier run stored is
    used. `engine` is where files are read, which changes no result. Without `linked` reviews have no links to the
    files, because whoever opens a review cannot reach them. `coming` are files that are still being copied.
    `only` are the files of the folder that the run is about, where it is not about all of them. `officer` is who
    decided what stands in the review by now, by default the account of the computer.
    Once `stop` is set the run ends with StoppedError; the next one goes on where it stopped.
    """

    jobs: int | None = None
    prior_review: Path | None = None
    _: KW_ONLY
    due: date | None = None
    refile_by: date | None = None
    roster: Path | None = None
    terms: Terms = NO_TERMS
    prior: Path | None = None
    fresh: bool = False
    engine: Engine = LOCAL
    linked: bool = True
    coming: frozenset[Path] = frozenset()
    only: frozenset[Path] | None = None
    officer: str = ""
    stop: Event | None = None

    @property
    def workers(self) -> int:
        """The number of worker processes."""
        return self.jobs or os.cpu_count() or 1

    def depends(self) -> Iterator[str]:
        """The options that results depend on, besides the digests of what they name."""
        yield f"{self.due} {self.refile_by}"
        yield repr(self.terms)
        yield str(self.linked)
        yield str(files.run_time().date()) if self.terms.exemptions else ""


@dataclass(frozen=True)
class Inputs:
    """The files of a run: this year's (`sources`), and last year's (`before`)."""

    sources: list[Source]
    before: list[Source]

    @classmethod
    def of(cls, folder: Path, out: Path, options: Options) -> Self:
        """Find the files to read."""
        here = sources_of_this_year(folder, out, options.prior)
        only = options.only
        wanted = [source for source in here if only is None or source.path in only]
        sources = [source for source in wanted if source.path not in options.coming]
        if not are_any(sources):
            raise NothingToCheckError(ALL_COMING)
        before = [] if options.prior is None else sources_of_last_year(options.prior, root=folder, out=out)
        return cls(sources, before)

    @property
    def all(self) -> list[Source]:
        """The files of both years."""
        return [*self.sources, *self.before]
