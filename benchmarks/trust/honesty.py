"""Audit honest filings by every scoring profile: each error or warning is a false alarm.

`python -m benchmarks.trust.honesty FIRST COUNT` audits the filings of other seeds than those on the page, and prints
each false alarm.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.corpus.filed import FilingFolder, audited, grave, read
from benchmarks.corpus.honest import Clerk
from benchmarks.trust.page import HonestResult
from xltool.params import DEFAULT, profile_named, profile_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xltool.params import Profile

SEEDS: Final = range(1000, 1200)
OF_A_REGION: Final = 40
"""How many seeds are filed by the profile of each region."""


def honest(root: Path) -> list[HonestResult]:
    """The result of the default profile with all seeds, and of each other profile with seeds of its own."""
    others = [profile_named(name) for name in profile_names() if name != DEFAULT.name]
    starts = range(SEEDS.stop, SEEDS.stop + OF_A_REGION * len(others), OF_A_REGION)
    asked = [
        (DEFAULT, SEEDS),
        *((other, range(at, at + OF_A_REGION)) for other, at in zip(others, starts, strict=True)),
    ]
    return [alarms_on_honest(root, profile, seeds) for profile, seeds in asked]


def alarms_on_honest(root: Path, profile: Profile, seeds: Iterable[int]) -> HonestResult:
    """Audit the honest filings of these seeds by a profile."""
    sets, forms = [], 0
    for seed in seeds:
        label = f"h{seed}"
        folder = FilingFolder(Clerk(seed, profile=profile).filing(), root / label).write()
        forms += len(folder.names)
        sets.append((label, read(folder.path, label)))
        shutil.rmtree(folder.path)
    alarms = [(int(label[1:]), finding) for label, findings in audited(sets).items() for finding in grave(findings)]
    return HonestResult(f"表样（{profile.name}）", len(sets), forms, alarms)


def main() -> None:
    """Audit so many seeds by every profile, from a first seed on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=int)
    parser.add_argument("count", type=int)
    arguments = parser.parse_args()
    for name in profile_names():
        with tempfile.TemporaryDirectory() as folder:
            seeds = range(arguments.first, arguments.first + arguments.count)
            result = alarms_on_honest(Path(folder), profile_named(name), seeds)
        print(
            f"{result.kind}：{result.filings} 个部门，{result.forms} 张表，{len(result.alarms)} 条错误和警告",
            flush=True,
        )
        for seed, finding in result.alarms:
            print(f"  {seed} {finding.rule} {finding.severity.value} {finding.path} {finding.cell} {finding.message}")


if __name__ == "__main__":
    main()
