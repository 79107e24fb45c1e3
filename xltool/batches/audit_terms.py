"""The terms of an audit, as a user asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool import params
from xltool.auditing.terms import Terms

if TYPE_CHECKING:
    from pathlib import Path


def terms_of(*, profile: str | None = None, exemptions: Path | None = None) -> Terms:
    """The terms a user asks for: a profile by name or file, a file of exemptions.

    Raises ValueError (in Chinese) for what is wrong with one of them, OSError where it cannot be read.
    """
    chosen = params.chosen(profile) if profile else None
    if exemptions is None:
        return Terms(profile=chosen)
    from xltool.batches.side_inputs import SideInputs  # noqa: PLC0415 - a worker, and all that it reads, only where asked for

    with SideInputs() as side_inputs:
        return Terms(profile=chosen, exemptions=side_inputs.exemptions(exemptions))
