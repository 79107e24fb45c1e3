"""`python -m benchmarks.desk.combined OUT [--departments 80]`: combined workbooks against a file for each form.

The same departments fill in, are checked, correct and are checked again twice: with one workbook each, and with a file
for each form. Every finding must stand in both reviews, by department, form, rule, field and severity.

On 2026-11-29 the reviews of 80 departments had 34 errors, 156 warnings and 720 hints in the first round, and in the
second 10 warnings and the same hints; none stood in one review only.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import xltool
from benchmarks.desk.county import YEAR
from benchmarks.desk.desk import ROWS, Desk, Envelope
from benchmarks.desk.play import HONEST, send_again
from benchmarks.desk.troubles import TROUBLES, Trouble
from benchmarks.desk.typing_in import FormTyper
from benchmarks.desk.view import DeskView
from tests.support.workbook_editor import WorkbookEditor
from xltool.batches import reading
from xltool.batches.grouping import as_filings
from xltool.forms.manifest import SHEET
from xltool.issuing.plan import plan_roster
from xltool.issuing.prefill import FormFile, fill_forms
from xltool.reader.files.sources import discover
from xltool.roster import load
from xltool.template.order import Order, SheetOrder
from xltool.template.workbook import write_combined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.corpus.filing import Filing
    from benchmarks.desk.county import Office

WRITTEN: Final = (HONEST, *(trouble for trouble in TROUBLES if trouble.says is not HONEST.says))
"""Troubles with what is filled in; those with files cannot be the same in one workbook and in several."""


@dataclass
class CombinedDesk(Desk):
    """A desk that issues one workbook to each department."""

    def issue(self) -> list[Path]:
        """Issue this year's forms, as the command does with `--combined`."""
        return xltool.generate(
            year=YEAR, out=self.issued, roster=self.roster, prior=self.last_year, indicators=ROWS, combined=True
        )

    @cached_property
    def issued_forms(self) -> dict[str, list[FormFile]]:
        """The workbook issued to each department, by code."""
        records = reading.read_sources(discover([self.last_year]))
        as_filings(records)
        plan = plan_roster(Order(YEAR, indicators=ROWS), load(self.roster), records, combined=True)
        return {task.department.code: fill_forms(task)[0] for task in plan.tasks}

    def envelope(self, office: Office, round_: int) -> CombinedEnvelope:
        """The envelope of a department in a round (0 or 1)."""
        return CombinedEnvelope(self, office, round_)


@dataclass
class CombinedEnvelope(Envelope):
    """The one workbook that a department sends in one round."""

    def send(self, filing: Filing) -> None:
        """Fill in all forms of the issued workbook."""
        (issued,) = self.issued_forms
        self._fill_in(filing, self.desk.issued / issued.path)

    def send_again(self, filing: Filing) -> None:
        """Fill in all forms of the returned copy, where there is one."""
        (issued,) = self.issued_forms
        copy = self.returned / Path(issued.path).name
        if copy.is_file():
            self._fill_in(filing, copy)

    def _fill_in(self, filing: Filing, workbook: Path) -> None:
        """Type the papers into a workbook; the values come from a twin that xltool writes with them filled in."""
        (issued,) = self.issued_forms
        pairs = zip(issued.sheets, filing.papers, strict=True)
        sheets = [
            SheetOrder(
                sheet.form,
                sheet.project,
                {**sheet.prefill, **paper.sheet(issued.order).prefill},
                approved=sheet.approved,
            )
            for sheet, paper in pairs
        ]
        path = self.desk.base / "twin.xlsx"
        path.write_bytes(write_combined(issued.order, sheets))
        twin, hand = WorkbookEditor(path), FormTyper(workbook)
        for name in twin.sheets:
            if name != SHEET:
                hand.type_in(twin, name)
        self.folder.mkdir(parents=True, exist_ok=True)
        hand.saved_at(self.saved).save(self.folder / Path(issued.path).name)


class FindingKey(NamedTuple):
    """What a finding says, wherever its form stands."""

    department: str
    form: str
    project: str
    rule: str
    field: str
    severity: str


@dataclass
class Comparison:
    """Both desks of the same departments, step by step."""

    base: Path
    count: int
    troubles: Sequence[Trouble] = WRITTEN
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """One desk with a workbook for each department, one with a file for each form."""
        self.desks = (CombinedDesk(self.base / "合并", self.count), Desk(self.base / "分表", self.count))
        self.roles = {
            office.code: self.troubles[number % len(self.troubles)]
            for number, office in enumerate(self.desks[0].offices)
        }

    def play(self) -> None:
        """Issue, fill in, check, correct and check again, at both desks."""
        for desk in self.desks:
            steps = (
                ("布置", desk.prepare),
                ("下发", desk.issue),
                ("填报", partial(self._first, desk)),
                ("第一次审核", partial(desk.check, 0)),
                ("整改", partial(self._second, desk)),
                ("第二次审核", partial(desk.check, 1)),
            )
            for name, step in steps:
                start = time.perf_counter()
                step()
                self.seconds[f"{desk.base.name}：{name}"] = time.perf_counter() - start

    def _first(self, desk: Desk) -> None:
        for office, role in self._offices(desk):
            filing = office.filing.copy()
            role.says(filing)
            desk.envelope(office, 0).send(filing)

    def _second(self, desk: Desk) -> None:
        desk.second_inbox()
        view = DeskView(desk, 0)
        for office, role in self._offices(desk):
            if role.silent:
                continue
            filing = office.filing.copy()
            if role.mends is not None:
                role.mends(filing)
            envelope = desk.envelope(office, 1)
            if isinstance(envelope, CombinedEnvelope):
                envelope.send_again(filing)
            else:
                send_again(view, envelope, filing, fresh=role.fresh)

    def _offices(self, desk: Desk) -> Iterator[tuple[Office, Trouble]]:
        return ((office, self.roles[office.code]) for office in desk.offices)

    def findings(self, desk: Desk, round_: int) -> Counter[FindingKey]:
        """How often each finding stands in a review."""
        data = DeskView(desk, round_).data
        owners = {submission["id"]: submission for submission in data["submissions"]}
        keys: Counter[FindingKey] = Counter()
        for finding in data["findings"]:
            owner = owners.get(finding["submission"])
            place = (finding["path"].partition("/")[0], "", "")
            if owner is not None:
                place = (owner["department"], owner["form"], owner["project"] or "")
            keys[FindingKey(*place, finding["rule"], finding["field"] or "", finding["severity"])] += 1
        return keys

    def statuses(self, desk: Desk, round_: int) -> dict[str, str]:
        """What 报送情况 says of each department."""
        return {account["code"]: account["status"] for account in DeskView(desk, round_).data["inbox"]["accounts"]}


def differences(played: Comparison, round_: int) -> list[str]:
    """What stands in one review and not in the other, in words."""
    combined, separate = (played.findings(desk, round_) for desk in played.desks)
    lines = [f"只在合并的：{key}" for key in sorted((combined - separate).elements())]
    lines += [f"只在分表的：{key}" for key in sorted((separate - combined).elements())]
    states = [played.statuses(desk, round_) for desk in played.desks]
    return lines + [
        f"报送情况不同：{code} {states[0][code]} {states[1][code]}"
        for code in states[0]
        if states[0][code] != states[1][code]
    ]


def report(played: Comparison) -> tuple[str, int]:
    """The results as text, and the number of differences."""
    lines, wrong = ["| 轮次 | 问题 | 规则 | 单位 | 不同 |", "|---|--:|--:|--:|--:|"], 0
    for round_, title in enumerate(("第一次", "第二次")):
        keys, different = played.findings(played.desks[0], round_), differences(played, round_)
        rules, departments = ({key.rule for key in keys}, {key.department for key in keys})
        lines.append(f"| {title} | {keys.total()} | {len(rules)} | {len(departments)} | {len(different)} |")
        lines += different
        wrong += len(different)
    lines += [
        "",
        "| 步骤 | 秒 |",
        "|---|--:|",
        *(f"| {name} | {value:.1f} |" for name, value in played.seconds.items()),
    ]
    for desk in played.desks:
        sizes = [path.stat().st_size for path in desk.issued.rglob("附件*.xlsx")]
        lines.append(f"{desk.base.name}：下发 {len(sizes)} 个文件，最大 {max(sizes) / 1024:.0f} KiB")
    return "\n".join(lines) + "\n", wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Play and print the results; 1 where the reviews differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="an empty folder for everything that is made")
    parser.add_argument("--departments", type=int, default=80)
    chosen = parser.parse_args(arguments)
    if chosen.out.exists() and any(chosen.out.iterdir()):
        parser.error(f"{chosen.out} is not empty")
    played = Comparison(chosen.out, chosen.departments)
    played.play()
    text, wrong = report(played)
    print(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
