"""What takes long: its progress, its end, and how it is stopped."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from xltool.desk.jobs import Control, JobState
from xltool.desk.server import end_when_idle
from xltool.findings import InputError
from xltool.outputs.sheets.texts import visible

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from xltool.desk.desk import Desk


def test_the_progress_and_the_end_of_a_job_are_sent(desk: Desk, client: TestClient) -> None:
    """As events, until it is over; the page then shows what it reported, until it was read."""
    going, seen = threading.Event(), threading.Event()

    def work(control: Control) -> list[str]:
        with control.bar("读取", 3) as advance:
            advance.begin("水利局/<附件1>.xlsx")
            advance(2)
            seen.set()
            going.wait(5)
        return ["共 3 个<文件>"]

    desk.jobs.start("/审核", "审核", work)
    assert seen.wait(5)
    page = client.get("/").text
    assert "读取" in page
    assert "2 / 3" in page
    assert "水利局/&lt;附件1&gt;.xlsx" in page
    going.set()
    events = client.get("/进度")
    assert events.headers["content-type"].startswith("text/event-stream")
    assert '"state":"done"' in events.text
    assert "共 3 个&lt;文件&gt;" in client.get("/审核").text
    assert "共 3 个" not in client.get("/名册").text
    client.post("/知道了", data={"page": "/审核"}, follow_redirects=False)
    assert desk.jobs.view is None


def test_what_is_worked_on_longest_is_named(desk: Desk) -> None:
    """A file that takes its time is seen, whatever is begun after it; its name steers no screen."""
    items = []

    def work(control: Control) -> list[str]:
        with control.bar("读取", 3) as advance:
            for name in ("一.xlsx", "二\u202e.xlsx", "三.xlsx"):
                advance.begin(name)
            for name in ("三.xlsx", "一.xlsx", "二\u202e.xlsx"):
                items.append(desk.jobs.view.item if desk.jobs.view else "")
                advance(1, name)
            items.append(desk.jobs.view.item if desk.jobs.view else "")
        return []

    desk.jobs.start("/审核", "审核", work)
    desk.jobs.wait(5)
    assert items == ["一.xlsx", "一.xlsx", visible("二\u202e.xlsx"), ""]


def test_a_job_is_stopped_where_it_advances(desk: Desk, client: TestClient) -> None:
    """And says that nothing is lost."""
    going = threading.Event()

    def work(control: Control) -> list[str]:
        with control.bar("读取", 2) as advance:
            going.wait(5)
            advance(1)
        return []

    desk.jobs.start("/审核", "审核", work)
    with pytest.raises(InputError, match="正在审核"):
        desk.jobs.start("/下发", "下发", work)
    client.post("/停止", follow_redirects=False)
    going.set()
    desk.jobs.wait(5)
    assert desk.jobs.view is not None
    assert desk.jobs.view.state is JobState.STOPPED


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (InputError("名册有错"), "名册有错"),
        (PermissionError(13, "x", "review.xlsx"), "读写失败：没有权限：review.xlsx"),
        (ZeroDivisionError("x"), "程序内部错误（ZeroDivisionError：x）"),
    ],
)
def test_a_job_that_fails_says_why(desk: Desk, error: Exception, line: str) -> None:
    """In the words of the commands."""

    def work(_: Control) -> list[str]:
        raise error

    desk.jobs.start("/审核", "审核", work)
    desk.jobs.wait(5)
    assert desk.jobs.view is not None
    assert desk.jobs.view.state is JobState.FAILED
    assert desk.jobs.view.lines[0].startswith(line)


def test_the_server_ends_when_no_page_is_open(desk: Desk) -> None:
    """Not while a job runs, and not before the time is over."""
    going = threading.Event()
    desk.jobs.start("/审核", "审核", lambda _: [str(going.wait(5))])
    watcher = threading.Thread(target=end_when_idle, args=(desk,), kwargs={"idle": 0.02, "looking": 0.005})
    watcher.start()
    watcher.join(0.1)
    assert watcher.is_alive()
    going.set()
    watcher.join(5)
    assert not watcher.is_alive()


def test_the_user_ends_the_server(desk: Desk, client: TestClient) -> None:
    """With a button, which waits for no idle time."""
    assert "已结束" in client.post("/结束").text
    assert end_when_idle(desk) is False
