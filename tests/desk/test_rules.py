"""The rules on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.testclient import TestClient


def test_rules_are_looked_up(client: TestClient) -> None:
    """All of them, or those about a word; without results too."""
    assert "A1-05" in client.get("/规则").text
    page = client.get("/规则", params={"q": "编制"}).text
    assert "A1-05" in page
    assert "T-05" not in page
    assert "没有说到" in client.get("/规则", params={"q": "没有这样的字"}).text
    assert "还没有审核" in client.get("/规则/A1-05").text
