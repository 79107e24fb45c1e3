"""Runs that are repeated: what is unchanged is not read again, and what changed is."""

from __future__ import annotations

import hashlib
import json
import os
import random
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import xltool
from tests.batches.folders import InlinePool, copied, hashes
from xltool.batches import reading as workers
from xltool.batches import runs
from xltool.batches.options import RECORDS, Options
from xltool.batches.store import file_times, records, run_state, stamp
from xltool.batches.store.packed import LARGEST, compress
from xltool.outputs.summary import RunCounts
from xltool.reader.files.sources import discover
from xltool.reader.reading import read_file
from xltool.workers.pool import Lost

pytestmark = pytest.mark.usefixtures("epoch")

LONG = bool(os.environ.get("XLTOOL_LONG"))


def edited(path: Path) -> None:
    """Other content of the same length, with the same times: what no look at size and time tells."""
    status = path.stat()
    data = bytearray(path.read_bytes())
    data[-1] ^= 16
    path.write_bytes(bytes(data))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_an_unchanged_folder_is_not_read_again(folder: Path, tmp_path: Path, counted: list[str]) -> None:
    """The results are left as they lie, the outcome says the same, and --fresh does all again."""
    out = tmp_path / "结果"
    first = runs.run(folder, out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    counted.clear()
    second = runs.run(folder, out)
    assert counted == []
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert (second.written, second.tally, second.errors) == (first.written, first.tally, first.errors)
    assert second.audit.findings == first.audit.findings
    assert [name for name in counted if ".zip" not in name] == []
    marks = hashes(out)
    runs.run(folder, out, Options(fresh=True))
    assert len(counted) == 24
    assert hashes(out) == marks


def test_whoever_writes_a_file_says_its_digest(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered of a run is what lies there, and the starting process reads none of it again."""
    out, remembered = tmp_path / "结果", list[run_state.Run]()
    monkeypatch.setattr(run_state, "remember", lambda _hidden, _out, last: remembered.append(last))
    runs.run(folder, out)
    [last] = remembered
    assert {path: digest.hex() for path, digest in last.digests.items()} == {
        path: hashlib.sha256(path.read_bytes()).hexdigest() for path in last.written
    }


def test_a_change_of_content_is_noticed(folder: Path, tmp_path: Path, counted: list[str]) -> None:
    """Same size, same time, other bytes: that file is read again, the other is not."""
    place = copied(folder, tmp_path / "报送")
    runs.run(place, tmp_path / "结果")
    counted.clear()
    edited(place / "单位00" / "附件1.xlsx")
    runs.run(place, tmp_path / "结果")
    assert counted == ["单位00/附件1.xlsx"]


def test_a_file_that_moves_or_goes_is_noticed(folder: Path, tmp_path: Path, counted: list[str]) -> None:
    """Known content under another name is told under that name without being read; what is gone is gone."""
    place = copied(folder, tmp_path / "报送")
    runs.run(place, tmp_path / "结果")
    counted.clear()
    (place / "单位00").rename(place / "单位02")
    moved = runs.run(place, tmp_path / "结果")
    assert counted == []
    assert [submission.path for submission in moved.audit.submissions] == ["单位01/附件1.xlsx", "单位02/附件1.xlsx"]
    assert [submission.id for submission in moved.audit.submissions] == [
        "单位01/附件1.xlsx#附件1",
        "单位02/附件1.xlsx#附件1",
    ]
    (place / "单位02" / "附件1.xlsx").unlink()
    assert [submission.path for submission in runs.run(place, tmp_path / "结果").audit.submissions] == [
        "单位01/附件1.xlsx"
    ]
    counted.clear()
    copied(folder, tmp_path / "又")
    (tmp_path / "又" / "单位00" / "附件1.xlsx").rename(place / "单位02" / "附件1.xlsx")
    runs.run(place, tmp_path / "结果")
    assert counted == ["单位02/附件1.xlsx"]  # what a run did not use is not kept


@pytest.mark.parametrize("what", ["program", "python", "library", "limits", "office"])
def test_whatever_results_depend_on_is_in_the_stamp(
    folder: Path, tmp_path: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Another program, Python, library, limit or LibreOffice: everything is read again."""
    place = copied(folder, tmp_path / "报送")
    runs.run(place, tmp_path / "结果")
    counted.clear()
    if what == "program":
        monkeypatch.setattr(stamp, "program", lambda: "another")
    elif what == "python":
        monkeypatch.setattr(sys, "version", "4.0")
    elif what == "library":
        monkeypatch.setattr(stamp, "release", lambda name: f"{name} 99")
    elif what == "limits":
        monkeypatch.setenv("XLTOOL_SECONDS", "61")
    else:
        monkeypatch.setenv("XLTOOL_SOFFICE", sys.executable)
    runs.run(place, tmp_path / "结果")
    assert len(counted) == 2
    counted.clear()
    runs.run(place, tmp_path / "结果")
    assert counted == []


def test_the_program_is_known_to_the_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed line of code or parameter gives another stamp; a note beside the code does not."""
    (tmp_path / "params").mkdir()
    code, limits = tmp_path / "__init__.py", tmp_path / "params" / "2023.toml"
    code.write_text("a = 1", encoding="utf-8")
    limits.write_text("a = 1", encoding="utf-8")
    monkeypatch.setattr(stamp, "PROGRAM", tmp_path)
    digests = []
    for path in (code, limits, tmp_path / "notes.txt"):
        path.write_text("a = 2", encoding="utf-8")
        stamp.program.cache_clear()
        digests.append(stamp.program())
    stamp.program.cache_clear()
    assert digests[0] != digests[1] == digests[2]


def test_the_whole_program_is_in_the_stamp() -> None:
    """A changed rule or reader gives other results, and not only a changed run."""
    assert Path(xltool.__file__).parent == stamp.PROGRAM


@pytest.mark.parametrize("change", ["edited", "deleted", "epoch", "torn state", "false state"])
def test_results_that_are_not_as_they_were_left_are_made_again(
    folder: Path, tmp_path: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """An output somebody changed or removed, another time of the run, a note of the run that cannot be right."""
    place, out = copied(folder, tmp_path / "报送"), tmp_path / "结果"
    runs.run(place, out)
    marks, before = hashes(out), (out / "review.xlsx").stat().st_mtime_ns
    counted.clear()
    note = out / ".xltool" / "run.json"
    if change == "edited":
        (out / "findings.json").write_text("{}", encoding="utf-8")
    elif change == "deleted":
        (out / "frames" / "values.parquet").unlink()
    elif change == "epoch":
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1718150401")
    elif change == "torn state":
        note.write_bytes(note.read_bytes()[:40])
    else:
        note.write_text(json.dumps({"made_from": "0", "outputs": {"../../x": "1"}}), encoding="utf-8")
    runs.run(place, out)
    assert (out / "review.xlsx").stat().st_mtime_ns > before
    assert counted == []
    assert (hashes(out) == marks) is (change != "epoch")


def test_results_are_read_again_where_their_times_are_others(tmp_path: Path) -> None:
    """A review always is, and so is what was written last, which may change within the same tick of the clock."""
    review, last, earlier = (tmp_path / name for name in ("review.xlsx", "notices/a.docx", "returned/a.xlsx"))
    for path in (review, last, earlier):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"1")
    now = earlier.stat().st_mtime_ns
    os.utime(last, ns=(now, now + 10**10))
    counts = RunCounts(read=1, skipped=0, refused=0, filings=1, forms=1, errors=1, warnings=0, infos=0)
    run_state.remember(tmp_path, tmp_path, run_state.Run("x", (review, last, earlier), counts, ()))
    assert run_state.current(tmp_path, tmp_path, "x") is not None
    assert list(file_times.load_times(tmp_path)) == ["returned/a.xlsx"]
    for path, data in ((review, b"2"), (last, b"2"), (earlier, b"22")):
        times = path.stat()
        path.write_bytes(data)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        assert run_state.current(tmp_path, tmp_path, "x") is None
        path.write_bytes(b"1")  # as it was, with other times
        assert run_state.current(tmp_path, tmp_path, "x") is not None


def test_a_refusal_that_may_pass_is_tried_again(
    folder: Path, tmp_path: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that could not be read for reasons of the moment is read by the next run, and the results follow."""
    place = copied(folder, tmp_path / "报送")
    with monkeypatch.context() as patch:
        patch.setattr(workers, "Pool", type("Pool", (InlinePool,), {"deadly": {"单位00/附件1.xlsx": Lost.MEMORY}}))
        assert runs.run(place, tmp_path / "结果").tally.refused == 1
    counted.clear()
    assert runs.run(place, tmp_path / "结果").tally.refused == 0
    assert counted == ["单位00/附件1.xlsx"]


def test_kept_records_are_not_believed(folder: Path, tmp_path: Path, counted: list[str]) -> None:
    """Whatever befell the file of kept records, at any byte: the results are those of a first run."""
    place, out = copied(folder, tmp_path / "报送"), tmp_path / "结果"
    runs.run(place, out)
    marks = hashes(out)
    records = out / ".xltool" / RECORDS
    whole = records.read_bytes()
    chance = random.Random(7)  # noqa: S311 - places of damage
    for _ in range(200 if LONG else 12):
        data = bytearray(whole)
        at = chance.randrange(len(data))
        data[at] ^= 1 << chance.randrange(8)
        records.write_bytes(data[: chance.choice([len(data), at])])
        (out / "findings.json").unlink()
        runs.run(place, out)
        assert hashes(out) == marks
    assert counted


def test_an_entry_with_a_fitting_checksum_is_still_checked(folder: Path, tmp_path: Path) -> None:
    """Bytes that are no record, or inflate without end, count as not there though their checksum is right."""
    place = copied(folder, tmp_path / "报送")
    source, _ = discover([place])
    path = tmp_path / "records.bin"
    record = read_file(source.path, source.name)
    for content in (b"\x80", b"\xc1", bytes(LARGEST + 1)):
        with records.RecordStore(path, b"stamp") as store:
            store.add(source, record, compress(content))
            assert store.find(source) is None


def test_records_of_the_round_before_are_taken_over(folder: Path, tmp_path: Path) -> None:
    """Its file is not changed. What is torn in it, another program's file, and a missing one have no records."""
    source, _ = discover([copied(folder, tmp_path / "报送")])
    before, now = tmp_path / "before.bin", tmp_path / "now.bin"
    with records.RecordStore(before, b"stamp") as store:
        (record,) = workers.read_sources([source], store=store)
    content = before.read_bytes()
    with records.RecordStore(now, b"stamp", earlier=before) as store:
        assert store.find(source) == read_file(source.path, source.name)
    assert now.read_bytes() == content
    with records.RecordStore(now, b"stamp") as store:
        assert store.find(source) == read_file(source.path, source.name)
    for other in (b"", content[:-1], content[:-1] + b"x", b"other"):
        before.write_bytes(other)
        now.unlink()
        with records.RecordStore(now, b"stamp", earlier=before) as store:
            assert store.find(source) is None
        assert before.read_bytes() == other
    with records.RecordStore(now, b"other", earlier=tmp_path / "missing.bin") as store:
        assert store.find(source) is None
    assert record.sha256


def test_a_record_too_large_to_be_taken_up_again_is_not_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its forms stay in memory and are read anew by the next run."""
    monkeypatch.setattr(workers, "LARGEST", 100)
    source, _ = discover([copied(folder, tmp_path / "报送")])
    with records.RecordStore(tmp_path / "records.bin", b"stamp") as store:
        (record,) = workers.read_sources([source], store=store)
        assert store.find(source) is None
        store.file.truncate(0)
        assert record == read_file(source.path, source.name)


def test_versions_of_libraries_are_those_of_their_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are read from the names of folders, and from the metadata where there is no such folder."""
    expected = {name: version(name) for name in stamp.LIBRARIES}
    assert {name: stamp._releases()[name] for name in stamp.LIBRARIES} == expected  # noqa: SLF001 - the quick way itself
    monkeypatch.setattr(stamp, "_releases", dict)
    assert {name: stamp.release(name) for name in stamp.LIBRARIES} == expected
