"""Rules of the workbook itself (W) and of how values are written (T): what the reader notices.

The reader gives a note with the code of the rule and the words for the placeholders of its message. Title, message,
advice and severity are declared here. Rules named after a form (A1-25, A2-14) are about how its values are written.
"""

from __future__ import annotations

from msgspec import Struct

from xltool.findings import Severity
from xltool.forms.model import FORM_ROLES, REVIEW_ROLES, Role
from xltool.rules.model import ANY_FORM, TEMPLATES, NotedOn, Rule, register_rule
from xltool.rules.noted_examples import examples_in_words
from xltool.rules.typed_texts import CODE, typed_texts

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


class NotedRule(Struct, frozen=True):
    """An entry of the table below: a rule that the reader reports."""

    code: str
    severity: Severity
    title: str
    message: str
    advice: str
    basis: str = "填报要求：在下发的表样中填报"
    noted_on: frozenset[NotedOn] = ANY_FORM


_NOTATION = "数字书写规范"
_EXEMPTION = "豁免清单由财政部门批准，逐条有期限"
_SUPERVISION = "核对限时、限内存：一个文件不影响其余文件"
_ISSUED = frozenset({NotedOn.ISSUED})
_FOREIGN = frozenset({NotedOn.FOREIGN})
_COMPARED = _ISSUED | _FOREIGN
"""Forms whose printed texts are known: a template without its manifest is compared with nothing."""
_FILE, _PROFILE, _EXEMPTIONS = (frozenset({on}) for on in (NotedOn.FILE, NotedOn.PROFILE, NotedOn.EXEMPTIONS))
TABLE = (
    NotedRule(
        "W-01",
        ERROR,
        "表样齐全",
        "下发的工作簿中缺少工作表：{缺少}。",
        "请使用下发的完整工作簿填报，不要删除工作表。",
        noted_on=_ISSUED,
    ),
    NotedRule(
        "W-02",
        WARNING,
        "表样版本和提示文字",
        "表样由 {版本} 版生成，当前为 {当前} 版。",
        "版本不同一般不影响读取，有异常时请向财政部门索取新表样；残留的提示文字，换成实际内容。",
    ),
    NotedRule(
        "W-03",
        ERROR,
        "固定文字未改动",
        "表样的固定文字“{原文}”已被{改动}，数据仍按原文字读取。",
        "恢复表样原有文字，核对本栏填的是不是这项内容；需要说明的写在备注或报告里。",
        noted_on=_ISSUED,
    ),
    NotedRule(
        "W-04",
        WARNING,
        "公式未被覆盖",
        "{field}的公式已被改为固定数值 {filed}；{结论}",
        "恢复公式（退回件中已经恢复），合计和比率由表样自动计算；不对的，改参与计算的各格。",
        noted_on=TEMPLATES,
    ),
    NotedRule(
        "W-05",
        INFO,
        "数字以文本存放",
        "有 {个数} 个单元格的数字以文本存放，已按数字读取：{清单}。",
        "选中单元格，改为数字格式后重新输入，否则公式不会计入。",
        _NOTATION,
    ),
    NotedRule(
        "W-06",
        WARNING,
        "没有隐藏的数据",
        "隐藏的{范围}中有数据。",
        "取消隐藏，确认数据是否应当填报。",
    ),
    NotedRule(
        "W-07",
        WARNING,
        "没有宏、外部链接和嵌入对象",
        "工作簿含有{内容}，检查时不会执行或打开。",
        "另存为普通 .xlsx，断开链接、删除宏和嵌入对象后重新报送。",
        noted_on=_FILE,
    ),
    NotedRule(
        "W-08",
        ERROR,
        "没有错误值",
        "{field}显示为错误值 {filed}。",
        "检查公式引用的单元格；填报单元格请直接输入数值。",
    ),
    NotedRule(
        "W-09",
        ERROR,
        "公式结果与重算一致",
        "{field}保存的结果为 {filed}，重算应为 {expected}：文件保存时没有重新计算，或结果被改动。",
        "打开文件按 F9 重新计算并保存后再报送。",
        noted_on=TEMPLATES,
    ),
    NotedRule(
        "W-10",
        INFO,
        "表外没有数据",
        "表样范围之外有内容：“{内容}”。",
        "确认是否漏填在表内；草稿和备注请删除。",
        noted_on=_COMPARED,
    ),
    NotedRule(
        "W-11",
        ERROR,
        "单位为万元",
        "表样注明的单位“{原文}”已被改为“{现文}”。",
        "本表金额单位为万元，请恢复表样并按万元填报。",
        noted_on=_COMPARED,
    ),
    NotedRule(
        "W-12",
        INFO,
        "插入的行已计入",
        "{表}插入了 {行数} 行，已计入合计。",
        "无需处理。",
        noted_on=_ISSUED,
    ),
    NotedRule(
        "W-13",
        WARNING,
        "工作表保护完好",
        "工作表保护已被取消{公式情况}。",
        "在退回件（已恢复保护）或下发的表样上改正后重报，不要取消保护；确需调整的请联系财政部门。",
        noted_on=_ISSUED,
    ),
    NotedRule(
        "W-14",
        WARNING,
        "数据校验完好",
        "有 {个数} 个填报项的数据校验已被删除：{清单}。",
        "在退回件（已恢复校验）或下发的表样上填报；粘贴时选择“只粘贴数值”。",
        noted_on=_ISSUED,
    ),
    NotedRule(
        "W-15",
        WARNING,
        "公式未被改写",
        "{field}的公式已被改写为 {公式}；{结论}",
        "恢复原公式（退回件中已经恢复）；需要另加的数，填到参与计算的各格。",
        noted_on=_ISSUED,
    ),
    NotedRule(
        "W-16",
        WARNING,
        "文件已重新计算",
        "有 {个数} 个公式单元格未重算（没有保存计算结果），已由本工具重算。",
        "用 WPS 或 Excel 打开、保存一次后再报送。",
        noted_on=TEMPLATES,
    ),
    NotedRule(
        "W-17",
        ERROR,
        "本单位、本年度的表样",
        "本表样下发给“{下发}”，填报为“{填报}”：用错了表样。",
        "使用下发给本单位、本年度的表样重新填报。",
        noted_on=_ISSUED,
    ),
    NotedRule(
        "W-18",
        INFO,
        "表样来源可核对",
        "布局与下发的表样相同，但没有签发记录，无法核对公式和固定文字是否改动。",
        "在下发的原文件中填报，不要复制到新建的工作簿。",
        noted_on=TEMPLATES,
    ),
    NotedRule(
        "W-19",
        ERROR,
        "文件可以读取",
        "文件未能审核：{原因}",
        "按写明的原因改正后重新报送；扫描件、照片、PDF 请改报填好的电子表格；不是报送内容的，移出文件夹。",
        noted_on=_FILE,
    ),
    NotedRule(
        "W-20",
        ERROR,
        "表样的栏目完整",
        "{表}缺少栏目：{清单}。",
        "使用下发的完整表样填报，不要删除行、列和栏目。",
    ),
    NotedRule(
        "W-21",
        WARNING,
        "同一张表只报一份",
        "{表}报送了 {份数} 份（{文件}）。",
        "确认以哪一份为准，删除其余的。",
    ),
    NotedRule(
        "W-22",
        WARNING,
        "栏目位置可以确认",
        "{field}的位置只能按相邻单元格推断，请核对。",
        "核对该单元格的数值是否属于本栏目。",
        noted_on=_FOREIGN,
    ),
    NotedRule(
        "W-23",
        WARNING,
        "豁免在有效期内",
        "{单位}的豁免（规则 {规则}，理由：{理由}）已于 {期限} 到期，不再适用。",
        "仍需豁免的，重新批准并改有效期；不再需要的，从豁免清单中删除。",
        _EXEMPTION,
        noted_on=_EXEMPTIONS,
    ),
    NotedRule(
        "W-24",
        INFO,
        "豁免对应到问题",
        "{单位}的豁免（规则 {规则}，理由：{理由}）没有对应的问题。",
        "问题已改正的，从豁免清单中删除；没有改正的，核对规则、表、项目和栏目或单元格是否写对。",
        _EXEMPTION,
        noted_on=_EXEMPTIONS,
    ),
    NotedRule(
        "W-25",
        INFO,
        "扩展名与内容一致",
        "扩展名是 {扩展名}，内容是{内容}，已按内容读取。",
        "用 WPS 或 Excel 打开后另存一次，不要用改文件名的办法换格式；否则别人打开时会提示文件损坏。",
        noted_on=_FILE,
    ),
    NotedRule(
        "W-26",
        WARNING,
        "按已知的评分口径审核",
        "表样所带的评分口径“{表样口径}”{情况}，没有采用；本文件按“{采用口径}”口径审核{未核对}。",
        "表样是财政部门按这个口径签发的，审核时加 --profile 给出同一口径文件；不是的，请单位用下发的表样重新填报。",
        "评分口径由财政部门规定，不随报送的文件",
        noted_on=_PROFILE,
    ),
    NotedRule(
        "W-27",
        ERROR,
        "核对可以完成",
        "{对象}未能核对：{原因}。",
        "其余内容已照常核对，这部分请人工核对，或由单位用下发的表样重新填报。"
        "超时或内存不足的，可调高环境变量 XLTOOL_SECONDS、XLTOOL_MEMORY_MIB 后重新运行。",
        _SUPERVISION,
        noted_on=_FILE,
    ),
    NotedRule(
        "W-28",
        WARNING,
        "所报的是绩效自评表",
        "“{标题}”是{种类}，不是附件1、附件2、附件3这样的绩效自评表，没有审核{内容}。",
        "要报的是自评结果的，改报附件1、附件2、附件3；本来就是随附资料的，不必处理。",
        "附件1—3为年终自评；绩效目标表、运行监控表、评价指标体系各有用途，不是自评",
        noted_on=_FILE,
    ),
    NotedRule(
        "T-01",
        INFO,
        "全角字符和空格",
        "有 {个数} 个数字含全角字符或全角空格，已按数字读取：{清单}。",
        "删除空格，改用半角数字。",
        _NOTATION,
    ),
    NotedRule(
        "T-02",
        INFO,
        "千分位和括号负数",
        "有 {个数} 个数字带千分位或括号，已按数字读取：{清单}。",
        "去掉千分位逗号和括号。",
        _NOTATION,
    ),
    NotedRule(
        "T-03",
        INFO,
        "没有内容的写法",
        "有 {个数} 个数字单元格填“无”“——”“/”之类，按没有该项内容处理（不作 0 参与核对）：{清单}。",
        "确实没有的留空或填 0；有数的补填。",
        _NOTATION,
    ),
    NotedRule(
        "T-04",
        INFO,
        "比率的写法",
        "有 {个数} 个比率没有写百分号，已按百分数读取：{清单}。",
        "比率写作 76% 的形式。",
        _NOTATION,
    ),
    NotedRule(
        "T-05",
        WARNING,
        "多余标点",
        "有 {个数} 个数字带多余标点，已按数字读取，请核对：{清单}。",
        "删除多余标点。",
        _NOTATION,
    ),
    NotedRule(
        "T-06",
        INFO,
        "疑似识别错误",
        "有 {个数} 个数值疑似扫描识别错误：{清单}。",
        "对照原件核对数值和符号。",
        _NOTATION,
    ),
    NotedRule(
        "T-07",
        INFO,
        "日期写法",
        "有 {个数} 个日期写法不规范，已读取：{清单}。",
        "日期写作 2024年6月12日 或 2024-6-12。",
        _NOTATION,
    ),
    NotedRule(
        "T-08", INFO, "区间目标", "有 {个数} 个指标值为区间：{清单}。", "区间目标由人工核对完成情况。", _NOTATION
    ),
    NotedRule(
        "T-09",
        INFO,
        "比较符号写法",
        "有 {个数} 个比较符号写法不规范，已读取：{清单}。",
        "统一使用 ≥、≤、＞、＜、＝。",
        _NOTATION,
    ),
    NotedRule(
        "T-10",
        INFO,
        "数字带单位或为中文数字",
        "有 {个数} 个数字单元格带单位或为中文数字，已按数字读取：{清单}。",
        "数字单元格只填数字。",
        _NOTATION,
    ),
    NotedRule(
        "A1-25",
        INFO,
        "“——”格不填数",
        "{field}为“——”格，不需填报，填有 {filed}，未参与核对。",
        "核对是否错行错列；确属多填的删除即可。",
        "附件1表样该格印有“——”（2018年版曾填报）",
    ),
    NotedRule(
        "A2-14",
        INFO,
        "得分单元格不带单位",
        "有 {个数} 个得分单元格带“分”字，已按数字读取：{清单}。",
        "得分只填数字。",
        _NOTATION,
    ),
)

_ROLES_OF = {"A1-25": (Role.BASE_DATA,), "A2-14": REVIEW_ROLES}

for _noted in TABLE:
    register_rule(
        Rule(
            _noted.code,
            _noted.title,
            severity=_noted.severity,
            basis=_noted.basis,
            message=_noted.message,
            advice=_noted.advice,
            roles=_ROLES_OF.get(_noted.code, FORM_ROLES),
            # An unreadable entry is reported once, by the rule that asks for a number there.
            silenced_by=("S-10", "S-11", "A1-02", "A1-03") if _noted.code == "W-05" else (),
            noted_on=_noted.noted_on,
            live=typed_texts() if _noted.code == CODE else (),
            examples_in_words=examples_in_words(_noted.code),
        )
    )
