"""Write filings as workbooks, read and audit them; look cells up by the names defined in the workbooks."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from tools.samples.sample import CellFinder, FieldRef, papers_as_sheets
from xltool.auditing.audit import audit
from xltool.auditing.terms import Terms
from xltool.batches.grouping import as_one_set
from xltool.findings import Severity
from xltool.reader.reading import read_file
from xltool.template.order import file_name
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.corpus.filing import Filing
    from xltool.findings import Finding
    from xltool.params import Profile
    from xltool.reader.records import FileRecord, NarrativeReport, Submission

GRAVE = frozenset({Severity.ERROR, Severity.WARNING})
Address = tuple[str, str, str | None]


@dataclass
class FilingFolder:
    """The workbooks of a filing in a folder, and the addresses of its cells."""

    filing: Filing
    path: Path
    names: list[str] = field(default_factory=list)
    """File of each paper, in their order."""

    def write(self) -> FilingFolder:
        """Write all forms."""
        self.path.mkdir(parents=True, exist_ok=True)
        for order, sheet in papers_as_sheets(
            self.filing.papers, self.filing.department, self.filing.year, self.filing.profile
        ):
            name = file_name(order, sheet)
            (self.path / name).write_bytes(write_workbook(order, [sheet]))
            self.names.append(name)
        return self

    @cached_property
    def cells(self) -> CellFinder:
        """Where its fields stand."""
        return CellFinder({name: (self.path / name).read_bytes() for name in self.names})

    def address(self, ref: FieldRef) -> Address:
        """File, sheet and cell of a ref."""
        return self.cells.address(ref)

    def copy(self, path: Path) -> Path:
        """Copy the files to another folder."""
        shutil.copytree(self.path, path, dirs_exist_ok=True)
        return path


def read(folder: Path, label: str) -> list[FileRecord]:
    """Read the files of a folder as one set; the label keeps sets apart within one audit."""
    records = [read_file(path, f"{label}/{path.name}") for path in sorted(folder.iterdir())]
    as_one_set(records)
    for record in records:
        filed: list[Submission | NarrativeReport] = [*record.submissions, *record.narrative_reports]
        for filed_part in filed:
            filed_part.filing = label
    return records


def audited(sets: Sequence[tuple[str, list[FileRecord]]], profile: Profile | None = None) -> dict[str, list[Finding]]:
    """Audit all sets at once, by a profile where one is given; gives the findings by label."""
    by_label: dict[str, list[Finding]] = {label: [] for label, _ in sets}
    for finding in audit([record for _, records in sets for record in records], Terms(profile=profile)).findings:
        by_label[finding.path.partition("/")[0]].append(finding)
    return by_label


def grave(findings: Sequence[Finding]) -> list[Finding]:
    """The findings of severity error or warning."""
    return [finding for finding in findings if finding.severity in GRAVE]
