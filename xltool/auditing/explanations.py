"""Match what departments wrote into the lists of their returned copies with the findings of an audit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xltool.auditing.result import Audit
    from xltool.reader.records import Explanation, FileRecord

GONE: Final = "这个问题本次没有再出现"
UNKNOWN: Final = "清单这一行对不上本次的问题，请人工查看"


@dataclass(frozen=True)
class OpenExplanation:
    """An explanation that belongs to no finding of the audit: whose it is, its file, and why."""

    department: str
    path: str
    explanation: Explanation
    reason: str


@dataclass(frozen=True)
class Explanations:
    """What departments explained: texts by the keys of findings, also of those that are gone, and the rest."""

    by_key: Mapping[str, str] = field(default_factory=dict)
    unmatched: Sequence[OpenExplanation] = ()

    @property
    def has_current(self) -> bool:
        """Whether any finding of the audit is explained."""
        return bool(self.by_key.keys() - {each.explanation.key for each in self.unmatched})


NO_EXPLANATIONS: Final = Explanations()


def match_explanations(audit: Audit) -> Explanations:
    """Match the explanations in the files of an audit, by key, else by the rule, sheet and cell of a finding."""
    pairs = list(_explanations(audit.records))
    if not pairs:
        return NO_EXPLANATIONS
    current, by_place = _keys_of(audit, {record.path for record, each in pairs if not each.key})
    texts: dict[str, list[str]] = defaultdict(list)
    unmatched = []
    for record, explanation in pairs:
        key = explanation.key or by_place.get((record.path, *_place(explanation)), "")
        if key and explanation.text not in texts[key]:
            texts[key].append(explanation.text)
        if key not in current:
            reason = GONE if key else UNKNOWN
            unmatched.append(OpenExplanation(record.full_department, record.path, explanation, reason))
    return Explanations({key: "\n".join(lines) for key, lines in texts.items()}, tuple(unmatched))


def _explanations(records: Sequence[FileRecord]) -> Iterator[tuple[FileRecord, Explanation]]:
    """The explanations with their files; those of a file that was filed again in a newer version come last."""
    for is_old in (False, True):
        for record in records:
            if (record.code == "superseded") is is_old:
                yield from ((record, explanation) for explanation in record.explanations)


_FindingPlace = tuple[str, str, str, str]
"""File, rule, sheet and cell of a finding, "" for what it has not."""


def _keys_of(audit: Audit, paths: set[str]) -> tuple[set[str], dict[_FindingPlace, str]]:
    """The keys of all findings, and those of the findings on some files by their place."""
    current: set[str] = set()
    by_place: dict[_FindingPlace, str] = {}
    for key, finding in zip(audit.keys, audit.findings, strict=True):
        current.add(key)
        if finding.path in paths:
            by_place.setdefault((finding.path, finding.rule, finding.sheet or "", finding.cell or ""), key)
    return current, by_place


def _place(explanation: Explanation) -> tuple[str, str, str]:
    return explanation.rule, explanation.sheet, explanation.cell
