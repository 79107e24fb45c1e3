"""Files of a conversion: years, folders, inputs that stay as they are, and the command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

import xltool
from tests.batches.folders import issued
from tests.converting.converted import FILES, forms_in, in_new_folder, renamed, templates
from tests.support import documents
from tests.support.documents import write_xlsx
from xltool.converting.filings import LIST
from xltool.forms import FORMS, project, self_review
from xltool.template.order import Order, SheetOrder
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def undated(path: Path) -> Path:
    """附件2 without a year anywhere."""
    form = documents.self_review_form()
    form.head = [line.replace("2023年度", "") for line in form.head]
    form.foot = []
    return write_xlsx([form], path)


def test_a_form_without_a_year(tmp_path: Path, command: Callable[..., tuple[int, str, str]]) -> None:
    """Without --year no template is written and all cells are listed; with it the template is of that year."""
    source = undated(tmp_path / "a.xlsx")
    code, out, _ = command(source, "--out", tmp_path / "无")
    assert (code, out.splitlines()) == (1, [str(tmp_path / "无" / LIST)])
    cells = list(openpyxl.load_workbook(tmp_path / "无" / LIST)["明细"].iter_rows(min_row=2, values_only=True))
    assert len(cells) > 100
    assert {cell[10] for cell in cells} == {"表上没有年度，请用 --year 指明后重新转换"}
    code, out, _ = command(source, "--out", tmp_path / "有", "--year", 2022)
    assert code == 0
    (template,) = (tmp_path / "有").glob("附件2_2022年度*.xlsx")
    assert forms_in(template)["附件2"].year == 2022


def test_a_year_on_the_form_goes_before_the_option(tmp_path: Path) -> None:
    """--year is for forms that name none."""
    result = xltool.convert(renamed(tmp_path / "a.xlsx", {}), out=tmp_path / "转换", year=2020)
    assert [path.name for path in templates(result)] == [FILES["附件2"]]


def test_several_filings_get_a_folder_each(tmp_path: Path) -> None:
    """With two departments and a form filed twice, no template overwrites another."""
    for name, department in (("a", "某市水利局"), ("b", "某市林业局"), ("c", "某市林业局")):
        issued(tmp_path / "报送" / f"{name}.xlsx", department, "附件2", named=False)
    result = xltool.convert(tmp_path / "报送", out=tmp_path / "转换")
    stem = "附件2_2023年度部门整体支出绩效自评表"
    assert [path.relative_to(tmp_path / "转换").as_posix() for path in result.written] == [
        f"某市水利局（2023）/{stem}_某市水利局.xlsx",
        f"某市林业局（2023）/{stem}_某市林业局.xlsx",
        f"某市林业局（2023）/{stem}_某市林业局（2）.xlsx",
        LIST,
    ]
    assert all(path.is_file() for path in result.written)


def test_a_project_of_another_unit_stays_with_its_department(tmp_path: Path) -> None:
    """附件3 of a school below the bureau: issued to the bureau, 实施单位 and 主管部门 as filed, blanks blank."""
    order = Order(2023, "某市教育局", ("附件2", "附件3"))
    whose = {project.name: "校舍维修", project.supervisor: "某市教育局", project.implementer: "某市第一中学"}
    sheets = [SheetOrder(FORMS["附件2"]), SheetOrder(FORMS["附件3"], "校舍维修", whose)]
    (tmp_path / "a.xlsx").write_bytes(write_workbook(order, sheets))
    result = xltool.convert(tmp_path / "a.xlsx", out=tmp_path / "转换")
    submission = forms_in(*templates(result))["附件3"]
    assert (submission.issued_to, submission.value("实施单位"), submission.value("主管部门")) == (
        "某市教育局", "某市第一中学", "某市教育局",
    )  # fmt: skip
    sheets[1] = SheetOrder(
        FORMS["附件3"], "校舍维修", {**whose, project.implementer: None, self_review.department: None}
    )
    (tmp_path / "b.xlsx").write_bytes(write_workbook(order, sheets[1:]))
    result = xltool.convert(tmp_path / "b.xlsx", out=tmp_path / "又")
    assert forms_in(*templates(result))["附件3"].value("实施单位") is None


def test_results_never_lie_where_an_input_lies(tmp_path: Path, command: Callable[..., tuple[int, str, str]]) -> None:
    """Refused before anything is written, also through a link or into the folder of a filing; inputs are untouched."""
    source = renamed(in_new_folder(tmp_path / "报送" / "a.xlsx"), {})
    before = source.read_bytes()
    (tmp_path / "链接").symlink_to(tmp_path / "报送")
    for out in (tmp_path / "报送", tmp_path / "链接", tmp_path / "报送" / ".." / "报送"):
        code, printed, err = command(source, "--out", out)
        assert (code, printed) == (2, "")
        assert "转换结果不能写入放有原文件的文件夹" in err
    assert [path.name for path in (tmp_path / "报送").iterdir()] == ["a.xlsx"]
    assert source.read_bytes() == before


def test_a_filings_own_folder_is_clear_too(tmp_path: Path) -> None:
    """Nothing is written if the folder of a filing would be the folder of an input."""
    first = issued(tmp_path / "某市水利局（2023）" / "a.xlsx", "某市水利局", "附件2", named=False)
    second = issued(tmp_path / "别处" / "b.xlsx", "某市林业局", "附件2", named=False)
    before = sorted(path for path in tmp_path.rglob("*"))
    with pytest.raises(ValueError, match="某市水利局（2023）"):
        xltool.convert(first, second, out=tmp_path)
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_results_inside_a_given_folder_are_not_converted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run over the folder gives the same files with the same bytes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1718150400")
    renamed(in_new_folder(tmp_path / "报送" / "a.xlsx"), {})
    first = xltool.convert(tmp_path / "报送", out=tmp_path / "报送" / "转换")
    before = [path.read_bytes() for path in first.written]
    second = xltool.convert(tmp_path / "报送", out=tmp_path / "报送" / "转换")
    assert second.written == first.written
    assert [path.read_bytes() for path in second.written] == before
    with pytest.raises(ValueError, match="没有可以转换的文件"):
        xltool.convert(tmp_path / "报送" / "转换", out=tmp_path / "报送")


def test_files_that_cannot_be_read_are_in_the_list(
    tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    """The exit code is 1 for a damaged file and for a file without forms; the list names both."""
    source = renamed(tmp_path / "a.xlsx", {})
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "说明.txt").write_text("文字", encoding="utf-8")
    assert command(source, tmp_path / "说明.txt", "--out", tmp_path / "一")[0] == 1
    assert command(source, tmp_path / "坏.xlsx", "--out", tmp_path / "二")[0] == 1
    assert command(tmp_path / "说明.txt", "--out", tmp_path / "三")[0] == 1
    for folder, name in (("一", "说明.txt"), ("二", "坏.xlsx"), ("三", "说明.txt")):
        rows = openpyxl.load_workbook(tmp_path / folder / LIST)["汇总"].iter_rows(values_only=True)
        (row,) = (row for row in rows if str(row[0]).endswith(name))
        assert row[8]
    assert [path.name for path in (tmp_path / "三").iterdir()] == [LIST]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("没有.xlsx", "--out", "转换"), "找不到文件或文件夹"),
        (("a.xlsx",), "缺少必填的参数"),
        (("a.xlsx", "--out", "转换", "--year", "23"), "年度应在 2000 到 2099 之间"),
        (("a.xlsx", "--out", "a.xlsx/转换"), "a.xlsx"),
    ],
)
def test_a_wrong_call_gives_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: Callable[..., tuple[int, str, str]],
    arguments: Sequence[str],
    words: str,
) -> None:
    """Code 2, one line on stderr, nothing on stdout and nothing written."""
    monkeypatch.chdir(tmp_path)
    renamed(tmp_path / "a.xlsx", {})
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_help_is_chinese_and_has_an_example(command: Callable[..., tuple[int, str, str]]) -> None:
    """As for every command."""
    code, out, err = command("--help")
    assert (code, err) == (0, "")
    assert "例：xltool convert" in out
