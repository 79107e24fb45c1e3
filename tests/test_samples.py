"""The sample filings: an audit reports exactly the planted defects, and nothing in the clean filing."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tools.samples import clean, planted
from tools.samples.checking import audited, expected_findings, placed_findings, write
from tools.samples.folders import ROOT, SAMPLES
from tools.samples.readme import readme
from tools.samples.sample import CellFinder
from xltool import audit, batch
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from pathlib import Path

    from tools.samples.planted import Planted
    from tools.samples.sample import Sample


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.folder)
def test_the_committed_files_have_the_expected_findings(sample: Sample) -> None:
    """Rule, severity and cell of each, once; no other."""
    folder = ROOT / "samples" / sample.folder
    assert placed_findings(audited(folder.iterdir())) == expected_findings(sample.expected, CellFinder(sample.files))


def test_all_samples_given_together_are_judged_as_in_a_folder(tmp_path: Path) -> None:
    """`audit` of several departments' files reports what `batch` reports."""
    folder = ROOT / "samples"
    forms = sorted(folder.glob("*/*.xlsx"))
    result = audit(*forms)
    batch(folder, out=tmp_path)
    review = json.loads((tmp_path / "findings.json").read_text("utf-8"))
    together = Counter(result.findings["severity"].astype(str))
    assert together == {severity: count for severity, count in review["summary"].items() if severity != "exempted"}
    assert len(set(result.submissions["filing"])) == len({row["filing"] for row in review["submissions"]})


@pytest.mark.parametrize("sample", [clean.sample(), planted.with_defects()], ids=lambda sample: sample.folder)
def test_a_clean_filing_has_no_finding(sample: Sample, tmp_path: Path) -> None:
    """In a file a form, and in one workbook."""
    assert placed_findings(audited(write(sample.files, tmp_path / "apart"))) == []
    assert placed_findings(audited(write(sample.combined, tmp_path / "combined"))) == []


@pytest.mark.parametrize("defect", planted.DEFECTS, ids=lambda defect: defect.name)
def test_each_defect_alone_is_found_where_it_was_planted(defect: Planted, tmp_path: Path) -> None:
    """A defect raises its own findings and no others, and its cells are named beside them."""
    sample = planted.with_defects(defect)
    cells = CellFinder(sample.files)
    result = audited(write(sample.files, tmp_path))
    assert placed_findings(result) == expected_findings(defect.expected, cells)
    for expected in defect.expected:
        (finding,) = (
            finding
            for finding in result.findings
            if expected.rule in {finding.rule, *(folded.rule for folded in finding.consequences)}
        )
        named = {(place.path, place.sheet, place.cell) for place in finding.related}
        assert {cells.address(ref) for ref in expected.also} <= named


def test_the_defects_have_names_of_their_own() -> None:
    """There are at least twelve, with different names, over all series of rules."""
    names = [defect.name for defect in planted.DEFECTS]
    assert len(set(names)) == len(names) >= 12
    series = {expected.rule.partition("-")[0] for defect in planted.DEFECTS for expected in defect.expected}
    assert series == {"A1", "A2", "S", "T", "W", "X"}


def test_the_page_names_every_defect_and_every_expected_rule() -> None:
    """The page is written from the data that the tests use."""
    page = readme(SAMPLES, SAMPLES[-1])
    for defect in planted.DEFECTS:
        assert defect.name in page
    for sample in SAMPLES:
        rows = page.split(f"## {sample.folder}\n")[1].split("\n## ")[0].splitlines()
        cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if row.startswith("| ")]
        rules = sorted(cell for row in cells for cell in row if cell in RULES)
        assert rules == sorted(expected.rule for expected in sample.expected)


def test_no_person_and_no_telephone_is_named() -> None:
    """Names are 某某, telephone numbers 0000000."""
    for sample in SAMPLES:
        for _, sheet in sample.sheets:
            filled = {item.key: value for item, value in sheet.prefill.items()}
            assert filled["填表人"] == "某某"
            assert filled["联系电话"] == "0000000"
            assert filled.get("单位负责人签字") in {None, "某某"}
            assert not [value for value in filled.values() if re.search(r"1\d{10}", str(value))]
