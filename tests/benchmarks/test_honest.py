"""Honest filings, a few of each region: an audit gives no error and no warning."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from benchmarks.corpus.filed import FilingFolder, audited, grave
from benchmarks.corpus.honest import Clerk
from benchmarks.trust.honesty import alarms_on_honest
from xltool.forms import review
from xltool.params import profile_named, profile_names
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.reader.records import FileRecord


@pytest.mark.parametrize("name", profile_names())
def test_honest_filings_have_no_error_and_no_warning(tmp_path: Path, name: str) -> None:
    """Two departments by each scoring profile: no error, no warning."""
    result = alarms_on_honest(tmp_path, profile_named(name), range(7, 9))
    assert result.filings == 2
    assert not result.alarms


def test_weights_are_those_of_the_region() -> None:
    """A clerk of 永德 shares 40, 30 and 20 points; in 湖北 the indicators have 80 in all."""
    order = {part: group.name for group in review.GROUPS for part in group.parts}
    for name, total, output in (("永德", 90, 40), ("湖北", 80, None)):
        (whole,) = Clerk(7, profile=profile_named(name)).filing().papers_of("附件2")
        weights = [(order[row["二级指标"]], row["分值"]) for row in whole.rows]
        assert sum(weight for _, weight in weights) == total
        assert output in {None, sum(weight for group, weight in weights if group == "产出指标")}


def test_a_part_of_a_filing_is_not_judged_as_the_whole(tmp_path: Path) -> None:
    """Some of the forms alone: nothing but, beside 附件1, that it lists projects whose 附件3 was not given."""
    folder = FilingFolder(Clerk(500, projects=3).filing(), tmp_path).write()
    sets: list[tuple[str, list[FileRecord]]] = []
    for count in range(1, len(folder.names)):
        for names in combinations(folder.names, count):
            label = f"s{len(sets)}{'1' * any(name.startswith('附件1') for name in names)}"
            records = [read_file(folder.path / name, f"{label}/{name}") for name in names]
            for submission in (submission for record in records for submission in record.submissions):
                submission.filing = label
            sets.append((label, records))
    for label, findings in audited(sets).items():
        missing = {finding.rule for finding in grave(findings)}
        assert missing <= ({"X-06"} if label.endswith("1") else set())
