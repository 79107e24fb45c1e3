"""The results of a run as the desk sees them for each department: inbox sheets, findings, returned/ and notices/."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import docx

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.desk.county import Office
    from benchmarks.desk.desk import Desk


@dataclass
class DeskView:
    """The results of a round."""

    desk: Desk
    round_: int

    @property
    def out(self) -> Path:
        """The folder of the results."""
        return self.desk.results[self.round_]

    @cached_property
    def data(self) -> dict[str, Any]:
        """findings.json."""
        data: dict[str, Any] = json.loads((self.out / "findings.json").read_text(encoding="utf-8"))
        return data

    def folder(self, office: Office) -> str:
        """The name of a department's folder."""
        return self.desk.envelope(office, self.round_).folder.name

    def account(self, office: Office) -> dict[str, Any]:
        """Its line in 报送情况."""
        (account,) = (each for each in self.data["inbox"]["accounts"] if each["code"] == office.code)
        return dict(account)

    def receipts(self, office: Office) -> list[dict[str, Any]]:
        """Its lines in 收件清单: what is matched to it, and what lies in its folder."""
        folder = self.folder(office) + "/"
        receipts = self.data["inbox"]["receipts"]
        return [receipt for receipt in receipts if receipt["code"] == office.code or receipt["path"].startswith(folder)]

    def findings(self, office: Office) -> list[dict[str, Any]]:
        """Errors and warnings about its forms or files."""
        mine = {
            submission["id"] for submission in self.data["submissions"] if submission["filing"].startswith(office.name)
        }
        folder = self.folder(office) + "/"
        return [
            finding
            for finding in self.data["findings"]
            if finding["severity"] != "info"
            and (
                finding["submission"] in mine or (finding["submission"] is None and finding["path"].startswith(folder))
            )
        ]

    def returned(self, office: Office) -> list[str]:
        """Names of the files returned to it."""
        folder = self.out / "returned" / self.folder(office)
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

    def notice(self, office: Office) -> str:
        """The text of its notice, "" where there is none."""
        kinds = (self.out / "notices" / f"{kind}_{office.name}.docx" for kind in ("退回通知", "催报通知"))
        letters = [path for path in kinds if path.is_file()]
        if not letters:
            return ""
        document = docx.Document(str(letters[0]))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)

    def steps(self, office: Office) -> list[dict[str, Any]]:
        """Its lines in 整改情况."""
        return [step for step in self.data.get("rounds", ()) if step["filing"].startswith(office.name)]
