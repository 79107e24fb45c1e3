"""The quick parts of the mutation benchmark: each defect is found at its place, with no other finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.trust.years import exemption_mutants, year_mutants

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.trust.tally import Tally


@pytest.mark.parametrize("measure", [year_mutants, exemption_mutants])
def test_each_defect_is_found_and_nothing_else(tmp_path: Path, measure: Callable[[Path], dict[str, Tally]]) -> None:
    """Figures changed since last year's forms; exemptions that ran out or cover nothing."""
    tallies = measure(tmp_path)
    assert tallies
    for rule, tally in tallies.items():
        assert (rule, tally.hits, tally.extra.total()) == (rule, tally.mutants, 0)
