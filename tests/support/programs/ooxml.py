"""The Open XML SDK's validator: whether a workbook follows the schema of an Office version.

It judges what xltool writes, not its inputs: files of openpyxl fail it.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Final

from tests.support.programs.tools import ToolError, needs

# The program takes an unknown version for the newest one, so a misspelt one must not reach it.
_VERSIONS: Final = frozenset(
    {"Office2007", "Office2010", "Office2013", "Office2016", "Office2019", "Office2021", "Microsoft365"}
)
_SECONDS: Final = 120


def validator() -> str | None:
    """The native program: XLTOOL_OOXML_VALIDATOR where set, else from the cache `.ci/run` fills, else None."""
    named = os.environ.get("XLTOOL_OOXML_VALIDATOR")
    if named:
        return named
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "xltool-ci", "node_modules", "@xarsh")
    programs = [*cache.glob("ooxml-validator-*/ooxml-validator"), *cache.glob("ooxml-validator-*/ooxml-validator.exe")]
    return str(programs[0]) if programs else None


needs_validator = needs(validator(), "the Open XML SDK validator")


def validate(path: Path, version: str = "Office2010") -> list[str]:
    """The errors the SDK finds in a file, a line each; empty where it is valid."""
    program = validator()
    if program is None:
        msg = "the Open XML SDK validator was not found"
        raise ToolError(msg)
    if version not in _VERSIONS:
        msg = f"not an Office version: {version}"
        raise ValueError(msg)
    command = [program, str(path), version]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=_SECONDS)
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError as error:
        msg = f"the validator ended with {done.returncode}: {done.stderr.strip()}"
        raise ToolError(msg) from error
    if not report["ok"] and not report["errors"]:
        return [f"{path.name}: invalid, no reason given"]
    return [_line(error) for error in report["errors"]]


def _line(error: dict[str, Any]) -> str:
    """An error as a line: part, path and description."""
    return f"{error.get('path')} {error.get('xPath')}: {error.get('description')}"
