"""A run over a folder: found, read, put into sets, audited, reviewed; taken up where a killed one left off."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Final

from xltool import files, jsonable
from xltool.auditing import Audit, audit
from xltool.batches import state
from xltool.batches.kept import PASSING, Kept
from xltool.batches.sets import as_filings
from xltool.batches.sources import sources_below
from xltool.batches.stamp import stamp
from xltool.batches.workers import Progress, ignore, read_sources
from xltool.reader.limits import given
from xltool.reports.model import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from xltool.archives import Source
    from xltool.reader.records import FileRecord

HIDDEN: Final = ".xltool"
"""Folder in the results for what runs keep: safe to delete."""
RECORDS: Final = "records.bin"
SCRATCH: Final = "unpacked"
"""Folder in it for what a run unpacks while it reads."""
OWN_FOLDERS: Final = ("frames", "returned", "notices")


@dataclass(frozen=True)
class Outcome:
    """What a run left: the files it wrote, or found to be what it would have written, and what they say in numbers."""

    written: tuple[Path, ...]
    tally: Tally
    audited: Callable[[], Audit]

    @cached_property
    def audit(self) -> Audit:
        """The audit; made from the kept records where the run itself had none to make."""
        return self.audited()

    @property
    def errors(self) -> int:
        """Number of findings of severity error."""
        return self.tally.errors


def run(
    folder: Path, out: Path, *, jobs: int | None = None, fresh: bool = False, progress: Progress = ignore
) -> Outcome:
    """Check a folder tree and write review.xlsx, findings.json and frames/*.parquet into `out`.

    Files whose content an earlier run has read are not read again, and results that would come out the same and lie
    there untouched are left as they are; with `fresh` all is done anew. Raises NothingToCheckError, and OSError where
    `out` cannot be written to. Inputs are not touched.
    """
    sources = sources_below(folder, out)
    hidden = out / HIDDEN
    with _kept(out, fresh=fresh) as kept:
        _tidy(out, folder)
        made_from = _made_from(sources, kept, folder, out)
        last = None if fresh else state.current(hidden, out, made_from)
        if last is not None:
            kept.leave()
            progress(len(sources))
            written = tuple(out / name for name in last.outputs)
            return Outcome(written, last.tally, lambda: _audited_again(folder, out, jobs))
        result = _audited(sources, out, kept, jobs, progress)
        state.forget(hidden)
        written = tuple(write_outputs(result, folder, out))
        tally = Tally.of(result)
        if _settled(sources, result.records, kept):
            state.remember(hidden, out, made_from, written, tally)
    return Outcome(written, tally, lambda: result)


def _kept(out: Path, *, fresh: bool = False) -> Kept:
    return Kept(out / HIDDEN / RECORDS, stamp(given()), fresh=fresh)


def _audited(sources: Sequence[Source], out: Path, kept: Kept, jobs: int | None, progress: Progress) -> Audit:
    scratch = out / HIDDEN / SCRATCH
    records = read_sources(sources, jobs=jobs or os.cpu_count() or 1, progress=progress, scratch=scratch, kept=kept)
    as_filings(records)
    return audit(records)


def _audited_again(folder: Path, out: Path, jobs: int | None) -> Audit:
    with _kept(out) as kept:
        return _audited(sources_below(folder, out), out, kept, jobs, ignore)


def _made_from(sources: Sequence[Source], kept: Kept, folder: Path, out: Path) -> str:
    """Digest of everything the results depend on; whatever option comes to change them has to be in it."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    terms = [stamp(given()).decode(), epoch, str(folder.resolve()), str(out.resolve())]
    return state.digest(terms + [part for one in sources for part in (one.name, kept.content(one))])


def _settled(sources: Sequence[Source], records: Sequence[FileRecord], kept: Kept) -> bool:
    """Whether the same run would give the same: nothing that may pass stood in the way, and no file was changed."""
    read = {record.path: record.sha256 for record in records}
    changed = any(read[one.name] not in {"", kept.content(one)} for one in sources)
    return not changed and not any(record.code in PASSING for record in records)


def _tidy(out: Path, folder: Path) -> None:
    """Remove what a killed run left half-written, where only results lie: `folder` may lie below `out`."""
    half = f".*{files.PART}"
    files.sweep([*out.glob(half), *(out / HIDDEN).glob(half)])
    inputs = (folder.resolve(), *folder.resolve().parents)
    for own in (out / name for name in OWN_FOLDERS):
        if own.resolve() not in inputs:
            files.sweep(own.rglob(half))


def write_outputs(result: Audit, folder: Path, out: Path) -> Iterator[Path]:
    """Write what contract §6 asks for; gives the paths written."""
    from xltool.reader.frames import frames, storable  # noqa: PLC0415 - pandas only where frames are made
    from xltool.reports.review import review_of  # noqa: PLC0415 - likewise
    from xltool.reports.workbook import review_bytes  # noqa: PLC0415 - likewise

    content = {"findings.json": jsonable.dumps(jsonable.audit_json(result)).encode()}
    for name, frame in vars(frames(result.records)).items():
        buffer = BytesIO()
        storable(frame).to_parquet(buffer, index=False)
        content[f"frames/{name}.parquet"] = buffer.getvalue()
    review = review_of(result, root=folder, made_at=files.run_time())
    content["review.xlsx"] = review_bytes(review, out)
    for name, data in content.items():
        files.write_whole(out / name, data)
        yield out / name
