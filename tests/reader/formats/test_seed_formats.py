"""Every value of the seed is read from every format, and its mistakes are found in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reader.files.sent_files import FORMATS, Maker, compare, read, seed_rows, seed_values
from tests.support.documents import forms, places
from tools.samples import junshan
from tools.samples.checking import audited, placed_findings
from xltool.findings import address
from xltool.forms import FORMS

if TYPE_CHECKING:
    from pathlib import Path

    from tools.samples.sample import Address, FieldRef

WORKBOOKS = ("xlsx", "xls", "et", "ods")
DOCUMENTS = ("docx", "doc")


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_value_of_the_seed_in_every_format(maker: Maker, suffix: str) -> None:
    """All fields of the three forms and all rows are the transcribed ones, whatever the file."""
    record = read(maker.file("seed", forms(), suffix))
    assert [(submission.form, submission.layout, submission.year) for submission in record.submissions] == [
        (key, "foreign", 2023) for key in FORMS
    ]
    counts = [
        compare(submission, seed_values()[submission.form], seed_rows(submission.form))
        for submission in record.submissions
    ]
    assert counts == [51 + 4, 23 + 184, 26 + 184]
    assert all(submission.values.keys() == seed_values()[submission.form].keys() for submission in record.submissions)


class Cells:
    """Where the builder put each field of the seed: in sheets of a workbook, or in tables and paragraphs."""

    def __init__(self, path: Path) -> None:
        """A file made of the seed's forms."""
        self.path = path
        self.filed = {form.name: form for form in forms()}

    def address(self, spot: FieldRef) -> Address:
        """File, sheet and cell of a spot."""
        assert spot.field is not None
        form = self.filed[spot.form]
        row, column = places(form)[spot.field.key, spot.row]
        if self.path.suffix[1:] in WORKBOOKS:
            return self.path.name, spot.form, address(row, column)
        number = list(self.filed).index(spot.form) + 1
        inside = row - len(form.head)
        if inside <= form.height:
            return self.path.name, f"表格{number}", address(inside, column)
        before = sum(len(other.head) + len(other.foot) for other in forms()[: number - 1])
        return self.path.name, "段落", f"A{before + len(form.head) + inside - form.height}"


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_seed_is_found_out_in_every_format(maker: Maker, suffix: str) -> None:
    """All of C.1 at the foreign cells, nothing else, nothing of C.2, and the same scores."""
    path = maker.file("seed", forms(), suffix)
    result = audited([path])
    cells = Cells(path)
    expected = [expectation for expectation in junshan.MUST_FLAG if expectation.rule != "T-01"]
    wanted = sorted((expectation.rule, expectation.severity, cells.address(expectation.at)) for expectation in expected)
    findings = [finding for finding in placed_findings(result) if finding[0] != "T-01"]
    assert findings == wanted
    assert {finding[0] for finding in findings} >= {"A3-02", "A2-14"}
    assert {finding.rule for finding in result.findings}.isdisjoint(junshan.MUST_NOT_FLAG)
    assert [(score.filed, score.recomputed, score.grade) for score in result.scores.values()] == [(95, 95, "优")] * 2


@pytest.mark.parametrize("suffix", FORMATS)
def test_full_width_spaces_are_told_with_each_cell(maker: Maker, suffix: str) -> None:
    """T-01: the thirteen padded numbers of 附件1 and the nine of 附件3."""
    result = audited([maker.file("seed", forms(), suffix)])
    padded = [1 + len(finding.related) for finding in result.findings if finding.rule == "T-01"]
    assert padded == [13, 9]
