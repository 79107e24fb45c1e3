"""What a run writes with workers' help: the same whoever wrote it, and over at once where something goes wrong."""

from __future__ import annotations

from contextlib import nullcontext
from shutil import copyfile
from threading import Event
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from tests.batches.folders import EPOCH, Answers, InlinePool
from tests.support.filled import filled
from xltool.batches import mailing, products, reading, returned_copies, runs, writing
from xltool.batches.options import Options
from xltool.outputs.page import page
from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from xltool.workers.pool import Pool, Runner


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Filings of two departments, each with something to mend."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    monkeypatch.setattr(reading, "Pool", InlinePool)
    seed = filled(tmp_path / "附件1.xlsx", "附件1")
    for name in ("水利局", "林业局"):
        (tmp_path / "报送" / name).mkdir(parents=True)
        copyfile(seed, tmp_path / "报送" / name / "附件1.xlsx")
    return tmp_path / "报送"


def everything(out: Path) -> dict[str, bytes]:
    """What lies in the results, by name; the run's own notes aside."""
    paths = (path for path in sorted(out.rglob("*")) if path.is_file())
    return {name: path.read_bytes() for path in paths if (name := path.relative_to(out).as_posix())[0] != "."}


def test_the_parts_of_a_large_page_are_outputs_like_others(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are named, written again where one is missing, and gone with the large page."""
    out = tmp_path / "结果"
    part = out / "review.data" / "0.js"
    with monkeypatch.context() as small:
        small.setattr(page, "LARGEST", 1)
        outcome = runs.run(folder, out, Options(jobs=1))
        assert part in outcome.written
        expected = everything(out)
        part.unlink()
        runs.run(folder, out, Options(jobs=1))
        assert everything(out) == expected
    runs.run(folder, out, Options(jobs=1, fresh=True))
    assert not part.parent.exists()


class _Apart(InlinePool):
    """A cluster, and an engine for it, whose workers do not share the disk of the results."""

    writes_results = False
    loses = False
    """Whether it gives up on the outputs on the whole."""

    def connect(self, *_: object) -> AbstractContextManager[_Apart]:
        """It is there already."""
        return nullcontext(self)

    def beside(self, pool: Pool) -> _Apart:  # type: ignore[override] # noqa: ARG002 - the same cluster
        """The same for another thread."""
        return self

    def run(self, work: Callable[[Any], bytes], tasks: Sequence[Any], **_: object) -> Answers:
        """Do it with what is sent."""
        for number, task in enumerate(tasks):
            is_whole = work is writing.send_outputs
            sent = task.for_sending() if hasattr(task, "for_sending") else task
            self.done |= {getattr(work, "__name__", "")}
            yield number, Lost.TIMEOUT if is_whole and self.loses else work(sent)

    def __init__(self) -> None:
        """Nothing is done yet."""
        self.done: set[str] = set()


@pytest.mark.parametrize("case", ["sent", "lost", "too large"])
def test_outputs_come_back_from_workers_without_the_disk(
    case: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes, also where the cluster gives up, or where the audit is too large to be sent."""
    monkeypatch.setattr(products, "Pool", InlinePool)
    runs.run(folder, tmp_path / "结果", Options(jobs=1))
    cluster = _Apart()
    cluster.loses = case == "lost"
    monkeypatch.setattr(writing, "LARGEST_SENT", 0 if case == "too large" else writing.LARGEST_SENT)
    (tmp_path / "集群" / "review.data").mkdir(parents=True)
    (tmp_path / "集群" / "review.data" / "0.js").write_bytes(b"an earlier page was large")
    outcome = runs.run(folder, tmp_path / "集群", Options(jobs=1, engine=cluster))
    assert everything(tmp_path / "集群") == everything(tmp_path / "结果")
    assert ("send_outputs" in cluster.done) is (case != "too large")
    assert outcome.messages == ()


class _Dying(InlinePool):
    """A pool whose workers die over everything they write, or fail."""

    answer: bytes | Lost

    def run(self, work: Callable[[Any], bytes], tasks: Sequence[Any], **_: object) -> Answers:
        """Do it, unless it is a letter or a report."""
        for number, task in enumerate(tasks):
            asked = getattr(getattr(task, "work", None), "args", ())
            lost = asked in {(mailing.write_letter,), (writing.write_output,)}
            yield number, self.answer if lost else work(task)


@pytest.mark.parametrize("answer", [Lost.CRASHED, Lost.MEMORY, Lost.TIMEOUT])
def test_what_workers_cannot_write_costs_itself_and_a_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Lost
) -> None:
    """What is returned is written, and what could not be is named and written by the next run."""
    runs.run(folder, tmp_path / "结果", Options(jobs=1))
    expected = everything(tmp_path / "结果")
    with monkeypatch.context() as dying:
        dying.setattr(reading, "Pool", _Dying)
        dying.setattr(_Dying, "answer", answer, raising=False)
        outcome = runs.run(folder, tmp_path / "再次", Options(jobs=2))
    left = everything(tmp_path / "再次")
    assert left == {name: data for name, data in expected.items() if name.startswith("returned/")}
    lost = {line.partition(" ")[0] for line in outcome.messages}
    named = {name for name in expected if not name.startswith(("returned/", "frames/", "parcels/"))}
    assert lost == named | {"frames"}
    runs.run(folder, tmp_path / "再次", Options(jobs=2))
    assert everything(tmp_path / "再次") == expected


class _Waiting(InlinePool):
    """A pool that goes on with copies only after the run was broken off."""

    began: Event
    stop: Event
    copies = 0

    def __init__(self, *given: Any) -> None:  # noqa: ANN401 - as the one it replaces
        """Know when to stop."""
        super().__init__(*given)
        type(self).stop = given[3]

    def run(self, work: Callable[[Any], bytes], tasks: Sequence[Any], **_: object) -> Answers:
        """Do it; before each copy wait for the end."""
        for number, answer in super().run(work, tasks):
            if work is returned_copies.send_returned:
                type(self).copies += 1
                self.began.set()
                assert self.stop.wait(60)
            yield number, answer


class _Elsewhere:
    """An engine that has copies made somewhere else."""

    @staticmethod
    def connect(*_: object) -> AbstractContextManager[Runner]:
        """Something else than the pool."""
        runner = _Waiting(None, None, None, _Waiting.stop)
        runner.writes_results = False
        return nullcontext(runner)


def test_a_run_that_fails_does_not_leave_its_workers_at_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full while copies are made elsewhere: the error is told, and no further copy is made or written."""
    monkeypatch.setattr(_Waiting, "began", Event(), raising=False)
    monkeypatch.setattr(reading, "Pool", _Waiting)

    def fail(*_: object) -> NoReturn:
        assert _Waiting.began.wait(60)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "write_output", fail)
    monkeypatch.setattr(products, "Pool", InlinePool)
    with pytest.raises(OSError, match="No space left"):
        runs.run(folder, tmp_path / "结果", Options(jobs=2, engine=_Elsewhere()))
    assert _Waiting.copies == 1
    assert not (tmp_path / "结果" / "returned").exists()


def test_what_a_worker_cannot_write_is_told(folder: Path, tmp_path: Path) -> None:
    """An error beside the reports is the run's."""
    (tmp_path / "结果").mkdir()
    (tmp_path / "结果" / "notices").write_bytes(b"in the way")
    with pytest.raises(OSError, match="notices"):
        runs.run(folder, tmp_path / "结果", Options(jobs=2))
