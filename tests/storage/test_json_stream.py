"""JSON in pieces: what the whole would be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from xltool.outputs import json_output
from xltool.storage import json_stream


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7])
def test_a_list_that_is_made_item_by_item_reads_as_one(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing, part of a block, a block, several: to the byte what is written at once, line breaks in texts or not."""
    monkeypatch.setattr(json_stream, "BLOCK", 2)
    items: list[Any] = [{"号": number, "文": "行\n  ]}", "表": [[1], []]} for number in range(count)]
    whole = {"空": {}, "清单": items, "数": 1.5, "无": None, "再": items[:1]}
    parts = whole | {"清单": iter(items), "再": iter(items[:1])}
    expected = json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
    assert b"".join(json_output.stream_object(parts)).decode() == json_output.dumps(whole) == expected
