"""Hostile files among honest ones: each is refused for what it is or read in peace, and costs no other anything."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

import xltool
from tests.attacks.collected import ATTACKS, NOTES
from tests.attacks.profiles import FORGED, HOSTILE, carrying
from tests.batches.folders import with_other_bytes
from tests.support.filled import filled
from xltool.batches import reading
from xltool.reader.files.archives import Source
from xltool.reader.limits import LIMITS, MEMORY, SECONDS
from xltool.reader.reading import read_file
from xltool.workers.relaxed_gc import relaxed_gc

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.reader.records import FileRecord

HANGING = 10
MOST_MIB = 512
MOST_FORMS = 200
"""Honest forms that are read in the time of refusing a file: both are measured in turn, so that load does not count."""
EVERY = 12
"""An honest file stands behind so many attacks."""


def outcome(record: FileRecord) -> str:
    """What became of a file, in a word."""
    return record.code or record.status


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An honest form."""
    return filled(tmp_path_factory.mktemp("form") / "附件1.xlsx", "附件1").read_bytes()


@pytest.fixture(scope="module")
def records(form: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, FileRecord]:
    """All attacks read in one run by workers with little memory and little time, honest files between them."""
    folder = tmp_path_factory.mktemp("attacks")
    sources = []
    for number, attack in enumerate(ATTACKS.values()):
        if number % EVERY == 0:
            path = folder / f"honest {number}.xlsx"
            path.write_bytes(with_other_bytes(form, number))
            sources.append(Source(path, path.name))
        path = folder / f"{number:03d}{attack.suffix}"
        path.write_bytes(attack.build(form))
        sources.append(Source(path, attack.name))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SECONDS, str(HANGING))
        patch.setenv(MEMORY, str(MOST_MIB))
        return {record.path: record for record in reading.read_sources(sources, jobs=2)}


def test_there_are_many() -> None:
    """Sixty at least, of every kind of refusal there is."""
    assert len(ATTACKS) >= 60


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_an_attack_gets_what_it_deserves(records: dict[str, FileRecord], name: str) -> None:
    """Its code, a reason in Chinese with figure and limit, and a finding; neither a crash nor a hang nor its memory."""
    attack, record = ATTACKS[name], records[name]
    assert outcome(record) in attack.codes, record.reason
    if record.status != "read":
        assert any("一" <= letter <= "鿿" for letter in record.reason)
    for word in attack.words:
        assert word in record.reason
    if record.status == "refused":
        assert [note.rule for note in record.notes] == ["W-19"]
    if name in NOTES:
        (note,) = [note for note in record.notes if note.rule == "W-07"]
        assert NOTES[name] in note.words["内容"]


def test_honest_files_among_them_are_read(records: dict[str, FileRecord]) -> None:
    """None is lost, none is told otherwise than the next."""
    honest = [record for name, record in records.items() if name.startswith("honest")]
    assert len(honest) == -(-len(ATTACKS) // EVERY)
    assert {len(record.submissions) for record in honest} == {1}
    assert {str(record.submissions[0].values) for record in honest} == {str(honest[0].submissions[0].values)}


def test_a_profile_in_a_file_ends_no_run(form: bytes, tmp_path: Path) -> None:
    """Each command goes to its end, says of each such file that its profile was not taken, and of no other."""
    folder = tmp_path / "报送"
    folder.mkdir()
    (folder / "honest.xlsx").write_bytes(form)
    texts = {**HOSTILE, **FORGED}
    for number, text in enumerate(texts.values()):
        (folder / f"{number:02d}.xlsx").write_bytes(carrying(form, text))
    paths = sorted(folder.iterdir())
    out = tmp_path / "结果"
    xltool.batch(folder, out=out, jobs=1)
    findings = json.loads((out / "findings.json").read_text(encoding="utf-8"))["findings"]
    unused = sorted({finding["path"] for finding in findings if finding["rule"] == "W-26"})
    assert unused == [path.name for path in paths[:-1]]
    assert {finding["rule"] for finding in xltool.audit(*paths).findings.to_dict("records")} >= {"W-26"}
    assert len(xltool.read(*paths).submissions) == len(paths)
    with pytest.raises(ValueError, match="没有可以汇总的报送：1 份都有问题"):  # one form filed many times
        xltool.merge(folder, out=tmp_path / "汇总.xlsx")


def seconds_of_reading(path: Path) -> float:
    """Processor time of reading a file in this process, the least of two."""
    seconds = []
    for _ in range(2):
        with relaxed_gc():  # among the objects of the tests: a worker has none of them
            started = time.process_time()
            read_file(path, path.name)
            seconds.append(time.process_time() - started)
    return min(seconds)


@pytest.mark.skipif(not os.environ.get("XLTOOL_LONG"), reason="measures processor time: by hand, on a quiet machine")
def test_refusing_is_quick(form: bytes, tmp_path: Path) -> None:
    """What the guard refuses costs less than reading two hundred honest forms, about a second, whatever it is."""
    slow = {}
    honest = tmp_path / "honest.xlsx"
    honest.write_bytes(form)
    for number, attack in enumerate(ATTACKS.values()):
        if attack.codes & {"read", "no_form", "timeout", "format", "not_a_workbook"}:
            continue
        path = tmp_path / f"{number}{attack.suffix}"
        path.write_bytes(attack.build(form))
        assert read_file(path, attack.name).status == "refused"
        ratio = seconds_of_reading(path) / seconds_of_reading(honest)
        if ratio > MOST_FORMS:
            slow[attack.name] = ratio
    assert slow == {}
    assert LIMITS.seconds == 60
