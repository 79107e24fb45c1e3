"""Encode records as bytes and decode them: between processes, and in the file that a run keeps for the next.

msgspec checks every member against its declared type while it decodes: bytes from a compromised worker or from a
folder that others can write to may hold false records, but never run code, as pickle would.
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
    """The record as bytes; UnicodeEncodeError for text that no encoding can write."""
    return _ENCODER.encode(record)


def decode(data: bytes) -> FileRecord:
    """The record these bytes hold; ValueError if they hold none."""
    try:
        return _decoder().decode(data)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error


def renamed(record: FileRecord, name: str) -> FileRecord:
    """Give a record another name of its file, in place: the same content lies in another file."""
    named: list[Submission | NarrativeReport] = [*record.submissions, *record.narrative_reports]
    for item in named:
        item.id = name + item.id.removeprefix(record.path)
        item.path = name
    record.path = name
    return record
