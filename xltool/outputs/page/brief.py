"""The briefing as data of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xltool.outputs.reviewing.briefing import briefing_of
from xltool.outputs.reviewing.wording import doubtful_text, example_text, owing_text, rounds_text, title_of
from xltool.outputs.sheets.overview import returns_of
from xltool.outputs.sheets.texts import visible

if TYPE_CHECKING:
    from xltool.outputs.model import Review
    from xltool.outputs.reviewing.finding_order import FindingOrder

MOST_DIFFERENCES, MOST_RATES, MOST_PROBLEMS = 10, 5, 5


def brief_json(review: Review, order: FindingOrder) -> dict[str, Any]:
    """The briefing; departments are texts, filings are numbers, so that they can be chosen."""
    briefing = briefing_of(review, order)
    funds = briefing.funds
    return {
        "returns": returns_of(review),
        "owing": visible(owing_text(review, briefing)),
        "doubtful": visible(doubtful_text(briefing)),
        "funds": [funds.departments, funds.budget, funds.executed, funds.rate],
        "grades": briefing.grades,
        "differing": len(briefing.differences),
        "differences": [
            [each.filing, visible(each.project), each.filed, each.recomputed, each.difference]
            for each in briefing.differences[:MOST_DIFFERENCES]
        ],
        "rates": [[visible(name), rate] for name, rate in briefing.rates[:MOST_RATES]],
        "problems": [
            [problem.code, visible(title_of(problem)), problem.filings, problem.hits, visible(example_text(problem))]
            for problem in briefing.problems[:MOST_PROBLEMS]
        ],
        "rounds": rounds_text(briefing),
    }
