"""Coverage as bytes: filings with the same states for the same reasons, of which there are many, share them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from xltool.auditing.coverage.model import FilingCoverage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class PackedCoverage(msgspec.Struct, array_like=True):
    """The codes of the catalogue, distinct states with their reasons, and for each filing the number of its own."""

    codes: tuple[str, ...]
    patterns: list[tuple[str, dict[str, str]]]
    filings: list[tuple[str, int]]

    def coverages(self) -> Iterator[FilingCoverage]:
        """The coverage of each filing."""
        for filing, number in self.filings:
            states, reasons = self.patterns[number]
            yield FilingCoverage(filing, states, reasons)


def pack(coverages: Iterable[FilingCoverage], codes: Iterable[str]) -> bytes:
    """Coverages as bytes, encoded `PackedCoverage`; `codes` are those of the catalogue in its order."""
    numbers: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}
    packed = PackedCoverage(tuple(codes), [], [])
    for coverage in coverages:
        key = coverage.states, tuple(coverage.reasons.items())
        if key not in numbers:
            numbers[key] = len(packed.patterns)
            packed.patterns.append((coverage.states, dict(coverage.reasons)))
        packed.filings.append((coverage.filing, numbers[key]))
    return msgspec.msgpack.encode(packed)
