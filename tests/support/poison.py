"""Tasks that make a worker process fail in every way it can, named by what happens."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

ENDLESS: Final = 600
SIZE_PREFIX: Final = 4
"""Bytes that tell how long an answer is, ahead of one that is sent by itself."""


def answer(task: str) -> bytes:
    """The answer of a worker that does not fail."""
    return task.encode()


def work(task: str) -> bytes:
    """Fail as the name of the task says, else answer it."""
    kind = task.partition(" ")[0]
    return POISONS[kind]() if kind in POISONS else answer(task)


def _hang() -> bytes:
    time.sleep(ENDLESS)
    return b""


def _hang_in_c() -> bytes:
    """Hold the interpreter lock in C, where no signal handler and no other thread can act."""
    ctypes.PyDLL(None).usleep(ctypes.c_uint(ENDLESS * 1_000_000))
    return b""


def _spin() -> bytes:
    while True:
        pass


def _stopped() -> bytes:
    os.kill(os.getpid(), signal.SIGSTOP)
    return b""


def _killed() -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def _abort() -> bytes:
    os.abort()


def _crash() -> bytes:
    return ctypes.string_at(0)


def _leave() -> bytes:
    os._exit(0)


def _memory() -> bytes:
    return b"".join(bytes(64 << 20) for _ in range(1_000))


def _torn() -> bytes:
    """Die while answering: the size of the answer has been sent, and a part of it."""

    def send_half(connection: Connection, buffer: memoryview) -> None:
        if len(buffer) <= SIZE_PREFIX:
            os.write(connection.fileno(), buffer)
            return
        os.write(connection.fileno(), buffer[: len(buffer) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    Connection._send = send_half  # type: ignore[attr-defined]  # noqa: SLF001 - the worker ends with it
    return bytes(60_000)


def _raises() -> bytes:
    raise SystemExit(3)


def _panic() -> bytes:
    raise BaseException("panic")  # noqa: TRY002, EM101 - what a panic in Rust looks like


def _children() -> bytes:
    """Start a program as reading through LibreOffice does, and hang; the file XLTOOL_TEST_PID names tells its pid."""
    process = subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({ENDLESS})"])  # noqa: S603
    Path(os.environ["XLTOOL_TEST_PID"]).write_text(str(process.pid), encoding="ascii")
    return _hang()


def _power() -> bytes:
    """Compute for minutes in C without letting go of the interpreter; the file XLTOOL_TEST_PID names tells our pid."""
    if place := os.environ.get("XLTOOL_TEST_PID"):
        Path(place).write_text(str(os.getpid()), encoding="ascii")
    return str((3**40_000_000) ** 50 > 0).encode()


def _recursion() -> bytes:
    return _recursion()


POISONS: Final = {
    "recursion": _recursion,
    "power": _power,
    "hang": _hang,
    "hang_in_c": _hang_in_c,
    "spin": _spin,
    "stopped": _stopped,
    "killed": _killed,
    "abort": _abort,
    "crash": _crash,
    "leave": _leave,
    "memory": _memory,
    "torn": _torn,
    "raises": _raises,
    "panic": _panic,
    "children": _children,
}


def _act(paths: list[str], how: str) -> None:
    """Do what a file is called that has this word in its name."""
    for path in paths:
        words = Path(path).stem.split(" ")
        if words[0] == how:
            POISONS[words[1]]()


def _replace(original: Any, other: Any) -> None:  # noqa: ANN401 - any function
    """Have every module use another function, whether it was imported before or will be."""
    for module in list(sys.modules.values()):
        for name, value in list(vars(module).items()):
            if value is original:
                setattr(module, name, other)


def poison_judging() -> None:
    """Have this process judge forms as the names of their files say.

    `judge`: wherever the form is judged; `together`: where others are judged with it; `across`: where texts of all
    filings are compared.
    """
    from xltool.auditing import rule_inputs  # noqa: PLC0415 - in a worker

    prepare_inputs, run_comparing_rules = rule_inputs.prepare_inputs, rule_inputs.run_comparing_rules

    def gather(records: Any, terms: Any) -> Any:  # noqa: ANN401 - as it is
        forms = [submission.path for record in records for submission in record.submissions]
        _act(forms, "judge")
        if len(forms) > 1:
            _act(forms, "together")
        return prepare_inputs(records, terms)

    def compare(rules: Any, records: Any, texts: Any) -> Any:  # noqa: ANN401 - as it is
        _act([text.submission.partition("#")[0] for text in texts], "across")
        return run_comparing_rules(rules, records, texts)

    _replace(prepare_inputs, gather)
    _replace(run_comparing_rules, compare)


def poison_comparing() -> None:
    """Have this process die where filings are compared, even none of them."""
    from xltool.auditing import rule_inputs  # noqa: PLC0415 - in a worker

    def die(rules: Any, records: Any, texts: Any) -> Any:  # noqa: ANN401, ARG001 - as it is
        POISONS["leave"]()

    _replace(rule_inputs.run_comparing_rules, die)


def poison_letters(kind: str) -> None:
    """Have this process fail at letters to one department."""
    from xltool.outputs import letters  # noqa: PLC0415 - in a worker

    letter_bytes = letters.letter_bytes

    def write(content: Any) -> bytes:  # noqa: ANN401 - as it is
        return POISONS[kind]() if "水利局" in repr(content) else letter_bytes(content)

    _replace(letter_bytes, write)


def poison_page() -> None:
    """Have this process die of the page."""
    from xltool.outputs.page import page  # noqa: PLC0415 - in a worker

    def die(*_: object, **__: object) -> None:
        POISONS["leave"]()

    _replace(page.write_page, die)
