"""退回: letters and copies by department, one archive of all, one document to print, and what was answered."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Final

from starlette.responses import StreamingResponse

from xltool.batches.mailing import LETTER_BOOK, LETTERS, PARCELS
from xltool.desk.pages.audit import load_results, round_of
from xltool.desk.pages.routes import get
from xltool.desk.rendering import page
from xltool.desk.results import load_notes
from xltool.desk.workspace import is_own_file, own_files
from xltool.findings import InputError
from xltool.template.order import safe_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from xltool.desk.desk import Desk
    from xltool.desk.results import Results
    from xltool.desk.workspace import Round

NOTHING: Final = "没有需要退回的单位，没有压缩包"
_CHUNK: Final = 1 << 20
_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The time of the members of an archive: the earliest that a zip can hold."""


@dataclass(frozen=True)
class Parcel:
    """What a department is sent: its name, its archive, its letter, the counts of its errors and warnings."""

    department: str
    archive: str
    letter: str
    errors: int
    warnings: int
    answered: int
    """Findings that the department has explained."""


def show(desk: Desk, request: Request) -> Response:
    """The parcels of a round."""
    shown = round_of(desk, request)
    results, reason = load_results(desk, shown)
    relative = desk.folder.relative(shown.results)
    book = shown.results / LETTER_BOOK
    return page(
        desk,
        "returning.html",
        here="/退回",
        error=reason,
        round=shown,
        results=results,
        parcels=list_parcels(shown, results) if results else [],
        folder=relative,
        book=f"{relative}/{LETTER_BOOK}" if is_own_file(book) else "",
        noted=results is not None and load_notes(desk.readers, shown.results).are_newer,
    )


def list_parcels(round_: Round, results: Results) -> list[Parcel]:
    """The parcels of a round, by department."""
    letters = {path.stem.partition("_")[2]: path.name for path in own_files(round_.results / LETTERS, ".docx")}
    parcels = []
    for path in own_files(round_.results / PARCELS, ".zip"):
        number = next((at for name, at in results.by_name.items() if safe_name(name) == path.stem), None)
        own = [results.findings[each] for each in results.by_filing.get(number, [])] if number is not None else []
        errors, warnings = (sum(finding.severity == level for finding in own) for level in (0, 1))
        answered = sum(finding.explained >= 0 for finding in own)
        parcels.append(Parcel(path.stem, path.name, letters.get(path.stem, ""), errors, warnings, answered))
    return parcels


def send_all(desk: Desk, request: Request) -> Response:
    """All parcels in one archive."""
    shown = round_of(desk, request)
    parcels = own_files(shown.results / PARCELS, ".zip")
    if not parcels:
        raise InputError(NOTHING)
    file = TemporaryFile()  # noqa: SIM115 - closed when it was sent
    with zipfile.ZipFile(file, "w") as archive:
        for path in parcels:
            with archive.open(zipfile.ZipInfo(path.name, _TIME), "w") as member, path.open("rb") as source:
                while piece := source.read(_CHUNK):
                    member.write(piece)
    file.seek(0)
    headers = {"Content-Disposition": f'attachment; filename="parcels-{shown.number}.zip"'}
    return StreamingResponse(_pieces(file), media_type="application/zip", headers=headers)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_CHUNK):
            yield piece


ROUTES: Final = (get("/退回", show), get("/退回/全部", send_all))
