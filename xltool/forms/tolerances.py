"""How exactly numbers must agree.

These follow from how the forms print numbers (money in 万元 with two decimals, rates with two decimals of a percent),
so they hold in every year and region. A threshold that somebody could set otherwise is a limit in `xltool/params`.
"""

from __future__ import annotations

from typing import Final

from xltool.expr.nodes import Kind

CENT: Final = 0.01
"""Amounts in 万元 agree to the second decimal."""
HALF_CENT: Final = 0.005
"""Numbers of two decimals that lie closer are the same."""
ROUNDED_SUM: Final = 0.02
"""A sum of three or more rounded parts may be off by two units of the second decimal."""
PRINTED_PERCENT: Final = 0.00005
"""A rate printed as 100.00% may be larger by half a unit of its last decimal."""
WHOLE_PERCENT: Final = 0.01
"""A rate may be printed in whole percents."""
SAME_SCORE: Final = 0.001
"""Scores closer than this are equal: they are filed with two decimals."""
PROPORTIONAL_SCORE: Final = 0.1
"""A score in proportion to what was reached may be rounded to one decimal."""
EXECUTION_SCORE: Final = 0.05
"""The score of the execution rate may be rounded to one decimal."""
SCORE_SHARE: Final = 0.005
"""A share of the points may be off by half a percent, as a score with two decimals is."""
TWO_DECIMALS: Final = 0.00001
"""A score that differs from its rounded value by more has more than two decimals."""
NOISE: Final = 1e-6
"""Differences of amounts below this come from floating-point arithmetic."""
RELATIVE_NOISE: Final = 1e-9
"""The same as a share of the amount, where amounts may be large."""
_EDGE: Final = 1e-9
"""Keeps floating-point arithmetic from deciding at the edge of a tolerance."""


def equal_as_written(filed: float, exact: float, kind: Kind, step: float = 0) -> bool:
    """Whether a filed number is this exact one to the decimals that forms print of its kind, or to its own `step`.

    >>> equal_as_written(0.9577, 0.95771, Kind.RATE), equal_as_written(0.9577, 0.9578, Kind.RATE)
    (True, False)
    """
    half = PRINTED_PERCENT if kind is Kind.RATE else HALF_CENT
    return abs(filed - exact) <= max(half, step) + _EDGE
