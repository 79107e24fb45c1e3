"""The troubles that departments cause, and what the desk has to see of each in both rounds."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import openpyxl

from benchmarks.desk.other_formats import ENCRYPTED, PDF, RAR, as_blank_sheet, as_document
from benchmarks.desk.typing_in import FormTyper, fill_in, form_sheet
from tests.support.programs import office as libreoffice
from tools.samples.sample import FieldRef
from xltool.auditing.rounds.outcomes import Outcome
from xltool.forms import base_data as b
from xltool.forms import foot, review, self_review
from xltool.forms import project as p
from xltool.roster.inbox import ReceiptState

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.corpus.filing import Filing
    from benchmarks.desk.desk import Envelope

ANY: Final = "…"
"""Among expected rules: other rules may be violated as well."""
ALL, SOME, NONE, UNREADABLE = "已报齐", "部分报送", "未报", "收到、未能审核"
LATE_DAY: Final = "2024年7月8日"


@dataclass(frozen=True)
class Expectation:
    """What the desk has to see: 报送情况, states of receipts except 已收, rules of errors and warnings, notice or not.

    `fates` are the outcomes in 整改情况, in the second round.
    """

    status: str = ALL
    missing: int = 0
    states: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    notice: bool = False
    fates: frozenset[str] = frozenset()


def _nothing(_: object) -> None:
    """Change nothing."""


@dataclass(frozen=True)
class Trouble:
    """A trouble: `says` changes what the department fills in, `sends` changes the files in its envelope.

    In the second round the department files honestly, except for what `mends` changes: in the returned copies, or in
    the issued files where `fresh` is set. `again` changes the envelope further; with `silent` it sends nothing.
    Troubles that need LibreOffice (`office`) are left out where it is not installed.
    """

    name: str
    first: Expectation
    second: Expectation
    says: Callable[[Filing], None] = _nothing
    sends: Callable[[Envelope], None] = _nothing
    mends: Callable[[Filing], None] | None = None
    again: Callable[[Envelope], None] = _nothing
    silent: bool = False
    fresh: bool = False
    office: bool = False


def expect(status: str = ALL, missing: int = 0, *words: str, notice: bool | None = None) -> Expectation:
    """Build an expectation; each word is a rule (A1-05), a state of a receipt (重复) or an outcome (已整改)."""
    states = frozenset(word for word in words if word in set(ReceiptState))
    fates = frozenset(word for word in words if word in set(Outcome))
    rules = frozenset(words) - states - fates
    return Expectation(status, missing, states, rules, bool(rules or missing) if notice is None else notice, fates)


# --- what is filled in ------------------------------------------------------------------------


def _set(form: str, item: object, value: object) -> Callable[[Filing], None]:
    def says(filing: Filing) -> None:
        filing.papers_of(form)[0].enter(FieldRef(form, item), value)  # type: ignore[arg-type]

    return says


def _both(*parts: Callable[[Filing], None]) -> Callable[[Filing], None]:
    def says(filing: Filing) -> None:
        for part in parts:
            part(filing)

    return says


def _in_yuan(filing: Filing) -> None:
    for paper in filing.papers:
        for item, value in list(paper.values.items()):
            if item.kind.name == "MONEY" and isinstance(value, float) and item not in LOCKED:
                paper.values[item] = round(value * 10_000, 2)
        for row in paper.rows:
            for key in ("上年决算数", "本年决算数"):
                if isinstance(row.get(key), float):
                    row[key] = round(row[key] * 10_000, 2)


LOCKED: Final = frozenset({self_review.year.initial, *(line.initial for line in p.breakdown)})


def _swapped(filing: Filing) -> None:
    """全年预算数 and 全年执行数 of a project in each other's column."""
    values = filing.papers_of("附件3")[0].values
    line = p.appropriation
    values[line.budget], values[line.executed] = 100.0, values[line.budget]


def _off_by_ten(filing: Filing) -> None:
    row = filing.papers_of("附件1")[0].rows[0]
    row["本年决算数"] = round(row["本年决算数"] + 10, 2)


def _score_above(filing: Filing) -> None:
    row = filing.papers_of("附件2")[0].rows[0]
    row["得分"] = row["分值"] + 5


def _full_marks(filing: Filing) -> None:
    row = filing.papers_of("附件3")[0].rows[0]
    row["实际完成值"] = "0" + "".join(char for char in str(row["实际完成值"]) if not (char.isdigit() or char == "."))
    row["得分"] = row["分值"]


def _late(filing: Filing) -> None:
    for paper in filing.papers:
        paper.values[foot.filed_on] = LATE_DAY


def _short_name(filing: Filing) -> None:
    whole = filing.papers_of("附件2")[0]
    whole.values[self_review.department] = filing.department.removeprefix("临江县")


COPIED: Final = (
    "沿湖岸带布设界桩217处、栽植芦苇836丛，3支巡护小队全年巡护1460人次，枯水期水下清障42处、底泥取样化验96份，"
    "清退侵占岸线的简易棚屋19处，恢复自然岸线6.7公里，候鸟监测记录到越冬水鸟53种，湖岸带植被覆盖明显恢复。"
)


def _copied(filing: Filing) -> None:
    whole = filing.papers_of("附件2")[0]
    whole.values[review.achievement] = f"{COPIED}\n{whole.values[review.achievement]}"


# --- what is sent -----------------------------------------------------------------------------


def _no_folder(envelope: Envelope) -> None:
    shutil.rmtree(envelope.folder)


def _no_project(envelope: Envelope) -> None:
    envelope.path("附件3", 1).unlink()


def _two_versions(envelope: Envelope) -> None:
    path = envelope.path("附件2")
    path.rename(path.with_stem(path.stem + "（最终版）"))
    draft = envelope.office.filing.copy()
    _score_above(draft)
    envelope.typed(draft.papers_of("附件2")[0]).saved_at(EARLIER).save(path)


def _same_twice(envelope: Envelope) -> None:
    path = envelope.path("附件1")
    shutil.copyfile(path, path.with_stem(path.stem + " - 副本"))


def _last_years(envelope: Envelope) -> None:
    envelope.path("附件1").unlink()
    (old,) = (envelope.desk.last_year / envelope.office.name).glob("附件1*")
    shutil.copyfile(old, envelope.folder / old.name)


def _neighbours_template(envelope: Envelope) -> None:
    """Type 附件1 over the template of a department with as many projects, its protection lifted."""
    desk, mine = envelope.desk, envelope.issued_forms[0]
    other = next(
        forms[0]
        for code, forms in desk.issued_forms.items()
        if code != envelope.office.code and len(forms) == len(envelope.issued_forms)
    )
    hand = fill_in(desk.issued / other.path, mine, desk.filed[envelope.office.code].papers_of("附件1")[0], desk.base)
    hand.unprotect(form_sheet(hand)).save(envelope.path("附件1"))


def _in_anothers_folder(envelope: Envelope) -> None:
    other = next(office for office in envelope.desk.offices if office.code != envelope.office.code)
    into = envelope.desk.envelope(other, envelope.round_).folder
    into.mkdir(parents=True, exist_ok=True)
    path = envelope.path("附件3", 0)
    path.rename(into / path.name)


def _retyped(envelope: Envelope) -> None:
    as_blank_sheet(envelope.path("附件1"))


def _as_xls(envelope: Envelope) -> None:
    path = envelope.path("附件2")
    libreoffice.convert([path], envelope.folder, "xls")
    path.unlink()


def _as_docx(envelope: Envelope) -> None:
    path = envelope.path("附件2")
    as_document(path, path.with_suffix(".docx"))
    path.unlink()


def _zipped(envelope: Envelope) -> None:
    paths = sorted(envelope.folder.iterdir())
    with zipfile.ZipFile(envelope.folder / "自评材料.zip", "w", zipfile.ZIP_DEFLATED) as package:
        for path in paths:
            package.write(path, path.name)
            path.unlink()


def _rar(envelope: Envelope) -> None:
    for path in sorted(envelope.folder.iterdir()):
        path.unlink()
    (envelope.folder / "自评材料.rar").write_bytes(RAR)


def _instead(form: str, suffix: str, content: bytes) -> Callable[[Envelope], None]:
    def sends(envelope: Envelope) -> None:
        path = envelope.path(form)
        path.unlink()
        path.with_suffix(suffix).write_bytes(content)

    return sends


def _broken(envelope: Envelope) -> None:
    path = envelope.path("附件1")
    path.write_bytes(path.read_bytes()[:4000])


def _overtyped(form: str, key: str, change: Callable[[float], float | str]) -> Callable[[Envelope], None]:
    """Protection lifted, and another value typed over a formula."""

    def sends(envelope: Envelope) -> None:
        path = envelope.path(form)
        sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
        hand = FormTyper(path)
        cell = hand.place_of(form_sheet(hand), key)
        hand.unprotect(form_sheet(hand)).put(form_sheet(hand), cell, change(float(str(sheet[cell].value)))).save(path)

    return sends


def _row_inserted(envelope: Envelope) -> None:
    """A row in the middle of the project table of 附件1."""
    path = envelope.path("附件1")
    hand = FormTyper(path)
    sheet = form_sheet(hand)
    first = hand.place_of(sheet, "项目名称").partition(":")[0]
    hand.insert_row(sheet, int(first.lstrip("ABCDEFG")) + 1).save(path)


def _unasked(filing: Filing) -> None:
    """Another figure that nobody asked about."""
    values = filing.papers_of("附件1")[0].values
    values[b.office.last] = round(values[b.office.last] * 1.01, 2)


def _renamed(envelope: Envelope) -> None:
    """Save the corrected file under another name, beside the first file."""
    path = envelope.path("附件2")
    path.rename(path.with_stem(path.stem + "（修改）"))
    shutil.copyfile(envelope.desk.inboxes[0] / envelope.folder.name / path.name, path)


EARLIER: Final = datetime(2024, 6, 1, 9, tzinfo=UTC)
M, S, N, U = Outcome.RESOLVED, Outcome.UNRESOLVED, Outcome.NOT_RESUBMITTED, Outcome.UNREQUESTED
_SIGN_1 = _set("附件1", foot.signature, None)
_SIGN_2 = _set("附件2", foot.signature, None)
_NO_THRIFT = _set("附件1", b.thrift, None)
TROUBLES: Final = (
    Trouble("什么也没报", expect(NONE, 5), expect(), sends=_no_folder, mends=_late),
    Trouble("附件3少报一个项目", expect(SOME, 1, "X-06"), expect(ALL, 0, M), sends=_no_project),
    Trouble("附件2两份，一份是最终版", expect(ALL, 0, "重复"), expect(ALL, 0, "重复"), sends=_two_versions),
    Trouble("同一份文件报了两遍", expect(ALL, 0, "重复"), expect(ALL, 0, "重复"), sends=_same_twice),
    Trouble("附件1用的是上年的表", expect(SOME, 1, "年度不符"), expect(ALL, 0, "年度不符"), sends=_last_years),
    Trouble(
        "附件1填在别的单位的表样里",
        expect(ALL, 0, "他单位文件", "W-17", "W-13"),
        expect(ALL, 0, M),
        sends=_neighbours_template,
        fresh=True,
    ),
    Trouble("附件3放进了别的单位的文件夹", expect(), expect(), sends=_in_anothers_folder),
    Trouble("附件1照抄到没有保护的空白表里", expect(), expect(), sends=_retyped),
    Trouble("附件2存成 .xls", expect(), expect(), sends=_as_xls, office=True),
    Trouble("附件2存成 .docx", expect(), expect(), sends=_as_docx),
    Trouble("全部装在一个 .zip 里", expect(), expect(), sends=_zipped),
    Trouble(
        "全部装在一个 .rar 里",
        expect(UNREADABLE, 5, "收到、未能审核", "W-19"),
        expect(ALL, 0, "收到、未能审核", "W-19", notice=False),
        sends=_rar,
    ),
    Trouble(
        "附件2是扫描件 PDF",
        expect(SOME, 1, "收到、未能审核", "W-19"),
        expect(ALL, 0, "收到、未能审核", "W-19", notice=False),
        sends=_instead("附件2", ".pdf", PDF),
    ),
    Trouble("附件1文件损坏", expect(SOME, 1, "收到、未能审核", "W-19"), expect(ALL, 0, M), sends=_broken),
    Trouble(
        "附件1加了密码",
        expect(SOME, 1, "收到、未能审核", "W-19"),
        expect(ALL, 0, M),
        sends=_instead("附件1", ".xlsx", ENCRYPTED),
    ),
    Trouble(
        "撤销保护，三公经费合计改成数字",
        expect(ALL, 0, "W-04", "W-13", "A1-07", ANY),
        expect(ALL, 0, M),
        sends=_overtyped("附件1", "三公经费_本年决算数", lambda value: round(value + 3, 2)),
    ),
    Trouble(
        "控制率改填成 1.25%，后来改用下发的表样",
        expect(ALL, 0, "W-04", "W-13", "A1-04"),
        expect(ALL, 0, M),
        sends=_overtyped("附件1", "控制率", lambda _: "1.25%"),
        fresh=True,
    ),
    Trouble("金额按元填报", expect(ALL, 0, "A1-32", ANY), expect(ALL, 0, M), says=_in_yuan),
    Trouble("预算数和执行数填错了栏", expect(ALL, 0, "A3-08", ANY), expect(ALL, 0, M), says=_swapped),
    Trouble("附件1项目决算数多了10万元", expect(ALL, 0, "X-06", ANY), expect(ALL, 0, M), says=_off_by_ten),
    Trouble("得分高于分值", expect(ALL, 0, "S-08"), expect(ALL, 0, M), says=_score_above),
    Trouble("没有完成也打满分", expect(ALL, 0, "S-14", ANY), expect(ALL, 0, M), says=_full_marks),
    Trouble("插入一行", expect(), expect(), sends=_row_inserted),
    Trouble("单位名称写简称", expect(ALL, 0, "X-01"), expect(ALL, 0, M), says=_short_name),
    Trouble("文字抄自别的单位", expect(ALL, 0, "X-16"), expect(ALL, 0, M), says=_copied),
    Trouble("文字抄自别的单位（另一家）", expect(ALL, 0, "X-16"), expect(ALL, 0, M), says=_copied),
    Trouble("迟报", expect(ALL, 0, "迟报"), expect(), says=_late),
    Trouble(
        "没有签字也没有写措施，只改一半",
        expect(ALL, 0, "A1-30", "A1-34"),
        expect(ALL, 0, "A1-30", M, S),
        says=_both(_NO_THRIFT, _SIGN_2),
        mends=_NO_THRIFT,
    ),
    Trouble("改了没人要求改的数", expect(ALL, 0, "A1-34"), expect(ALL, 0, M, U), says=_SIGN_1, mends=_unasked),
    Trouble("退回后再也没有报送", expect(ALL, 0, "A1-34"), expect(ALL, 0, "A1-34", N), says=_SIGN_2, silent=True),
    Trouble(
        "改好的另存一份，旧的还在", expect(ALL, 0, "A1-34"), expect(ALL, 0, M, "重复"), says=_SIGN_2, again=_renamed
    ),
)
"""In the order in which departments get them; a department's place never changes."""
