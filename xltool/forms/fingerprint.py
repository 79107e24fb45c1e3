"""Formulas in a canonical form, in which moved rows and the spelling of different programs make no difference."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xltool.findings import address

if TYPE_CHECKING:
    from collections.abc import Mapping

WITH_TOTAL = "_连合计"
"""What the names of columns end with that begin with the row of their total."""
_STRINGS = re.compile(r'("(?:[^"]|"")*")')
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]+)(?::\$?([A-Z]{1,3})\$?([0-9]+))?(?![A-Z0-9(])")


def canonical(text: str, names: Mapping[str, str]) -> str:
    r"""A formula with its references replaced by field names, so that moved rows do not change it.

    `names` maps references without $ (B4, G16:G43) to names. Spelling that programs change when
    they save again (spaces, TRUE(), the leading =) is folded.

    >>> canonical("=IF(ISNUMBER($B$4),$C4/$B4,\"\")", {"B4": "编制数", "C4": "实际在职人数"})
    'IF(ISNUMBER(编制数),实际在职人数/编制数,"")'
    """
    parts = _STRINGS.split(text.removeprefix("="))
    return "".join(part if index % 2 else _rename(part, names) for index, part in enumerate(parts))


def _rename(code: str, names: Mapping[str, str]) -> str:
    code = re.sub(r"\s+", "", code).upper().replace("TRUE()", "TRUE").replace("FALSE()", "FALSE")

    def name(match: re.Match[str]) -> str:
        reference = match[1] + match[2] + (f":{match[3]}{match[4]}" if match[3] else "")
        return names.get(reference, reference)

    return _REFERENCE.sub(name, code)


def names_with_head(head: int, areas: Mapping[str, tuple[int, int]], mark: str = "") -> dict[str, str]:
    """Names by the references with which formulas read the columns of a table: with the row above it.

    `areas` are the column and the last row of each name; `mark` ends the names where the row above is the total
    (`WITH_TOTAL`), because formulas read such columns without that row too.
    """
    return {f"{address(head, column)}:{address(last, column)}": name + mark for name, (column, last) in areas.items()}
