"""Records as bytes and back: what passes between processes and what a run keeps for the next.

msgspec checks every member against its declared type while it decodes, so bytes from a worker that was taken over or
from a folder others write to can be wrong, but never anything but records (pickle would run code).
"""

from __future__ import annotations

from functools import cache

import msgspec

from xltool.reader.records import FileRecord, NarrativeReport, Submission


@cache
def _decoder() -> msgspec.msgpack.Decoder[FileRecord]:
    return msgspec.msgpack.Decoder(FileRecord)


_ENCODER = msgspec.msgpack.Encoder()


def encode(record: FileRecord) -> bytes:
    """The record as bytes; UnicodeEncodeError for text that cannot be written anywhere."""
    return _ENCODER.encode(record)


def decode(data: bytes) -> FileRecord:
    """The record these bytes hold; ValueError if they hold none."""
    try:
        return _decoder().decode(data)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error


def renamed(record: FileRecord, name: str) -> FileRecord:
    """The record under another name of its file, changed in place: the same content lies somewhere else."""
    named: list[Submission | NarrativeReport] = [*record.submissions, *record.narrative_reports]
    for one in named:
        one.id = name + one.id.removeprefix(record.path)
        one.path = name
    record.path = name
    return record
