"""Rules judged over all filings at once: their own examples, any order of the filings, and the time they take."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.test_frame_rules import FORMS, seed
from xltool.findings import Severity
from xltool.rules.catalogue import RULES
from xltool.rules.filing.excerpts import excerpts
from xltool.rules.samples import department_form, filing_view, project_form
from xltool.text.views import FilingView, FormView, Hit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.rules.model import Batch, Rule

TOGETHER = [known for known in RULES.values() if known.batch_judge is not None]
COPIED = RULES["X-16"]


def _hits(rule: Rule, batch: Sequence[FilingView]) -> list[Hit]:
    assert rule.batch_judge is not None
    return list(rule.batch_judge([text for view in batch for text in excerpts(view)]))


def _message(rule: Rule, hit: Hit) -> str:
    return rule.message.format(filed="填报内容", **hit.words)


EXAMPLES = [
    pytest.param(rule, batch, good, id=f"{rule.code}-{'good' if good else 'bad'}-{number}")
    for rule in TOGETHER
    for good, batches in zip((True, False), rule.batches, strict=True)
    for number, batch in enumerate(batches)
]


@pytest.mark.parametrize(("rule", "batch", "good"), EXAMPLES)
def test_examples(rule: Rule, batch: Batch, good: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A rule is silent on its good examples and fires on its bad ones, with words for its message."""
    hits = _hits(rule, batch)
    assert bool(hits) is not good
    for hit in hits:
        message = _message(rule, hit)
        assert "{" not in message
        assert "None" not in message
        assert hit.at.view.form in rule.form_keys
        assert hit.also


def _key(hit: Hit) -> str:
    assert hit.at.field is not None
    return hit.at.field.key


@pytest.mark.parametrize("batch", COPIED.batches[1])
def test_order_of_the_filings_does_not_matter(batch: Batch) -> None:
    """The same filings in another order give the same findings."""

    def reported(filings: Sequence[FilingView]) -> list[tuple[str, str, str]]:
        return sorted((_message(COPIED, hit), _key(hit), hit.at.view.form) for hit in _hits(COPIED, filings))

    assert reported(batch[::-1]) == reported(batch)


def test_results_of_another_weigh_more_than_its_goals() -> None:
    """The same results in two departments are a warning, the same goals only a hint."""
    severities = {_key(hit): hit.severity for batch in COPIED.batches[1] for hit in _hits(COPIED, batch)}
    assert severities == {"实际完成情况": Severity.WARNING, "预期目标": Severity.INFO}


def test_a_text_in_two_forms_is_reported_once() -> None:
    """A text that stands in 附件2 and 附件3 gives one finding for each of the two departments."""
    text = COPIED.batches[1][0][0].forms[1].texts["实际完成情况"]

    def both(department: str) -> FilingView:
        texts = {"实际完成情况": text, "部门名称": department}
        return filing_view(department_form(texts), project_form(texts | {"项目支出名称": department}))

    names = ("某县城管局", "某县水利局")
    hits = _hits(COPIED, [both(name) for name in names])
    assert sorted(hit.words["部门"] for hit in hits) == sorted(names)


def test_the_seed_beside_another_department() -> None:
    """Forms of one department that repeat each other are no finding between departments."""
    assert _hits(COPIED, [seed(), *COPIED.batches[0][1]]) == []


def _made_up(count: int, sentences: int, shared: str) -> list[FilingView]:
    chance = random.Random(7)  # noqa: S311 - made-up texts
    signs = [chr(0x4E00 + number) for number in range(2500)]

    def text() -> str:
        lines = ("".join(chance.choices(signs, k=30)) + f"{chance.randint(1, 99)}个" for _ in range(sentences))
        return "。".join([*lines, shared])

    return [
        FilingView(
            tuple(
                FormView(kind, f"{number}/{kind}", 2023, {"部门名称": f"第{number}号单位", "实际完成情况": text()}, {})
                for kind in ("附件2", "附件3")
            )
        )
        for number in range(1000, 1000 + count)
    ]


def test_time_grows_with_the_filings_and_no_faster() -> None:
    """Four times the filings, all with one phrase in common, take at most six times as long."""
    phrase = "组织志愿者走进社区，为行动不便的老人上门理发送餐"

    def seconds(count: int) -> float:
        batch, durations = _made_up(count, 5, phrase), []
        for _ in range(3):  # the fastest of three: other processes and garbage collection take time too
            begin = time.process_time()
            assert _hits(COPIED, batch) == []
            durations.append(time.process_time() - begin)
        return min(durations)

    seconds(20)
    assert seconds(800) < 6 * seconds(200) + 0.2


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(FORMS, max_size=3).map(lambda forms: FilingView(tuple(forms))), max_size=4))
def test_never_raises(batch: list[FilingView]) -> None:
    """Whatever was filed, a rule gives hits with words for its message, or none."""
    for rule in TOGETHER:
        for hit in _hits(rule, batch):
            assert _message(rule, hit)
