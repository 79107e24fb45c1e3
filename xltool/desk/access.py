"""Who may ask the server: this browser only, from the server's own pages, and for no more than a file may be large.

The first address carries a token, which is exchanged for a cookie. A page of another origin has no cookie (SameSite)
and another Origin; a name that was pointed at 127.0.0.1 (DNS rebinding) shows in Host; another account of the computer
does not know the token. Cookies ignore ports, therefore the port is part of the cookie's name.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse

from xltool.reader.limits import LIMITS, size

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST: Final = "127.0.0.1"
TOKEN: Final = "token"  # noqa: S105 - the name of a parameter
UPLOAD, SINGLE = "/上传", "/单张"
"""The addresses that take files; each is the body of a request of its own."""
FORM_SIZE: Final = 1 << 20
"""Most bytes of a form."""
_SAFE: Final = frozenset({"GET", "HEAD"})
_OWN_SITES: Final = frozenset({"", "none", "same-origin"})
"""What Sec-Fetch-Site is for requests of our pages and of the user; old browsers do not send it."""
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
_ENTER: Final = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><title>xltool</title>
<link rel="icon" href="/static/icon.svg"></head><body><p><a href="/">打开</a></p></body></html>
"""
NO_TOKEN: Final = "请用 xltool desk 打开的页面，或用它显示的完整地址（含 token）。"  # noqa: S105 - a message
OTHER_HOST: Final = "地址不对：请用 xltool desk 显示的地址打开。"
OTHER_ORIGIN: Final = "这个请求不是从 xltool 的页面发出的，没有执行。"
TOO_LARGE: Final = "内容超过上限 {size}，没有收下。"


@dataclass(frozen=True)
class Access:
    """The secrets of a server, and the address it may be asked at."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def host(self) -> str:
        """Host and port, as browsers send them."""
        return f"{HOST}:{self.port}"

    @property
    def origin(self) -> str:
        """The origin of the server's own pages."""
        return f"http://{self.host}"

    @property
    def address(self) -> str:
        """The first address, with the token."""
        return f"{self.origin}/?{TOKEN}={self.token}"

    @property
    def cookie_name(self) -> str:
        """The name of the cookie."""
        return f"xltool-{self.port}"

    def admits(self, request: Request) -> bool:
        """Whether a request carries the cookie."""
        return _is_same(request.cookies.get(self.cookie_name, ""), self.cookie)

    def refusal(self, request: Request) -> Response | None:
        """The answer to a request that is not let through: why not, or the exchange of the token for the cookie."""
        if request.headers.get("host") != self.host:
            return _refused(OTHER_HOST)
        token = request.query_params.get(TOKEN)
        if token is not None and request.method == "GET":
            return self._exchange(token)
        if not self.admits(request):
            return _refused(NO_TOKEN)
        if request.headers.get("sec-fetch-site", "") not in _OWN_SITES:
            return _refused(OTHER_ORIGIN)
        if request.method not in _SAFE and request.headers.get("origin") != self.origin:
            return _refused(OTHER_ORIGIN)
        return None

    def _exchange(self, token: str) -> Response:
        """Give the cookie, and lead on from a page of ours: a browser sends it to no redirect from elsewhere."""
        if not _is_same(token, self.token):
            return _refused(NO_TOKEN)
        response = HTMLResponse(_ENTER)
        response.set_cookie(self.cookie_name, self.cookie, httponly=True, samesite="strict", path="/")
        return response


class Guard:
    """ASGI middleware that lets no request pass that `Access` refuses, bounds bodies, and sets the safety headers."""

    def __init__(self, app: ASGIApp, access: Access, seen: Callable[[], None]) -> None:
        """Stand before `app`; `seen` is called for each request that is let through."""
        self._app, self._access, self._seen = app, access, seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            return
        request = Request(scope)
        refusal = self._access.refusal(request)
        most = LIMITS.file_size if request.url.path in {UPLOAD, SINGLE} else FORM_SIZE
        if refusal is None and _declared_length(request) > most:
            refusal = PlainTextResponse(TOO_LARGE.format(size=size(most)), 413)
        answer = _with_headers(send)
        if refusal is not None:
            await refusal(scope, receive, answer)
            return
        self._seen()
        await self._app(scope, _bounded(receive, most), answer)


def _is_same(given: str, secret: str) -> bool:
    return secrets.compare_digest(given.encode(), secret.encode())


def _refused(reason: str) -> Response:
    return PlainTextResponse(reason, 403)


def _declared_length(request: Request) -> int:
    text = request.headers.get("content-length", "0")
    return int(text) if text.isdecimal() else 0


def _bounded(receive: Receive, most: int) -> Receive:
    """Receive no more than so many bytes of a body, whatever its declared length is."""
    received = 0

    async def bounded() -> Message:
        nonlocal received
        message: Message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise HTTPException(413, TOO_LARGE.format(size=size(most)))
        return message

    return bounded


def _with_headers(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return with_headers
