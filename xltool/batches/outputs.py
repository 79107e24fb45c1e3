"""What a run leaves: the reviews of the whole, and for each file and department what it is sent.

The reviews are written by this process. What concerns one file or one department is made by workers, at the same time
where more than one process may work; each piece depends on nothing but its task, so the bytes are the same either way.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Final, TypeVar

from xltool import files, jsonable
from xltool.batches.pool import Lost
from xltool.batches.returning import write_returned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from xltool.archives import Source
    from xltool.auditing import Audit
    from xltool.batches.workers import Crew
    from xltool.reports.model import Review, Told
    from xltool.reports.notices import Matter

REVIEW, NOTICES = "review.xlsx", "notices"
LOOKING: Final = 1.0
"""Seconds after which Ctrl-C is noticed at the latest; Windows does not wake who waits."""

_Result = TypeVar("_Result")


def write_outputs(  # noqa: PLR0913, PLR0917 - what is told, where to, and who helps
    result: Audit, sources: Sequence[Source], root: Path | None, out: Path, told: Told, crew: Crew
) -> list[Path]:
    """Write what contract §6 asks for, with links to files in `root` where there is one; gives the paths written."""
    from xltool.reports.notices import matters  # noqa: PLC0415 - pandas only where reviews are made
    from xltool.reports.review import review_of  # noqa: PLC0415 - likewise

    review = review_of(result, root=root, made_at=files.run_time(), told=told)
    letters = list(matters(review))

    def apart() -> list[Path]:
        return [*_write_letters(letters, out, crew), *write_returned(result, sources, out, crew)]

    def reviews() -> list[Path]:
        return list(_write_reviews(result, review, out))

    ours, theirs = (reviews(), apart()) if crew.jobs == 1 else _side_by_side(reviews, apart, crew)
    return [*ours, *theirs]


def _side_by_side(ours: Callable[[], _Result], theirs: Callable[[], _Result], crew: Crew) -> tuple[_Result, _Result]:
    """Two things done at once, the second in a thread that only waits for workers; both are over when this returns."""
    with ThreadPoolExecutor(1) as thread:
        other = thread.submit(theirs)
        try:
            own = ours()
            while not other.done():
                wait([other], LOOKING)
            return own, other.result()
        except BaseException:
            crew.stop.set()
            raise


def _write_reviews(result: Audit, review: Review, out: Path) -> Iterator[Path]:
    """findings.json, frames/, review.xlsx and review.html; none is held longer than it takes to write it."""
    from xltool.reports.page import page_pieces  # noqa: PLC0415 - pandas only where reviews are made
    from xltool.reports.stored import write_frames  # noqa: PLC0415 - Arrow only where frames are written
    from xltool.reports.workbook import review_bytes  # noqa: PLC0415 - likewise

    def put(name: str, *pieces: bytes) -> Path:
        return put_all(name, pieces)

    def put_all(name: str, pieces: Iterable[bytes]) -> Path:
        files.write_pieces(out / name, pieces)
        return out / name

    told = review.told
    data = jsonable.audit_parts(result) | jsonable.rounds_json(told.steps) | jsonable.inbox_json(told.inbox)
    yield put_all("findings.json", jsonable.streamed(data | jsonable.spot_checks_json(review.spot_checks)))
    yield from write_frames(result.records, review.spot_checks, out / "frames")
    yield put(REVIEW, review_bytes(review, out))
    yield put_all("review.html", page_pieces(review, out))


def _write_letters(letters: Sequence[Matter], out: Path, crew: Crew) -> Iterator[Path]:
    """notices/…; letters of an earlier run that are not written any more are taken away."""
    from xltool.reports.letters import written  # noqa: PLC0415 - python-docx only where letters are written

    places = [out / NOTICES / letter.name for letter in letters]
    for stale in sorted(set(out.glob(f"{NOTICES}/[退催][回报]通知_*.docx")) - set(places)):
        stale.unlink()
    for at, answer in crew.pool.run(written, letters):
        # It is made of what this process holds: what took its worker down was not the letter.
        files.write_whole(places[at], written(letters[at]) if isinstance(answer, Lost) else answer)
    yield from places
