"""Examples of the rules that the reader reports: values as typed and as read (T), situations in words (W)."""

from __future__ import annotations

from msgspec import Struct

from xltool.expr.nodes import Kind


class Typed(Struct, frozen=True):
    """A value typed into a cell of a kind, and how it is read; `read` is "" if it is read unchanged.

    Values of kind TEXT are targets or actual values of indicators.
    """

    kind: Kind
    text: str
    read: str = ""

    def __str__(self) -> str:
        shown = self.text.replace("\u3000", "□")
        return f"“{shown}”读作 {self.read}" if self.read else f"“{shown}”"


MONEY, RATE, DATE, SCORE, TEXT = Kind.MONEY, Kind.RATE, Kind.DATE, Kind.SCORE, Kind.TEXT

TYPED: dict[str, tuple[tuple[Typed, ...], tuple[Typed, ...]]] = {
    "T-01": (
        (Typed(MONEY, "19.23"), Typed(RATE, "125%")),
        (Typed(MONEY, "１９.２３", "19.23"), Typed(MONEY, "\u300027.48", "27.48"), Typed(TEXT, "１５个", "15个")),
    ),
    "T-02": (
        (Typed(MONEY, "1019.23"), Typed(MONEY, "-19.23")),
        (Typed(MONEY, "1,019.23", "1019.23"), Typed(MONEY, "(19.23)", "-19.23")),
    ),
    "T-04": (
        (Typed(RATE, "76%"), Typed(RATE, "100.00%")),
        (Typed(RATE, "76", "76%"), Typed(RATE, "1", "100%")),
    ),
    "T-05": (
        (Typed(MONEY, "7.50"),),
        (Typed(MONEY, "7.50.", "7.5"), Typed(MONEY, "12、", "12")),
    ),
    "T-06": (
        (Typed(TEXT, "≥90%"), Typed(TEXT, "≤100%"), Typed(TEXT, "6次")),
        (Typed(TEXT, "290%", "文字"), Typed(TEXT, "W100%", "文字"), Typed(TEXT, "次26次", "文字")),
    ),
    "T-07": (
        (Typed(DATE, "2024年6月12日"), Typed(DATE, "2024-06-12")),
        (Typed(DATE, "2024.6.12", "2024-06-12"), Typed(DATE, "20240612", "2024-06-12")),
    ),
    "T-08": (
        (Typed(TEXT, "≥15个"), Typed(TEXT, "15个")),
        (Typed(TEXT, "15-20个", "15～20个"), Typed(TEXT, "±10%", "-10～10%")),
    ),
    "T-09": (
        (Typed(TEXT, "≥735吨"), Typed(TEXT, "≤202.6万元"), Typed(TEXT, "=8个")),
        (Typed(TEXT, "》=15个", "≥15个"), Typed(TEXT, "≧735吨", "≥735吨"), Typed(TEXT, "﹦8个", "＝8个")),
    ),
    "T-10": (
        (Typed(MONEY, "19.23"),),
        (Typed(MONEY, "19.23万元", "19.23"), Typed(MONEY, "192300元", "19.23"), Typed(MONEY, "十九", "19")),
    ),
    "A2-14": (
        (Typed(SCORE, "6"), Typed(SCORE, "9.5")),
        (Typed(SCORE, "6分", "6"), Typed(SCORE, "10分", "10")),
    ),
}

SITUATIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "A1-25": (
        ("政府采购金额的上年栏仍是“——”", "该栏空白"),
        ("政府采购金额的上年栏填了 16.14",),
    ),
    "T-03": (
        ("没有的留空，或填 0", "偏差原因填“无”"),
        ("出国经费填“无”", "政府采购金额填“——”", "会议费培训费填“/”"),
    ),
    "W-01": (("三张工作表齐全；工作表改了名、换了次序",), ("下发时有附件1、附件2、附件3，报来的文件没有附件3",)),
    "W-02": (
        ("用本年下发的表样填报", "提示文字都换成了实际内容"),
        ("用以前版本生成的表样填报", "预期目标仍是表样的“简要说明……（100字以内）”"),
    ),
    "W-03": (("只在填报格填数，标题和栏目名没有动",), ("“三公经费”改成了“三公”", "“项目支出：”被删空")),
    "W-04": (
        ("控制率由公式算出",),
        ("控制率的公式被 1.25 覆盖，与重算一致：提示", "三公经费的公式被 30 覆盖，重算为 27.48万元：错误"),
    ),
    "W-05": (("15（数字格式）",), ("单元格是文本格式的“15”，表内公式不会计入", "金额格填“见附表”")),
    "W-06": (("没有隐藏的行、列和工作表",), ("第12行被隐藏，其中填有数据", "工作表附件3被隐藏")),
    "W-07": (("普通的 .xlsx 文件",), ("文件带有宏", "公式引用另一个文件", "嵌入了其他文档")),
    "W-08": (("各公式都有结果",), ("控制率显示为 #DIV/0!", "填报格里是 #REF!")),
    "W-09": (("打开、重新计算后保存",), ("编制12人、在职15人，控制率保存的结果却是150%",)),
    "W-10": (("内容都在表内；右侧审核栏由表样自动生成",), ("表下方写有“草稿”", "表右侧多出一个数 12.5")),
    "W-11": (("单位注明为万元，按万元填报",), ("“单位：万元”改成了“单位：元”",)),
    "W-12": (("项目不超过预留的行数",), ("在项目支出中插入2行，已计入合计",)),
    "W-13": (("工作表仍受保护",), ("工作表保护被取消，但公式完好", "有1个公式格被解除锁定")),
    "W-14": (("填报格的数据校验都在",), ("从别的文件整格粘贴，编制数的数据校验没有了",)),
    "W-15": (("控制率的公式仍是 在职人数÷编制数",), ("三公经费的公式改写成了 公务接待+2",)),
    "W-16": (("用 WPS 或 Excel 打开、保存后报送",), ("由其他程序写入数据，8个公式格没有结果",)),
    "W-17": (
        ("用下发给本单位、本年度的表样", "附件3的实施单位是下属单位，主管部门是本单位"),
        ("表样下发给甲局，部门名称填乙局", "2023年度的表样，标题改成2022年度"),
    ),
    "W-18": (("在下发的原文件中填报",), ("把表格复制到新建的工作簿里填报",)),
    "W-19": (
        ("文件能正常打开",),
        ("文件损坏", "文件加了打开密码", "报来的是扫描件或照片", "工作簿里没有要报的表"),
    ),
    "W-20": (("表样的行、列和栏目都在",), ("“编制数”所在的行被删除",)),
    "W-21": (("一张表报一份；附件3一个项目一份",), ("附件2报了两份，内容不同",)),
    "W-22": (("数值紧挨着自己的栏目名",), ("“主管部门”右边的格空着，再右边一格才有字，按本栏读取",)),
    "W-23": (("有效期至下月底的豁免",), ("有效期至上月底的豁免，问题仍在",)),
    "W-24": (("豁免的那一格确有这条规则的问题",), ("豁免的问题已经改正，豁免清单里还留着",)),
    "W-26": (
        ("表样按自带的湖北口径签发", "表样按本地口径文件签发，审核时用 --profile 给出同一文件"),
        (
            "表样按本地口径文件签发，审核时没有给出",
            "隐藏的签发记录里，口径被改宽",
            "名册写的是四川口径，表样带的是湖北口径",
        ),
    ),
    "W-25": (("附件1.xls 是 Excel 97—2003 工作簿",), ("附件1.xls 其实是 .xlsx 工作簿，只改了文件名",)),
    "W-28": (
        ("报的是附件3项目支出绩效自评表", "中央转移支付区域绩效目标自评表，按附件3审核"),
        ("报来的是年初的绩效目标申报表", "工作簿里夹有绩效运行监控表", "报来的是评价指标体系（评分标准）"),
    ),
    "W-27": (("各表都核对完毕",), ("附件2核对超过 60 秒仍未完成", "核对附件3时程序异常退出")),
}
"""What is fine and what is reported, by code."""


def examples_in_words(code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Examples of a noted rule in words, good and bad; KeyError if it has none."""
    if code in TYPED:
        fine, noted = TYPED[code]
        return tuple(map(str, fine)), tuple(map(str, noted))
    return SITUATIONS[code]
