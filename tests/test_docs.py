"""What docs/, README.md and CONTRIBUTING.md say of rules, fields, modules and files is so."""

from __future__ import annotations

import importlib.util
import inspect
import re
from dataclasses import fields
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any, Final

import pytest
from typer.main import get_command

import xltool
from tools.docs import speed
from tools.docs.rules import COLUMNS
from xltool.auditing.audit import audit
from xltool.cli.commands import app
from xltool.expr.nodes import Field
from xltool.findings import Consequence, Finding
from xltool.forms import FORMS
from xltool.outputs import json_output
from xltool.rules.catalogue import RULES
from xltool.rules.model import Rule

ROOT: Final = Path(__file__).parent.parent
DOCS: Final = sorted((ROOT / "docs").glob("*.md"))
PAGES: Final = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *DOCS]
_PLACE: Final = re.compile(r"`(xltool[\w.]*):([\w.]+)(?:\[\"(\w+)\"\])?`")


def rows(page: str) -> list[list[str]]:
    """The cells of every table row of a page of docs/ that begins with a key or a code."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    cells = (
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in text.splitlines() if line[:1] == "|"
    )
    return [row for row in cells if not row[0].startswith(("---", "键", COLUMNS[0]))]


def declared(cell: str) -> object:
    """What stands at a place `module:name.attribute["key"]`."""
    match = _PLACE.fullmatch(cell)
    assert match is not None, cell
    value: Any = reduce(getattr, match[2].split("."), importlib.import_module(match[1]))
    return value if match[3] is None else getitem(value, match[3])


def test_every_rule_stands_in_the_index_and_nothing_else() -> None:
    """docs/rules.md has each code of the catalogue once, retired codes beside the one that took their place."""
    codes = [row[0] for row in rows("rules.md")]
    assert sorted(codes) == sorted("、".join((rule.code, *rule.aliases)) for rule in RULES.values())


@pytest.mark.parametrize("row", rows("rules.md"), ids=lambda row: row[0])
def test_a_rule_is_declared_and_tested_where_the_index_says(row: list[str]) -> None:
    """The name is the rule's own, or that of a table with its code; the tests are there."""
    code, tests = row[0].partition("、")[0], row[-1].replace("`", "").split("<br>")
    value, *noting = map(declared, row[-2].split("<br>"))
    assert all(map(callable, noting))
    if isinstance(value, Rule):
        assert value.code == code
    elif isinstance(value, dict):
        assert code in value
    else:
        assert isinstance(value, tuple)
        assert code in {words.code for words in value}
    assert tests != [""]
    assert all((ROOT / path).is_file() for path in tests)


def test_every_field_stands_in_the_index_and_nothing_else() -> None:
    """docs/fields.md has the fields of the three forms and those that reading gives, by their keys."""
    forms = [
        item.key
        for form in FORMS.values()
        for item in (*form.fields.values(), *(column for table in form.tables for column in table.inputs))
    ]
    read = {item.key for rule in RULES.values() for check in rule.checks for item in check.fields}
    read |= {column.key for form in FORMS.values() for table in form.tables for column in table.columns}
    listed = [row[0].strip("`") for row in rows("fields.md")]
    assert read <= set(listed)
    derived = listed[len(forms) :]
    assert listed[: len(forms)] == forms
    assert len(set(derived)) == len(derived)
    assert not set(derived) & set(forms)


@pytest.mark.parametrize("row", rows("fields.md"), ids=lambda row: row[0])
def test_a_field_is_declared_where_the_index_says(row: list[str]) -> None:
    """The name in the module is that of the field with this key, derived where it has no cell."""
    value = declared(row[-1])
    assert isinstance(value, Field)
    assert f"`{value.key}`" == row[0]
    assert value.derived is (len(row) == len(("键", "种类", "声明")))


def test_the_contract_names_every_field_and_nothing_else() -> None:
    """Contract §2 has each key, or its line and its measure; its Chinese words in code are those of keys and names."""
    text = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8").partition("## 2.")[2].partition("## 3.")[0]
    items = [item for form in FORMS.values() for item in form.fields.values()]
    items += [column for form in FORMS.values() for table in form.tables for column in table.inputs]
    words = {part.strip("…_") for code in re.findall(r"`([^`]+)`", text) for part in re.split(r"[|]|_(?=\w)", code)}
    assert [item.key for item in items if not set(item.key.split("_")) <= words] == []
    known = {part for item in items for part in (*item.key.split("_"), *item.defined_name.split("_"))}
    assert {word for word in words if re.search(r"[\u4e00-\u9fff]", word)} - known == set()


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_what_is_there(page: Path) -> None:
    """Every relative link is a file of the repository, and its anchor a heading of that page."""
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_modules_and_files_that_are_named_are_there(page: Path) -> None:
    """`xltool.x.y` and `xltool/x/y.py` exist; a last part that is no module is a name in the one before it."""
    text = page.read_text(encoding="utf-8")
    for path in re.findall(r"(?<![\w/.])(?:xltool|tests|tools|benchmarks)/[\w./-]*\w", text):
        assert (ROOT / path).exists(), path
    for name in re.findall(r"(?<![\w/.-])(?:xltool|tests|tools|benchmarks)(?:\.[A-Za-z_]\w*)+", text):
        assert _exists(name), name


def _exists(name: str) -> bool:
    parent, _, last = name.rpartition(".")
    try:
        return importlib.util.find_spec(name) is not None or hasattr(importlib.import_module(parent), last)
    except ModuleNotFoundError:
        return False


def commands() -> dict[str, set[str]]:
    """The commands of the program, each with its long options."""
    group: Any = get_command(app)
    long = {
        name: {word for option in command.params for word in option.opts} for name, command in group.commands.items()
    }
    return {
        name: {word for word in words if word.startswith("--") and word != "--help"} for name, words in long.items()
    }


def test_the_contract_has_every_command_with_its_options() -> None:
    """The table of contract §3 is what the command line takes."""
    text = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `xltool (\w+)[^|]*\| ([^|]+) \|", text, re.MULTILINE)
    assert {name: set(re.findall(r"`(--[\w-]+)`", options)) for name, options in table} == commands()


def test_the_readme_shows_every_command() -> None:
    """No command is missing from the README, and every option it shows is one of its command."""
    text, known = (ROOT / "README.md").read_text(encoding="utf-8"), commands()
    shown = re.findall(r"`xltool (\w+)([^`]*)`", text)
    assert {name for name, _ in shown} == set(known)
    assert [name for name, rest in shown if not set(re.findall(r"--[\w-]+", rest)) <= known[name]] == []


def test_the_python_functions_are_as_described() -> None:
    """docs/python.md has the signature of every public function."""
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    described = dict(re.findall(r"^\| `(\w+)(\(.*?\))` \|", text, re.MULTILINE))
    assert {*described, "XltoolError"} == set(xltool.__all__)
    for name, signature in described.items():
        parameters = inspect.signature(getattr(xltool, name)).parameters.values()
        bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in parameters]
        assert str(inspect.Signature(bare)).replace("'", '"') == signature


def test_the_contract_has_the_members_of_the_json() -> None:
    """What `read` and `audit` print has the members that contract §4 names, and no others."""
    text = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
    read, audited = re.findall(r"^```\n(\{.*?\})\n```", text, re.MULTILINE | re.DOTALL)
    result = audit([])
    assert re.findall(r'^[ {]"(\w+)":', read, re.MULTILINE) == list(json_output.read_json([]))
    assert re.findall(r'^[ {]"(\w+)":', audited, re.MULTILINE) == ["run", *json_output.audit_json(result)]
    names = re.search(r'"findings": .*?\[\{(.*?)"key"\}\],\s+"key",\s+"explanation"\}', audited, re.DOTALL)
    assert names is not None
    whole, folded = names[1].split('"consequences": [{')
    finding = re.findall(r'"(\w+)"', re.sub(r'"\|.*?,|: (?:"error".*?"info"|\[.*?\])', "", whole))
    assert [*finding, "consequences"] == [member.name for member in fields(Finding)]
    assert [*re.findall(r'"(\w+)"', folded), "key"] == [member.name for member in fields(Consequence)]


@pytest.mark.parametrize(
    ("target", "figure", "met"),
    [
        ("≤ 0.20", 0.20, True),
        ("≤ 300 MiB", 301, False),
        ("≥ 1.8", 1.9, True),
        ("≥ 1.8", 1.7, False),
        (speed.LEVEL, 10.5, True),
        (speed.LEVEL, 12, False),
    ],
)
def test_a_missed_target_is_marked(target: str, figure: float, met: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """The README says of each figure with a target whether it is met; 10 is the figure of the smallest run."""
    assert speed.verdict(target, figure, 10) == (speed.MET if met else speed.MISSED)


def test_the_glossary_has_words_of_the_code() -> None:
    """Each identifier of the glossary in CONTRIBUTING.md is a name in the package; none stands twice."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Glossary")[2].partition("\n## ")[0]
    words = re.findall(r"^\| [^|]+ \| `(\w+)` \|", text, re.MULTILINE)
    code = {word for path in (ROOT / "xltool").rglob("*.py") for word in re.findall(r"\w+", path.read_text("utf-8"))}
    assert set(words) <= code
    assert len(set(words)) == len(words) == text.count("\n| ") - 1
