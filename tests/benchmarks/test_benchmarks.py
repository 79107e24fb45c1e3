"""Every benchmark runs on a small input and gives a complete table; the figures are not judged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import openpyxl
import pytest

from benchmarks.speed import __main__ as figures
from benchmarks.speed import issued, rules, sizing, whole_runs
from benchmarks.trust import honesty, mutations, planting, public_files
from benchmarks.trust.page import page
from tools.guide.sizing import PLACES
from tools.guide.sizing import table as sizing_table
from xltool.params import DEFAULT

if TYPE_CHECKING:
    from pathlib import Path

LITTLE: Final = figures.Effort(rounds=1, starts=1, waits=1, forms=3, departments=2)
SIZE: Final = 3
FIGURE: Final = re.compile(r"(\d+(?:\.\d+)?)( 毫秒| MiB)?")
PLANTED: Final = ("A1-25", "S-07", "W-04", "W-21")


def lines_of(table: str) -> list[list[str]]:
    """The cells of a Markdown table below its head, where every line has as many as the head."""
    head, rule, *lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()]
    assert all(re.fullmatch(r":?-+:?", cell) for cell in rule)
    assert {len(line) for line in lines} == {len(head)} == {len(rule)}
    return lines


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The table of docs/speed.md, with whole runs over three files."""
    folder = tmp_path_factory.mktemp("figures")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(issued, "TURNS", 1)
        patch.setattr(whole_runs, "ROUNDS", 1)
        patch.setattr(whole_runs, "CORES", 1)
        patch.setattr(whole_runs, "MANY", SIZE)
        return figures.table([*figures.rows(folder, LITTLE), *whole_runs.rows(folder / "long", (SIZE,))])


def test_every_figure_is_a_positive_number(small: str) -> None:
    """Each line has a name of its own and a figure above zero."""
    lines = lines_of(small)
    matches = [FIGURE.fullmatch(figure) for _, _, figure in lines]
    assert all(match is not None and float(match[1]) > 0 for match in matches), lines
    assert len({name for name, _, _ in lines}) == len(lines)


def test_the_page_shows_what_is_measured(small: str) -> None:
    """The table of docs/speed.md has the lines that are measured, with their targets, whatever the numbers."""
    shown = figures.PAGE.read_text(encoding="utf-8").partition(figures.START)[2].partition(figures.END)[0]

    def lines(table: str) -> set[tuple[str, str]]:
        return {(re.sub(r"\d+", "#", name), target) for name, target, _ in lines_of(table)}

    assert lines(shown) == lines(small)


def test_a_table_is_put_into_the_page(small: str) -> None:
    """The table of a page is replaced; whole runs that were not measured again stay, those that were do not."""
    old = f"前\n{figures.START}{small}{figures.END}后\n"
    brief = figures.table([("别的", "", "1.00")])
    first = figures.put_into(old, brief)
    assert first.startswith(f"前\n{figures.START}{brief}| {whole_runs.WHOLE}")
    assert first.endswith(f"{figures.END}后\n")
    assert first.count(whole_runs.WHOLE) == small.count(whole_runs.WHOLE)
    assert figures.put_into(first, small) == old


def test_what_each_rule_costs(capsys: pytest.CaptureFixture[str]) -> None:
    """The costs of rules are two tables: the most expensive rules, and the steps around the rules."""
    rules.main(["--filings", "3", "--written", "1"])
    printed = capsys.readouterr().out
    dearest, around = re.findall(r"(?:^\|.*\n)+", printed, re.MULTILINE)
    assert len(lines_of(dearest)) == rules.SHOWN
    assert "超过全部规则十分之一的：" in printed
    assert "数据成表" in {line[0] for line in lines_of(around)}


def test_what_a_county_takes() -> None:
    """The sizing of the guide comes from two runs, of one department and of two."""
    measured = sizing.measure(1, 2)
    assert measured.workbooks == 2 * 4
    assert min(measured.reading_seconds, measured.worker_mib, measured.result_mib) > 0, measured
    assert [line[0] for line in lines_of(sizing_table(measured))] == [place for place, _ in PLACES]


def test_a_page_of_defects_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted defects of a few rules are found where they are, and the page has a line for each rule."""
    monkeypatch.setattr(mutations, "PLANTERS", {code: planting.PLANTERS[code] for code in PLANTED})
    tallies = mutations.mutants(mutations.bases(tmp_path / "bases", mutations.filings()[:1], [None]), tmp_path)
    result = honesty.alarms_on_honest(tmp_path, DEFAULT, [1])
    text = page({"表样": tallies}, {}, [result])
    table = re.search(r"(?:^\|.*\n)+", text.partition("逐条规则埋设问题")[2], re.MULTILINE)
    assert table is not None
    figures_by_rule = {line[0]: tuple(line[2:6]) for line in lines_of(table[0])}
    assert {code: figures_by_rule[code] for code in PLANTED} == dict.fromkeys(PLANTED, ("1", "1", "0", "0"))
    assert (result.filings, result.alarms) == (1, [])


def test_files_of_others_are_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each content is read once; the table counts what became of it, and what was refused is named with its reason."""
    for name in ("a.xlsx", "b.xlsx"):
        book = openpyxl.Workbook()
        book.save(tmp_path / name)
    (tmp_path / "b.xlsx").write_bytes((tmp_path / "a.xlsx").read_bytes())
    (tmp_path / "c.xls").write_bytes(b"\0" * 600)
    (tmp_path / "d.txt").write_text("no workbook", encoding="utf-8")
    public_files.main([str(tmp_path), "--refused", "--forms"])
    table, _, listed = capsys.readouterr().out.partition("\nrefused ")
    counted = {tuple(line[:4]) for line in lines_of(table)}
    expected = {(".xls", "refused", "not_a_workbook"), (".xlsx", "refused", "no_form")}
    assert {line[:3] for line in counted if line[0] != "all"} == expected
    assert ("all", "", "", "2") in counted
    assert listed.startswith(f"not_a_workbook\t{tmp_path.name}/c.xls\t文件内容不是电子表格")
