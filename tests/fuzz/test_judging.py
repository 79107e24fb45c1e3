"""Hostile values in filings: no input breaks an audit, and a broken audit is noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from benchmarks.fuzz import campaign, judging
from benchmarks.fuzz.filings import make, write_filings
from benchmarks.fuzz.judging import TOGETHER, Group, answer
from xltool.auditing import audit as audits
from xltool.reader import record_encoding
from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xltool.auditing.result import Audit

GROUPS = 8
"""Groups of new inputs in each run of the tests; `python -m benchmarks.fuzz.campaign` runs more."""


@pytest.fixture(scope="module")
def filings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The honest filings inputs are made of."""
    return write_filings(tmp_path_factory.mktemp("filings"))


def test_hostile_values_break_no_audit(filings: Path) -> None:
    """Any values in cells and reports give findings with texts and places, and the same findings twice."""
    rules: set[str] = set()
    for number in range(GROUPS):
        result = answer(Group(filings, 5, tuple(range(number * TOGETHER, (number + 1) * TOGETHER))))
        assert result.faults == []
        assert result.findings > 0
        rules.update(result.rules)
    assert len(rules) > 80


def test_an_input_can_be_made_again(filings: Path) -> None:
    """The same seed and number give the same records."""
    packed = [[record_encoding.encode(record) for record in make(filings, 5, number).records] for number in range(10)]
    assert packed == [
        [record_encoding.encode(record) for record in make(filings, 5, number).records] for number in range(10)
    ]
    assert len({data for files in packed for data in files}) > 10


def _lose_a_score(result: Audit) -> None:
    result.scores = {}


def _lose_a_key(result: Audit) -> None:
    result.keys = result.keys[1:]


def _change(**changes: Any) -> Callable[[Audit], None]:  # noqa: ANN401 - members of a finding
    def change(result: Audit) -> None:
        result.findings = [replace(result.findings[0], **changes), *result.findings[1:]]

    return change


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (_lose_a_score, "有的表没有得分"),
        (_lose_a_key, "审核：ValueError"),
        (_change(message=" "), "问题没有文字"),
        (_change(message="超出 <nan>"), "问题的文字"),
        (_change(cell="A0", sheet="附件1"), "问题的单元格 "),
        (_change(cell="A1", sheet="别处"), "问题的工作表"),
        (_change(rule="Z-99"), "问题没有规则或级别"),
        (_change(path="别处.xlsx"), "问题所在的文件不在其中"),
    ],
)
def test_what_is_broken_is_noticed(
    filings: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Audit], None], fault: str
) -> None:
    """A check that cannot fail proves nothing."""
    audit = audits.audit

    def spoilt(*given: Any) -> Audit:  # noqa: ANN401 - as an audit takes them
        result = audit(*given)
        spoil(result)
        return result

    monkeypatch.setattr(audits, "audit", spoilt)
    faults = [text for _, text in answer(Group(filings, 5, (1,))).faults]
    assert any(text.startswith(fault) for text in faults), faults


def test_an_audit_that_raises_or_differs_is_noticed(filings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The input is named by its number, also where several were audited at once."""
    audit, calls = audits.audit, iter(range(1_000))

    def sometimes(*given: Any) -> Audit:  # noqa: ANN401 - as an audit takes them
        result = audit(*given)
        left_out = next(calls) % 2
        return replace(result, findings=result.findings[left_out:], keys=result.keys[left_out:])

    monkeypatch.setattr(audits, "audit", sometimes)
    assert "两次审核结果不同" in [text for _, text in answer(Group(filings, 5, (1, 2))).faults]

    def raising(*_: object) -> Audit:
        raise ZeroDivisionError

    monkeypatch.setattr(audits, "audit", raising)
    assert {number for number, _ in answer(Group(filings, 5, (1, 2))).faults} == {1, 2}


def test_a_campaign_goes_on_where_it_was_left(filings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks that are done are not done again; the summary counts all of them."""
    monkeypatch.setattr(campaign, "write_filings", lambda _: filings)
    monkeypatch.setattr(campaign, "BLOCK", 10)
    monkeypatch.setenv("XLTOOL_SOFFICE", "/nonexistent")
    first = campaign.run(tmp_path / "out", 10, seed=6)
    assert (first.inputs, sum(first.outcomes.values()), first.faults) == (10, 2, [])
    asked: list[range] = []

    def block(_: campaign.Campaign, numbers: range) -> campaign.Block:
        asked.append(numbers)
        return campaign.Block(len(numbers), faults=[(numbers[0], "worker: timeout")])

    monkeypatch.setattr(campaign.Campaign, "block", block)
    total = campaign.run(tmp_path / "out", 25, seed=6)
    assert asked == [range(10, 20), range(20, 25)]
    assert (total.inputs, total.findings, len(total.faults)) == (25, first.findings, 2)
    assert "input 20: worker: timeout" in (tmp_path / "out" / campaign.SUMMARY).read_text(encoding="utf-8")


def test_a_group_that_is_lost_is_judged_input_by_input(tmp_path: Path) -> None:
    """The one that ends its worker is named, and costs no other."""

    class Losing:
        """A pool that loses whatever holds input 7."""

        def run(self, _: object, groups: list[Group]) -> list[tuple[int, Any]]:
            done = msgspec.msgpack.encode(judging.Answer(files=1))
            return [(at, Lost.TIMEOUT if 7 in group.numbers else done) for at, group in enumerate(groups)]

    lost = campaign.Campaign(Losing(), tmp_path, tmp_path, 1, tmp_path)  # type: ignore[arg-type] # as much of a pool as is used
    block = campaign.Block()
    lost._judge([6, 7, 8], block)  # noqa: SLF001 - what is tested
    assert block.faults == [(7, "worker: timeout")]
    assert block.judged == 2
