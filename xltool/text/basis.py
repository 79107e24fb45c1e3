"""What rules rest on, where several rules share it, and the kinds of target they can compare."""

FORM = "附件2、附件3表样"
ARITHMETIC = "表内勾稽关系"
BETWEEN_FORMS = "表间勾稽关系"
PRACTICE = "审核惯例"
HUNAN = "湖南省部门整体支出绩效评价指标表"
WEIGHTS = "预算执行率10分、产出50分、效益30分、满意度10分（中江县2022年表注；各地口径不同）"
SHARES = f"{WEIGHTS}；另设一级指标的表样（如成本指标，财预〔2021〕101号）分值另定，不按此核对"
SCORING = "定量指标：完成的记满分，未完成的按完成值与指标值的比例记分，得分不超过分值（中江县2022年、江西省2017年表注）"
REVERSE = "反向指标：不超过目标值的记满分，超过的按超出比例扣分（湖北省2020年、江西省2017年表注）"

NUMBER = ("^(number|percent)$", "是数量或百分数")
PERCENT = ("^percent$", "是百分数")
"""Kinds of target that can be compared."""
