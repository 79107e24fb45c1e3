"""Put back what forms of a template have lost, and say so in the findings."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from xltool.auditing.rule_inputs import scopes_of
from xltool.auditing.tables.issued import issued_for
from xltool.findings import address
from xltool.outputs.returned.cells import CellGrid
from xltool.outputs.returned.mending.issued_forms import IssuedForm, issued_forms
from xltool.outputs.returned.mending.lost import (
    MENDABLE,
    PROTECTION,
    REPLACED,
    VALIDATION,
    Mended,
    codes_of,
    sheets_with,
)
from xltool.outputs.returned.mending.protection import lock_formulas, protect, restore_validations
from xltool.params import DEFAULT
from xltool.rules.recomputed import RECOMPUTATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xltool.findings import Finding
    from xltool.outputs.returned.styles import CellStyles
    from xltool.outputs.returned.workbook_part import SheetPart, WorkbookPart
    from xltool.reader.a1 import Position
    from xltool.reader.model import Book

FORMULA_RESTORED: Final = "本文件中公式已恢复，不用再改这一格；请核对参与计算的各格。"
FORMULA_EMPTY: Final = "本文件中公式已恢复，参与计算的各格还没有填，所以现在是空的：请把原来填的数分填到这些格里。"
FORMULA_TO_ENTER: Final = "应填公式：{}"
PROTECTED: Final = "本文件中工作表保护已恢复，在本文件上改正后报回即可。"
VALIDATED: Final = "本文件中数据校验已恢复，在本文件上改正后报回即可。"


def mend(book: WorkbookPart, styles: CellStyles, source: Book, findings: Sequence[Finding]) -> Mended:
    """Put back what the findings say is gone.

    `source` is the workbook as it was read. What no finding speaks of stays as it was filed: it may be accepted.
    """
    parts = {sheet.name: sheet for sheet in book.sheets}
    mended, restored = list(findings), set()
    for form in issued_forms(source, sheets_with(MENDABLE, findings)):
        if form.sheet in parts:
            mending = _FormMending(book, styles, parts[form.sheet], form)
            mended = mending.mend(mended)
            restored |= {(form.sheet, cell) for cell in mending.restored}
    return Mended(mended, frozenset(restored))


def with_formulas(source: Book, findings: Sequence[Finding]) -> list[Finding]:
    """The findings with the formulas that are to be entered, for a file that is not mended."""
    advised = list(findings)
    for form in issued_forms(source, sheets_with(REPLACED, findings)):
        for position, key in form.replaced.items():
            words = FORMULA_TO_ENTER.format(form.formula(key) or f"={form.issued.formulas[key]}")
            advised = _advised(advised, form.sheet, {address(*position)}, words, codes=REPLACED)
    return advised


class _FormMending:
    """Puts back what one form has lost."""

    def __init__(self, book: WorkbookPart, styles: CellStyles, sheet: SheetPart, form: IssuedForm) -> None:
        self._book, self._styles, self._form = book, styles, form
        self._cells = CellGrid(book.package.tree(sheet.part))
        self._sheet = sheet
        self.restored: set[str] = set()
        """The cells whose formula was restored."""

    def mend(self, findings: list[Finding]) -> list[Finding]:
        """Put back what the findings on this sheet say is gone."""
        sheet = self._form.sheet
        on_sheet = [(code, cell) for finding in findings for code, name, cell in codes_of(finding) if name == sheet]
        codes = {code for code, _ in on_sheet}
        if not codes & MENDABLE:
            return findings
        self._book.package.edit(self._sheet.part)
        findings = self._restore_formulas(findings, {str(cell) for code, cell in on_sheet if code in REPLACED})
        if PROTECTION in codes:
            if self._form.located.sheet.protection is None:
                protect(self._book, self._form, self._cells, self._styles)
            else:
                lock_formulas(self._form, self._cells, self._styles)
            findings = _advised(findings, sheet, None, PROTECTED, codes={PROTECTION})
        if VALIDATION in codes:
            restore_validations(self._form, self._cells)
            findings = _advised(findings, sheet, None, VALIDATED, codes={VALIDATION})
        return findings

    def _restore_formulas(self, findings: list[Finding], named: set[str]) -> list[Finding]:
        """Restore the formulas of the named cells; those that cannot be restored are told, to be entered."""
        form = self._form
        restored: dict[Position, tuple[str, str]] = {}
        for position, key in form.replaced.items():
            cell, text = address(*position), form.formula(key)
            if cell not in named:
                continue
            if text is None or self._cells.holds_formula_of_others(position):
                words = FORMULA_TO_ENTER.format(text or f"={form.issued.formulas[key]}")
                findings = _advised(findings, form.sheet, {cell}, words, codes=REPLACED)
            else:
                restored[position] = key, text
        results = self._write(restored) if restored else {}
        self.restored = {address(*position) for position in restored}
        for position in restored:
            words = FORMULA_RESTORED if results.get(position) is not None else FORMULA_EMPTY
            codes = REPLACED | RECOMPUTATIONS.keys()
            findings = _advised(findings, form.sheet, {address(*position)}, words, codes=codes)
        return findings

    def _write(self, restored: Mapping[Position, tuple[str, str]]) -> dict[Position, float | None]:
        """Write restored formulas, and the results that all formulas of the form have then; returns the results."""
        form, submission = self._form, self._form.submission
        for key, _ in restored.values():
            submission.values[key].intact = True
        profile = issued_for(submission) or DEFAULT
        scope = scopes_of([submission], {submission.id: profile})[submission.form]
        results: dict[Position, float | None] = {}
        for key in form.issued.formulas:
            position, filed = form.located.cells.get(key), submission.values.get(key)
            if position is None or filed is None or not filed.intact:
                continue
            value = float(scope.recomputed(form.located.form.fields[key])[0])
            result = results[position] = None if math.isnan(value) else value
            if position in restored:
                self._cells.set_formula(position, restored[position][1], result)
            else:
                self._cells.set_result(position, result)
        self._book.recalculate()
        return results


def _advised(
    findings: Sequence[Finding], sheet: str, cells: set[str] | None, words: str, *, codes: set[str] | frozenset[str]
) -> list[Finding]:
    """Findings with other advice where they are about these codes at these cells, or anywhere on the sheet.

    The advice of a finding with such a finding folded into it is kept, and the words come behind it.
    """
    advised = []
    for finding in findings:
        (rule, own_sheet, own_cell), *others = codes_of(finding)
        if rule in codes and own_sheet == sheet and (cells is None or own_cell in cells):
            advised.append(replace(finding, advice=words))
        elif any(code in codes and name == sheet and (cells is None or cell in cells) for code, name, cell in others):
            advised.append(replace(finding, advice=f"{finding.advice}{words}"))
        else:
            advised.append(finding)
    return advised
