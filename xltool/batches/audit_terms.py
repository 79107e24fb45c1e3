"""The terms of an audit, from the options of a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool import params
from xltool.auditing.terms import Terms

if TYPE_CHECKING:
    from pathlib import Path


def terms_of(*, profile: str | None = None, exemptions: Path | None = None) -> Terms:
    """The terms of an audit with a scoring profile, by name or file, and a file of exemptions.

    Raises ValueError (in Chinese) where one of them is wrong, OSError where it cannot be read.
    """
    chosen = params.chosen(profile) if profile else None
    if exemptions is None:
        return Terms(profile=chosen)
    from xltool.batches.side_inputs import SideInputs  # noqa: PLC0415 - a worker, and all that it reads, only where asked for

    with SideInputs() as side_inputs:
        return Terms(profile=chosen, exemptions=side_inputs.exemptions(exemptions))
