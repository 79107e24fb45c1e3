"""The seed's templates with a change, and the notes that reading gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.filled import cell_in_row, cell_of, filled
from tests.support.workbook_editor import WorkbookEditor
from xltool.auditing import audit
from xltool.batches.grouping import as_one_set
from xltool.forms import review
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.findings import Finding
    from xltool.reader.records import FileRecord

Change = Callable[[WorkbookEditor], object]


CONTROL, RECEPTION, PUBLIC = (
    cell_of("附件1", "控制率"),
    cell_of("附件1", "公务接待_本年决算数"),
    cell_of("附件1", "三公经费_本年决算数"),
)


POSTS, STAFF = cell_of("附件1", "编制数"), cell_of("附件1", "实际在职人数")


TARGET, ACTUAL = cell_in_row("附件2", review.target_value, 0), cell_in_row("附件2", review.actual_value, 0)


WEIGHT, SCORE = cell_in_row("附件2", review.weight, 0), cell_in_row("附件2", review.score, 0)


@dataclass(frozen=True)
class Case:
    """A change to a form, and the one note it must bring: rule, cell, severity and words of the message."""

    name: str
    change: Change
    rule: str
    cell: str | None
    words: tuple[str, ...]
    severity: str = ""
    form: str = "附件1"

    def __str__(self) -> str:
        return self.name


def read(path: Path) -> FileRecord:
    """The file read in this process, as a set of its own."""
    record = read_file(path, path.name)
    as_one_set([record])
    return record


def notes(*records: FileRecord) -> list[Finding]:
    """What reading noticed."""
    return audit.findings_of_reading(records)


def finding_keys(findings: list[Finding]) -> list[tuple[str, str, str | None]]:
    """Rule, severity and cell of each finding."""
    return [(finding.rule, finding.severity.value, finding.cell) for finding in findings]


def changed(folder: Path, form: str, change: Change) -> FileRecord:
    """An issued and filled form after the clerk has been at it."""
    clerk = WorkbookEditor(filled(folder / "filled.xlsx", form))
    change(clerk)
    return read(clerk.save(folder / "changed.xlsx"))


OFFICE = cell_of("附件1", "办公经费_本年决算数")
FILED_ON = cell_of("附件1", "填报日期")
NOTATION = (
    Case("full width", lambda c: c.put("附件1", OFFICE, "１９.２３"), "T-01", OFFICE, ("读作 19.23",)),
    Case("wide space", lambda c: c.put("附件1", OFFICE, "19.23\u3000"), "T-01", OFFICE, ("读作 19.23",)),
    Case("thousands", lambda c: c.put("附件1", OFFICE, "1,019.23"), "T-02", OFFICE, ("读作 1019.23",)),
    Case("brackets", lambda c: c.put("附件1", OFFICE, "(19.23)"), "T-02", OFFICE, ("读作 -19.23",)),
    Case("no such thing", lambda c: c.put("附件1", OFFICE, "无"), "T-03", OFFICE, ("“无”读作 没有该项内容",)),
    Case("stray mark", lambda c: c.put("附件1", OFFICE, "19.23."), "T-05", OFFICE, ("读作 19.23",), "warning"),
    Case("scanned", lambda c: c.put("附件2", ACTUAL, "W100%"), "T-06", ACTUAL, ("“W100%”",), form="附件2"),
    Case("date", lambda c: c.put("附件1", FILED_ON, "2024.6.12"), "T-07", FILED_ON, ("读作 2024-06-12",)),
    Case("range", lambda c: c.put("附件2", TARGET, "15-20个"), "T-08", TARGET, ("读作 15～20个",), form="附件2"),
    Case("sign", lambda c: c.put("附件2", TARGET, "》=15个"), "T-09", TARGET, ("读作 ≥15个",), form="附件2"),
    Case("percent sign", lambda c: c.put("附件2", TARGET, "》=95%"), "T-09", TARGET, ("读作 ≥95%",), form="附件2"),
    Case("wide target", lambda c: c.put("附件2", TARGET, "１５个"), "T-01", TARGET, ("读作 15个",), form="附件2"),
    Case("unit", lambda c: c.put("附件1", OFFICE, "19.23万元"), "T-10", OFFICE, ("读作 19.23",)),
    Case("yuan", lambda c: c.put("附件1", OFFICE, "192300元"), "T-10", OFFICE, ("读作 19.23",)),
    Case("numerals", lambda c: c.put("附件1", OFFICE, "十九"), "T-10", OFFICE, ("读作 19",)),
    Case("score", lambda c: c.put("附件2", SCORE, "6分"), "A2-14", SCORE, ("读作 6",), form="附件2"),
    Case("weight", lambda c: c.put("附件2", WEIGHT, "6分"), "A2-14", WEIGHT, ("读作 6",), form="附件2"),
    Case(
        "bare rate",
        lambda c: c.reformat("附件1", CONTROL, "General").put("附件1", CONTROL, 125),
        "T-04",
        CONTROL,
        ("读作 1.25",),
    ),
)
