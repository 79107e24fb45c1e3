"""What a summary needs of a county, from the outputs of its run: findings.json and frames/."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from xltool.auditing.in_yuan import RULES_ON_YUAN, is_incredible
from xltool.forms import base_data, self_review

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FINDINGS: Final = "findings.json"
VALUES: Final = "frames/values.parquet"
NOT_LISTED: Final = "不在名册"
_FUNDS: Final = "年度资金总额_"
_MONEY: Final = {
    f"{_FUNDS}年初预算数": "first_budget",
    f"{_FUNDS}全年预算数": "budget",
    f"{_FUNDS}全年执行数": "executed",
    "三公经费_本年预算数": "hospitality_budget",
    "三公经费_本年决算数": "hospitality",
    "公用经费_本年决算数": "running_costs",
    "实际在职人数": "staff",
}
"""Fields of 附件1 and 附件2 that are summed up, and the members that hold them."""
_FORMS: Final = frozenset({base_data.FORM.key, self_review.FORM.key})


@dataclass(frozen=True)
class DepartmentFacts:
    """A department of a county: what came in of it, its findings, its money in 万元."""

    name: str
    status: str
    """已报齐, 部分报送, 收到、未能审核, 未报 or 不在名册."""
    missing: tuple[str, ...] = ()
    late: int = 0
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    score: float | None = None
    """The recomputed score of its 附件2."""
    grade: str = ""
    first_budget: float | None = None
    budget: float | None = None
    executed: float | None = None
    hospitality_budget: float | None = None
    hospitality: float | None = None
    running_costs: float | None = None
    staff: float | None = None
    in_yuan: bool = False
    """Whether its amounts may be in 元; then no total has them."""


@dataclass(frozen=True)
class RuleFacts:
    """How often a rule spoke in a county, and in how many filings."""

    code: str
    severity: str
    findings: int
    filings: int


@dataclass(frozen=True)
class CountyFacts:
    """What came of a county."""

    files: int
    unread: int
    departments: tuple[DepartmentFacts, ...]
    rules: tuple[RuleFacts, ...]


class _Form(msgspec.Struct):
    id: str
    filing: str
    path: str
    form: str
    department: str
    score_recomputed: float | None = None
    grade: str | None = None


class _Finding(msgspec.Struct):
    rule: str
    severity: str
    path: str
    submission: str | None = None
    exemption: msgspec.Raw = msgspec.Raw(b"null")


class _File(msgspec.Struct):
    status: str


class _Account(msgspec.Struct):
    department: str
    status: str
    filing: str = ""
    missing: list[str] = []
    late: list[str] = []


class _Inbox(msgspec.Struct):
    accounts: list[_Account]


class _Review(msgspec.Struct):
    files: list[_File]
    submissions: list[_Form]
    findings: list[_Finding]
    inbox: _Inbox | None = None


def read_facts(folder: Path) -> CountyFacts:
    """The facts of the run whose outputs lie in a folder. Raises OSError, msgspec.MsgspecError."""
    review = msgspec.json.decode((folder / FINDINGS).read_bytes(), type=_Review)
    money = _money_of(folder / VALUES, {form.id: form.filing for form in review.submissions if form.form in _FORMS})
    counts, rules = _count_findings(review)
    filing_of = {form.id: form.filing for form in review.submissions}
    doubted = {filing_of.get(finding.submission or "") for finding in review.findings if finding.rule in RULES_ON_YUAN}
    details = {filing: money.get(filing, {}) | counts.get(filing, {}) for filing in (*money, *counts)}
    for filing, own in details.items():
        own["in_yuan"] = filing in doubted or is_incredible(own.get("budget"), own.get("executed"))
    for form in review.submissions:
        if form.form == self_review.FORM.key:
            scored = {"score": form.score_recomputed, "grade": form.grade or ""}
            details[form.filing] = details.get(form.filing, {}) | scored
    statuses = Counter(file.status for file in review.files)
    return CountyFacts(len(review.files), statuses["refused"], tuple(_departments(review, details)), tuple(rules))


def _departments(review: _Review, details: Mapping[str, dict[str, Any]]) -> Iterator[DepartmentFacts]:
    """The departments of the roster, then those that filed without being in it."""
    accounts = review.inbox.accounts if review.inbox else []
    for account in accounts:
        own = details.get(account.filing, {})
        yield DepartmentFacts(account.department, account.status, tuple(account.missing), len(account.late), **own)
    listed = {account.filing for account in accounts}
    names = {form.filing: form.department or form.filing for form in reversed(review.submissions)}
    for filing in dict.fromkeys(form.filing for form in review.submissions):
        if filing not in listed:
            yield DepartmentFacts(names[filing], NOT_LISTED, **details.get(filing, {}))


def _count_findings(review: _Review) -> tuple[dict[str, dict[str, Any]], list[RuleFacts]]:
    """Findings that are not exempted: of each filing by severity, and by rule."""
    filing_of = {form.id: form.filing for form in review.submissions}
    in_file: dict[str, set[str]] = defaultdict(set)
    for form in review.submissions:
        in_file[form.path].add(form.filing)
    by_filing: dict[str, Counter[str]] = defaultdict(Counter)
    by_rule: Counter[tuple[str, str]] = Counter()
    filings: dict[tuple[str, str], set[str]] = defaultdict(set)
    for finding in review.findings:
        if bytes(finding.exemption) != b"null":
            continue
        own = {filing_of[finding.submission]} if finding.submission in filing_of else in_file[finding.path]
        filing = next(iter(own)) if len(own) == 1 else ""
        by_filing[filing][f"{finding.severity}s"] += 1
        by_rule[finding.rule, finding.severity] += 1
        filings[finding.rule, finding.severity].add(filing or finding.path)
    rules = [RuleFacts(*rule, count, len(filings[rule])) for rule, count in sorted(by_rule.items())]
    return {filing: dict(counts) for filing, counts in by_filing.items()}, rules


def _money_of(path: Path, filing_of: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The amounts of each filing; what is no number is left out."""
    from pyarrow import parquet  # noqa: PLC0415 - only where a summary is written

    rows = parquet.read_table(
        path, columns=["submission", "field", "value", "recomputed"], filters=[("field", "in", list(_MONEY))]
    )
    amounts: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in rows.to_pylist():
        filing = filing_of.get(row["submission"])
        amount = _number(row["value"], row["recomputed"])
        if filing is not None and amount is not None:
            amounts[filing].setdefault(_MONEY[row["field"]], amount)
    return amounts


def _number(filed: str | None, recomputed: float | None) -> float | None:
    """The filed number; the recomputed one where the cell was never calculated."""
    if filed is None:
        return recomputed
    try:
        return float(filed)
    except ValueError:
        return None
