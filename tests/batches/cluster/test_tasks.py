"""All kinds of tasks of a run are done on a cluster, and the bytes are those of this machine.

The cluster lies in this process: its workers are threads, and one that is lost is closed in the middle of a chunk.
"""

from __future__ import annotations

import asyncio
import subprocess
import threading
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any, ClassVar

import dask
import pytest
from distributed import LocalCluster, Security, get_worker

from tests.batches.folders import EPOCH, Answers, InlinePool, hashes, issued
from tests.support.programs.tools import needs
from xltool.auditing import portions
from xltool.batches import products, reading, runs
from xltool.batches.cluster import chunks, dask_engine
from xltool.batches.cluster.dask_engine import Dask
from xltool.batches.options import HIDDEN, Options
from xltool.batches.reading import read_file_packed
from xltool.reader.files.archives import Source
from xltool.reader.limits import given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from xltool.batches.cluster.chunks import Answer, Chunk

DEPARTMENTS = ("民政局", "水利局", "财政局", "教育局", "林业局", "统计局")
KINDS = ("read_file_packed", "judge_files", "returned", "letter")
"""Parts of the names of the functions that do the tasks."""
SHARED_KINDS = (*KINDS, "write_output")
"""Those of workers that share the disk of the results."""


class _Here(InlinePool):
    """The pool of the machine that starts the run."""

    done: ClassVar[set[str]] = set()

    def run(self, work: Callable[[Any], bytes], tasks: Sequence[Any], **_: object) -> Answers:
        """Do it, noting which work."""
        type(self).done |= {_name(work)} if len(tasks) else set()
        return super().run(work, tasks)


class _There(InlinePool):
    """The pool of a worker of the cluster."""


def _name(work: Callable[[Any], bytes]) -> str:
    while isinstance(work, partial):
        work = work.args[0] if work.args else work.func
    return work.__name__


@pytest.fixture(scope="module", autouse=True)
def inline() -> Iterator[None]:
    """The time of every run, small chunks, and no processes on either side."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", EPOCH)
        patch.setattr(reading, "Pool", _Here)
        patch.setattr(products, "Pool", _Here)
        patch.setattr(chunks, "Pool", _There)
        patch.setattr(dask_engine, "FEWEST", 3)
        patch.setattr(portions, "PORTION", 3)
        yield


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county of six departments."""
    folder = tmp_path_factory.mktemp("县") / "报送"
    for name in DEPARTMENTS:
        issued(folder / name / "全部.xlsx", name, "附件1", "附件2", "附件3", projects=("某项目",))
    return folder


@pytest.fixture(scope="module")
def expected(county: Path) -> dict[str, str]:
    """What a run without a cluster leaves."""
    runs.run(county, county.parent / "本机", Options())
    return _results(county.parent / "本机")


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a scheduler with a worker for each that will be lost, and two more."""
    with LocalCluster(
        n_workers=len(SHARED_KINDS) + 2, threads_per_worker=1, processes=False, dashboard_address=":0"
    ) as cluster:
        yield cluster.scheduler_address


def _results(out: Path) -> dict[str, str]:
    return {name: sha for name, sha in hashes(out).items() if not name.startswith(HIDDEN)}


def is_here(_: chunks.FilePlace) -> bool:
    """No file is on the disk of a worker."""
    return False


def test_all_tasks_are_done_on_the_cluster_and_come_back(
    county: Path, expected: dict[str, str], scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers that do not share the disk of the results: what they make is written here, reviews too."""
    monkeypatch.setattr(_Here, "done", set())
    monkeypatch.setattr(dask_engine, "sees", lambda _: False)
    monkeypatch.setattr(chunks.FilePlace, "is_here", is_here)
    out = county.parent / "集群"
    runs.run(county, out, Options(engine=Dask(scheduler)))
    assert _results(out) == expected
    assert not [name for name in _Here.done for kind in (*SHARED_KINDS, "send_outputs") if kind in name]
    assert "compare_filings" in _Here.done


_tries: Counter[tuple[str, str]] = Counter()
"""How often each chunk was done: its kind, and what Dask calls it."""
_counting = threading.Lock()
_places: list[Path] = []
"""Where workers wrote results."""
_files: list[chunks.Sent] = []
"""Tasks with a file."""


def _do_or_be_lost(chunk: Chunk) -> list[Answer]:
    """Do a chunk; the worker that does the first chunk of a kind is lost before it answers."""
    worker, kind = get_worker(), next(kind for kind in SHARED_KINDS if kind in _name(chunk.work))
    with _counting:
        is_first = kind not in {kind for kind, _ in _tries}
        _tries[kind, str(worker.get_current_task())] += 1
    _places.extend(sent.task.place for sent in chunk.sent if hasattr(sent.task, "place"))
    _files.extend(sent for sent in chunk.sent if sent.data is not None or sent.place is not None)
    answers = chunks.do_chunk(chunk)
    if is_first:
        loop = worker.loop.asyncio_loop  # type: ignore[attr-defined] # tornado's, of asyncio
        asyncio.run_coroutine_threadsafe(worker.close(timeout=1, executor_wait=False, nanny=False), loop).result()
    return answers


def test_a_worker_is_lost_at_each_kind_of_task(
    county: Path, expected: dict[str, str], scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers that share the disk write there, reviews too; what a lost worker had is done by another."""
    monkeypatch.setattr(dask_engine, "do_chunk", _do_or_be_lost)
    monkeypatch.chdir(county.parent)
    out = Path("丢失")
    runs.run(county, out, Options(engine=Dask(scheduler)))
    assert all(place.is_absolute() for place in _places)  # a machine of a cluster has another working folder
    assert len(_places) > len(DEPARTMENTS)
    assert _files
    assert all(sent.place is not None and sent.place.path.is_absolute() for sent in _files)
    assert {kind for (kind, _), tries in _tries.items() if tries > 1} == set(SHARED_KINDS)
    assert _results(out) == expected


@needs(which("openssl"), "OpenSSL")
def test_scheduler_workers_and_client_know_each_other_by_certificates(
    county: Path, expected: dict[str, str], tmp_path: Path
) -> None:
    """With certificates of one's own making the run is as without; without a certificate nobody gets in."""
    pem = _certificate(tmp_path)
    security = Security(require_encryption=True, **{f"tls_{role}_{part}": pem for role, part in _TLS}, tls_ca_file=pem)
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0", security=security, protocol="tls://"
    ) as cluster:
        address = cluster.scheduler_address
        assert address.startswith("tls://127.0.0.1:")
        with pytest.raises(ConnectionError, match=f"连不上 Dask 调度器 {address}"):
            runs.run(county, tmp_path / "外人", Options(engine=Dask(address)))
        with dask.config.set({f"distributed.comm.tls.{key}": pem for key in ("ca-file", "client.cert", "client.key")}):
            runs.run(county, county.parent / "加密", Options(engine=Dask(address)))
    assert _results(county.parent / "加密") == expected


_TLS = [(role, part) for role in ("scheduler", "worker", "client") for part in ("cert", "key")]


def _certificate(folder: Path) -> str:
    """A certificate that vouches for itself, with its key, in one file."""
    pem, key = folder / "own.pem", folder / "key.pem"
    words = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=xltool")
    command = ["openssl", *words, "-keyout", str(key), "-out", str(pem)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - the installed one
    pem.write_bytes(pem.read_bytes() + key.read_bytes())
    return str(pem)


def test_a_worker_without_the_disk_of_the_results_leaves_a_chunk_to_others(tmp_path: Path) -> None:
    """A worker that joins later writes nothing on its own disk."""
    chunk = chunks.Chunk(read_file_packed, (chunks.Sent(None),), given(), chunks.identity(), tmp_path / "没有")
    assert chunks.do_chunk(chunk) == [None]


def test_a_file_that_is_another_one_there_is_left_to_others(tmp_path: Path) -> None:
    """A file at the same place, but changed or of another machine, is not taken for the one of the run."""
    path = tmp_path / "附件1.xlsx"
    path.write_bytes(b"no workbook")
    place, source = chunks.FilePlace.of(path), Source(path, "附件1.xlsx")

    def done(place: chunks.FilePlace) -> list[Answer]:
        return chunks.do_chunk(
            chunks.Chunk(read_file_packed, (chunks.Sent(source, place=place),), given(), chunks.identity())
        )

    assert done(place) == [read_file_packed(source)]
    others = (replace(place, size=1), replace(place, changed=0), replace(place, path=tmp_path / "无"))
    assert [done(other) for other in others] == [[None]] * len(others)
    assert path.exists()
