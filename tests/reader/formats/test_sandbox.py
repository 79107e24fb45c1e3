"""LibreOffice fetches nothing for a file, leaves nothing behind, and ends with who started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from tests.support.luring import Listener, listening, lures
from tests.support.programs.office import needs_office, write_profile
from xltool.reader.formats import office, sandbox
from xltool.reader.program import soffice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT: Final = Path(__file__).resolve().parents[3]
CALLING: Final = (
    "a linked picture.odt", "a linked object.odt", "an OLE link.odt", "a background.odt", "an XForms source.odt",
    "a DDE section.odt", "a picture.xls", "a picture in a cell.xls",
)  # fmt: skip
"""Those for which LibreOffice calls when it runs as it comes."""
DOCUMENT: Final = "a linked picture.doc"
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="a job ends what a worker started")


def converted(files: Sequence[Path], target: str, out: Path) -> list[Path]:
    """What LibreOffice makes of files when it runs as it comes, but for a profile that is set up already."""
    run_office(write_profile(out.parent / "profile", str(soffice())), files, target, out)
    return sorted(out.iterdir())


def run_office(profile: str, files: Sequence[Path], target: str, out: Path) -> None:
    """Have LibreOffice convert files."""
    command = [str(soffice()), profile, "--headless", "--convert-to", target, "--outdir", str(out), *map(str, files)]
    subprocess.run(command, capture_output=True, check=True, timeout=120)  # noqa: S603 - LibreOffice


def linked_document(folder: Path, url: str) -> Path:
    """A .doc with a linked picture."""
    source = folder / "a linked picture.odt"
    source.write_bytes(lures(url)[source.name])
    (document,) = converted([source], "doc:MS Word 97", folder / "made")
    return document


class Caller(NamedTuple):
    """A file, whom it would have LibreOffice call, and how often it did when LibreOffice ran as it comes."""

    path: Path
    listener: Listener
    calls: int


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Caller]]:
    """All of them, each with an address of its own, converted in one run of LibreOffice as it comes."""
    folder = tmp_path_factory.mktemp("callers")
    with ExitStack() as stack:
        listeners = {name: stack.enter_context(listening()) for name in (*CALLING, DOCUMENT)}
        paths = {name: folder / name for name in CALLING}
        for name, path in paths.items():
            path.write_bytes(lures(listeners[name].address)[name])
        paths[DOCUMENT] = linked_document(tmp_path_factory.mktemp("document"), listeners[DOCUMENT].address)
        before = {name: listener.calls for name, listener in listeners.items()}
        plain = tmp_path_factory.mktemp("plain")
        for number, path in enumerate(paths.values()):
            suffix = ".html" if path.suffix == ".xls" else path.suffix
            (plain / f"{number}{suffix}").write_bytes(path.read_bytes())
        converted(sorted(plain.iterdir()), "pdf", tmp_path_factory.mktemp("made") / "pdf")
        yield {
            name: Caller(path, listeners[name], listeners[name].calls - before[name]) for name, path in paths.items()
        }


@needs_office
@pytest.mark.parametrize("name", [*CALLING, DOCUMENT])
def test_settings_alone_keep_libreoffice_from_calling(
    callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Run as it comes LibreOffice calls the address; run by xltool it does not, also where it has a network."""
    caller = callers[name]
    assert caller.calls > 0
    calls = caller.listener.calls
    monkeypatch.setattr(sandbox, "isolation", tuple)
    assert office.open_converted(caller.path).sheets
    assert caller.listener.calls == calls


@needs_office
@pytest.mark.skipif(not sandbox.isolation(), reason="the system gives users no namespaces")
def test_there_is_no_network_where_the_system_allows_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the settings, too, nobody is called."""
    with listening() as listener:
        path = tmp_path / "a picture.xls"
        path.write_bytes(lures(listener.address)[path.name])
        monkeypatch.setattr(sandbox, "_SETTINGS", {})
        monkeypatch.setattr(sandbox, "environment", lambda _: dict(os.environ))
        assert office.open_converted(path).sheets
        assert listener.calls == 0


@needs_office
def test_libreoffice_has_nothing_to_set_up(tmp_path: Path) -> None:
    """With a new profile of its own it would set it up and start again, which takes twice as long as all the rest."""
    path = tmp_path / "a.csv"
    path.write_text("编制数,15", "utf-8")
    plain, own = tmp_path / "plain", tmp_path / "own"
    for profile in (f"-env:UserInstallation={plain.as_uri()}", sandbox.write_profile(own, str(soffice()))):
        run_office(profile, [path], "xlsx", tmp_path)
    before, after = ((profile / "user" / "registrymodifications.xcu").read_text("utf-8") for profile in (plain, own))
    assert ["OfficeRestartInProgress" in text for text in (before, after)] == [True, False]
    # It writes down its own version where it has set up the profile of an older one.
    kept = f'"ooSetupLastVersion" oor:op="fuse"><value>{sandbox._SET_UP}</value>'  # noqa: SLF001 - what was written
    assert kept in after


def test_a_libreoffice_without_a_note_of_its_build_is_no_fault(tmp_path: Path) -> None:
    """Nor one whose note cannot be read: then it looks through its extensions at each start."""
    (tmp_path / "versionrc").write_bytes(b"\xff no section")
    assert sandbox._build_of(str(tmp_path / "soffice")) == ""  # noqa: SLF001 - there is no other way to see it
    assert sandbox._build_of(str(tmp_path / "elsewhere" / "soffice")) == ""  # noqa: SLF001 - as above


def test_a_system_without_namespaces_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the program is missing or refuses, LibreOffice runs without one."""
    for program in ("no-such-program", "false"):
        monkeypatch.setattr(sandbox, "_ISOLATED", (program,))
        assert sandbox.isolation.__wrapped__() == ()


@needs_office
def test_nothing_is_left_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings, no cache, no dconf; nor in the folder for temporary files."""
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    path = tmp_path / "a picture.xls"
    path.write_bytes(lures("http://127.0.0.1:9")[path.name])
    for name in list(os.environ):
        if name.startswith("XDG_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    assert office.open_converted(path).sheets
    assert list(home.rglob("*")) == list(temporary.rglob("*")) == []


@needs_office
@pytest.mark.parametrize("name", ["%41 结果", "-#&$HOME 1"])
def test_a_folder_may_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Signs that mean something in addresses and in a shell mean nothing in the name of the folder it works in."""
    folder, path = tmp_path / name, tmp_path / "a picture.xls"
    folder.mkdir()
    path.write_bytes(lures("http://127.0.0.1:9")[path.name])
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    assert office.open_converted(path).sheets


@posix_only
def test_libreoffice_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    """What it started itself ends as well; a process killed with -9 can see to neither."""
    program, note = tmp_path / "office", tmp_path / "pid"
    program.write_text(f"#!/bin/sh\nsleep 300 &\necho $! > '{note}.part'; mv '{note}.part' '{note}'\nwait\n", "utf-8")
    program.chmod(0o700)
    code = (
        f"import os; from xltool.reader.formats import office; office._run([{str(program)!r}], dict(os.environ), 300)"
    )
    reader = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)  # noqa: S603 - the project's own program
    try:
        assert until(note.exists)
    finally:
        reader.send_signal(signal.SIGKILL)
        reader.wait()
    started = int(note.read_text("utf-8"))
    gone = until(lambda: not is_running(started))
    if not gone:
        os.kill(started, signal.SIGKILL)
    assert gone


def is_running(process: int) -> bool:
    """Whether a process is there and no zombie, which waits for whoever inherited it."""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return shown.stdout.strip()[:1] not in {"", "Z"}


def until(holds: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait until something holds; False if it does not within these seconds."""
    deadline = time.monotonic() + seconds
    while not (done := holds()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return done
