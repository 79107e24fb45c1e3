"""How LibreOffice runs: without network, without the user's home folder, and never longer than its parent.

What a file may make LibreOffice fetch (pictures, styles, templates, linked objects, other workbooks) would tell its
sender who opened it and when. Three measures prevent it. The settings of a profile of its own block links and
active content and name a proxy on which nobody listens; the environment names the same proxy and no desktop session;
on Linux, where the system lets users have namespaces, there is no network at all.
"""

from __future__ import annotations

import os
import subprocess
import sys
from configparser import ConfigParser
from configparser import Error as ConfigParserError
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOWHERE: Final = "127.0.0.1"
_PORT: Final = 9
"""The port "discard", on which nothing listens."""
_TRUE: Final = "true"
_SET_UP: Final = "99.9"
"""A version that no profile is older than: LibreOffice sets up an older one and starts again, which takes a second."""
_SETTINGS: Final = {
    "Office.Common/Security/Scripting": {
        "MacroSecurityLevel": "3",
        "DisableMacrosExecution": _TRUE,
        "DisableActiveContent": _TRUE,
        "DisablePythonRuntime": _TRUE,
        "BlockUntrustedRefererLinks": _TRUE,
    },
    "Office.Common/Security/Net": {"AllowInsecureProtocols": "false", "AllowInsecureUNORemoteProtocol": "false"},
    "Office.Calc/Content/Update": {"Link": "1"},
    "Office.Writer/Content/Update": {"Link": "0", "Field": "false", "Chart": "false"},
    "Setup/Product": {"ooSetupLastVersion": _SET_UP},
    "Office.Jobs/Jobs/org.openoffice.Office.Jobs:Job['UpdateCheck']/Arguments": {"AutoCheckEnabled": "false"},
    "Inet/Settings": {
        "ooInetProxyType": "2",
        "ooInetHTTPProxyName": _NOWHERE,
        "ooInetHTTPProxyPort": str(_PORT),
        "ooInetHTTPSProxyName": _NOWHERE,
        "ooInetHTTPSProxyPort": str(_PORT),
        "ooInetNoProxy": "",
    },
}
"""By the path of the node: "never" is 1 for links in Calc and 0 in Writer; 2 is a proxy set by hand."""
_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
"""
_HOMES: Final = (
    "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR",
    "TMPDIR", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA",
)  # fmt: skip
_PROXIES: Final = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy")
_SESSION: Final = ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "SESSION_MANAGER", "no_proxy", "NO_PROXY")
_ISOLATED: Final = ("unshare", "--user", "--map-root-user", "--net", "--")


def write_profile(folder: Path, program: str) -> str:
    """Write a new profile with these settings into an absolute folder; gives the option that has LibreOffice use it."""
    user = folder / "user"
    (user / "extensions").mkdir(parents=True)
    (user / "extensions" / "buildid").write_text(_build_of(program), encoding="utf-8")
    items = (
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop>'
        "</item>\n"
        for path, properties in _SETTINGS.items()
        for name, value in properties.items()
    )
    (user / "registrymodifications.xcu").write_text(f"{_HEAD}{''.join(items)}</oor:items>\n", encoding="utf-8")
    return f"-env:UserInstallation={folder.as_uri()}"


@cache
def _build_of(program: str) -> str:
    """The build of a LibreOffice, as a profile notes it whose extensions are those of the build; "" if unknown."""
    settings = ConfigParser(interpolation=None)
    with suppress(OSError, ConfigParserError, UnicodeDecodeError):
        settings.read(Path(which(program) or program).resolve().with_name("versionrc"), encoding="utf-8")
    return settings.get("Version", "buildid", fallback="")


def environment(folder: Path) -> dict[str, str]:
    """This process's variables, with every folder of the user's replaced by this one, and no way out.

    Desktop services fetch addresses for programs that ask them on the session bus; they run outside of any namespace.
    """
    known = {name: value for name, value in os.environ.items() if name not in _SESSION}
    proxy = f"http://{_NOWHERE}:{_PORT}"
    return {
        **known,
        **dict.fromkeys(_HOMES, str(folder)),
        **{spelled: proxy for name in _PROXIES for spelled in (name, name.upper())},
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        "GIO_USE_VFS": "local",
        "GSETTINGS_BACKEND": "memory",
    }


@cache
def isolation() -> tuple[str, ...]:
    """The words before a command that cut off its network; none where the system does not allow it."""
    if sys.platform != "linux" or which(_ISOLATED[0]) is None:
        return ()
    with suppress(OSError, subprocess.SubprocessError):
        command = [*_ISOLATED, "true"]
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=10)  # noqa: S603
        return _ISOLATED
    return ()


@contextmanager
def tether(process: int) -> Iterator[None]:
    """End the group of a started process if this process ends in the meantime, in whatever way; on POSIX.

    A shell in that group reads from a pipe which only this process can write to, and ends the group when it closes.
    On Windows the job object of the worker does this.
    """
    if sys.platform == "win32":
        yield
        return
    group = os.getpgid(process)
    command = ["/bin/sh", "-c", "read -r _; kill -KILL 0"]
    quiet = subprocess.DEVNULL
    watcher = subprocess.Popen(  # noqa: S603 - a fixed command
        command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, process_group=group
    )
    try:
        yield
    finally:
        watcher.kill()
        watcher.communicate()
