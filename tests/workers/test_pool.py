"""Workers under supervision: whatever one of them does costs the task it held, and no process is left."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import replace
from pathlib import Path
from threading import Event, Timer

import pytest

import xltool
from tests.support.poison import POISONS, answer, work
from xltool.batches import reading
from xltool.reader.files.archives import Source
from xltool.reader.limits import LIMITS, MEMORY, SECONDS, Limits, given
from xltool.workers import pool, scratch, worker
from xltool.workers.pool import Lost, NoWorkersError, Pool, StoppedError
from xltool.workers.scratch import scratch_dir, sweep

PLACES = 10
SLOW = {"hang", "hang_in_c", "power", "spin", "stopped", "children"}
PATIENT = replace(LIMITS, memory=512 << 20)
"""Limits of tasks that end by themselves, on a busy machine too."""
QUICK = replace(PATIENT, seconds=2.0)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the poisons are POSIX ones")


def run(tasks: list[str], folder: Path, *, jobs: int = 2, limits: Limits = QUICK) -> list[bytes | Lost]:
    """What becomes of tasks, in their order."""
    with Pool(jobs, limits, folder) as pool:
        answers = dict(pool.run(work, tasks))
    return [answers[number] for number in range(len(tasks))]


def alive(pid: int) -> bool:
    """Whether a process is there and not just waiting to be fetched."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2] != "Z"
    except FileNotFoundError:
        return False


LONG = bool(os.environ.get("XLTOOL_LONG"))
"""By hand: every poison at every place, minutes instead of seconds."""


def among_honest(kinds: list[str], honest: int) -> list[str]:
    """Poisons spread among honest tasks."""
    tasks = [f"task {number}" for number in range(honest)]
    for number, kind in enumerate(kinds):
        tasks.insert(number * 37 % len(tasks), kind)
    return tasks


MIXTURES = [among_honest(sorted(POISONS), 30)]
if LONG:
    MIXTURES.append(among_honest(sorted(POISONS.keys() - SLOW) * 10, 30))
    MIXTURES += [
        [*(f"task {number}" for number in range(at)), kind, *(f"task {number}" for number in range(at, PLACES))]
        for kind in sorted(POISONS)
        for at in range(PLACES)
    ]


@pytest.mark.parametrize("tasks", MIXTURES)
def test_a_poison_costs_its_own_task_wherever_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tasks: list[str]
) -> None:
    """Every other task is answered, those before and behind it in the same worker too; what was lost is told."""
    monkeypatch.setenv("XLTOOL_TEST_PID", str(tmp_path / "pid"))
    with Pool(2, PATIENT, tmp_path) as pool:
        answers = dict(pool.run(work, tasks, allowed=lambda number: 1.0 if tasks[number] in SLOW else None))
    wrong = {  # of an answer its length: some are hundreds of megabytes
        task: answered if isinstance(answered, Lost) else len(answered)
        for number, task in enumerate(tasks)
        if (answered := answers[number]) != expected_answer(task)
    }
    assert wrong == {}


def expected_answer(task: str) -> bytes | Lost:
    """What a task gives: an honest one its answer, a poison what was lost by it."""
    if task not in POISONS:
        return answer(task)
    return Lost.TIMEOUT if task in SLOW else Lost.MEMORY if task == "memory" else Lost.CRASHED


LARGE = """
import pathlib, sys
from tests.support.poison import work
from xltool.workers.pool import Lost, Pool
from xltool.reader.limits import LIMITS
with Pool(1, LIMITS, pathlib.Path(sys.argv[1])) as pool:
    tasks = [f"task {number}".ljust(1 << 20) for number in range(4)]
    assert dict(pool.run(work, tasks)) == {number: task.encode() for number, task in enumerate(tasks)}
    tasks = ["hang_in_c", "task".ljust(1 << 20)]
    answers = dict(pool.run(work, tasks, allowed=lambda _: 1.0))
    assert answers == {0: Lost.TIMEOUT, 1: tasks[1].encode()}
"""


def test_tasks_and_answers_of_any_size_wait_for_nobody(tmp_path: Path) -> None:
    """What no pipe takes is not sent to a worker that is at work: it may be sending as much, or read nothing more."""
    command = [sys.executable, "-c", LARGE, str(tmp_path)]
    subprocess.run(command, check=True, timeout=100)  # noqa: S603 - above


def test_workers_that_cannot_start_are_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is no trouble of the files, of which each would be told to have crashed a worker."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(NoWorkersError, match="读取文件的进程启动不了"):
        run(["task 1", "task 2"], tmp_path)


def test_there_are_no_more_workers_than_the_system_waits_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine may have more processors."""
    monkeypatch.setattr(pool, "MOST", 1)
    with Pool(3, LIMITS, tmp_path) as workers_there:
        answers = dict(workers_there.run(eval, ["str(__import__('os').getpid()).encode()"] * 6))
    assert len(answers) == 6
    assert len(set(answers.values())) == 1


def test_a_worker_is_of_the_same_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it was imported from is no longer on the path, as in a notebook that went to another folder."""
    monkeypatch.setattr(sys, "path", [place for place in sys.path if not Path(place, "xltool").is_dir()])
    with Pool(1, LIMITS, tmp_path) as pool:
        assert list(pool.run(eval, ["__import__('xltool').__file__.encode()"])) == [(0, xltool.__file__.encode())]


ISOLATED = """
import pathlib, sys
sys.path[:] = sys.argv[2:]
from xltool.workers.pool import Pool
from xltool.reader.limits import LIMITS
with Pool(1, LIMITS, pathlib.Path(sys.argv[1])) as pool:
    asked = "'{0.ignore_environment} {0.no_user_site}'.format(__import__('sys').flags).encode()"
    assert list(pool.run(eval, [asked])) == [(0, eval(asked))]
"""


def test_a_worker_heeds_the_environment_no_more_than_its_parent(tmp_path: Path) -> None:
    """Whoever starts an isolated Python wants no module that the environment names to be run."""
    for flags in (["-I"], []):
        command = [sys.executable, *flags, "-c", ISOLATED, str(tmp_path), *sys.path]
        subprocess.run(command, check=True)  # noqa: S603 - above


def test_workers_do_without_threads_for_matrices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numpy's library starts one a processor where nobody says otherwise, which takes longer than to import numpy."""
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    with Pool(1, LIMITS, tmp_path) as pool:
        assert list(pool.run(eval, ["__import__('os').environ['OPENBLAS_NUM_THREADS'].encode()"])) == [(0, b"1")]


def test_programs_a_worker_started_end_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hanging LibreOffice does not outlive the worker that waits for it."""
    monkeypatch.setenv("XLTOOL_TEST_PID", str(tmp_path / "pid"))
    assert run(["children"], tmp_path) == [Lost.TIMEOUT]
    child = int((tmp_path / "pid").read_text(encoding="ascii"))
    deadline = time.monotonic() + 5
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(child)


def test_a_hanging_libreoffice_ends_with_its_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is named for its time, the program and its children are gone, and so are its temporary files."""
    program, temporary = tmp_path / "soffice", tmp_path / "temp"
    program.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {tmp_path / 'pid'}\nsleep 600\n", encoding="ascii")
    program.chmod(0o755)
    temporary.mkdir()
    (tmp_path / "a.rtf").write_bytes(b"{\\rtf1 text}")
    monkeypatch.setenv("XLTOOL_SOFFICE", str(program))
    monkeypatch.setenv(SECONDS, "2")
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    (record,) = reading.read_sources([Source(tmp_path / "a.rtf", "a.rtf")])
    assert (record.status, record.code) == ("refused", "timeout")
    assert "超过 2 秒" in record.reason
    deadline = time.monotonic() + 5
    while alive(int((tmp_path / "pid").read_text(encoding="ascii"))):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert list(temporary.iterdir()) == []


CLOSED = """
import os, pathlib, sys
os.close(0)
from tests.support.poison import work
from xltool.workers.pool import Pool
from xltool.reader.limits import LIMITS
with Pool(1, LIMITS, pathlib.Path(sys.argv[1])) as pool:
    print(list(pool.run(work, ["task"])))
"""


def test_a_program_whose_standard_input_is_closed_has_workers_too(tmp_path: Path) -> None:
    """What starts programs by the clock may leave streams closed, and the next pipe gets their numbers."""
    command = [sys.executable, "-c", CLOSED, str(tmp_path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - above
    assert printed.strip() == "[(0, b'task')]"


PARENT = """
import sys, tempfile, pathlib
from tests.support.poison import work
from xltool.workers.pool import Pool
from xltool.workers import scratch
from xltool.workers.scratch import scratch_dir
from xltool.reader.limits import LIMITS
tempfile.tempdir = sys.argv[1]
with scratch_dir(None) as folder, Pool(2, LIMITS, folder) as pool:
    print("ready", flush=True)
    list(pool.run(work, ["children", "hang"]))
"""


def test_workers_and_their_files_end_with_a_killed_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After kill -9 of the run no worker, no program of a worker and no temporary folder is left."""
    monkeypatch.setenv("XLTOOL_TEST_PID", str(tmp_path / "pid"))
    temporary = tmp_path / "temp"
    temporary.mkdir()
    parent = subprocess.Popen([sys.executable, "-c", PARENT, temporary], stdout=subprocess.PIPE)  # noqa: S603 - above
    deadline = time.monotonic() + 20
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text(encoding="ascii"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert len(list(temporary.iterdir())) == 1
    parent.kill()
    parent.communicate()
    child = int((tmp_path / "pid").read_text(encoding="ascii"))
    while alive(child) or list(temporary.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_workers_end_with_an_interrupted_run(tmp_path: Path) -> None:
    """Ctrl-C does not wait for what hangs."""
    pool = Pool(2, LIMITS, tmp_path)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), pool:
        interrupted(pool)
    assert time.monotonic() - started < 10


def interrupted(pool: Pool) -> None:
    """Stop at the first answer."""
    for _ in pool.run(work, ["hang", "task"]):
        raise KeyboardInterrupt


def test_a_worker_keeps_its_temporary_files_where_they_are_removed(tmp_path: Path) -> None:
    """The temporary folder of a worker is the run's own."""
    with Pool(1, QUICK, tmp_path / "own") as pool:
        assert dict(pool.run(temporary_folder, [""])) == {0: str(tmp_path / "own").encode()}


def temporary_folder(_: str) -> bytes:
    """Where this process would put temporary files."""
    return tempfile.gettempdir().encode()


def test_workers_of_a_killed_run_clear_away_their_own_files_only(tmp_path: Path) -> None:
    """They may come to it when the next run in the same place has begun."""
    with scratch_dir(tmp_path / "unpacked") as before:
        pass
    with scratch_dir(tmp_path / "unpacked") as folder:
        shutil.rmtree(before, ignore_errors=True)
        assert folder.is_dir()
        assert folder.parent == tmp_path / "unpacked"
    assert list(tmp_path.iterdir()) == []


def test_room_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a killed run left is removed by the next; what lives, is another's or no folder stays."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    for name in (f"xltool-{int(gone.stdout)}-abc", f"xltool-{os.getpid()}-abc", "xltool-1-abc", "xltool-notes"):
        (tmp_path / name).mkdir()
    (tmp_path / "xltool-2-abc").write_bytes(b"")
    with scratch_dir(None) as folder:
        assert folder.is_dir()
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == sorted([f"xltool-{os.getpid()}-abc", "xltool-1-abc", "xltool-notes", "xltool-2-abc"])
    sweep(tmp_path / "nowhere")


def test_a_folder_that_goes_while_it_is_swept_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs side by side sweep one folder: one of them removes what another looks at, which then goes on."""
    seen: list[str] = []

    def vanish(entry: os.DirEntry[str], _: int) -> bool:
        seen.append(entry.name)
        raise FileNotFoundError(entry.path)

    monkeypatch.setattr(scratch, "_is_left", vanish)
    names = [f"xltool-{number}-abc" for number in (1, 2, 3)]
    for name in names:
        (tmp_path / name).mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        sweep(tmp_path)
    assert sorted(seen) == names


def test_limits_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time and memory are set once for all commands; what is no number above 0 is told by name."""
    assert given() == LIMITS
    monkeypatch.setenv(SECONDS, "5.5")
    monkeypatch.setenv(MEMORY, "100")
    assert given() == replace(LIMITS, seconds=5.5, memory=100 << 20)
    for wrong in ("0", "-1", "inf", "nan", "一分钟"):
        monkeypatch.setenv(SECONDS, wrong)
        with pytest.raises(ValueError, match=SECONDS):
            given()


def test_memory_is_bounded_beyond_what_is_there(tmp_path: Path) -> None:
    """A worker that reads what it has room for is let be, however much address space libraries reserved before."""
    with Pool(1, replace(LIMITS, memory=256 << 20), tmp_path) as pool:
        answers = dict(pool.run(much, [100, 1_000, 100]))
    assert answers == {0: b"100", 1: Lost.MEMORY, 2: b"100"}
    assert worker.OUT_OF_MEMORY not in {0, 1}


def much(mebibytes: int) -> bytes:
    """Take so much memory for a moment."""
    return str(len(bytes(mebibytes << 20)) >> 20).encode()


def test_who_waits_for_a_worker_is_told_when_the_run_is_broken_off(tmp_path: Path) -> None:
    """No answer is waited for, however long the file would take, and no worker is left."""
    stop = Event()
    began = time.monotonic()
    with pytest.raises(StoppedError), Pool(1, LIMITS, tmp_path, stop) as pool:  # noqa: PT012 - a pool and its use
        Timer(0.2, stop.set).start()
        list(pool.run(work, ["hang"]))
    assert time.monotonic() - began < LIMITS.seconds / 2


TIED = """
import sys, pathlib
from tests.support.poison import work
from xltool.workers.pool import Pool
from xltool.reader.limits import LIMITS
with Pool(1, LIMITS, pathlib.Path(sys.argv[1])) as pool:
    list(pool.run(work, ["power"]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="what other systems do is tested by its calls")
def test_a_worker_in_one_long_call_ends_with_a_killed_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread of it can act while C holds the interpreter: the system sees to it, at once."""
    monkeypatch.setenv("XLTOOL_TEST_PID", str(tmp_path / "pid"))
    parent = subprocess.Popen([sys.executable, "-c", TIED, tmp_path / "own"])  # noqa: S603 - above
    deadline = time.monotonic() + 20
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text(encoding="ascii"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    worker = int((tmp_path / "pid").read_text(encoding="ascii"))
    time.sleep(0.3)
    parent.kill()
    parent.wait()
    killed = time.monotonic()
    while alive(worker) and time.monotonic() < killed + 10:
        time.sleep(0.02)
    assert not alive(worker)


def test_a_worker_whose_parent_is_gone_before_it_begins_ends_at_once() -> None:
    """The system tells of no death that was before it was asked to."""
    code = "import os; from xltool.workers.worker import die_with; die_with(os.getppid()); die_with(1 << 22); print()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)  # noqa: S603 - above
    assert (ended.returncode, ended.stdout) == ((1, b"") if sys.platform == "linux" else (0, ended.stdout))
