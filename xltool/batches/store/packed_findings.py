"""Findings by file as bytes: they are handed on to whoever needs them without being unpacked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from xltool.auditing.result import KEY_LENGTH
from xltool.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from xltool.auditing.result import KeyedFinding

FindingRow = tuple[str, bytes]
"""Findings on a file: their keys one after another, and the findings, encoded."""
_ENCODER: Final = msgspec.msgpack.Encoder()


def rows_by_file(pairs: Iterable[KeyedFinding]) -> dict[str, FindingRow]:
    """Keys and encoded findings by file, in their order."""
    by_file: dict[str, tuple[list[str], list[Finding]]] = {}
    for finding, key in pairs:
        keys, findings = by_file.setdefault(finding.path, ([], []))
        keys.append(key)
        findings.append(finding)
    return {path: ("".join(keys), _ENCODER.encode(findings)) for path, (keys, findings) in by_file.items()}


def split_keys(keys: str) -> list[str]:
    """The keys of a row."""
    return [keys[start : start + KEY_LENGTH] for start in range(0, len(keys), KEY_LENGTH)]


def decode_findings(data: bytes) -> list[Finding]:
    """The findings of a row."""
    return msgspec.msgpack.decode(data, type=list[Finding])


def decode_row(row: FindingRow) -> list[KeyedFinding]:
    """The findings of a row with their keys."""
    keys, data = row
    return list(zip(decode_findings(data), split_keys(keys), strict=True))


def decode_rows(rows: Iterable[FindingRow]) -> list[KeyedFinding]:
    """The findings of all rows of a file, in the order of the contract."""
    parts = [decode_row(row) for row in rows]
    return parts[0] if len(parts) == 1 else sorted((pair for part in parts for pair in part), key=in_order)


def in_order(pair: KeyedFinding) -> tuple[str, str, int, int, str, str]:
    """Sort key of the contract."""
    return pair[0].order


@dataclass(frozen=True, slots=True)
class PackedFindings:
    """The findings on some files, for another process; `on` unpacks those of a file."""

    rows: Mapping[str, tuple[FindingRow, ...]]

    def on(self, path: str) -> list[tuple[str, Finding]]:
        """The findings on a file with their keys, in their order."""
        return [(key, finding) for finding, key in decode_rows(self.rows.get(path, ()))]

    def keys(self) -> list[str]:
        """The keys of all of them."""
        return [key for rows in self.rows.values() for keys, _ in rows for key in split_keys(keys)]
