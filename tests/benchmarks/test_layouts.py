"""Real filings are read the same in other layouts; what the layouts do to a drawing."""

from __future__ import annotations

import pytest

from benchmarks.trust.drawing import drawings, parse_drawing
from benchmarks.trust.layouts.books import ARRANGEMENTS
from benchmarks.trust.layouts.catalogue import LAYOUTS, laid_out
from benchmarks.trust.layouts.measure import differences

FILINGS = {drawing.name: drawing for drawing in drawings("given", "seen")}
ONCE_LOST = [
    ("liangping_forestry_2022", "doubled_rows"),
    ("baoshan_veterans_2022", "in_figures"),
    ("chengan_elders_2020", "in_figures"),
    ("chengan_elders_2020", "doubled_columns"),
    ("chengan_elders_2020", "unmerged_lines"),
    ("haidian_roads_2016", "unmerged_lines"),
    ("hainan_service_trade", "no_title"),
    ("lingling_disease_2021", "money_in_pairs"),
    ("nanchong_forestry_2023", "goals_beside_labels"),
    ("pengshui_births_2024", "no_title"),
    ("pengshui_births_2024", "blank_rows_between"),
    ("xiao_hexi_2023", "levels_on_first_row"),
    ("yuanzhou_potato_2022", "names_below_labels"),
    ("yuanzhou_potato_2022", "unmerged"),
    *((name, "repeated") for name in ("baoshan_veterans_2022", "chengan_elders_2020", "haidian_roads_2016")),
    ("shangrao_justice_2021", "repeated"),
    *(("hainan_service_trade", name) for name in ("level_without_head", "weight_before_names", "worded_8")),
    *(("pengshui_births_2024", name) for name in ("level_without_head", "worded_8", "numbers_at_left")),
    *(("yixing_health_2016", name) for name in ("numbers_at_left", "worded_15")),
    ("shaoyang_epidemics_2021", "worded_8"),
    *(("ningde_quakes_2020", name) for name in ("sources_of_which", "score_before_weight_of_money")),
    *((name, "goals_below") for name in ("anju_food_2021", "anhui_radio_2021")),
    *((name, "form_below") for name in ("xiao_breeding_2023", "ezhou_science_2022")),
    ("huangshi_library_2022", "form_beside"),
    ("guangshui_road_2021", "hidden_codes"),
    ("huoqiu_science_2022", "two_rows_and_unmerged"),
    ("guangshui_road_2021", "units_in_numbered_two_rows"),
    ("nanhua_mushrooms", "repeated_and_broken"),
    ("xinzhou_opera_2020", "worded_12"),
    *(("liangping_forestry_2022", f"worded_{number}") for number in (8, 10)),
    *(("huangshi_library_2022", f"worded_{number}") for number in (5, 7)),
    *(("xianning_air_2021", f"worded_{number}") for number in (3, 4, 9)),
]
"""Filings and layouts that were read otherwise before the reader was mended."""
FORM = """\
place: 某县
year: 2022
kind: real

== 附件3 表
!项目支出绩效自评表
-项目名称 | > | 某项目{项目支出名称} | >
@资金 |  | 全年预算数{全年预算数} | 全年执行数{全年执行数}
$年度资金总额:^ | 年度资金总额 | 100 | 90
"""


@pytest.mark.parametrize(("name", "layout"), ONCE_LOST)
def test_a_filing_is_read_the_same_in_a_layout_in_which_it_once_was_not(name: str, layout: str) -> None:
    """Each was a general cause: what was mended stays mended."""
    assert layout in ARRANGEMENTS or laid_out(FILINGS[name].forms[0], layout) is not None
    assert differences([FILINGS[name]], [layout]) == []


def test_a_filing_is_read_the_same_in_every_layout() -> None:
    """No value is lost, and no rule reports an error that it did not report before."""
    assert differences([FILINGS["xianning_air_2021"]]) == []


def test_a_lost_value_and_a_new_error_are_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    """A layout that says something else is noticed: the benchmark can fail."""
    (without_name,) = parse_drawing("某县", FORM.replace("某项目{", "{")).forms
    monkeypatch.setattr("benchmarks.trust.layouts.measure.laid_out", lambda *_: without_name)
    (difference,) = differences([parse_drawing("某县", FORM)], ["spaced"])
    assert (difference.lost, difference.errors) == ((("附件3", "项目支出名称", None),), ("A3-01",))
    assert "spaced" in str(difference)


def test_layouts_change_a_form_or_leave_it_out() -> None:
    """Most layouts suit a full form, and none gives it back as it was; what a form lacks cannot be changed."""
    (form,) = FILINGS["zhongjiang_water_2022"].forms
    suited = [name for name in LAYOUTS if laid_out(form, name) is not None]
    assert {"spaced", "weight_before_target", "level_without_head", "money_in_pairs"} <= set(suited)
    assert all(laid_out(form, name) != form for name in suited)
    (without_indicators,) = parse_drawing("某县", FORM).forms
    assert laid_out(without_indicators, "level_without_head") is None
