"""Play the year: send filings with troubles, check, return, correct, send and check again; compare results."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import openpyxl

import xltool
from benchmarks.desk.county import YEAR
from benchmarks.desk.troubles import ANY, TROUBLES, Expectation, Trouble
from benchmarks.desk.view import DeskView
from tests.support.programs.office import soffice
from xltool.forms import self_review
from xltool.outputs.officer_notes import MINOR_SHEET, NOTE, PROBLEM_SHEET, STATUS
from xltool.roster.inbox import ReceiptState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.corpus.filing import Filing
    from benchmarks.desk.county import Office
    from benchmarks.desk.desk import Desk, Envelope
    from xltool.auditing.acceptance import Accepted

EXECUTED = self_review.year.executed
HONEST = Trouble("没有问题", Expectation(), Expectation())
LISTS = (PROBLEM_SHEET, MINOR_SHEET)
NOTED = ("已联系单位", "经办人电话说明，周五前改好")


@dataclass
class OfficeLine:
    """One department in one round: its trouble, what the desk sees, and what is not as expected."""

    office: str
    trouble: str
    seen: str
    wrong: list[str]


@dataclass
class Game:
    """A year at the desk, step by step."""

    desk: Desk
    troubles: Sequence[Trouble] = TROUBLES
    seconds: dict[str, float] = field(default_factory=dict)
    accepted: Accepted | None = None

    def __post_init__(self) -> None:
        """Give each trouble to a department."""
        able = [trouble for trouble in self.troubles if soffice() or not trouble.office]
        # Of more troubles than departments, as many as there are departments, from the whole list.
        count = min(len(able), len(self.desk.offices))
        able = [able[at * len(able) // count] for at in range(count)]
        self.roles = dict.fromkeys((office.code for office in self.desk.offices), HONEST)
        # Every second department, so that troubles have honest neighbours; the rest from the start again.
        order = [*self.desk.offices[1::2], *self.desk.offices[0::2]]
        self.roles |= {office.code: trouble for office, trouble in zip(order, able, strict=False)}

    def play(self) -> None:
        """Do everything, in the order of the year."""
        with self._step("名册和上年报送（布置）"):
            self.desk.prepare()
        with self._step("下发表样"):
            self.desk.issue()
        with self._step("单位填报（布置）"):
            self._first_envelopes()
        with self._step("第一次审核"):
            self.desk.check(0)
        self._note()
        with self._step("单位整改（布置）"):
            self._second_envelopes()
        with self._step("第二次审核"):
            self.desk.check(1)
        with self._step("汇总"):
            out = self.desk.base / "汇总.xlsx"
            self.accepted = xltool.merge(self.desk.inboxes[1], out=out, year=YEAR, roster=self.desk.roster)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start

    def _role(self, office: Office) -> Trouble:
        return self.roles[office.code]

    def _first_envelopes(self) -> None:
        envelopes = [self.desk.envelope(office, 0) for office in self.desk.offices]
        for envelope in envelopes:
            filing = envelope.office.filing.copy()
            self._role(envelope.office).says(filing)
            self.desk.filed[envelope.office.code] = filing
            envelope.send(filing)
        for envelope in envelopes:
            self._role(envelope.office).sends(envelope)

    def _note(self) -> None:
        """Fill in the officer's columns beside every finding."""
        path = self.desk.results[0] / "review.xlsx"
        book = openpyxl.load_workbook(path)
        for name in LISTS:
            sheet = book[name]
            heads = {str(cell.value): column for column, cell in enumerate(sheet[1], start=1)}
            for row in range(2, sheet.max_row + 1):
                for head, text in zip((STATUS, NOTE), NOTED, strict=True):
                    sheet.cell(row, heads[head]).value = text
        book.save(path)

    def _second_envelopes(self) -> None:
        self.desk.second_inbox()
        view = DeskView(self.desk, 0)
        for office in self.desk.offices:
            role = self._role(office)
            if not role.silent:
                filing = office.filing.copy()
                if role.mends is not None:
                    role.mends(filing)
                send_again(view, self.desk.envelope(office, 1), filing, fresh=role.fresh)
                role.again(self.desk.envelope(office, 1))

    # --- what is view -------------------------------------------------------------------------

    def lines(self, round_: int) -> list[OfficeLine]:
        """A line for each department with a trouble, and for honest departments where something is wrong."""
        view = DeskView(self.desk, round_)
        lines = []
        for office in self.desk.offices:
            role = self._role(office)
            wrong = list(_wrong(view, office, role.second if round_ else role.first))
            if role is not HONEST or wrong:
                lines.append(OfficeLine(office.short, role.name, _shown(view, office), wrong))
        return lines

    def kept_notes(self) -> tuple[int, int]:
        """How many findings of the second review were in the first, and how many of them kept the officer's note."""
        first = {finding["key"] for finding in DeskView(self.desk, 0).data["findings"]}
        book = openpyxl.load_workbook(self.desk.results[1] / "review.xlsx")
        named: list[dict[str, Any]] = []
        for name in LISTS:
            heads, *rows = book[name].iter_rows(values_only=True)
            named += [dict(zip(map(str, heads), row, strict=True)) for row in rows]
        standing = [row for row in named if row["问题编号"] in first]
        return len(standing), sum((row[STATUS], row[NOTE]) == NOTED for row in standing)

    def merged_total(self) -> float:
        """全年执行数 of the departments whose filings were accepted, in 万元."""
        submissions = (
            [submission for record in self.accepted.records for submission in record.submissions]
            if self.accepted
            else []
        )
        return sum(
            float(submission.value(EXECUTED.key) or 0.0) for submission in submissions if submission.form == "附件2"
        )

    def honest_total(self) -> float:
        """全年执行数 of all departments in their honest filings, in 万元."""
        wholes = [office.filing.papers_of("附件2")[0] for office in self.desk.offices]
        return sum(float(whole.values[EXECUTED]) for whole in wholes)


def send_again(view: DeskView, envelope: Envelope, filing: Filing, *, fresh: bool) -> None:
    """Send corrected returned copies; send forms that were missing or compared in the issued file."""
    missing = view.account(envelope.office)["missing"]
    related = [place for finding in view.findings(envelope.office) for place in finding["related"]]
    compared = {place["path"].rpartition("/")[2] for place in related}
    envelope.folder.mkdir(parents=True, exist_ok=True)
    for name, paper in envelope.papers(filing):
        due = f"附件3（{paper.project}）" if paper.project else paper.form
        copy = envelope.returned / name
        if copy.is_file() and not fresh:
            envelope.typed(paper, copy).save(envelope.folder / name)
        elif copy.is_file() or due in missing or name in compared:
            envelope.typed(paper).save(envelope.folder / name)


def _states(view: DeskView, office: Office) -> set[str]:
    return {receipt["state"] for receipt in view.receipts(office)} - {ReceiptState.RECEIVED.value}


def _rules(view: DeskView, office: Office) -> set[str]:
    """The rules of its errors and warnings, also of those that were folded into another."""
    findings = view.findings(office)
    folded = {each["rule"] for finding in findings for each in finding["consequences"] if each["severity"] != "info"}
    return folded | {finding["rule"] for finding in findings}


def _fates(view: DeskView, office: Office) -> set[str]:
    return {step["became"] for step in view.steps(office)}


def _shown(view: DeskView, office: Office) -> str:
    account = view.account(office)
    parts = [account["status"], *(f"缺{form}" for form in account["missing"][:2])]
    every = (_states(view, office), _rules(view, office), _fates(view, office))
    parts += ["、".join(sorted(words)) for words in every]
    parts.append(f"退回{len(view.returned(office))}件" if view.returned(office) else "")
    parts.append("有通知" if view.notice(office) else "")
    return "；".join(filter(None, parts))


def _compared(rules: set[str], wanted: frozenset[str]) -> tuple[list[str], list[str]]:
    """The rules found and expected. Where others are allowed, only the named rules are compared."""
    named = wanted - {ANY}
    return sorted(rules & named if ANY in wanted else rules), sorted(named)


def _wrong(view: DeskView, office: Office, wanted: Expectation) -> Iterator[str]:
    account = view.account(office)
    pairs: tuple[tuple[str, object, object], ...] = (
        ("情况", account["status"], wanted.status),
        ("状态", sorted(_states(view, office)), sorted(wanted.states)),
        ("规则", *_compared(_rules(view, office), wanted.rules)),
        ("通知", bool(view.notice(office)), wanted.notice),
        ("整改", sorted(_fates(view, office)), sorted(wanted.fates)),
    )
    for name, is_, should in pairs:
        if is_ != should:
            yield f"{name}：{is_}，应为 {should}"
    if (account["missing"] != []) != (wanted.missing > 0):
        yield f"未报：{account['missing']}"
    spare = set() if account["missing"] else set(account["unread"])
    asked = any(
        finding["path"].startswith(view.folder(office) + "/") and finding["path"] not in spare
        for finding in view.findings(office)
    )
    if asked and not view.returned(office):
        yield "有问题的文件没有退回件"


def sizes(base: Path) -> dict[str, tuple[int, float]]:
    """Files and megabytes of each folder and file that was made."""
    by_name = {}
    for path in sorted(base.iterdir()):
        inside = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
        by_name[path.name] = len(inside), sum(file.stat().st_size for file in inside) / 1_000_000
    return by_name
