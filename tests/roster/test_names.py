"""Names of departments: one name in other words is found, and no name is taken for another's."""

from __future__ import annotations

from typing import Final

import pytest

from xltool.roster import Certainty, Department, Roster

ROSTER: Final = Roster(
    tuple(
        Department(f"{number:03}", name, short)
        for number, (name, short) in enumerate(
            (
                ("岳阳市君山产业开发区管委会", ("开发区",)),
                ("君山区水利局", ()),
                ("君山区教育局", ()),
                ("君山区城市管理和综合执法局", ("城管局",)),
                ("君山区市场监督管理局", ()),
                ("君山区发展和改革局", ()),
                ("城关镇人民政府", ()),
                ("城东镇人民政府", ()),
                ("君山区第一中学", ()),
                ("君山区第二中学", ()),
                ("君山区人力资源和社会保障局", ()),
                ("中共君山区委办公室", ()),
                ("君山区人民政府办公室", ()),
                ("君山区住房和城乡建设局", ()),
                ("君山区农业农村局", ()),
                ("君山区妇女联合会", ()),
                ("柳林洲街道办事处", ()),
                ("君山区卫生健康局", ()),
                ("君山区自然资源局", ()),
                ("君山区退役军人事务局", ("退役局",)),
            )
        )
    )
)
EXACT, FOLDED, ABBREVIATED = Certainty.EXACT, Certainty.FOLDED, Certainty.ABBREVIATED


@pytest.mark.parametrize(
    ("name", "meant", "certainty"),
    [
        ("君山区水利局", "君山区水利局", EXACT),
        ("　君山区　水利局 ", "君山区水利局", FOLDED),
        ("君山区水利局（本级）", "君山区水利局", FOLDED),
        ("(君山区)水利局", "君山区水利局", FOLDED),
        ("012-君山区水利局", "君山区水利局", FOLDED),
        ("012 君山区水利局", "君山区水利局", FOLDED),
        ("君山区水利局（公章）", "君山区水利局", FOLDED),
        ("水利局", "君山区水利局", ABBREVIATED),
        ("区水利局", "君山区水利局", ABBREVIATED),
        ("君山水利局", "君山区水利局", ABBREVIATED),
        ("岳阳市君山区水利局", "君山区水利局", ABBREVIATED),
        ("湖南省岳阳市君山区水利局", "君山区水利局", ABBREVIATED),
        ("岳阳君山产业开发区管委会", "岳阳市君山产业开发区管委会", ABBREVIATED),
        ("岳阳市君山产业开发区管理委员会", "岳阳市君山产业开发区管委会", ABBREVIATED),
        ("君山产业开发区管委会", "岳阳市君山产业开发区管委会", ABBREVIATED),
        ("开发区", "岳阳市君山产业开发区管委会", ABBREVIATED),
        ("城管局", "君山区城市管理和综合执法局", ABBREVIATED),
        ("君山区城市管理局", "君山区城市管理和综合执法局", ABBREVIATED),
        ("君山区城管执法局", "君山区城市管理和综合执法局", ABBREVIATED),
        ("城市管理综合执法局", "君山区城市管理和综合执法局", ABBREVIATED),
        ("市监局", "君山区市场监督管理局", ABBREVIATED),
        ("君山区市监局", "君山区市场监督管理局", ABBREVIATED),
        ("市场监督管理局", "君山区市场监督管理局", ABBREVIATED),
        ("君山区市场监管局", "君山区市场监督管理局", ABBREVIATED),
        ("发改局", "君山区发展和改革局", ABBREVIATED),
        ("君山区发展改革局", "君山区发展和改革局", ABBREVIATED),
        ("城关镇", "城关镇人民政府", ABBREVIATED),
        ("君山区城关镇政府", "城关镇人民政府", ABBREVIATED),
        ("城东镇", "城东镇人民政府", ABBREVIATED),
        ("一中", "君山区第一中学", ABBREVIATED),
        ("君山区二中", "君山区第二中学", ABBREVIATED),
        ("第二中学", "君山区第二中学", ABBREVIATED),
        ("人社局", "君山区人力资源和社会保障局", ABBREVIATED),
        ("君山区人力资源与社会保障局", "君山区人力资源和社会保障局", ABBREVIATED),
        ("区委办", "中共君山区委办公室", ABBREVIATED),
        ("君山区委办公室", "中共君山区委办公室", ABBREVIATED),
        ("政府办", "君山区人民政府办公室", ABBREVIATED),
        ("区政府办公室", "君山区人民政府办公室", ABBREVIATED),
        ("住建局", "君山区住房和城乡建设局", ABBREVIATED),
        ("妇联", "君山区妇女联合会", ABBREVIATED),
        ("柳林洲街道", "柳林洲街道办事处", ABBREVIATED),
        ("柳林洲街道办", "柳林洲街道办事处", ABBREVIATED),
        ("卫健局", "君山区卫生健康局", ABBREVIATED),
        ("退役局", "君山区退役军人事务局", ABBREVIATED),
        ("退役军人局", "君山区退役军人事务局", ABBREVIATED),
    ],
)
def test_the_department_a_name_means(name: str, meant: str, certainty: Certainty) -> None:
    """A name in other signs, other words or fewer places is that department's, with how certain that is."""
    answer = ROSTER.matching(name)
    assert answer is not None
    assert answer.department is not None
    assert (answer.department.name, answer.certainty) == (meant, certainty)


@pytest.mark.parametrize(
    "name",
    [
        "", "　", "财政局", "体育局", "城西镇", "城关街道", "第三中学", "三中", "第十二中学", "卫健委",
        "发展和改革委员会", "管委会", "君山区", "局", "水务局", "君山区第二小学", "西湖街道办事处", "审计局",
    ],
)  # fmt: skip
def test_other_departments_are_not_taken_for_one(name: str) -> None:
    """教育局 is not 体育局, 城关镇 not 城西镇, 第一中学 not 第三中学: no candidate is named at all."""
    assert ROSTER.matching(name) is None


@pytest.mark.parametrize(
    ("name", "candidate"),
    [
        ("农业局", "君山区农业农村局"),
        ("君山区教育体育局", "君山区教育局"),
        ("自然资原局", "君山区自然资源局"),
        ("岳阳市水利局", "君山区水利局"),
        ("华容县水利局", "君山区水利局"),
        ("区政府", "君山区人民政府办公室"),
    ],
)
def test_what_only_comes_near_is_doubtful(name: str, candidate: str) -> None:
    """A name that comes near, or is of another town, is told with its candidate and taken for none."""
    answer = ROSTER.matching(name)
    assert answer is not None
    assert (answer.certainty, answer.department) == (Certainty.DOUBTFUL, None)
    assert answer.candidates[0].name == candidate


def test_two_that_a_name_may_mean_are_doubtful() -> None:
    """水利局 alone means neither of two, and both are named."""
    two = Roster((Department("1", "岳阳市水利局"), Department("2", "君山区水利局"), Department("3", "君山区水利局")))
    for name, count in (("水利局", 3), ("君山区水利局", 2)):
        answer = two.matching(name)
        assert answer is not None
        assert answer.department is None
        assert len(answer.candidates) == count


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("某某县教育局", "某某县体育局"),
        ("某某县城关镇人民政府", "某某县城东镇人民政府"),
        ("某某县第一中学", "某某县第二中学"),
        ("某某县第一人民医院", "某某县第二人民医院"),
        ("某某县东街小学", "某某县西街小学"),
        ("某某县委宣传部", "某某县委组织部"),
        ("某某县人大常委会", "某某县政协"),
        ("某某县政府办公室", "某某县委办公室"),
        ("某某县总工会", "某某县妇女联合会"),
        ("某某县农业农村局", "某某县林业局"),
        ("某某市第十一中学", "某某市第十二中学"),
    ],
)
def test_neighbours_are_never_matched(first: str, other: str) -> None:
    """Departments of one town that look alike are nobody's match, in full or without their town."""
    single = Roster((Department("1", first),))
    for name in (other, other.removeprefix("某某县").removeprefix("某某市")):
        answer = single.matching(name)
        assert answer is None or answer.department is None
