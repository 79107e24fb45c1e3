"""Paths as users write them: from another folder, from inside, with `..`, with signs that shells and URLs know."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import is_zipfile

import pytest
from python_calamine import CalamineWorkbook

import xltool
from tests.auditing.test_exemptions import GRANTED, listed
from tests.reader.formats.test_formats import through_writer
from tests.support.documents import forms, write_docx
from tests.support.programs.office import needs_office
from tests.support.sheets import book
from xltool import cli, params
from xltool.params.writing import written

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLE: Final = Path(__file__).parents[2] / "samples" / "示范县农业农村局_2023_合格"
PAGE: Final = (
    "<html><head><meta charset='utf-8'></head><body><table><tr><td>编制数</td><td>15</td></tr></table></body></html>"
)
XML_2003: Final = (
    '<?xml version="1.0" encoding="utf-8"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table><Row><Cell>'
    '<Data ss:Type="String">编制数</Data></Cell></Row></Table></Worksheet></Workbook>'
)


@dataclass(frozen=True)
class Spelling:
    """How a call writes its paths: the folder it stands in, and what the names begin with."""

    name: str
    here: str = "."
    """Where the call stands, below the folder that holds everything."""
    signs: tuple[str, str] = ("", "")
    """What the names of inputs and of outputs begin with."""


SPELLINGS: Final = (
    Spelling("from the folder above", signs=("-", "#")),
    Spelling("from inside the filings", here="#报送 2023（汇总）", signs=("#", "%41")),
    Spelling("from a folder beside", here="别处/更深 处", signs=("%", "&")),
    Spelling("from the folder of the outputs", here="-结果 1", signs=("&", "-")),
)


READ_BY_OFFICE: Final = "#"
"""The desk with this sign has a file that only LibreOffice reads: starting it takes longer than all the rest."""


class Desk:
    """A folder with everything a command can be given, under names with spaces, signs and Chinese."""

    def __init__(self, base: Path, signs: tuple[str, str]) -> None:
        """Lay everything out."""
        given, results = signs
        self.base = base
        self.filings = base / f"{given}报送 2023（汇总）"
        self.out = base / f"{results}结果 1"
        self.prior = base / f"{given}上年 报送"
        self.review = base / f"{given}上次 结果"
        self.roster = base / f"{given}名册 1.xlsx"
        self.profile = base / f"{given}口径 1.toml"
        self.exemptions = base / f"{given}豁免 1.csv"
        shutil.copytree(SAMPLE, self.filings / f"{given}单位 一")
        if given == READ_BY_OFFICE:
            (self.filings / f"{given}网页 1.xls").write_text(PAGE, "utf-8")
        (self.filings / f"{given}附件 X.xlsx").write_bytes(b"PK")
        (base / "别处" / "更深 处").mkdir(parents=True)
        xltool.generate(year=2022, out=self.prior, department=str(GRANTED["单位"]))
        book(self.roster, 单位=[["单位编码", "单位名称"], ["001", GRANTED["单位"]]])
        self.profile.write_text(written(params.profile_named("湖北")), "utf-8")
        listed(self.exemptions, GRANTED)
        xltool.batch(self.filings, out=self.review, jobs=1)

    def spellings(self, here: Path | None) -> list[str]:
        """What may stand before the name of a file: its folder as a call from `here` writes it, the longest first."""
        places = [self.filings, self.out, self.prior, self.base]
        relative = [os.path.relpath(place, here or self.base) for place in places]
        folders = {f"{place}/" for place in (*places, *relative)} - {"./", "../"}
        # In a .csv an apostrophe stands before what a spreadsheet would take for a formula.
        return sorted(folders | {f"'{folder}" for folder in folders}, key=len, reverse=True)

    @property
    def workbook(self) -> Path:
        """One of the filed workbooks."""
        return min(self.filings.rglob("附件1*.xlsx"))


Call = tuple[str | Path, ...]
CALLS: Final[dict[str, Callable[[Desk], Call]]] = {
    "generate": lambda desk: (
        "generate", "--year", "2023", "--out", desk.out, "--roster", desk.roster, "--prior", desk.prior,
        "--profile", desk.profile,
    ),
    "roster": lambda desk: ("roster", "--init", desk.out / "新名册.xlsx"),
    "read to json": lambda desk: ("read", "--out", desk.out / "数据.json", "--", desk.filings),
    "read to xlsx": lambda desk: ("read", "--format", "xlsx", "--out", desk.out / "数据.xlsx", "--", desk.workbook),
    "read to csv": lambda desk: ("read", "--format", "csv", "--out", desk.out, "--", desk.workbook, desk.filings),
    "audit": lambda desk: (
        "audit", "--prior", desk.prior, "--profile", desk.profile, "--exemptions", desk.exemptions, "--", desk.filings,
    ),
    "audit in json": lambda desk: ("audit", "--format", "json", "--", desk.workbook),
    "batch": lambda desk: (
        "batch", "--out", desk.out, "--roster", desk.roster, "--prior", desk.prior, "--profile", desk.profile,
        "--exemptions", desk.exemptions, "--prior-review", desk.review, "--jobs", "1", "--", desk.filings,
    ),
    "convert": lambda desk: ("convert", "--out", desk.out, "--", desk.workbook),
    "refile": lambda desk: ("refile", "--out", desk.out, "--", desk.filings, desk.workbook),
    "merge": lambda desk: (
        "merge", "--out", desk.out / "汇总.xlsx", "--roster", desk.roster, "--profile", desk.profile,
        "--exemptions", desk.exemptions, "--", desk.filings,
    ),
    "rules": lambda desk: ("rules", "--profile", desk.profile),
    "explain": lambda desk: ("explain", "A2-13", "--profile", desk.profile),
    "forms": lambda _: ("forms",),
    "guide": lambda desk: ("guide", "--out", desk.out / "手册.html"),
}  # fmt: skip

HEAVY: Final = {"generate", "read to json", "read to csv", "batch", "audit", "convert", "refile", "merge"}
"""Commands that take seconds: they are called in two of the spellings."""


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Desk]:
    """A desk for each pair of signs."""
    return {signs: Desk(tmp_path_factory.mktemp("desk"), signs) for signs in {given.signs for given in SPELLINGS}}


@pytest.fixture
def outcome(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Desk, Path | None, Call], Outcome]:
    """Run a call from a folder with relative paths, or with absolute ones where no folder is given."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")

    def run(desk: Desk, here: Path | None, call: Call) -> Outcome:
        def spelled(path: Path) -> str:
            return str(path) if here is None else os.path.relpath(path, here)

        shutil.rmtree(desk.out, ignore_errors=True)
        desk.out.mkdir()
        monkeypatch.chdir(here or desk.base.parent)
        monkeypatch.setattr(
            sys, "argv", ["xltool", *(spelled(word) if isinstance(word, Path) else word for word in call)]
        )
        with pytest.raises(SystemExit) as done:
            cli.main()
        folders = desk.spellings(here)
        stdout, stderr = (bare(text.encode(), folders).decode() for text in capsys.readouterr())
        files = {
            path.relative_to(desk.out).as_posix(): bare(unpacked(path), folders)
            for path in desk.out.rglob("*")
            if path.is_file() and ".xltool" not in path.parts
        }
        return Outcome(done.value.code, stdout, stderr, files)

    return run


@dataclass(frozen=True)
class Outcome:
    """What a call gave, without the folders its paths begin with."""

    code: int | str | None
    stdout: str
    stderr: str
    files: dict[str, bytes]


def bare(content: bytes, folders: list[str]) -> bytes:
    """A text without the folders of the call, and without the digest of the run's record, in which they stand."""
    for folder in folders:
        content = content.replace(folder.encode(), b"")
    return re.sub(rb'"digest": ?"[0-9a-f]{64}"', b"", content)


def unpacked(path: Path) -> bytes:
    """Content of a file; of a workbook what its cells say (columns are as wide as the paths in them)."""
    if path.suffix != ".xlsx" or not is_zipfile(path):
        return path.read_bytes()
    workbook = CalamineWorkbook.from_path(path)
    cells = {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}
    return json.dumps(cells, ensure_ascii=False, default=str).encode()


@pytest.mark.parametrize(
    ("spelling", "command"),
    [(spelling, name) for name in CALLS for spelling in (SPELLINGS[:2] if name in HEAVY else SPELLINGS)],
    ids=lambda value: value.name if isinstance(value, Spelling) else value,
)
def test_a_path_may_be_written_in_any_way(
    desks: dict[tuple[str, str], Desk],
    outcome: Callable[[Desk, Path | None, Call], Outcome],
    spelling: Spelling,
    command: str,
) -> None:
    """What a command does is the same as with absolute paths, down to the files it writes."""
    desk = desks[spelling.signs]
    call = CALLS[command](desk)
    expected = outcome(desk, None, call)
    assert expected.code in {0, 1}, expected.stderr
    assert outcome(desk, desk.base / spelling.here, call) == expected


@needs_office
@pytest.mark.parametrize("suffix", ["doc", "rtf", "html", "xml"])
def test_what_libreoffice_reads_is_read_where_results_go_to_a_relative_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    """The temporary files of a run lie in its results: LibreOffice is given their whole address."""
    filings = tmp_path / "报送"
    filings.mkdir()
    if suffix in {"doc", "rtf"}:
        converted = through_writer(write_docx(forms(), tmp_path / "自评.docx"), tmp_path / "made", suffix)
        shutil.move(converted, filings / converted.name)
    else:
        (filings / "导出.xls").write_text(PAGE if suffix == "html" else XML_2003, "utf-8")
    monkeypatch.chdir(tmp_path)
    xltool.batch("报送", out="结果", jobs=1)
    (file,) = json.loads(Path("结果", "findings.json").read_text("utf-8"))["files"]
    assert file["code"] in {None, "no_form"}, file
