"""The rooms in docs/architecture.md, from the import contract in pyproject.toml."""

from __future__ import annotations

import tomllib
from typing import Final

from tools.samples.folders import ROOT

START, END = "<!-- layers:start -->\n", "<!-- layers:end -->"
_CONTRACT: Final = "layers"


def put_into(page: str) -> str:
    """The page with the rooms of today between its marks, the uppermost first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    lines = next(contract["layers"] for contract in contracts if contract["type"] == _CONTRACT)
    rooms = "".join(f"{line}\n" for line in lines)
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}```\n{rooms}```\n{END}{after}"
