"""Folders behind a URL (s3://, abfs://, sftp://, file://…), through fsspec (BSD licence, pure Python, 3.11 to 3.14).

Everything else works on folders of this machine. What lies behind a URL is brought into a temporary folder before a
run and results are taken back after it, each file whole or not at all; the temporary folder lies as the places lie to
one another, so that links lead the same way. Workers of a cluster fetch what they read from the URL themselves.
"""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from xltool.batches.run_lock import NAME as LOCK
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
HIDDEN: Final = ".xltool"
KEPT: Final = (f"{HIDDEN}/records.bin", f"{HIDDEN}/returned.txt", "review.xlsx")
"""What a run takes up of the one before it: records, names of what was returned, what an officer filled in."""
PUBLISHED: Final = f"{HIDDEN}/published.txt"
"""Names of what the last run put there: what is no longer written is taken away."""
NOT_PUBLISHED: Final = frozenset({f"{HIDDEN}/run.json", f"{HIDDEN}/{LOCK}", PUBLISHED})
"""Files of this machine's run: whether results lie untouched nobody can tell of a store without fetching them all."""
RENAMING: Final = frozenset({"file", "local", "sftp", "ssh", "smb", "ftp", "dbfs", "hdfs", "webhdfs"})
"""Stores where a file that is being written can be seen, and is renamed when it is whole; others show it when it is."""
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@dataclass(frozen=True, slots=True)
class Origin:
    """A folder of this machine that is a copy of one behind a URL."""

    local: Path
    url: str

    def url_of(self, path: Path) -> str:
        """Where a file of the folder was copied from; "" for one that lies elsewhere."""
        if not path.is_relative_to(self.local):
            return ""
        return f"{self.url.rstrip('/')}/{path.relative_to(self.local).as_posix()}"


@dataclass(frozen=True, slots=True)
class Places:
    """The two folders of a run on this machine, and what they stand for."""

    folder: Path
    out: Path
    origins: tuple[Origin, ...] = ()
    shown: str = ""
    """The URL of the results; "" where they lie on this machine."""
    linked: bool = True
    """Whether links lead from the results to the files where both lie."""

    def told(self, text: str) -> str:
        """A text for the user, in which the results lie where they were asked for."""
        return text.replace(str(self.out), self.shown.rstrip("/")) if self.shown else text


def is_url(place: str) -> bool:
    r"""Whether a place is one of fsspec's, and no path of this machine.

    >>> is_url("s3://bucket/报送"), is_url("C:\\报送"), is_url("报送")
    (True, False, False)
    """
    return _URL.match(place) is not None


@contextmanager
def at_hand(folder: str, out: str) -> Iterator[Places]:
    """The places of a run on this machine; results behind a URL are put there in the end, if nothing went wrong.

    What was read is kept there in any case. Raises NothingToCheckError and OSError, with the URL in its text.
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
        stores[out].fetch(results, KEPT)
        try:
            yield Places(local, results, origins, out, linked)
        except BaseException:
            with suppress(Exception):  # what went wrong first is what the user has to hear of
                stores[out].put(results, KEPT[0])
            raise
        stores[out].publish(results)


def _place(base: Path, place: str, stores: dict[str, _Store]) -> Path:
    """Where a place lies on this machine: what is behind URLs of one store keeps its way to one another."""
    if place not in stores:
        return Path(place)
    path = base.joinpath(stores[place].kind, *(part for part in PurePosixPath(stores[place].root).parts if part != "/"))
    path.mkdir(parents=True, exist_ok=True)
    return path


class _Store:
    """A folder behind a URL."""

    def __init__(self, url: str) -> None:
        """Raises ValueError where fsspec is not there, OSError for a URL it cannot make sense of."""
        if find_spec("fsspec") is None:
            raise InputError(NO_FSSPEC.format(url=url))
        from fsspec.core import url_to_fs  # type: ignore[import-untyped] # noqa: PLC0415 - only where a URL is given

        self.url = url
        with self._told():
            self.files, root = url_to_fs(url)
        self.root = root.rstrip("/")
        protocol = self.files.protocol
        self.kind = protocol if isinstance(protocol, str) else protocol[0]

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Stores fail in ways of their own; each is an OSError with the URL and the store's words."""
        try:
            yield
        except Exception as error:
            reason = (str(error).splitlines() or [""])[0][:200] or type(error).__name__
            raise UnreachableError(UNREACHABLE.format(url=self.url, reason=reason)) from error

    def fetch_all(self, local: Path, *, without: _Store | None) -> None:
        """Bring everything below the folder here, without the results of earlier runs where they lie in it."""
        with self._told():
            paths = sorted(self.files.find(self.root)) if self.files.isdir(self.root) else None
        if paths is None:
            msg = f"找不到文件夹：{self.url}"
            raise NothingToCheckError(msg)
        left = f"{without.root}/" if without and without.kind == self.kind else None
        wanted = [path for path in paths if left is None or not path.startswith(left)]
        targets = [local / self._below(path) for path in wanted]
        for folder in {target.parent for target in targets}:
            folder.mkdir(parents=True, exist_ok=True)
        with self._told():
            if wanted:
                self.files.get(wanted, [str(target) for target in targets])

    def _below(self, path: str) -> PurePosixPath:
        """The name of a file below the folder; ConnectionError for one that leads out of it."""
        name = path.removeprefix(self.root).lstrip("/")
        if any(part in {"", ".", ".."} for part in name.split("/")):
            raise UnreachableError(UNSAFE.format(url=self.url, name=name))
        return PurePosixPath(name)

    def fetch(self, local: Path, names: Iterable[str]) -> None:
        """Bring some files here, as far as they are there."""
        with self._told():
            for name in names:
                if self.files.isfile(f"{self.root}/{name}"):
                    write_whole(local / name, self.files.cat_file(f"{self.root}/{name}"))

    def put(self, local: Path, name: str) -> None:
        """Put a file there, so that it appears whole or not at all."""
        if (local / name).is_file():
            self._put(name, (local / name).read_bytes())

    def _put(self, name: str, data: bytes) -> None:
        target = f"{self.root}/{name}"
        folder, _, last = target.rpartition("/")
        with self._told():
            if self.kind not in RENAMING:
                self.files.pipe_file(target, data)
                return
            self.files.makedirs(folder, exist_ok=True)
            self.files.pipe_file(f"{folder}/.{last}{PART}", data)
            self.files.mv(f"{folder}/.{last}{PART}", target)

    def publish(self, local: Path) -> None:
        """Put the results there, the records last, and take away what an earlier run put there and this one did not."""
        files = (path.relative_to(local).as_posix() for path in sorted(local.rglob("*")) if path.is_file())
        names = [name for name in files if name not in NOT_PUBLISHED]
        names.sort(key=lambda name: (name.startswith(HIDDEN), name))
        before = self._published()
        self._put(PUBLISHED, "\n".join(sorted({*before, *names})).encode())
        for name in names:
            self.put(local, name)
        with self._told():
            for name in sorted(before - set(names)):
                if self.files.isfile(f"{self.root}/{name}"):
                    self.files.rm_file(f"{self.root}/{name}")
        self._put(PUBLISHED, "\n".join(sorted(names)).encode())

    def _published(self) -> set[str]:
        """What was put there before; names that lead elsewhere are not ours."""
        path = f"{self.root}/{PUBLISHED}"
        with self._told():
            data: Any = self.files.cat_file(path) if self.files.isfile(path) else b""
        names = data.decode(errors="replace").splitlines()
        return {name for name in names if not {"", ".", ".."} & set(name.split("/"))}
