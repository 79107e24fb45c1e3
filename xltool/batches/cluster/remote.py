"""Folders behind a URL (s3://, abfs://, sftp://, file://…), through fsspec (BSD licence, pure Python, 3.11 to 3.14).

Everything else works on folders of this machine. Files behind a URL are copied into a temporary folder before a run,
and results are copied back after it, each file whole or not at all. The temporary folders lie to one another as the
URLs do, so that links stay right. Workers of a cluster fetch the files that they read from the URL themselves.
"""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from xltool.batches.options import HIDDEN, RECORDS
from xltool.batches.run_lock import NAME as LOCK
from xltool.batches.store import file_times, run_state
from xltool.findings import InputError, UnreachableError
from xltool.reader.files.sources import NothingToCheckError
from xltool.storage.files import PART, write_whole
from xltool.workers.scratch import scratch_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NO_FSSPEC: Final = "没有安装读写网络地址（{url}）所需的组件，请先执行：pip install 'xltool[cluster]'"
UNREACHABLE: Final = "网络地址 {url} 打不开（{reason}）"
UNSAFE: Final = "网络地址 {url} 中有不能当作文件名的名字，没有读取：{name}"
SAME: Final = "审核结果不能写入被检查的文件夹本身，请另选一个文件夹：{out}"
FETCHED: Final = (f"{HIDDEN}/{RECORDS}", f"{HIDDEN}/returned.txt", "review.xlsx")
"""Files that a run needs of the run before: records, list of returned files, notes of an officer in the review."""
PUBLISHED: Final = f"{HIDDEN}/published.txt"
"""List of the files that the last run put there: those that are not written any more are removed."""
NOT_PUBLISHED: Final = frozenset({*(f"{HIDDEN}/{name}" for name in (run_state.NAME, file_times.NAME, LOCK)), PUBLISHED})
"""Files that stay here: whether results in a store are untouched cannot be known without fetching all of them."""
RENAMING: Final = frozenset({"file", "local", "sftp", "ssh", "smb", "ftp", "dbfs", "hdfs", "webhdfs"})
"""Stores that show a file while it is written, so that it is renamed when complete; others show it only then."""
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@dataclass(frozen=True, slots=True)
class Origin:
    """A folder of this machine that is a copy of a folder behind a URL."""

    local: Path
    url: str

    def url_of(self, path: Path) -> str:
        """The URL that a file of the folder was copied from; "" for a file elsewhere."""
        if not path.is_relative_to(self.local):
            return ""
        return f"{self.url.rstrip('/')}/{path.relative_to(self.local).as_posix()}"


@dataclass(frozen=True, slots=True)
class Places:
    """The two folders of a run on this machine, and the URLs that they stand for."""

    folder: Path
    out: Path
    origins: tuple[Origin, ...] = ()
    shown: str = ""
    """The URL of the results; "" where they lie on this machine."""
    linked: bool = True
    """Whether the results can have links to the files."""

    def show_urls(self, text: str) -> str:
        """A text for the user, with the URL of the results in place of the temporary folder."""
        return text.replace(str(self.out), self.shown.rstrip("/")) if self.shown else text


def is_url(place: str) -> bool:
    r"""Whether a place is a URL for fsspec, and no path of this machine.

    >>> is_url("s3://bucket/报送"), is_url("C:\\报送"), is_url("报送")
    (True, False, False)
    """
    return _URL.match(place) is not None


@contextmanager
def local_places(folder: str, out: str) -> Iterator[Places]:
    """Provide the folders of a run on this machine; results for a URL are put there at the end, unless the run fails.

    The record file is put there in any case. Raises NothingToCheckError and OSError, with the URL in its text.
    """
    if not is_url(folder) and not is_url(out):
        yield Places(Path(folder), Path(out))
        return
    stores = {url: _Store(url) for url in (folder, out) if is_url(url)}
    if len(stores) == 1 and folder == out:
        raise NothingToCheckError(SAME.format(out=out))
    linked = len({store.kind for store in stores.values()}) == 1 and is_url(folder) and is_url(out)
    with scratch_dir(None) as base:
        local, results = _place(base, folder, stores), _place(base, out, stores)
        origins: tuple[Origin, ...] = ()
        if folder in stores:
            stores[folder].fetch_all(local, without=stores.get(out))
            origins = (Origin(local, folder),)
        if out not in stores:
            yield Places(local, results, origins, linked=linked)
            return
        stores[out].fetch(results, FETCHED)
        try:
            yield Places(local, results, origins, out, linked)
        except BaseException:
            with suppress(Exception):  # the user has to see the first error
                stores[out].put(results, FETCHED[0])
            raise
        stores[out].publish(results)


def _place(base: Path, place: str, stores: dict[str, _Store]) -> Path:
    """The folder of a place on this machine; URLs of one store keep their positions to one another."""
    if place not in stores:
        return Path(place)
    path = base.joinpath(stores[place].kind, *(part for part in PurePosixPath(stores[place].root).parts if part != "/"))
    path.mkdir(parents=True, exist_ok=True)
    return path


class _Store:
    """A folder behind a URL."""

    def __init__(self, url: str) -> None:
        """Raises InputError where fsspec is not installed, UnreachableError for a URL that cannot be opened."""
        if find_spec("fsspec") is None:
            raise InputError(NO_FSSPEC.format(url=url))
        from fsspec.core import url_to_fs  # type: ignore[import-untyped] # noqa: PLC0415 - only where a URL is given

        self.url = url
        with self._errors():
            self.files, root = url_to_fs(url)
        self.root = root.rstrip("/")
        protocol = self.files.protocol
        self.kind = protocol if isinstance(protocol, str) else protocol[0]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Raise UnreachableError, with the URL and the store's words, for any error of a store."""
        try:
            yield
        except Exception as error:
            reason = (str(error).splitlines() or [""])[0][:200] or type(error).__name__
            raise UnreachableError(UNREACHABLE.format(url=self.url, reason=reason)) from error

    def fetch_all(self, local: Path, *, without: _Store | None) -> None:
        """Copy all files of the folder here, without the results of earlier runs in it."""
        with self._errors():
            paths = sorted(self.files.find(self.root)) if self.files.isdir(self.root) else None
        if paths is None:
            msg = f"找不到文件夹：{self.url}"
            raise NothingToCheckError(msg)
        left = f"{without.root}/" if without and without.kind == self.kind else None
        wanted = [path for path in paths if left is None or not path.startswith(left)]
        targets = [local / self._below(path) for path in wanted]
        for folder in {target.parent for target in targets}:
            folder.mkdir(parents=True, exist_ok=True)
        with self._errors():
            if wanted:
                self.files.get(wanted, [str(target) for target in targets])

    def _below(self, path: str) -> PurePosixPath:
        """The name of a file below the folder; UnreachableError for a name that leads out of it."""
        name = path.removeprefix(self.root).lstrip("/")
        if any(part in {"", ".", ".."} for part in name.split("/")):
            raise UnreachableError(UNSAFE.format(url=self.url, name=name))
        return PurePosixPath(name)

    def fetch(self, local: Path, names: Iterable[str]) -> None:
        """Copy some files here, as far as they exist."""
        with self._errors():
            for name in names:
                if self.files.isfile(f"{self.root}/{name}"):
                    write_whole(local / name, self.files.cat_file(f"{self.root}/{name}"))

    def put(self, local: Path, name: str) -> None:
        """Copy a file there, so that it appears whole or not at all."""
        if (local / name).is_file():
            self._put(name, (local / name).read_bytes())

    def _put(self, name: str, data: bytes) -> None:
        target = f"{self.root}/{name}"
        folder, _, last = target.rpartition("/")
        with self._errors():
            if self.kind not in RENAMING:
                self.files.pipe_file(target, data)
                return
            self.files.makedirs(folder, exist_ok=True)
            self.files.pipe_file(f"{folder}/.{last}{PART}", data)
            self.files.mv(f"{folder}/.{last}{PART}", target)

    def publish(self, local: Path) -> None:
        """Copy the results there, the records last, and remove files that only an earlier run put there."""
        files = (path.relative_to(local).as_posix() for path in sorted(local.rglob("*")) if path.is_file())
        names = [name for name in files if name not in NOT_PUBLISHED]
        names.sort(key=lambda name: (name.startswith(HIDDEN), name))
        before = self._published()
        self._put(PUBLISHED, "\n".join(sorted({*before, *names})).encode())
        for name in names:
            self.put(local, name)
        with self._errors():
            for name in sorted(before - set(names)):
                if self.files.isfile(f"{self.root}/{name}"):
                    self.files.rm_file(f"{self.root}/{name}")
        self._put(PUBLISHED, "\n".join(sorted(names)).encode())

    def _published(self) -> set[str]:
        """The files that the last run put there; names that lead out of the folder are ignored."""
        path = f"{self.root}/{PUBLISHED}"
        with self._errors():
            data: Any = self.files.cat_file(path) if self.files.isfile(path) else b""
        names = data.decode(errors="replace").splitlines()
        return {name for name in names if not {"", ".", ".."} & set(name.split("/"))}
