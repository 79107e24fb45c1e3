"""The attacks, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tests.attacks import (
    containers,
    other_formats,
    profiles,
    sheet_cells,
    sizes,
    unreadable,
    workbook_structure,
    xml_parts,
    zips,
)
from tests.attacks.kit import Attack

if TYPE_CHECKING:
    from collections.abc import Callable


class Collect(Protocol):
    """Notes an attack."""

    def __call__(
        self, name: str, build: Callable[..., bytes], *codes: str, suffix: str = ".xlsx", words: tuple[str, ...] = (),
        note: str = "",
    ) -> None:  # fmt: skip
        """Its name, how it is built of an honest form, what it deserves, its ending, what its reason or note says."""


ATTACKS: dict[str, Attack] = {}
NOTES: dict[str, str] = {}


def _collect(
    name: str, build: Callable[..., bytes], *codes: str, suffix: str = ".xlsx", words: tuple[str, ...] = (),
    note: str = "",
) -> None:  # fmt: skip
    assert name not in ATTACKS, name
    ATTACKS[name] = Attack(name, build, frozenset(codes), suffix, words)
    if note:
        NOTES[name] = note


for module in (
    zips, xml_parts, sheet_cells, workbook_structure, containers, other_formats, profiles, sizes, unreadable,
):  # fmt: skip
    module.collect(_collect)
