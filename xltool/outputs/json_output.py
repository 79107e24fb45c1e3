"""The JSON of `read`, `audit` and `batch` (contract §4): strict, with a fixed order, indented."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import msgspec

from xltool.auditing.coverage.model import RuleState
from xltool.auditing.explanations import match_explanations
from xltool.auditing.tables import tidy
from xltool.outputs.officer_notes import ABOUT
from xltool.rules.catalogue import RULES
from xltool.storage import json_stream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xltool.auditing.coverage.model import FilingCoverage
    from xltool.auditing.explanations import Explanations
    from xltool.auditing.plausibility.ranking import Ranked
    from xltool.auditing.result import Audit
    from xltool.auditing.rounds.outcomes import Step
    from xltool.outputs.officer_notes import Decision
    from xltool.reader.records import FileRecord
    from xltool.roster.inbox import Inbox


def read_json(records: Sequence[FileRecord]) -> dict[str, Any]:
    """Everything that was read, and the problems of reading."""
    from xltool.auditing.audit import findings_of_reading  # noqa: PLC0415 - what judges, only where files are only read

    return {
        "files": tidy.files(records),
        "submissions": tidy.submissions(records),
        "values": tidy.values(records),
        "projects": tidy.projects(records),
        "indicators": tidy.indicators(records),
        "reports": tidy.reports(records),
        "problems": [finding.to_dict() for finding in findings_of_reading(records)],
    }


def audit_json(audit: Audit) -> dict[str, Any]:
    """Files, submissions with their scores, findings, counts, and the coverage of each filing."""
    return {key: list(part) if isinstance(part, Iterator) else part for key, part in audit_parts(audit).items()}


def audit_parts(audit: Audit, explained: Explanations | None = None) -> dict[str, Any]:
    """The members of `audit_json`, with iterators of findings and coverages, for `stream_object`.

    `explained` is what departments wrote on findings, where it is matched already.
    """
    explained = match_explanations(audit) if explained is None else explained
    counts = Counter(finding.severity.value for finding in audit.findings)
    return {
        "files": tidy.files(audit.records),
        "submissions": [submission | _score(audit, submission["id"]) for submission in tidy.submissions(audit.records)],
        "findings": (
            finding.to_dict() | {"key": key, "explanation": explained.by_key.get(key)}
            for finding, key in zip(audit.findings, audit.keys, strict=True)
        ),
        "summary": {severity: counts[severity] for severity in ("error", "warning", "info")}
        | {"exempted": sum(finding.exemption is not None for finding in audit.findings)},
        "coverage": coverage_json(audit.coverage),
        "explanations": [
            {"department": each.department, "path": each.path} | asdict(each.explanation) | {"reason": each.reason}
            for each in explained.unmatched
        ],
    }


def coverage_json(coverages: Iterable[FilingCoverage]) -> Iterator[dict[str, Any]]:
    """Each filing with the rules in each state, in the order of the catalogue, and why some are undecided."""
    catalogue = tuple(RULES)
    for coverage in coverages:
        codes: dict[str, Any] = {state.value: coverage.codes(state, catalogue) for state in RuleState}
        undecided = {code: coverage.reasons[code] for code in codes[RuleState.UNDECIDED]}
        yield {"filing": coverage.filing} | codes | {RuleState.UNDECIDED.value: undecided}


def rounds_json(steps: Sequence[Step] | None) -> dict[str, Any]:
    """The outcomes of an earlier review's findings; no member where there was no earlier review."""
    return {} if steps is None else {"rounds": [asdict(step) for step in steps]}


def decisions_json(decisions: Sequence[Decision]) -> dict[str, Any]:
    """What the officers decided: who, when, in the review of which run, and about what."""
    return {
        "decisions": [
            asdict(decision) | {"about": dict(zip(ABOUT, decision.about, strict=False))} for decision in decisions
        ]
    }


def inbox_json(inbox: Inbox | None) -> dict[str, Any]:
    """What came in, compared with the roster; no member where there was no roster."""
    if inbox is None:
        return {}
    accounts = [asdict(account) | {"status": account.status} for account in inbox.accounts]
    return {
        "inbox": {"year": inbox.year, "accounts": accounts, "receipts": [asdict(receipt) for receipt in inbox.receipts]}
    }


def spot_checks_json(spot_checks: Sequence[Ranked]) -> dict[str, Any]:
    """The filings to read first, with the reasons."""
    return {"spot_checks": [asdict(check) for check in spot_checks]}


def dumps(data: object) -> str:
    r"""JSON with Chinese as it is and no NaN, ending in a line break.

    >>> dumps(["是", "\ud800"])
    '[\n "是",\n "?"\n]\n'
    """
    return msgspec.json.format(_encoded(data), indent=1).decode() + "\n"


def stream_object(data: Mapping[str, object]) -> Iterator[bytes]:
    """The text of `dumps` in pieces, of an object whose members may be iterators."""
    yield from json_stream.of_object(data.items(), _indented, b"\n ")
    yield b"\n"


def _indented(member: object) -> bytes:
    """The text of a member; its line breaks are those between values, because JSON escapes those in texts."""
    return msgspec.json.format(_encoded(member), indent=1).replace(b"\n", b"\n ")


def _encoded(data: object) -> bytes:
    """UTF-8; half a surrogate pair, if a library ever lets one through, becomes a question mark."""
    try:
        return msgspec.json.encode(data)
    except UnicodeEncodeError:
        return json.dumps(data, ensure_ascii=False, allow_nan=False).encode(errors="replace")


def _score(audit: Audit, submission: str) -> dict[str, Any]:
    profile = {"profile": audit.profiles[submission].name}
    score = audit.scores.get(submission)
    if score is None:
        return {"score_filed": None, "score_recomputed": None, "grade": None} | profile
    return {"score_filed": score.filed, "score_recomputed": score.recomputed, "grade": score.grade} | profile
