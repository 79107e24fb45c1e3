"""The file that a returned copy or list is of; without what writes workbooks, which only workers need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True)
class CheckedFile:
    """The file that was checked: its department, its path in the folder, and when it was checked.

    `explanations` are what the department wrote on its findings, by their keys.
    """

    department: str
    path: str
    made_at: datetime
    explanations: Mapping[str, str] = field(default_factory=dict)
