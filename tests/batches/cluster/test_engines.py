"""A cluster gives what this machine gives, whatever happens to it; folders behind a URL are as good as any."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import fsspec  # type: ignore[import-untyped]
import pytest

from tests.batches.folders import EPOCH, Answers, InlinePool, hashes, with_other_bytes
from tests.reader.files.test_archives import packed
from tests.support.bars import bar_of
from tests.support.filled import filled
from xltool import cli
from xltool.batches import pipeline, reading, runs
from xltool.batches.cluster import chunks, dask_engine, engines, remote
from xltool.batches.cluster.dask_engine import Dask
from xltool.batches.options import HIDDEN, Options
from xltool.batches.reading import read_file_packed
from xltool.batches.store.packed import compress
from xltool.reader import record_encoding
from xltool.reader.files.archives import Source
from xltool.reader.limits import given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

FILES = 40
_HAS_FORKS = sys.platform == "linux" and not os.environ.get("XLTOOL_LONG")
FORKING = ("--preload", "tests.batches.cluster.forking") if _HAS_FORKS else ()
"""Options of a worker that forks the processes of its chunks."""


@pytest.fixture(autouse=True, scope="module")
def inline() -> Iterator[None]:
    """The time of every run; on this machine no processes: what is tried are those of the cluster."""
    with pytest.MonkeyPatch.context() as patch:
        _no_other_cluster(patch)
        yield


def _no_other_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    monkeypatch.setattr(reading, "Pool", InlinePool)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough filings for some chunks."""
    return filings(tmp_path_factory.mktemp("存") / "报送", FILES)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few filings."""
    return filings(tmp_path_factory.mktemp("少") / "报送", 2)


def filings(place: Path, count: int) -> Path:
    """Filings of some departments, a broken one, and an archive."""
    place.mkdir()
    form = filled(place / "附件1.xlsx", "附件1").read_bytes()
    for number in range(count):
        unit = place / f"单位{number:02d}" / "附件1.xlsx"
        unit.parent.mkdir()
        unit.write_bytes(with_other_bytes(form, number))
    (place / "坏.xlsx").write_bytes(form[:3000])
    packed(place / "打包.zip", {"附件1.xlsx": with_other_bytes(form, 99), "说明.txt": b"text"})
    return place


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, str]:
    """What a run on this machine leaves."""
    return local(folder)


def local(folder: Path) -> dict[str, str]:
    """What a run on this machine leaves."""
    runs.run(folder, folder.parent / "本机", Options())
    return results(folder.parent / "本机")


def results(out: Path) -> dict[str, str]:
    """Hash of every file of a review; what runs keep for themselves is not part of it."""
    return {name: sha for name, sha in hashes(out).items() if not name.startswith(HIDDEN)}


@contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of Dask, ended in the end."""
    process = subprocess.Popen(  # noqa: S603 - the installed dask
        [sys.executable, "-m", "dask", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler on loopback with one worker, under a nanny as Dask starts it."""
    address = free_address()
    with scheduling(address), worker(address, tmp_path_factory.mktemp("dask"), *FORKING):
        yield address


def free_address() -> str:
    """An address on loopback that nobody listens to."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"tcp://127.0.0.1:{free.getsockname()[1]}"


@contextmanager
def scheduling(address: str) -> Iterator[subprocess.Popen[bytes]]:
    """A scheduler."""
    host, _, port = address.removeprefix("tcp://").partition(":")
    with started("scheduler", "--host", host, "--port", port, "--no-dashboard") as process:
        yield process


@contextmanager
def worker(address: str, local: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of one thread, which starts the processes of its chunks as users' workers do."""
    words = ("--nthreads", "1", "--no-dashboard", "--local-directory", str(local), *options)
    with started("worker", address, *words) as process:
        yield process


def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Machines that test are busy: a cluster may take its time to start."""
    monkeypatch.setattr(dask_engine, "CONNECTING", 60.0)


def test_a_cluster_that_loses_a_worker_gives_the_same_bytes(
    folder: Path, scheduler: str, expected: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of two workers is killed in the middle of a run: every output is that of a run on one machine."""
    patient(monkeypatch)
    with worker(scheduler, tmp_path / "dask", "--no-nanny", *FORKING) as doomed:
        while workers_of(scheduler) < 2:
            time.sleep(0.2)
        seen: list[int] = []

        def kill(done: int) -> None:
            seen.append(done)
            if sum(seen) == dask_engine.FEWEST:  # the first chunk is back, three are not
                doomed.kill()

        out = folder.parent / "集群"
        outcome = runs.run(folder, out, Options(engine=Dask(scheduler)), bar=bar_of(kill))
        assert doomed.wait(30) != 0
    assert sum(seen) == FILES + 3
    assert outcome.tally.read == FILES + 3  # the archive itself and the form in it
    assert results(out) == expected


def workers_of(address: str) -> int:
    """How many workers a scheduler has."""
    with dask_engine._connected(address) as client:  # noqa: SLF001 - there is no other need for it
        return len(client.nthreads())


def test_workers_fetch_what_lies_behind_a_url(few: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files behind a URL are read by the workers from there, and results put behind one are those of local folders."""
    patient(monkeypatch)
    read: list[str] = []
    expected = local(few)
    monkeypatch.setattr(InlinePool, "run", _noting(read))
    out = few.parent / "网络"
    with remote.local_places(f"file://{few}", f"file://{out}") as places:
        engine = engines.engine_of("dask", scheduler, places.origins)
        runs.run(places.folder, places.out, Options(engine=engine, linked=places.linked))
        assert places.show_urls(f"  {places.out}/review.xlsx") == f"  file://{out}/review.xlsx"
    assert results(out) == expected
    assert "单位00/附件1.xlsx" not in read


def _noting(read: list[str]) -> object:
    """`InlinePool.run`, noting the names of what it is given."""
    run = InlinePool.run

    def noting(self: InlinePool, work: Callable[[Any], bytes], tasks: Sequence[Any], **_: object) -> Answers:
        read.extend(task.name for task in tasks if isinstance(task, Source))
        return run(self, work, tasks)

    return noting


def test_a_scheduler_that_is_lost_ends_the_run_in_a_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written, nothing said by Dask itself; the same command takes up what was read."""
    patient(monkeypatch)
    address = free_address()
    with scheduling(address) as doomed, worker(address, tmp_path / "dask", "--no-nanny"):
        seen: list[int] = []

        def kill(done: int) -> None:
            seen.append(done)
            if sum(seen) == dask_engine.FEWEST:
                doomed.kill()

        with pytest.raises(ConnectionError, match="用同一条命令重新运行"):
            runs.run(folder, tmp_path / "结果", Options(engine=Dask(address)), bar=bar_of(kill))
        assert capfd.readouterr() == ("", "")
    assert results(tmp_path / "结果") == {}
    read: list[str] = []
    monkeypatch.setattr(InlinePool, "run", _noting(read))
    runs.run(folder, tmp_path / "结果", Options())
    assert 0 < sum(name.endswith("附件1.xlsx") for name in read) < FILES


def test_what_the_cluster_cannot_fetch_is_read_here(
    folder: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that no worker gets at costs a way round, never a finding."""
    patient(monkeypatch)
    form = folder / "单位00" / "附件1.xlsx"
    nowhere = remote.Origin(folder, "memory://nowhere")
    [record] = reading.read_sources([Source(form, "附件1.xlsx")], engine=Dask(scheduler, (nowhere,)))
    assert compress(record_encoding.encode(record)) == read_file_packed(Source(form, "附件1.xlsx"))


def test_another_program_on_a_worker_is_told(
    folder: Path, scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers with another xltool or another library would give other results: the run ends before it begins."""
    patient(monkeypatch)
    monkeypatch.setattr(dask_engine, "identity", lambda: chunks.identity() | {"lxml": "1.0"})
    with pytest.raises(ValueError, match="计算节点与本机不同（lxml"):
        runs.run(folder, tmp_path / "结果", Options(engine=Dask(scheduler)))


def test_a_chunk_made_by_another_program_is_refused() -> None:
    """A worker that joins later, with another xltool, does not answer either."""
    chunk = chunks.Chunk(read_file_packed, (), given(), chunks.identity() | {"xltool": "another"})
    with pytest.raises(chunks.OtherProgramError, match="xltool 程序内容"):
        chunks.do_chunk(chunk)


@pytest.mark.timeout(90)  # dask alone waits for minutes
def test_a_scheduler_that_is_not_there_is_told_in_a_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and one line, soon; likewise an address that is none."""
    monkeypatch.setattr(dask_engine, "CONNECTING", 1.0)
    for address in (free_address(), "胡写"):
        words = ["xltool", "batch", str(folder), "--out", str(tmp_path / "结果")]
        monkeypatch.setattr(sys, "argv", [*words, "--engine", "dask", "--scheduler", address])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert (ended.value.code, said.out) == (2, "")
        assert said.err.count("\n") == 1
        assert said.err.startswith(f"连不上 Dask 调度器 {address}")


@pytest.mark.parametrize(
    ("name", "address", "words"),
    [
        ("dask", None, "请用 --scheduler 写明"),
        ("dask", " ", "请用 --scheduler 写明"),
        ("local", "tcp://10.0.0.5:8786", "只用于 --engine dask"),
        ("spark", None, "没有这种运行方式：spark"),
    ],
)
def test_a_wrong_wish_for_an_engine_is_told(name: str, address: str | None, words: str) -> None:
    """What is missing or too much is said in Chinese."""
    with pytest.raises(ValueError, match=words):
        engines.engine_of(name, address)


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the line says how to get it."""
    monkeypatch.setattr(engines, "find_spec", lambda _: None)
    monkeypatch.setattr(remote, "find_spec", lambda _: None)
    with pytest.raises(ValueError, match=r"pip install 'xltool\[cluster\]'"):
        engines.engine_of("dask", "tcp://10.0.0.5:8786")
    with pytest.raises(ValueError, match="读写网络地址"), remote.local_places("s3://bucket/a", "b"):
        pass


# --- stores ------------------------------------------------------------------------------------


@pytest.fixture
def store(few: Path) -> Iterator[str]:
    """A store of objects that holds the filings and something else's results; gone in the end."""
    files = fsspec.filesystem("memory")
    files.put(f"{few}/", "/bucket/报送/", recursive=True)
    yield "memory://bucket"
    files.rm("/bucket", recursive=True)


def test_a_store_of_objects_is_as_good_as_a_folder(few: Path, store: str) -> None:
    """Results put into the folder they are about: the same as on disk, hidden files too, and not read the next time."""
    own, expected = few.parent / "对照", local(few)
    for _ in range(2):
        _run(f"{store}/报送", f"{store}/结果")
        fsspec.filesystem("memory").get("/bucket/结果/", f"{own}/", recursive=True)
        assert results(own) == expected
    inside = _run(f"{store}/报送", f"{store}/报送/结果")
    again = _run(f"{store}/报送", f"{store}/报送/结果")
    assert (inside.tally, inside.written[0].name) == (again.tally, again.written[0].name)


def _run(folder: str, out: str) -> runs.RunResult:
    with remote.local_places(folder, out) as places:
        return runs.run(places.folder, places.out, Options(linked=places.linked))


def test_what_is_no_longer_written_is_taken_away(store: str) -> None:
    """A file that is mended has no returned copy any more; what somebody else put there stays."""
    files = fsspec.filesystem("memory")
    files.pipe_file("/bucket/结果/我的.txt", b"text")
    _run(f"{store}/报送", f"{store}/结果")
    broken = "/bucket/结果/returned/坏.xlsx.问题清单.xlsx"
    assert files.isfile(broken)
    files.rm_file("/bucket/报送/坏.xlsx")
    _run(f"{store}/报送", f"{store}/结果")
    assert not files.isfile(broken)
    assert files.isfile("/bucket/结果/我的.txt")
    hidden = {path.rpartition("/")[2] for path in files.find("/bucket/结果/.xltool")}
    assert hidden == {"format.json", "records.bin", "returned.txt", "published.txt"}


def test_a_run_that_fails_keeps_what_it_read(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results are put there all or none; what was read is kept for the next run."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pipeline, "write_outputs", fail)
    with pytest.raises(OSError, match="No space left"):
        _run(f"{store}/报送", f"{store}/结果")
    assert fsspec.filesystem("memory").find("/bucket/结果") == ["/bucket/结果/.xltool/records.bin"]


def test_places_that_cannot_be_used_are_told(store: str, tmp_path: Path) -> None:
    """No such folder, results into the folder itself, an unknown kind of URL: a line each."""
    with pytest.raises(ValueError, match="找不到文件夹：memory://bucket/没有"):
        _run(f"{store}/没有", str(tmp_path / "结果"))
    with pytest.raises(ValueError, match="不能写入被检查的文件夹本身"):
        _run(f"{store}/报送", f"{store}/报送")
    with pytest.raises(OSError, match="网络地址 nosuch://a/b 打不开"):
        _run("nosuch://a/b", str(tmp_path / "结果"))


def test_names_that_lead_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    """A store may hold names no folder can; nothing is written outside the temporary folder."""
    files = fsspec.filesystem("memory")
    files.store["/evil/报送/../../../../x.xlsx"] = files.store.get("none") or _object(files)
    try:
        with pytest.raises(OSError, match="不能当作文件名的名字"):
            _run("memory://evil/报送", str(tmp_path / "结果"))
    finally:
        files.store.clear()


def _object(files: object) -> object:
    """An object of the store of the tests."""
    files.pipe_file("/evil/报送/a.xlsx", b"PK")  # type: ignore[attr-defined]
    return files.store["/evil/报送/a.xlsx"]  # type: ignore[attr-defined]


def test_links_lead_nowhere_where_nobody_can_follow(store: str, tmp_path: Path) -> None:
    """Results on this machine about files in a store hold no links, least of all to the temporary folder."""
    with remote.local_places(f"{store}/报送", str(tmp_path / "结果")) as places:
        assert not places.linked
        runs.run(places.folder, places.out, Options(linked=places.linked))
        assert str(places.folder.parent).encode() not in (tmp_path / "结果" / "review.html").read_bytes()
    assert not places.folder.exists()
    assert (tmp_path / "结果" / "review.xlsx").is_file()


def test_without_a_url_fsspec_is_not_imported(folder: Path, tmp_path: Path) -> None:
    """For plain folders nothing of this is loaded."""
    code = f"import sys, xltool; xltool.batch({str(folder / '单位00')!r}, out={str(tmp_path / '结果')!r});"
    code += "print([name for name in ('fsspec', 'dask', 'distributed', 'watchfiles') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)  # noqa: S603 - this project
    assert done.stdout.decode().strip() == "[]"
    assert os.environ["SOURCE_DATE_EPOCH"] == EPOCH
