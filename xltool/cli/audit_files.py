"""What the command `audit` does, without the command line around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.cli.terminal import FINE, HAS_ERRORS, TextFormat, show, tell_all, tell_unread

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def audit_files(
    paths: Sequence[Path],
    format: TextFormat = TextFormat.TEXT,
    *,
    prior: Path | None = None,
    profile: str | None = None,
    exemptions: Path | None = None,
) -> int:
    """Audit files, print the findings, and return the exit code."""
    from xltool.batches.audit_terms import digest_terms, terms_of
    from xltool.batches.file_set import audit_given
    from xltool.findings import Severity

    terms = terms_of(profile=profile, exemptions=exemptions)
    result, last = audit_given(paths, terms, prior=prior)
    tell_all((*(last.messages if last else ()), *result.messages))
    if format is TextFormat.JSON:
        from xltool.outputs import json_output
        from xltool.outputs.run_record import run_json
        from xltool.reader.records import unread_of
        from xltool.storage import files

        given = digest_terms(terms, prior=prior)
        run = run_json(result.records, given, files.run_time())
        show(json_output.dumps(run | json_output.audit_json(result)))
        tell_unread(unread_of(result.records))
    else:
        from xltool.outputs.terminal import audit_text

        show(audit_text(result))
    nothing_audited = not any(record.submissions or record.narrative_reports for record in result.records)
    has_errors = any(finding.severity is Severity.ERROR for finding in result.findings)
    return HAS_ERRORS if nothing_audited or has_errors else FINE
