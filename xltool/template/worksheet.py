"""The worksheet that templates are written with."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from xlsxwriter.worksheet import Worksheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format

_ABSOLUTE = re.compile(r"\$([A-Z]{1,3})\$(?=\d)")
_MARK = "\x01"
"""Divides what is told of a shared formula; no formula contains it."""


class SharedFormula(NamedTuple):
    """A formula of a column: its text in the first row, without =, and the cells that have it, without $."""

    text: str
    area: str


class TemplateWorksheet(Worksheet):  # type: ignore[misc] # comes without types
    """A worksheet with shared formulas, which xlsxwriter does not write, and with a memory for its own search.

    xlsxwriter searches every formula for functions newer than Excel 2007. That takes a third of the time of a template,
    and hundreds of templates have the same formulas.
    """

    def write_shared(
        self, row: int, column: int, shared: SharedFormula, cell_format: Format, value: float | str
    ) -> None:
        """Write a cell whose formula is that of the cell above it, moved down; the first cell has the text."""
        text = f"{_MARK}{self._numbers[shared.area]}" if shared.area in self._numbers else ""
        if not text:
            number = self._numbers[shared.area] = len(self._numbers)
            text = f"{_MARK}{number}{_MARK}{shared.area}{_MARK}{shared.text}"
        self.write_formula(row, column, text, cell_format, value)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """The number of each shared formula on the sheet, by its cells."""
        return {}

    def _xml_formula_element(self, formula: str, result: object, attributes: Sequence[tuple[str, object]] = ()) -> None:
        """Write a cell with its formula, as xlsxwriter calls it."""
        if not formula.startswith(_MARK):
            # Such a formula stands in one locked cell, so that its references need no signs, which take a hundredth of
            # the file.
            super()._xml_formula_element(_ABSOLUTE.sub(r"\1", formula), result, attributes)
            return
        _, number, *text = formula.split(_MARK)
        own = "".join(f' {key}="{value}"' for key, value in attributes)
        body = f' ref="{text[0]}" si="{number}">{self._escape_data(text[1])}</f>' if text else f' si="{number}"/>'
        # A formula that shows nothing needs no stored result.
        shown = "" if result == "" else f"<v>{self._escape_data(result)}</v>"
        self.fh.write(f'<c{own}><f t="shared"{body}{shown}</c>')

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: FBT001, FBT002 - as in xlsxwriter
        key = formula, expand_future_functions
        if key not in _PREPARED:
            if len(_PREPARED) >= _MOST_PREPARED:
                _PREPARED.clear()
            _PREPARED[key] = super()._prepare_formula(*key)
        return _PREPARED[key]


_PREPARED: dict[tuple[str, bool], str] = {}
_MOST_PREPARED = 10_000
