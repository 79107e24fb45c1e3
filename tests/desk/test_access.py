"""Nobody but the user's own browser, on the server's own pages, gets anything: each test fails without its guard."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from tests.desk.conftest import ACCESS, client_of
from xltool.desk.access import FORM_SIZE, HOST, Access
from xltool.desk.app import build_app
from xltool.desk.server import listen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.desk.desk import Desk


@pytest.fixture
def stranger(desk: Desk) -> TestClient:
    """A browser without the cookie."""
    return TestClient(build_app(desk), base_url=ACCESS.origin, follow_redirects=False)


def test_browsers_keep_the_files_of_the_pages(client: TestClient) -> None:
    """Under addresses that change with the files; asked for each time, they delay every page."""
    addresses = re.findall(r'"(/static/[^"]+)"', client.get("/问题").text + client.get("/收表").text)
    assert len(set(addresses)) >= 4
    for address in addresses:
        answer = client.get(address)
        assert "immutable" in answer.headers["cache-control"]
        assert hashlib.sha256(answer.content).hexdigest().startswith(address.partition("?")[2])
        assert "immutable" not in client.get(address.partition("?")[0]).headers["cache-control"]


def test_without_the_token_there_is_nothing(stranger: TestClient) -> None:
    """No page, no style, no job: another account of the computer learns nothing."""
    for path in ("/", "/static/desk.css", "/在", "/文件夹?at=/", "/?token=", "/?token=second"):
        answer = stranger.get(path)
        assert answer.status_code == 403, path
        assert "set-cookie" not in answer.headers
    assert stranger.post("/结束", headers={"origin": ACCESS.origin}).status_code == 403


def test_the_token_is_exchanged_for_a_cookie_that_no_script_and_no_other_site_can_use(stranger: TestClient) -> None:
    """The address then no longer has the token, and the cookie opens the pages."""
    answer = stranger.get(f"/?token={ACCESS.token}")
    assert answer.status_code == 200
    assert 'content="0;url=/"' in answer.text
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert ACCESS.token not in cookie
    assert stranger.get("/").status_code == 200


def test_secrets_are_new_for_each_server() -> None:
    """And long enough that nobody guesses them."""
    first, second = Access(1), Access(1)
    assert len({first.token, first.cookie, second.token, second.cookie}) == 4
    assert min(map(len, (first.token, first.cookie))) >= 32


def test_a_name_that_was_pointed_at_this_computer_is_refused(client: TestClient) -> None:
    """DNS rebinding: the page of evil.example whose name now means 127.0.0.1 sends its own name as Host."""
    assert client.get("/", headers={"host": "evil.example:8000"}).status_code == 403
    assert client.get("/", headers={"host": f"{HOST}:8001"}).status_code == 403
    assert client.get("/", headers={"host": ACCESS.host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://127.0.0.1:9999", "null", "https://evil.example", ""])
def test_a_form_of_another_origin_is_not_done(client: TestClient, desk: Desk, origin: str) -> None:
    """Another port of this computer is the same site for the cookie, and still another origin."""
    assert client.post("/结束", headers={"origin": origin}).status_code == 403
    assert not desk.closing.is_set()


def test_a_request_of_a_page_of_another_origin_gets_nothing(client: TestClient) -> None:
    """A page of another port cannot include ours, as a script or as a picture."""
    assert client.get("/static/desk.js", headers={"sec-fetch-site": "same-site"}).status_code == 403
    assert client.get("/static/desk.js", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.get("/static/desk.js", headers={"sec-fetch-site": "same-origin"}).status_code == 200


def test_every_answer_forbids_code_of_others(client: TestClient, stranger: TestClient) -> None:
    """No inline code, no frame, no guess at types, in pages, in refusals and in errors."""
    for answer in (client.get("/"), stranger.get("/"), client.get("/没有这一页"), client.get("/static/desk.css")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_a_form_is_bounded(client: TestClient) -> None:
    """By the length it declares, and by what comes where it declares none."""
    assert client.post("/文件夹", content=b"x" * (FORM_SIZE + 1)).status_code == 413

    def pieces() -> Iterator[bytes]:
        yield b"folder="
        for _ in range(20):
            yield b"x" * (FORM_SIZE // 16)

    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/文件夹", content=pieces(), headers=kind).status_code == 413


def test_the_server_listens_on_this_computer_only() -> None:
    """On a port that the system chose."""
    with listen(0) as listening:
        host, port = listening.getsockname()
    assert host == "127.0.0.1"
    assert port > 0


def test_a_failure_names_no_code(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the program is a Chinese page with one line, no traceback."""

    def break_down() -> object:
        msg = "<b>"
        raise ZeroDivisionError(msg)

    monkeypatch.setattr(desk.recent, "folders", break_down)
    answer = client_of(desk).get("/文件夹")
    assert answer.status_code == 500
    assert "程序内部错误" in answer.text
    assert "&lt;b&gt;" in answer.text
    assert "Traceback" not in answer.text
