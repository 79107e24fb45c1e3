"""口径: a profile is made by a form, checked field by field, and chosen for what follows."""

from __future__ import annotations

import pickle
import re
from typing import TYPE_CHECKING

import pytest

from tests.desk.conftest import client_of
from xltool import params
from xltool.desk.profile_form import check, draft_from
from xltool.params.writing import draft_of

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from xltool.desk.desk import Desk

FORM = "/口径/填写"
BASIS = "某某县财绩〔2024〕5号"
_INPUT = re.compile(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"')
_SELECT = re.compile(r'<select[^>]* name="([^"]+)".*?<option selected>([^<]+)<', re.DOTALL)


def filled_in(client: TestClient, start: str = "默认", **changes: str) -> dict[str, str]:
    """The fields of the form as they come, with these changes; `__` stands for a dot."""
    page = client.get(FORM, params={"from": start}).text.partition('class="fields"')[2]
    fields = dict(_INPUT.findall(page)) | dict(_SELECT.findall(page))
    return fields | {name.replace("__", "."): text for name, text in changes.items()} | {"do": "save"}


def beside(page: str, field: str) -> str:
    """The mistake that stands beside a field."""
    match = re.search(f'id="{re.escape(field)}-wrong">(.*?)</span>', page)
    return match[1] if match else ""


def test_a_profile_is_made_by_form_and_chosen(client: TestClient, desk: Desk, folder: Path) -> None:
    """Its file is read as any profile file is; 下发 and 审核 offer it, and use it once it was chosen."""
    changes = {"执行率.分值": "２０分", "执行率.依据": BASIS, "指标分值.产出指标": "40", "指标分值.依据": BASIS}
    answer = client.post(FORM, data=filled_in(client, 名称="某某县2024") | changes)
    assert answer.url.path == "/口径"
    assert "某某县2024.toml" in answer.text
    profile = params.chosen(str(folder / "某某县2024.toml"))
    assert (profile["execution_weight"], profile["output_weight"]) == (20, 40)
    assert {change.basis for change in profile.changes(params.DEFAULT)} == {BASIS}
    (folder / "报送").mkdir()
    (folder / "报送" / "附件1.xlsx").write_bytes(b"")
    assert all("<option>某某县2024.toml" in client.get(page).text for page in ("/下发", "/审核"))
    client.post("/口径/选用", data={"name": "某某县2024.toml"})
    assert desk.folder.settings.profile == "某某县2024.toml"
    assert all("<option selected>某某县2024.toml" in client.get(page).text for page in ("/下发", "/审核"))


def test_bands_and_switches_are_filled_in(client: TestClient, folder: Path) -> None:
    """What a switch turns off is not asked for."""
    bands = {"执行率.档次.1.起": "95", "执行率.档次.1.得分": "10", "执行率.档次.2.起": "0", "执行率.档次.2.得分": "4.5"}
    changes = bands | {"执行率.算法": "分档", "执行率.依据": BASIS, "指标分值.分配": "自定", "指标分值.产出指标": "",
                       "指标分值.依据": BASIS}  # fmt: skip
    assert client.post(FORM, data=filled_in(client, 名称="分档县") | changes).status_code == 200
    settings: dict[tuple[str, str], object] = dict(params.chosen(str(folder / "分档县.toml")).settings)
    assert settings["执行率", "档次"] == ((95, 10), (0, 4.5))
    assert settings["指标分值", "分配"] == "自定"


@pytest.mark.parametrize(
    ("field", "changes", "reason"),
    [
        ("执行率.分值", {"执行率.分值": "十分"}, "应为数字"),
        ("执行率.分值", {"执行率.分值": ""}, "写的是 空"),
        ("执行率.依据", {"执行率.依据": " "}, "没有写“依据”"),
        ("等级.依据", {"等级.优": "95"}, "还是原来的"),
        ("等级.良", {"等级.良": "95", "等级.依据": BASIS}, "应高于"),
        ("自年度", {"自年度": "去年"}, "应为整数"),
        ("名称", {"名称": ""}, "没有写“名称”"),
        ("名称", {"名称": "湖北"}, "自带的口径"),
        ("反向指标.算法", {"反向指标.算法": "随意"}, "线性或比例"),
        ("执行率.档次", {"执行率.算法": "分档", "执行率.档次.1.起": "90"}, "每一档是两个数"),
    ],
)
def test_each_mistake_stands_beside_its_field(
    client: TestClient, folder: Path, field: str, changes: dict[str, str], reason: str
) -> None:
    """In the sentences of the program's own check; nothing is written, and what was typed stays."""
    answer = client.post(FORM, data=filled_in(client, 名称="某某县") | changes)
    assert answer.status_code == 400
    assert reason in beside(answer.text, field)
    assert "还没有保存" in answer.text
    assert list(folder.glob("*.toml")) == []
    typed = [text for name, text in changes.items() if text.strip() and "算法" not in name]
    assert all(f'value="{text}"' in answer.text for text in typed)


def test_what_entries_add_up_to_is_checked(client: TestClient) -> None:
    """The sentence stands at the section, since no entry is wrong by itself."""
    changes = {"执行率.分值": "20", "执行率.依据": BASIS}
    page = client.post(FORM, data=filled_in(client, 名称="某某县") | changes).text
    assert "合计应为 100，现为 20 + 50 + 30 + 10 = 110" in page.partition("<legend>指标分值")[2]


def test_a_check_writes_nothing_and_says_what_changes(client: TestClient, folder: Path) -> None:
    """Neither the entries nor the rules that judge otherwise are kept."""
    changes = {"超额完成.比例": "150%", "超额完成.依据": BASIS, "do": "check"}
    page = client.post(FORM, data=filled_in(client, 名称="某某县") | changes).text
    assert "检查过，没有错" in page
    assert "<b>150%</b>" in page
    assert "S-21" in page
    assert "判断跟着变的规则" in page
    assert list(folder.glob("*.toml")) == []


def test_a_file_is_changed_by_its_form_and_by_no_other(client: TestClient, folder: Path) -> None:
    """A new profile overwrites none; an own profile may be corrected without another basis."""
    client.post(FORM, data=filled_in(client, 名称="某某县"))
    again = client.post(FORM, data=filled_in(client, 名称="某某县"))
    assert "没有覆盖" in beside(again.text, "名称")
    assert client.post(FORM, data=filled_in(client, "某某县.toml") | {"等级.优": "95"}).url.path == "/口径"
    assert [path.name for path in folder.glob("*.toml")] == ["某某县.toml"]
    assert params.chosen(str(folder / "某某县.toml"))["grade_excellent"] == 95
    for start in ("../x.toml", "没有.toml", "没有"):
        assert client.post(FORM, data=filled_in(client, 名称="甲") | {"start": start}).status_code == 400


@pytest.mark.parametrize("name", ["../../外面", "/外面", "..\\外面", ".xltool-desk/外面"])
def test_no_name_of_a_profile_leads_out_of_the_folder(client: TestClient, folder: Path, name: str) -> None:
    """It becomes the name of a file in the folder, which is offered."""
    assert client.post(FORM, data=filled_in(client, 名称=name)).url.path == "/口径"
    (written,) = folder.parent.rglob("*外面*")
    assert written.parent == folder
    assert written.name in client.get("/口径").text


def test_a_faulty_file_says_so(client: TestClient, folder: Path) -> None:
    """With the line of its mistake, where it is looked at and where it would be changed."""
    (folder / "坏.toml").write_text('"名称" = "坏"\n["等级"]\n"优" = 101\n"依据" = "甲"\n', encoding="utf-8")
    for address in ("/口径?name=坏.toml", f"{FORM}?from=坏.toml"):
        answer = client.get(address)
        assert answer.status_code == 400
        assert "第 3 行" in answer.text


def test_texts_of_the_form_are_texts() -> None:
    """Quotes, line ends and markup neither end an entry nor begin another."""
    text = '甲"\n["等级"]\n优 = 1 \\u0041 \x7f <b>'
    form = {f"{section}.依据": text for section in params.SECTIONS}
    for path, value in draft_of(params.DEFAULT).entries.items():
        form[".".join(path)] = str(value)
    checked = check(draft_from(form | {"名称": "甲", "自年度": "2024"}), None)
    assert checked.profile is not None
    assert checked.profile.basis["等级"] == " ".join(text.split())
    assert checked.profile["grade_excellent"] == params.DEFAULT["grade_excellent"]
    long = check(draft_from(form | {"名称": "甲", "执行率.依据": "长" * 40_000}), None)
    assert "文件太长" in long.mistakes[()][0]


def test_mistakes_of_a_profile_can_be_sent_to_another_process() -> None:
    """As every error of the program."""
    error = params.ProfileError([(3, "错")])
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (again.mistakes, str(again)) == (error.mistakes, "第 3 行：错")


def test_profiles_are_read_without_a_work_folder(bare: Desk) -> None:
    """The form needs a folder to write into, and is not offered."""
    page = client_of(bare).get("/口径?name=湖北").text
    assert "湖北省2020年表注" in page
    assert "据它做" not in page
