"""Audits on the terms of a profile, for the tests of scoring profiles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from xltool.auditing import audit
from xltool.auditing.terms import NO_TERMS, Terms
from xltool.batches.grouping import as_one_set
from xltool.expr.frame import Values, violations
from xltool.reader.reading import read_file
from xltool.rules.catalogue import RULES
from xltool.template.order import Order
from xltool.template.workbook import write_files

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.params import Profile


OWN = """
名称 = "某某县"
[执行率]
分值 = 20
依据 = "某某县文件"
[指标分值]
分配 = "固定"
产出指标 = 40
依据 = "某某县文件"
"""


def audited(path: Path, terms: Terms = NO_TERMS, *others: Path) -> Audit:
    """A file by itself or with others, on these terms."""
    records = [read_file(file, file.name) for file in (path, *others)]
    as_one_set(records)
    return audit.audit(records, terms)


def fires(code: str, example: dict[Any, Any], profile: Profile) -> bool:
    """Whether a rule speaks of an example under a profile."""
    return any(violations(check.test, Values(example, profile=profile))[0] for check in RULES[code].checks)


def issued(folder: Path, profile: Profile | None = None) -> Path:
    """附件2 issued for a profile."""
    (path,) = write_files(Order(2023, "某局", ("附件2",), profile=profile), folder, combined=False)
    return path


def manifest_says(path: Path, profile: str, terms: Terms = NO_TERMS) -> Audit:
    """The audit of a form whose manifest says this of its profile."""
    records = [read_file(path, path.name)]
    for submission in records[0].submissions:
        submission.profile = profile
    as_one_set(records)
    return audit.audit(records, terms)


_USED = re.compile("本文件按“(.*?)”口径审核")


def unused(result: Audit) -> list[tuple[str, str | None, str]]:
    """Severity of each finding on a profile that was not judged by, the profile carried and the one used."""
    findings = [finding for finding in result.findings if finding.rule == "W-26"]
    return [(finding.severity.value, finding.actual, "、".join(_USED.findall(finding.message))) for finding in findings]
