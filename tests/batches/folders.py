"""Folders of filings for the tests of runs, and a pool that starts no processes."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import openpyxl

from tests.support.filled import cell_of, filled
from tests.support.workbook_editor import WorkbookEditor
from xltool.batches.options import RECORDS
from xltool.batches.store import file_times
from xltool.forms import base_data, project, self_review
from xltool.template.order import Order, sheet_orders
from xltool.template.workbook import write_workbook
from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from xltool.workers.pool import Pool

EPOCH = "1718150400"
WATER, FOREST, SCHOOL = "某市水利局", "某市林业局", "某市教育局"


Answers = Iterator[tuple[int, bytes | Lost]]
"""What a pool answers, by the number of the task."""


class InlinePool:
    """A pool that works in this process, for tests of what is done with the results."""

    writes_results = True
    deadly: Mapping[str, Lost] = {}
    """Names of files that are lost, and how."""

    def __init__(self, *_: object) -> None:
        """Take the place of a pool of processes."""

    def __enter__(self) -> Self:
        """Nothing to start."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to stop."""

    @staticmethod
    def beside(pool: Pool) -> Pool:
        """The other pool."""
        return pool

    def start_ahead(self) -> None:
        """Nothing to start."""

    def drop_busy(self) -> None:
        """Nothing is left undone."""

    def run(self, work: Callable[[Any], bytes], tasks: Sequence[Any], **_: object) -> Answers:
        """Do it at once, the last first: workers answer in no order."""
        for number, task in reversed(list(enumerate(tasks))):
            yield number, self.deadly.get(getattr(task, "name", "")) or work(task)


def issued(path: Path, department: str, *forms: str, projects: tuple[str, ...] = (), named: bool = True) -> Path:
    """A template of a department; without `named` the manifest does not say whose it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    order = Order(2023, department if named else "", forms, projects)
    sheets = sheet_orders(order)
    if not named:
        whose = {base_data.unit: department, self_review.department: department, project.implementer: department}
        sheets = [
            replace(sheet, prefill={field: text for field, text in whose.items() if sheet.form.has(field)})
            for sheet in sheets
        ]
    path.write_bytes(write_workbook(order, sheets))
    return path


def tree(folder: Path) -> Path:
    """Filings of three departments among what lies about in a folder of the bureau."""
    water = folder / "水利局"
    filled(with_folder(water / "附件1.xlsx"), "附件1")
    filled(water / "附件2.xlsx", "附件2")
    filled(with_folder(water / "项目" / "附件3.xlsx"), "附件3")
    issued(folder / "林业局" / "全部.xlsx", FOREST, "附件1", "附件2", "附件3")
    issued(folder / "教育局" / "报送" / "附件2.xlsx", SCHOOL, "附件2", named=False)
    below = WorkbookEditor(issued(folder / "教育局" / "报送" / "下属.xlsx", "", "附件3"))
    below.put("附件3", cell_of("附件3", "实施单位"), "某市第一中学").put("附件3", cell_of("附件3", "主管部门"), SCHOOL)
    below.put("附件3", cell_of("附件3", "项目支出名称"), "校舍维修").save(folder / "教育局" / "报送" / "下属.xlsx")
    WorkbookEditor(water / "附件1.xlsx").drop_name("附件1", "编制数").save(folder / "水利局" / "缺栏目.xlsx")
    (water / "~$附件1.xlsx").write_bytes(b"\x05lock")
    (water / "说明.pdf").write_bytes(b"%PDF-1.7\n")
    (water / "说明.txt").write_text("文字", encoding="utf-8")
    (water / "坏.xlsx").write_bytes((water / "附件1.xlsx").read_bytes()[:3000])
    (water / "加密.xlsx").write_bytes(ole("EncryptedPackage"))
    (water / "旧.xls").write_bytes(ole("Workbook"))
    (water / "空.xlsx").write_bytes(b"")
    other = openpyxl.Workbook()
    other["Sheet"]["A1"] = "通讯录"
    other.save(water / "通讯录.xlsx")
    (water / ".隐藏.xlsx").write_bytes(b"x")
    filled(with_folder(folder / ".旧文件" / "附件1.xlsx"), "附件1")
    (folder / "链接.xlsx").symlink_to(water / "附件1.xlsx")
    (folder / "链接夹").symlink_to(water)
    (water / "旧.rar").write_bytes(b"Rar!\x1a\x07\x01\0")
    (water / "换\n行.txt").write_text("文字", encoding="utf-8")
    os.mkfifo(folder / "管道.xlsx")
    return folder


def with_folder(path: Path) -> Path:
    """Create the folder of a file that is about to be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def ole(stream: str) -> bytes:
    """An OLE container whose directory names one stream."""
    header = bytearray(512)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<HHHH", header, 24, 0x3E, 3, 0xFFFE, 9)
    struct.pack_into("<I", header, 48, 0)
    struct.pack_into("<I", header, 76, 1)
    name = stream.encode("utf-16-le") + b"\0\0"
    entry = bytearray(512)
    entry[: len(name)] = name
    struct.pack_into("<H", entry, 64, len(name))
    table = struct.pack("<2I", 0xFFFFFFFE, 0xFFFFFFFD).ljust(512, b"\xff")
    return bytes(header) + bytes(entry) + table


STATES = {
    "林业局/全部.xlsx": ("read", None),
    "教育局/报送/下属.xlsx": ("read", None),
    "教育局/报送/附件2.xlsx": ("read", None),
    "水利局/附件1.xlsx": ("read", None),
    "水利局/附件2.xlsx": ("read", None),
    "水利局/缺栏目.xlsx": ("read", None),
    "水利局/项目/附件3.xlsx": ("read", None),
    "水利局/~$附件1.xlsx": ("skipped", "lock_file"),
    "水利局/说明.pdf": ("refused", "not_a_workbook"),
    "水利局/说明.txt": ("refused", "not_a_workbook"),
    "水利局/通讯录.xlsx": ("refused", "no_form"),
    "水利局/.隐藏.xlsx": ("skipped", "hidden"),
    ".旧文件": ("skipped", "hidden"),
    "链接.xlsx": ("skipped", "link"),
    "链接夹": ("skipped", "link"),
    "管道.xlsx": ("skipped", "special"),
    "水利局/旧.rar": ("refused", "foreign_archive"),
    "水利局/换␊行.txt": ("refused", "not_a_workbook"),
    "水利局/坏.xlsx": ("refused", "corrupt"),
    "水利局/加密.xlsx": ("refused", "encrypted"),
    "水利局/旧.xls": ("refused", "corrupt"),
    "水利局/空.xlsx": ("refused", "empty"),
}


def file_marks(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Hash, time and mode of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.lstat().st_mtime_ns,
            path.lstat().st_mode,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".xltool" not in path.parts
    }


def with_other_bytes(data: bytes, number: int) -> bytes:
    """The same workbook with other bytes: a comment behind the zip directory."""
    note = f"{number:04d}".encode()
    return data[:-2] + len(note).to_bytes(2, "little") + note


def hashes(place: Path) -> dict[str, str]:
    """Hash of every file below a folder, hidden ones too; kept records may be in any order, and times differ."""
    return {
        path.relative_to(place).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(place.rglob("*"))
        if path.is_file() and path.name not in {RECORDS, file_times.NAME}
    }


def call(folder: Path, out: Path, temporary: Path) -> subprocess.Popen[bytes]:
    """The command, as a user runs it."""
    command = [sys.executable, "-m", "xltool", "batch", str(folder), "--out", str(out), "--jobs", "2"]
    return subprocess.Popen(  # noqa: S603 - this project
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"TMPDIR": str(temporary)}
    )


def copied(folder: Path, place: Path) -> Path:
    """A small folder of one's own."""
    for name in ("单位00", "单位01"):
        (place / name).mkdir(parents=True)
        (place / name / "附件1.xlsx").write_bytes((folder / name / "附件1.xlsx").read_bytes())
    return place
