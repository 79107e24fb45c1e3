"""Audit filings with hostile values, and check what must hold for every audit."""

from __future__ import annotations

import json
import time
import warnings
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import msgspec

from benchmarks.fuzz.chance import Dice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.fuzz.filings import AuditInput
    from xltool.auditing.result import Audit
    from xltool.auditing.terms import Terms
    from xltool.reader.records import FileRecord, Submission

TOGETHER: Final = 8
"""How many inputs are audited at once, as in a batch; where there is a fault, each is audited by itself."""
_SEVERITIES: Final = frozenset({"error", "warning", "info"})
_MARKS: Final = ("nan", "None", "NaN")


@dataclass(frozen=True)
class Group:
    """Inputs that are audited at once, by number; `filings` is the file with the honest filings they are built from."""

    filings: Path
    seed: int
    numbers: tuple[int, ...]


@dataclass
class Answer:
    """The results of a group."""

    files: int = 0
    submissions: int = 0
    findings: int = 0
    rules: list[str] = field(default_factory=list)
    seconds: float = 0.0
    """Processor seconds, so that other work on the machine does not count."""
    peak: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)


def work(group: Group) -> bytes:
    """Make and audit the inputs of a group."""
    return msgspec.msgpack.encode(answer(group))


def answer(group: Group) -> Answer:
    """Build and audit the inputs of a group. Where there are faults, each input is audited by itself to name it."""
    from benchmarks.fuzz.filings import filings_in, make  # noqa: PLC0415 - the parent needs none of it
    from benchmarks.speed.memory import forget_peak, peak  # noqa: PLC0415 - likewise
    from xltool.auditing import audit  # noqa: F401, PLC0415 - loading it is not judging
    from xltool.outputs import terminal  # noqa: F401, PLC0415 - likewise

    filings_in(group.filings)
    forget_peak()
    begun = time.process_time()
    result = Answer()
    inputs: list[AuditInput] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number in group.numbers:
            try:
                inputs.append(make(group.filings, group.seed, number))
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
                result.faults.append((number, f"读取：{_describe(error)}"))
        faults = _audit(inputs, group, result)
        if faults and len(inputs) > 1:
            single = [(audit_input, _audit([audit_input], group, Answer())) for audit_input in inputs]
            result.faults += [(_number(audit_input), fault) for audit_input, own in single for fault in own] or [
                (-1, f) for f in faults
            ]
        else:
            result.faults += [(_number(inputs[0]), fault) for fault in faults]
    result.seconds, result.peak = time.process_time() - begun, peak()
    return result


def _number(audit_input: AuditInput) -> int:
    return int(audit_input.label.removeprefix("输入"))


def _describe(error: BaseException) -> str:
    from benchmarks.fuzz.checks import describe_error  # noqa: PLC0415 - as above

    return describe_error(error)


def _audit(inputs: Sequence[AuditInput], group: Group, answer: Answer) -> list[str]:
    try:
        return list(dict.fromkeys(_faults(inputs, group, answer)))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        return [f"审核：{_describe(error)}"]


def _faults(inputs: Sequence[AuditInput], group: Group, answer: Answer) -> Iterator[str]:
    """Audit these inputs; gives the faults of the audit, a line each."""
    from xltool.auditing.audit import audit  # noqa: PLC0415 - as above
    from xltool.reader import record_encoding  # noqa: PLC0415 - as above

    records = [record for audit_input in inputs for record in audit_input.records]
    packed = [record_encoding.encode(record) for record in records]
    terms = terms_of(Dice(f"terms/{group.seed}/{group.numbers[0]}"), inputs)
    result = audit(records, terms)
    text = _as_text(result)
    answer.files, answer.submissions = len(records), len(result.submissions)
    answer.findings = len(result.findings)
    answer.rules = sorted({finding.rule for finding in result.findings})
    yield from _of_json(text, result)
    yield from _of_findings(result, terms.prior)
    yield from _of_coverage(result)
    again = audit([record_encoding.decode(data) for data in packed], terms)
    if _as_text(again) != text:
        yield "两次审核结果不同"


def terms_of(dice: Dice, inputs: Sequence[AuditInput]) -> Terms:
    """The terms of the audit: sometimes a profile or exemptions, always last year's forms and the roster."""
    from xltool.auditing.exemptions.model import COLUMNS, Exemption, Exemptions  # noqa: PLC0415 - as above
    from xltool.auditing.terms import Terms  # noqa: PLC0415 - as above
    from xltool.params import profile_named, profile_names  # noqa: PLC0415 - as above
    from xltool.rules.catalogue import RULES  # noqa: PLC0415 - as above

    terms = Terms(
        rostered={
            each.filing: audit_input.rostered
            for audit_input in inputs
            for record in audit_input.records
            for each in record.submissions
        },
        prior=tuple(each for audit_input in inputs for each in audit_input.prior),
    )
    if dice.random() < 0.4:
        terms = replace(terms, profile=profile_named(dice.choice(profile_names())))
    if dice.random() < 0.3:
        whose = sorted(
            {each.department for audit_input in inputs for record in audit_input.records for each in record.submissions}
        )
        codes, days = list(RULES), (date(2020, 1, 1), date(2024, 7, 1), date(2099, 1, 1))
        granted = tuple(
            Exemption(row, dice.choice(whose), None, "", "", dice.choice(codes), "", "事由", "某某", dice.choice(days))
            for row in range(2, 2 + dice.randint(1, 20) * bool(whose))
        )
        columns = dict(zip(COLUMNS, "ABCDEFGHI", strict=True))
        terms = replace(terms, exemptions=Exemptions("豁免.csv", None, granted, date(2024, 7, 1), columns))
    return terms


def _as_text(result: Audit) -> str:
    from xltool.outputs import json_output  # noqa: PLC0415 - as above
    from xltool.outputs.terminal import audit_text  # noqa: PLC0415 - as above

    audit_text(result).encode()
    return json_output.dumps(json_output.audit_json(result))


def _no_number(word: str) -> float:
    msg = f"{word} is no JSON"
    raise ValueError(msg)


def _of_json(text: str, result: Audit) -> Iterator[str]:
    text.encode()
    data: dict[str, Any] = json.loads(text, parse_constant=_no_number)
    if [file["path"] for file in data["files"]] != [record.path for record in result.records]:
        yield "JSON 少了文件"
    if len(data["submissions"]) != len(result.submissions) or len(data["findings"]) != len(result.findings):
        yield "JSON 少了表或问题"
    if sum(data["summary"][severity] for severity in _SEVERITIES) != len(result.findings):
        yield "JSON 的合计不对"


def _of_findings(result: Audit, prior: Sequence[Submission]) -> Iterator[str]:
    from benchmarks.fuzz.checks import is_cell  # noqa: PLC0415 - as above
    from xltool.rules.catalogue import RULES  # noqa: PLC0415 - as above

    sheets = _sheets([*result.submissions, *prior], result.records)
    audited: str | None = None
    for finding in result.findings:
        rule = finding.rule
        if rule not in RULES or finding.severity not in _SEVERITIES:
            yield f"问题没有规则或级别 {rule} {finding.severity}"
        if not finding.message.strip() or not finding.advice.strip():
            yield f"问题没有文字 {rule}"
        places: list[Any] = [finding, *finding.related]
        for place in places:
            if place.cell is not None and not is_cell(place.cell):
                yield f"问题的单元格 {rule} {place.cell[:12]}"
            if place.cell is not None and place.sheet not in sheets.get(place.path, ()):
                yield f"问题的工作表 {rule} {place.path} {place.sheet}"
        if any(mark in finding.message for mark in _MARKS):
            audited = audited if audited is not None else repr((result.records, prior))
            if not any(mark in audited.replace("=None", "") and mark in finding.message for mark in _MARKS):
                yield f"问题的文字 {rule} {finding.message[:40]}"
    if [finding.order for finding in result.findings] != sorted(finding.order for finding in result.findings):
        yield "问题的次序不对"


def _sheets(forms: Sequence[Submission], records: Sequence[FileRecord]) -> dict[str, set[str | None]]:
    """The sheets that a finding may name, by file."""
    sheets: dict[str, set[str | None]] = defaultdict(set, {"豁免.csv": {None}})
    for record in records:
        sheets[record.path] |= {note.sheet for note in record.notes}
        sheets[record.path] |= {"自评报告" for _ in record.narrative_reports}
    for form in forms:
        sheets[form.path] |= {form.sheet, *(sheet for sheet, _ in form.places.values())}
    return sheets


def _of_coverage(result: Audit) -> Iterator[str]:
    """Check that every form is judged and scored, and that findings name only files that were given."""
    paths = {record.path for record in result.records} | {"豁免.csv"}
    if not {finding.path for finding in result.findings} <= {*paths}:
        yield "问题所在的文件不在其中"
    ids = {submission.id for submission in result.submissions}
    if result.profiles.keys() != ids or result.computed.keys() != ids:
        yield "有的表没有审核"
    if result.scores.keys() != {submission.id for submission in result.submissions if submission.form != "附件1"}:
        yield "有的表没有得分"
    if len(result.keys) != len(result.findings):
        yield "问题的编号数不对"
    for score in result.scores.values():
        if "nan" in repr(score) or "inf" in repr(score):
            yield "得分不是数"
