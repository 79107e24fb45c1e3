"""The machines a kit can be made for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GLIBC: Final = 28
"""The oldest glibc 2.x: that of 银河麒麟 V10 and 统信 UOS 20."""


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of machine, as uv and pip call it."""

    name: str
    uv_platform: str
    pip_platforms: tuple[str, ...]

    @property
    def is_windows(self) -> bool:
        """Whether the kit brings its own Python."""
        return self.name == "windows"


def _linux(machine: str) -> Target:
    """Linux on a machine; pip wants every tag up to the newest glibc that is accepted."""
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC, 4, -1)]
    return Target(f"linux-{machine}", f"{machine}-manylinux_2_{GLIBC}", (*tags, f"manylinux2014_{machine}"))


TARGETS: Final = {
    target.name: target
    for target in (
        Target("windows", "x86_64-pc-windows-msvc", ("win_amd64",)),
        _linux("x86_64"),
        _linux("aarch64"),
    )
}
