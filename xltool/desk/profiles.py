"""The scoring profiles that pages offer: those of the program, and the profile files of the work folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool import params
from xltool.desk.workspace import own_files
from xltool.findings import InputError

if TYPE_CHECKING:
    from xltool.desk.workspace import Workspace

SUFFIX: Final = ".toml"
UNKNOWN: Final = "没有这个评分口径：{name}；自定的口径文件（.toml）请放进工作文件夹"


def offered_profiles(workspace: Workspace) -> list[str]:
    """The names of the profiles, and of the profile files that lie in the work folder."""
    return [*params.profile_names(), *(path.name for path in own_files(workspace.root, SUFFIX))]


def profile_wish(workspace: Workspace, name: str) -> str | None:
    """What functions are given for a profile that was chosen, None for none; InputError for what is not offered."""
    if not name:
        return None
    if name not in offered_profiles(workspace):
        raise InputError(UNKNOWN.format(name=name))
    return str(workspace.inside(name)) if name.endswith(SUFFIX) else name
