"""A command imports what it uses and no more: that is most of what a user waits for."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.filled import filled
from tests.support.loaded import loaded
from xltool.batches.store.stamp import PROGRAM
from xltool.reader.files.archives import Source
from xltool.reader.limits import LIMITS
from xltool.workers.pool import Pool

if TYPE_CHECKING:
    from pathlib import Path

LIBRARIES: Final = frozenset({
    "dask", "distributed", "docx", "filelock", "fsspec", "jinja2", "openpyxl", "pandas", "pyarrow", "python_calamine",
    "starlette", "uvicorn", "watchfiles", "xlrd", "xlsxwriter",
})  # fmt: skip
"""None of them is needed to check an issued template."""
RUN: Final = (
    "runs",
    "side_inputs",
    "prior",
    "writing",
    "returned_copies",
    "store.records",
    "store.run_state",
    "watching",
    "cluster.dask_engine",
    "cluster.remote",
)
"""Modules of `xltool.batches` that a run over a folder needs."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """附件1 as issued, filled in."""
    return filled(tmp_path / "附件1.xlsx", "附件1")


def imported(*words: str | Path) -> set[str]:
    """Modules a command has imported at its end, in an interpreter of its own."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-X", "importtime", "-m", "xltool", *words], capture_output=True, check=False, timeout=120
    )
    assert done.returncode in {0, 1}
    assert done.stdout
    return {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines() if "|" in line}


def real(*names: str) -> set[str]:
    """These modules, each of which has to exist: a module that was renamed is never found imported."""
    assert [name for name in names if find_spec(name) is None] == []
    return set(names)


def test_audit_of_one_file_imports_what_starts_a_worker_and_prints_findings(path: Path) -> None:
    """Nothing that reads or judges, which the worker does, and nothing that only a run over a folder needs."""
    modules = imported("audit", path)
    assert {"xltool.auditing.result", "xltool.batches.judging", "xltool.outputs.terminal"} <= modules
    assert not modules & LIBRARIES
    assert not modules & {"lxml", "numpy", "rapidfuzz", "rich", "typer", "xltool.cli.commands"}
    assert not modules & {"hashlib", "xltool.params.writing"}
    assert not modules & real(*(f"xltool.batches.{name}" for name in RUN))
    rules = {"rules", "expr.frame", "auditing.audit", "auditing.rule_inputs", "auditing.keys", "auditing.scores"}
    assert not modules & real(*(f"xltool.{name}" for name in rules))
    rooms = {"template", "catalogue", "converting", "issuing", "roster", "reader.files.unpacking"}
    assert not modules & real(*(f"xltool.{name}" for name in rooms))
    assert not modules & {"xltool.reader.reading", "xltool.reader.formats", "xltool.outputs.model", "xltool.api"}


def test_commands_that_write_no_frame_import_no_frame_library(path: Path, tmp_path: Path) -> None:
    """`generate` and `read` to JSON start in half the time without pandas; `read` does not write workbooks either."""
    issuing = imported("generate", "--year", "2026", "--form", "1", "--out", tmp_path / "表样")
    assert {"xltool.api", "xltool.template.workbook", "xlsxwriter"} <= issuing
    assert not issuing & (LIBRARIES - {"xlsxwriter", "filelock"})
    reading = imported("read", path)
    assert {"xltool.outputs.json_output", "xltool.workers.pool"} <= reading
    assert not reading & (LIBRARIES | {"lxml"})


def test_pandas_is_imported_for_the_frames_of_programs_only() -> None:
    """A kit does without it: what makes frames for programs in Python imports it within the functions that do."""
    statement = re.compile(r"^( *)import pandas|^ *from pandas", re.MULTILINE)
    imports = {
        path.relative_to(PROGRAM).as_posix(): {match[1] for match in statement.finditer(text)}
        for path in PROGRAM.rglob("*.py")
        if statement.search(text := path.read_text(encoding="utf-8"))
    }
    assert imports == {"api.py": {" " * 4}, "auditing/tables/frames.py": {" " * 4}}


def test_the_address_of_the_desk_is_shown_before_its_pages_are_imported() -> None:
    """The pages, once they are there, need no frame library either."""
    program = (
        "import os, sys\n"
        "from xltool.desk import server\n"
        "def shown(address):\n"
        "    print(*sys.modules, flush=True)\n"
        "    import xltool.desk.app\n"
        "    print(*sys.modules, flush=True)\n"
        "    os._exit(0)\n"
        "server.serve(None, port=0, announce=shown, tell=print, show=print)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603 - our own interpreter
    first, later = (set(line.split()) for line in done.stdout.splitlines())
    assert {"xltool.desk.access", "xltool.desk.workspace"} <= first
    assert not first & (LIBRARIES - {"filelock", "starlette"})
    assert not first & {"lxml", "numpy", "rapidfuzz", "uvicorn", "xltool.api", "xltool.rules.catalogue"}
    assert "xltool.desk.app" in later
    assert not later & {"pandas", "pyarrow", "docx", "lxml", "openpyxl"}


def test_a_run_that_finds_nothing_changed_imports_what_compares(path: Path, tmp_path: Path) -> None:
    """Nothing that reads, judges or writes, and no worker is started."""
    words = ("batch", path.parent / "报送", "--out", tmp_path / "结果")
    (path.parent / "报送").mkdir()
    path.rename(path.parent / "报送" / path.name)
    assert {"xltool.batches.pipeline", "xltool.workers.pool"} <= imported(*words)
    loaded = imported(*words)
    assert {"xltool.batches.store.records", "xltool.batches.store.run_state"} <= loaded
    assert not loaded & (LIBRARIES - {"filelock"})
    assert not loaded & {"numpy", "lxml", "rich", "xltool.api", "xltool.rules.catalogue", "xltool.auditing.audit"}
    batches = ("pipeline", "reading", "side_inputs", "writing", "judging", "judging_tasks", "store.audit")
    assert not loaded & real("xltool.workers.pool", *(f"xltool.batches.{name}" for name in batches))


@pytest.mark.usefixtures("real_workers")
def test_a_worker_that_reads_a_template_imports_what_reads_it(path: Path, tmp_path: Path) -> None:
    """Neither what audits nor what reads other formats, and no office program is looked for."""
    with Pool(1, LIMITS, tmp_path) as pool:
        ((_, said),) = pool.run(loaded, [Source(path, path.name)])
    assert isinstance(said, bytes)
    modules = set(said.decode().split("\n"))
    assert {"lxml.etree", "xltool.reader.reading", "xltool.reader.ooxml.workbook"} <= modules
    assert not modules & LIBRARIES
    assert not modules & {"numpy", "rapidfuzz", "tomllib", "typer", "urllib.request", "email", "importlib.metadata"}
    assert not modules & real("xltool.auditing", "xltool.cli", "xltool.expr.frame", "xltool.params")
    others = {"archive", "biff", "binary", "legacy", "office", "opendocument", "tables", "word"}
    assert not modules & real(*(f"xltool.reader.formats.{name}" for name in others))
    assert not modules & real("xltool.reader.files.unpacking", "xltool.reader.foreign", "xltool.reader.narrative")
    assert not modules & real("xltool.reader.labels.regions", "xltool.reader.labels.kinds")
    assert not modules & {"xltool.rules.catalogue", "xltool.rules.model", "xltool.text.claims"}
