"""The audit of a run on disk: judged by workers, some files at a time, and what an audit in memory says of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from tests.batches.folders import Answers, InlinePool
from tests.support.seed import order, seed_sheets
from xltool.auditing import portions
from xltool.auditing.audit import audit
from xltool.auditing.exemptions.model import COLUMNS, Exemption, Exemptions
from xltool.auditing.plausibility.ranking import ranked
from xltool.auditing.terms import NO_TERMS, Terms
from xltool.batches import judging
from xltool.batches.reading import Workers
from xltool.batches.store.audit import AuditStore
from xltool.batches.store.form_cache import load_stub, pin, stub_of
from xltool.batches.store.packed import RecordReader, compress
from xltool.batches.store.records import RecordStore
from xltool.findings import keyed_on_files
from xltool.reader import record_encoding
from xltool.reader.files.archives import Source
from xltool.reader.limits import LIMITS
from xltool.reader.reading import read_file
from xltool.template.workbook import write_workbook
from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.reader.records import FileRecord

TOWNS = ("东镇", "南镇", "西镇")


def town(name: str, folder: Path) -> list[FileRecord]:
    """The seed as the filing of a town: all of them tell the same story, which is worth a finding."""
    records = []
    for form, sheet in seed_sheets().items():
        path = folder / f"{form}.xlsx"
        if not path.exists():
            path.write_bytes(write_workbook(order(), [sheet]))
        record = read_file(path, f"{name}/{form}.xlsx")
        for submission in record.submissions:
            submission.department, submission.filing = name, f"{name}（2023）"
            for key in ("填报单位", "部门名称", "主管部门", "实施单位"):
                if key in submission.values:
                    submission.values[key].value = name
        record.sha256 = name
        records.append(record)
    return records


@pytest.fixture
def records(tmp_path: Path) -> list[FileRecord]:
    """Three towns."""
    return [record for name in TOWNS for record in town(name, tmp_path)]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[RecordStore]:
    """Where records are kept."""
    with RecordStore(tmp_path / "records.bin", b"stamp") as store:
        yield store


def stored(records: Sequence[FileRecord], kept: RecordStore) -> list[FileRecord]:
    """The same records, stored, with forms that load their cells on demand."""
    cached = []
    for number, record in enumerate(records):
        record.sha256 = str(number)
        source, data = Source(kept.path.with_suffix(".xlsx"), record.path), record_encoding.encode(record)
        kept.add(source, record, compress(data))
        cached.append(kept.cache_forms(source, record_encoding.decode(data)))
    return cached


def judged(kept: RecordStore, records: Sequence[FileRecord], terms: Terms = NO_TERMS) -> Audit:
    """The audit as whoever reads it finds it, with its findings in memory."""
    workers: Any = Workers((pool := InlinePool()), pool, 1, LIMITS, kept.path.parent, Event())  # type: ignore[arg-type] # as good as one
    audited = judging.judge(workers, stored(records, kept), terms=terms, prior=[], store=kept)
    with AuditStore(audited) as store:
        result = store.judged_audit(store.records())
        assert list(store.spot_checks()) == ranked(result)
        assert (audited.messages, audited.is_complete) == ((), True)
        return replace(result, findings=list(result.findings), keys=list(result.keys))


def said(result: Audit) -> dict[str, Any]:
    """All an audit says."""
    computed = {key: numbers.tobytes() for key, numbers in result.computed.items()}
    profiles = {key: profile.name for key, profile in result.profiles.items()}
    signs = sorted(result.signs, key=lambda sign: sign.filing)
    forms = [record_encoding.encode(stub_of(record).record) for record in result.records]
    return {
        "findings": result.findings, "keys": result.keys, "scores": result.scores, "computed": computed,
        "profiles": profiles, "signs": signs, "forms": len(forms),
    }  # fmt: skip


class _Dying(InlinePool):
    """A pool whose workers die over everything."""

    def run(self, work: Callable[[Any], bytes], tasks: Sequence[Any], **_: object) -> Answers:  # noqa: ARG002 - not done
        """Nothing but deaths."""
        for number in range(len(tasks)):
            yield number, Lost.MEMORY


@pytest.mark.parametrize("portion", [1, 1_000])
def test_what_lies_on_disk_is_what_an_audit_in_memory_says(
    records: list[FileRecord], kept: RecordStore, monkeypatch: pytest.MonkeyPatch, portion: int
) -> None:
    """However many files are judged at a time."""
    expected = said(audit(records))
    assert "X-16" in {finding.rule for finding in expected["findings"]}
    monkeypatch.setattr(portions, "PORTION", portion)
    assert said(judged(kept, records)) == expected


def test_where_nothing_can_be_judged_every_form_is_named(records: list[FileRecord], kept: RecordStore) -> None:
    """And nothing is judged by the process that waits for its workers."""
    workers: Any = Workers((pool := _Dying()), pool, 1, LIMITS, kept.path.parent, Event())  # type: ignore[arg-type] # as good as one
    audited = judging.judge(workers, stored(records, kept), terms=NO_TERMS, prior=[], store=kept)
    with AuditStore(audited) as store:
        findings = store.audit(store.records()).findings
        named = [finding.submission for finding in findings if finding.submission]
        assert named == sorted(submission.id for record in records for submission in record.submissions)
        assert {finding.rule for finding in findings} == {"W-27"}
    assert not audited.is_complete
    assert any("各单位之间的比对未能完成" in line for line in audited.messages)


def granted(row: int, rule: str, department: str = TOWNS[0]) -> Exemption:
    """An exemption of a rule."""
    return Exemption(row, department, None, "", "", rule, "", "批准的理由", "某某", date(2099, 1, 1))


def test_exemptions_meet_findings_of_every_kind(records: list[FileRecord], kept: RecordStore) -> None:
    """Of one filing, of all of them together; one that meets nothing is told once."""
    given = (granted(2, "A3-02"), granted(3, "X-16"), granted(4, "A1-01"))
    terms = Terms(exemptions=Exemptions("豁免.xlsx", None, given, date(2024, 6, 1), dict.fromkeys(COLUMNS, "A")))
    result = judged(kept, records, terms)
    assert said(result) == said(audit(records, terms))
    assert {finding.rule for finding in result.findings if finding.exemption is not None} == {"A3-02", "X-16"}
    assert [finding.cell for finding in result.findings if finding.rule == "W-24"] == ["A4"]


def test_findings_on_disk_are_found_by_number_and_by_file(records: list[FileRecord], kept: RecordStore) -> None:
    """As those of a list: from both ends, in slices, by file; the ones from across all files among them."""
    workers: Any = Workers((pool := InlinePool()), pool, 1, LIMITS, kept.path.parent, Event())  # type: ignore[arg-type] # as good as one
    audited = judging.judge(workers, stored(records, kept), terms=NO_TERMS, prior=[], store=kept)
    with AuditStore(audited) as store:
        result = store.audit(store.records())
        whole, keys = list(result.findings), list(result.keys)
        assert len(result.findings) == len(result.keys) == len(whole)
        assert [result.findings[at] for at in range(-len(whole), 0)] == whole
        assert [result.keys[at] for at in range(len(keys))] == keys
        assert (result.findings[3:9:2], result.keys[:5]) == (whole[3:9:2], keys[:5])
        with pytest.raises(IndexError):
            _ = result.findings[len(whole)]
        on, listed = keyed_on_files(result.findings, result.keys), keyed_on_files(whole, keys)
        for path in {record.path for record in records}:
            assert list(on(path)) == list(listed(path)) != []


def test_a_form_that_was_changed_goes_whole_to_workers(records: list[FileRecord], kept: RecordStore) -> None:
    """Of a stored form the worker gets the header and loads the cells; a form that was changed is sent complete."""
    first, second, *_ = stored(records, kept)
    (unchanged,), (other,) = first.submissions, second.submissions
    unchanged.filing = other.filing = "某单位"
    pin(other)
    other.values.clear()
    stubs = [stub_of(first), stub_of(second)]
    assert [bool(stub.key) for stub in stubs] == [True, False]
    assert not stubs[0].record.submissions[0].values
    reader = RecordReader(kept.path, kept.places([stubs[0].key]))
    (same,), (changed,) = (load_stub(stub, reader.load).submissions for stub in stubs)
    reader.close()
    assert (same.filing, same.values, same.rows) == ("某单位", records[0].submissions[0].values, unchanged.rows)
    assert (changed.filing, changed.values, changed.surroundings) == (
        "某单位",
        {},
        records[1].submissions[0].surroundings,
    )
