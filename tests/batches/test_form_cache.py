"""Large runs: cells are loaded when they are asked for, files judged in portions, and the results are the same."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.batches.folders import EPOCH, InlinePool, tree
from tests.batches.test_writing import everything
from xltool.auditing import portions
from xltool.auditing.audit import audit
from xltool.auditing.tables import tidy
from xltool.auditing.tables.scopes import FormScope, RowScope
from xltool.batches import reading, runs, writing
from xltool.batches.options import Options
from xltool.batches.store import form_cache
from xltool.batches.store.form_cache import pin
from xltool.batches.store.packed import compress
from xltool.batches.store.records import RecordStore
from xltool.reader import record_encoding
from xltool.reader.files.archives import Source
from xltool.reader.reading import read_file
from xltool.reader.records import FileRecord, Submission

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.batches.store.audit import AuditStore


@pytest.fixture
def _inline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "Pool", InlinePool)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)


@pytest.mark.usefixtures("_inline")
def test_few_forms_in_memory_give_what_all_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files at hand and one judged at a time, or all: the same bytes, now and when read from the record file."""
    folder = tree(tmp_path / "报送")
    whole = runs.run(folder, tmp_path / "全部", Options(jobs=1))
    monkeypatch.setattr(form_cache, "CAPACITY", 2)
    monkeypatch.setattr(portions, "PORTION", 1)
    monkeypatch.setattr(tidy, "BLOCK", 1)
    few = runs.run(folder, tmp_path / "逐份", Options(jobs=1))
    assert everything(tmp_path / "逐份") == everything(tmp_path / "全部")
    assert few.audit.findings == whole.audit.findings
    (tmp_path / "逐份" / ".xltool" / "run.json").unlink()
    runs.run(folder, tmp_path / "逐份", Options(jobs=1))
    assert everything(tmp_path / "逐份") == everything(tmp_path / "全部")


@pytest.mark.usefixtures("_inline")
def test_records_taken_up_one_by_one_are_those_that_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who needs each record once gets what others look up, whatever was changed since it was kept."""
    seen: list[str] = []

    def compare(_: object, store: AuditStore) -> None:
        complete, loaded = list(store.complete_records()), store.records()
        for rows in (tidy.files, tidy.submissions, tidy.values, tidy.projects, tidy.indicators):
            assert rows(complete) == rows(loaded)
        seen.extend(submission.filing for record in complete for submission in record.submissions)
        assert {type(submission) for record in complete for submission in record.submissions} == {Submission}

    monkeypatch.setitem(writing._WRITERS, "frames", compare)  # noqa: SLF001 - what is asked of the audit of a run
    monkeypatch.setattr(writing, "FRAMES", ())
    runs.run(tree(tmp_path / "报送"), tmp_path / "结果", Options(jobs=1))
    assert len(seen) > len(set(seen)) > 1


def store_records(tmp_path: Path, forms: int) -> tuple[RecordStore, list[FileRecord], list[Submission]]:
    """Records that are stored, with their cells loaded on demand, and their forms as they were read."""
    path = tree(tmp_path / "报送") / "林业局" / "全部.xlsx"
    kept, records, before = RecordStore(tmp_path / "records.bin", b"stamp"), [], []
    for number in range(forms):
        record, source = read_file(path, f"{number}.xlsx"), Source(path, f"{number}.xlsx")
        record.sha256 = str(number)  # as if each had content of its own
        before += record_encoding.decode(record_encoding.encode(record)).submissions
        kept.add(source, record, compress(record_encoding.encode(record)))
        records.append(kept.cache_forms(source, record))
    return kept, records, before


def test_a_form_is_there_whenever_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every member is what was read, in whatever order; what is changed in place stays changed."""
    monkeypatch.setattr(form_cache, "CAPACITY", 1)
    kept, records, before = store_records(tmp_path, 3)
    forms = [submission for record in records for submission in record.submissions]
    for form, was in [*zip(forms, before, strict=True)][::-1]:
        for name in was.__dataclass_fields__:
            assert getattr(form, name) == getattr(was, name)
    pin(forms[0])
    forms[0].values.clear()
    assert forms[-1].values
    assert forms[0].values == {}
    assert before[0].values
    kept.file.close()


def test_cells_of_what_was_just_read_are_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that reads a file keeps it and waits for who asks; what it may not keep it has in memory, whole."""
    path = tree(tmp_path / "报送") / "林业局" / "全部.xlsx"
    record, source = read_file(path, "全部.xlsx"), Source(path, "全部.xlsx")
    data, nameless = record_encoding.encode(record), record_encoding.encode(replace(record, sha256=""))
    with RecordStore(tmp_path / "records.bin", b"stamp") as kept:
        asked: list[bytes] = []
        load = kept.forms.load_record

        def noted(key: bytes) -> FileRecord:
            asked.append(key)
            return load(key)

        monkeypatch.setattr(kept.forms, "load_record", noted)
        assert kept.add_read(source, nameless, compress(nameless)) == replace(record, sha256="")
        stored = kept.add_read(source, data, compress(data))
        assert replace(stored, submissions=[]) == replace(record, submissions=[])
        assert [submission.id for submission in stored.submissions] == [
            submission.id for submission in record.submissions
        ]
        assert not asked
        assert [submission.values for submission in stored.submissions] == [
            submission.values for submission in record.submissions
        ]
        assert len(asked) == 1
        with pytest.raises(ValueError, match="path"):
            kept.add_read(source, b"\x80", compress(b"\x80"))


def test_records_that_change_under_a_run_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody writes into the folder of the run: a line that says what to do, no wrong figure."""
    monkeypatch.setattr(form_cache, "CAPACITY", 1)
    kept, records, _ = store_records(tmp_path, 2)
    kept.file.truncate(200)
    with pytest.raises(OSError, match="运行期间缓存文件被改动，请重新运行"):
        _ = records[0].submissions[0].values
    kept.file.close()


def test_the_cache_fits_the_largest_filing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of a filing are looked at together: none is read twice for it."""
    monkeypatch.setattr(form_cache, "CAPACITY", 1)
    kept, records, _ = store_records(tmp_path, 4)
    for record in records:
        for submission in record.submissions:
            submission.filing = "一个单位"
    kept.forms.fit(records)
    assert kept.forms.capacity == 2 * len(records)
    kept.file.close()


def file_of(name: str, *filings: str) -> FileRecord:
    """A file with a form of each of these filings."""
    forms = [
        Submission(f"{name}#{filing}", name, filing, "附件1", "template", 2023, filing, "", "", filing)
        for filing in filings
    ]
    return FileRecord(name, "read", submissions=forms)


def test_portions_keep_filings_together_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file about two filings joins them; each file is in one portion, and files without forms are too."""
    records = [
        file_of("1", "甲"),
        file_of("2", "乙"),
        file_of("3", "丙"),
        file_of("4"),
        file_of("5", "甲", "丙"),
        file_of("6", "丙"),
        file_of("7", "乙"),
    ]
    monkeypatch.setattr(portions, "PORTION", 1)
    paths = [[record.path for record in portion] for portion in portions.portions(records)]
    assert paths == [["1", "3", "5", "6"], ["2", "7"], ["4"]]
    monkeypatch.setattr(portions, "PORTION", 5)
    assert [len(portion) for portion in portions.portions(records)] == [6, 1]
    assert list(portions.portions([])) == []


def test_nothing_of_a_portion_outlives_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its frames are gone when the next one is judged, without a collection."""
    path = tree(tmp_path / "报送") / "林业局" / "全部.xlsx"
    records = [read_file(path, f"{number}.xlsx") for number in range(2)]
    for record in records:
        for submission in record.submissions:
            submission.filing = record.path
    monkeypatch.setattr(portions, "PORTION", 1)
    gc.collect()
    gc.disable()
    try:
        result = audit(records)
        left = [item for item in gc.get_objects() if isinstance(item, FormScope | RowScope)]
    finally:
        gc.enable()
    assert result.findings
    assert left == []


def test_a_stored_record_is_decoded_with_every_member_but_the_cells() -> None:
    """A member that is added to a record or a header has its place in what the run keeps in memory."""
    stored = set(form_cache._StoredRecord.__struct_fields__)  # noqa: SLF001 - the type that msgspec decodes
    assert stored == set(FileRecord.__dataclass_fields__)
    assert set(form_cache.HEADER) | set(form_cache.CELLS) == set(Submission.__dataclass_fields__)


def test_files_of_one_content_share_stored_cells_and_no_changes(tmp_path: Path) -> None:
    """Cells of a copy are changed in that copy alone, and the stored record stays as it was read."""
    path = tree(tmp_path / "报送") / "林业局" / "全部.xlsx"
    with RecordStore(tmp_path / "records.bin", b"stamp") as kept:
        records = []
        for name in ("1.xlsx", "2.xlsx"):
            record, source = read_file(path, name), Source(path, name)
            kept.add(source, record, compress(record_encoding.encode(record)))
            records.append(kept.cache_forms(source, record))
        first, second = records[0].submissions[0], records[1].submissions[0]
        pin(first)
        first.values.clear()
        assert first.values == {}
        assert second.values
        assert second.path == "2.xlsx"
