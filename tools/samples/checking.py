"""Audit samples as files, and compare their findings with the expected ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.auditing.audit import audit
from xltool.batches.grouping import as_one_set
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tools.samples.sample import Address, CellFinder, Expected
    from xltool.auditing.result import Audit
    from xltool.findings import Severity

PlacedFindings = list[tuple[str, "Severity", "Address"]]


def write(files: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write workbooks into a folder; gives their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content)
    return paths


def audited(paths: Iterable[Path]) -> Audit:
    """Read and audit the files as one set, under their names."""
    records = [read_file(path, path.name) for path in sorted(paths)]
    as_one_set(records)
    return audit(records)


def placed_findings(result: Audit) -> PlacedFindings:
    """Rule, severity and address of every finding, and of those that were folded into it, sorted."""
    own: PlacedFindings = [
        (finding.rule, finding.severity, (finding.path, str(finding.sheet), finding.cell))
        for finding in result.findings
    ]
    folded: PlacedFindings = [
        (each.rule, each.severity, (each.path, str(each.sheet), each.cell))
        for finding in result.findings
        for each in finding.consequences
    ]
    return sorted(own + folded)


def expected_findings(expected: Iterable[Expected], cells: CellFinder) -> PlacedFindings:
    """Rule, severity and address of every expected finding, sorted."""
    return sorted((expectation.rule, expectation.severity, cells.address(expectation.at)) for expectation in expected)
