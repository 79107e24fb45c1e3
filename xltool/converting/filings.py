"""Filings of other layouts moved into issued templates: inputs only, each at its own cell, with a list of all of it.

A template that comes back is moved into a new one in the same way. Nothing is parsed here: records come from the
workers that read the files.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xltool.converting.conversion_list import Line, Move, Outcome, list_bytes
from xltool.converting.placement import NO_YEAR, Draft, draft, part_of, strays, unplaced
from xltool.findings import InputError
from xltool.forms import base_data, project, review
from xltool.reader.records import unread_of
from xltool.storage import files
from xltool.template.filling import rows_needed
from xltool.template.order import Order, file_name, safe_name
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xltool.reader.files.archives import Source
    from xltool.reader.records import FileRecord, Submission

LIST = "转换清单.xlsx"
REPORT_ONLY = "自评报告，不用转换"


@dataclass(frozen=True)
class Converted:
    """What a conversion wrote, its list last, and the lines of that list."""

    written: tuple[Path, ...]
    lines: tuple[Line, ...]
    complete: bool
    """Whether something was written, every file could be read and every input found its cell."""
    unread: tuple[str, ...] = ()
    """The files that could not be read."""

    def count(self, outcome: Outcome) -> int:
        """How many cells became that."""
        return sum(line.outcome is outcome for line in self.lines)


def outside(sources: Sequence[Source], given: Sequence[Path], out: Path) -> list[Source]:
    """The files without what earlier runs wrote into an `out` below a given folder; ValueError if none is left."""
    inside = out.resolve()
    asked = {path.resolve() for path in given if path.is_file()}
    kept = [
        source for source in sources if source.path.resolve() in asked or inside not in source.path.resolve().parents
    ]
    if not kept:
        msg = f"没有可以转换的文件：{'、'.join(str(path) for path in given)}"
        raise InputError(msg)
    return kept


def convert(records: Sequence[FileRecord], out: Path, *, inputs: Iterable[Path], year: int | None = None) -> Converted:
    """Write a template for every form that was read, and the list; `year` is for forms that name none.

    Raises ValueError, before anything is written, where that would be into a folder of an input; OSError where `out`
    cannot be written to.
    """
    ones = [submission for record in records for submission in record.submissions]
    orders = [(one, _order(one, ones, year)) for one in ones]
    drafts = [(one, draft(one, order)) for one, order in orders if order is not None]
    places = _places(drafts)
    _keep_clear([out / place for place in (*places.values(), LIST)], inputs)
    for one, made in drafts:
        files.write_whole(out / places[one.id], write_workbook(made.order, [made.sheet]))
    lines = [line for one, made in drafts for line in _marked(made.lines, one, places[one.id])]
    lines += [line for one, order in orders if order is None for line in _marked(unplaced(one, NO_YEAR), one, "")]
    lines += [line for one in ones for line in _marked(strays(one), one, "")]
    moves = [move for record in records for move in _moves(record, places)]
    order_of = {move.submission: number for number, move in enumerate(moves)}
    lines.sort(key=lambda line: order_of[line.submission])
    files.write_whole(out / LIST, list_bytes(lines, moves, out))
    unread = tuple(unread_of(records))
    complete = bool(drafts) and not unread and not any(line.lost for line in lines)
    return Converted((*(out / place for place in places.values()), out / LIST), tuple(lines), complete, unread)


def _marked(lines: Iterable[Line], submission: Submission, place: str) -> list[Line]:
    """Lines with the form they are of, and the file their cells were put in."""
    return [replace(line, submission=submission.id, target=place if line.target_cell else "") for line in lines]


def _moves(record: FileRecord, places: dict[str, str]) -> list[Move]:
    """A row of the summary for each form of a file, or one that says why there is none."""
    if not record.submissions:
        return [Move(record.path, note=record.reason or REPORT_ONLY)]
    return [
        Move(
            record.path,
            submission.id,
            submission.place(next((filed.cell for filed in submission.values.values()), None))[0],
            submission.form,
            places.get(submission.id, ""),
            "" if submission.id in places else NO_YEAR,
        )
        for submission in record.submissions
    ]


def _keep_clear(targets: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raise ValueError where a target lies in a folder an input lies in, links followed or not."""
    taken = {folder for path in inputs for folder in (path.resolve().parent, path.parent.resolve())}
    for target in targets:
        if target.parent.resolve() in taken:
            msg = f"转换结果不能写入放有原文件的文件夹，请用 --out 另选一个文件夹：{target.parent}"
            raise InputError(msg)


def _order(submission: Submission, ones: Sequence[Submission], year: int | None) -> Order | None:
    """The order a template for this form is issued by; None where its year is not known."""
    same = [other for other in ones if other.filing == submission.filing]
    known = submission.year or year or next((other.year for other in same if other.year), None)
    if known is None:
        return None
    parts = [part_of(row) for row in submission.rows if row.table == review.INDICATORS]
    entries = [{review.part.key: part} for part in parts if part is not None]
    names = [
        str(row.value(base_data.project_name.key) or "") for row in submission.rows if row.table == base_data.PROJECTS
    ]
    rows = rows_needed(entries, Order(known).indicators)
    return Order(known, _owner(submission, same), (submission.form,), tuple(names), rows)


def _owner(submission: Submission, same: Sequence[Submission]) -> str:
    """The department of a filing: the one its template was issued to, else as its forms say."""
    whole = [other.department for other in same if other.form != project.FORM.key]
    own = submission.department if submission.form != project.FORM.key else ""
    named = (submission.issued_to, own, *whole, *(other.department for other in same))
    return next((name for name in named if name), "")


def _places(drafts: Sequence[tuple[Submission, Draft]]) -> dict[str, str]:
    """Where each template goes, by the id of the form: a folder a filing if there are several, no name twice."""
    several = len({one.filing for one, _ in drafts}) > 1
    places: dict[str, str] = {}
    taken: set[str] = set()
    for one, made in drafts:
        folder = f"{safe_name(one.filing)}/" if several else ""
        name = Path(file_name(made.order, made.sheet))
        number, place = 1, f"{folder}{name}"
        while place.lower() in taken:
            number += 1
            place = f"{folder}{name.stem}（{number}）{name.suffix}"
        places[one.id] = place
        taken.add(place.lower())
    return places
