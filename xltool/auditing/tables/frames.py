"""The tidy tables as pandas frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xltool.auditing.tables import tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from xltool.reader.records import FileRecord


@dataclass(frozen=True)
class Frames:
    """What was filed, as frames; columns as in contract §4.

    `submissions`: id, filing, path, sheet, form, layout, year, department, project, sha256.
    `values`: submission, field, value, recomputed, unit, raw, sheet, cell, formula, state.
    `projects`: submission, row, 项目名称, the three measures, cells.
    `indicators`: submission, row, the eight columns of the form, target, actual, cells.
    """

    submissions: pd.DataFrame
    values: pd.DataFrame
    projects: pd.DataFrame
    indicators: pd.DataFrame


def frames(records: Sequence[FileRecord]) -> Frames:
    """Frames of everything that was read; empty frames keep their columns."""
    import pandas as pd  # noqa: PLC0415 - half a second, and many import the type of a result only

    return Frames(
        pd.DataFrame(tidy.submissions(records), columns=list(tidy.SUBMISSION_COLUMNS)),
        pd.DataFrame(tidy.values(records), columns=list(tidy.VALUE_COLUMNS)),
        pd.DataFrame(tidy.projects(records), columns=list(tidy.PROJECT_COLUMNS)),
        pd.DataFrame(tidy.indicators(records), columns=list(tidy.INDICATOR_COLUMNS)),
    )
