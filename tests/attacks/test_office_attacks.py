"""Hostile files that LibreOffice opens, among honest ones: nobody is called, nothing is left, each costs itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.attacks.test_attacks import outcome
from tests.batches.folders import with_other_bytes
from tests.reader.formats.test_sandbox import linked_document
from tests.support.filled import filled
from tests.support.luring import Listener, listening, lures, odt
from tests.support.programs.office import needs_office
from xltool.batches import reading
from xltool.reader.files.archives import Source
from xltool.reader.limits import SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xltool.reader.records import FileRecord

pytestmark = needs_office
LURES: Final = (*lures(""), "a linked picture.doc", "a linked picture.wps")
_CELL: Final = '<table:table-cell table:number-columns-repeated="16384"><text:p>a</text:p></table:table-cell>'
_ROW: Final = f'<table:table-row table:number-rows-repeated="1048576">{_CELL}</table:table-row>'
LABORIOUS: Final = {
    "groups without end.rtf": b"{\\rtf1" + b"{\\b" * 200_000,
    "a column of a million.rtf": b"{\\rtf1" + b"\\trowd" + b"\\cellx1" * 200_000 + b"\\intbl a\\cell\\row}",
    "a broken picture.rtf": b"{\\rtf1{\\pict\\pngblip\\picw999999999\\pich999999999\\bin2000000000 " + b"\xff" * 999,
    "repeated cells.odt": odt(f'<table:table table:name="a"><table:table-column/>{_ROW}</table:table>'),
    "nested spans.odt": odt(f"<text:p>{'<text:span>' * 20_000}a{'</text:span>' * 20_000}</text:p>"),
    "wide cells.xls": b"<html><table>" + b"<tr><td colspan=99999999 rowspan=99999999>a</td></tr>" * 50 + b"</table>",
    "nested tables.xls": b"<html>" + b"<table><tr><td>" * 5_000,
    "half a document.doc": b"",
}
"""What keeps LibreOffice busy or has it give up."""
HARMLESS: Final = {"read", "no_form"}
PERMITTED: Final = HARMLESS | {"corrupt", "timeout", "memory", "crashed", "too_large", "not_a_workbook", "too_complex"}
EVERY: Final = 6
"""An honest file stands before so many attacks."""


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    """Whom the files would have LibreOffice call."""
    with listening() as listener:
        yield listener


@pytest.fixture(scope="module")
def document(listener: Listener, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A document whose picture lies elsewhere."""
    return linked_document(tmp_path_factory.mktemp("document"), listener.address).read_bytes()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A home folder and one for temporary files, both empty."""
    return {name: tmp_path_factory.mktemp(name) for name in ("home", "temporary")}


def read_among_honest(attacks: dict[str, bytes], folder: Path, folders: dict[str, Path]) -> dict[str, FileRecord]:
    """All of them read by workers in one run, honest files between them."""
    form = filled(folder / "form.xlsx", "附件1").read_bytes()
    for number, (name, content) in enumerate(attacks.items()):
        if number % EVERY == 0:
            (folder / f"honest {number}.xlsx").write_bytes(with_other_bytes(form, number))
        (folder / name).write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folders["home"]))
        patch.setattr("tempfile.tempdir", str(folders["temporary"]))
        sources = [Source(path, path.name) for path in sorted(folder.iterdir())]
        return {record.path: record for record in reading.read_sources(sources, jobs=2)}


@pytest.fixture(scope="module")
def lured(
    listener: Listener, folders: dict[str, Path], document: bytes, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, FileRecord]:
    """What calls elsewhere."""
    documents = {"a linked picture.doc": document, "a linked picture.wps": document}
    listener.calls = 0  # making the document has called
    return read_among_honest(lures(listener.address) | documents, tmp_path_factory.mktemp("lures"), folders)


@pytest.fixture(scope="module")
def laborious(
    folders: dict[str, Path], document: bytes, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, FileRecord]:
    """What keeps LibreOffice busy, for a short while: it is as good as any how long that is."""
    attacks = LABORIOUS | {"half a document.doc": document[: len(document) // 2]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SECONDS, "3")
        return read_among_honest(attacks, tmp_path_factory.mktemp("laborious"), folders)


@pytest.mark.parametrize("name", LURES)
def test_what_calls_elsewhere_is_read_in_peace(lured: dict[str, FileRecord], listener: Listener, name: str) -> None:
    """It is read like a file without the link, and nobody was called."""
    assert outcome(lured[name]) in HARMLESS, lured[name].reason
    assert listener.calls == 0


@pytest.mark.parametrize("name", LABORIOUS)
def test_what_is_laborious_costs_itself(laborious: dict[str, FileRecord], name: str) -> None:
    """It is read or refused with a reason."""
    record = laborious[name]
    assert outcome(record) in PERMITTED, record.reason
    assert record.status == "read" or record.reason


def test_honest_files_among_them_are_read(lured: dict[str, FileRecord], laborious: dict[str, FileRecord]) -> None:
    """None is lost."""
    for records, attacks in ((lured, LURES), (laborious, LABORIOUS)):
        honest = [record for name, record in records.items() if name.startswith("honest")]
        assert len(honest) == -(-len(attacks) // EVERY)
        assert {len(record.submissions) for record in honest} == {1}


@pytest.mark.usefixtures("lured", "laborious")
def test_nothing_is_left(folders: dict[str, Path]) -> None:
    """Neither in the home folder nor in that for temporary files."""
    assert [path for folder in folders.values() for path in folder.rglob("*")] == []
