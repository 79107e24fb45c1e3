"""`python -m tests`: run every check of the project.

Arguments are passed to pytest (`python -m tests tests/support -k merge`). Coverage is then not measured, because a part
of the tests cannot reach 100 %.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
# The declarations and both their faces: nothing in them may go untested.
COVERED: Final = ("xltool/expr", "xltool/forms", "xltool/rules", "xltool/text")
COMPILED: Final = ROOT / ".pytest_cache" / "compiled"
"""Where the checks keep compiled modules: each worker and every program that a test starts would compile them again."""
_CLOSING: Final = re.compile(r"=* ?((?:\d+ \w+(?:, )?)+ in [\d.]+s.*?) ?=*$")


class Step(NamedTuple):
    """One check: its name in the summary and its command."""

    name: str
    command: list[str]


def steps(chosen: list[str]) -> list[Step]:
    """All checks, the quick ones first."""
    python = [sys.executable, "-m"]
    lint_imports = shutil.which("lint-imports", path=str(Path(sys.executable).parent)) or "lint-imports"
    measure = [] if chosen else [*(f"--cov={name}" for name in COVERED), "--cov-report="]
    todo = [
        Step("ruff check", [*python, "ruff", "check", "."]),
        Step("ruff format", [*python, "ruff", "format", "--check", "."]),
        Step("mypy", [*python, "mypy"]),
        Step("lint-imports", [lint_imports]),
        Step(
            "pytest", [*python, "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", *measure, *chosen]
        ),
    ]
    if not chosen:
        todo.append(Step("coverage", [*python, "coverage", "report", f"--include={_covered()}", "--fail-under=100"]))
    return todo


def _covered() -> str:
    """The pattern of COVERED for coverage."""
    return ",".join(f"{name}/*" if (ROOT / name).is_dir() else name for name in COVERED)


def environment() -> dict[str, str]:
    """The environment of the checks, with a folder for compiled modules that is not among the sources."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return inherited | {"PYTHONPYCACHEPREFIX": str(COMPILED)}


def run(step: Step) -> tuple[bool, str]:
    """Run a step and print its output as it comes; gives whether it passed, and pytest's closing line."""
    print(f"\n--- {step.name}", flush=True)
    closing = ""
    with subprocess.Popen(
        step.command,
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            match = _CLOSING.match(line.strip())
            closing = match[1] if match else closing
    return process.returncode == 0, closing


def start_compiling(chosen: list[str]) -> subprocess.Popen[bytes]:
    """Collect the tests beside the quick checks, so that their workers find all modules compiled."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *chosen]
    return subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main(chosen: list[str]) -> int:
    """Run the steps up to the first that fails, then print the summary and pytest's closing line."""
    todo = steps(chosen)
    compiling = start_compiling(chosen)
    verdicts = {step.name: "not run" for step in todo}
    closing = ""
    for step in todo:
        if step.name == "pytest":
            compiling.wait()
        passed, words = run(step)
        verdicts[step.name] = "passed" if passed else "FAILED"
        closing = words or closing
        if not passed:
            break
    compiling.terminate()
    compiling.wait()
    print("\n--- summary")
    print("\n".join(f"{name:<14}{verdict}" for name, verdict in verdicts.items()))
    print(f"===== {closing or 'pytest did not run'} =====")
    return int(any(verdict != "passed" for verdict in verdicts.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
