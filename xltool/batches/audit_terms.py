"""The terms of an audit, from the options of a command, and their digests for the record of the run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from xltool import params
from xltool.auditing.terms import Terms
from xltool.outputs.run_record import SideDigests
from xltool.storage.digests import digest_file


def terms_of(*, profile: str | None = None, exemptions: Path | None = None) -> Terms:
    """The terms of an audit with a scoring profile, by name or file, and a file of exemptions.

    Raises ValueError (in Chinese) where one of them is wrong, OSError where it cannot be read.
    """
    terms = Terms()
    if profile:
        import hashlib  # noqa: PLC0415 - only for a profile, as below

        from xltool.params.writing import written  # noqa: PLC0415 - only for a profile

        chosen = params.chosen(profile)
        # A profile that is named has the text that `xltool rules --profile NAME --format toml` prints.
        text = None if chosen.source else written(chosen)
        digest = digest_file(Path(profile)) if text is None else hashlib.sha256(text.encode()).hexdigest()
        terms = Terms(profile=chosen, profile_sha256=digest)
    if exemptions is None:
        return terms
    from xltool.batches.side_inputs import SideInputs  # noqa: PLC0415 - a worker, and all that it reads, only where asked for

    with SideInputs() as side_inputs:
        granted = side_inputs.exemptions(exemptions)
    return replace(terms, exemptions=granted, exemptions_sha256=digest_file(exemptions))


def digest_terms(terms: Terms, *, prior: Path | None) -> SideDigests:
    """The digests of terms, and of last year's files in `prior`; OSError for what cannot be read."""
    digests = SideDigests(profile=terms.profile_sha256, exemptions=terms.exemptions_sha256)
    if prior is None:
        return digests
    from xltool.batches.store.records import digest_sources  # noqa: PLC0415 - only where years are compared
    from xltool.reader.files.sources import sources_of_last_year  # noqa: PLC0415 - likewise

    return replace(digests, prior=digest_sources(prior, sources_of_last_year(prior)))
