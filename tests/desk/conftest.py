"""A desk with an empty work folder, asked without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from xltool.desk.access import Access
from xltool.desk.app import build_app
from xltool.desk.desk import Desk
from xltool.desk.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCESS = Access(8000, token="first", cookie="second")  # noqa: S106 - of no server


def client_of(desk: Desk) -> TestClient:
    """A browser that has exchanged the token, and sends the Origin of our pages."""
    client = TestClient(
        build_app(desk),
        base_url=desk.access.origin,
        headers={"origin": desk.access.origin},
        raise_server_exceptions=False,
    )
    client.cookies.set(desk.access.cookie_name, desk.access.cookie)
    return client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The work folder."""
    place = tmp_path / "2024年绩效自评"
    place.mkdir()
    return place


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Desk]:
    """A desk without a work folder."""
    desk = Desk(ACCESS, Recent(tmp_path / "state" / "desk.json"))
    yield desk
    desk.jobs.stop()
    desk.jobs.wait()
    desk.close()


@pytest.fixture
def desk(bare: Desk, folder: Path) -> Desk:
    """A desk with its work folder open."""
    bare.open(folder)
    return bare


@pytest.fixture
def client(desk: Desk) -> TestClient:
    """A browser at this desk."""
    return client_of(desk)
