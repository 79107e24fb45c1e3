"""The sheets 报送情况, 催报清单 and 收件清单: what is owed and what came in, compared with the roster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.outputs.sheets.sheet_writer import AMBER, BLUE, GREEN, LAST_ROW, RED, ListColumn, SheetWriter
from xltool.roster.inbox import ReceiptState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.outputs.sheets.links import Linker
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter
    from xltool.roster.inbox import Account, Inbox, Receipt

ACCOUNTS: Final = "报送情况"
REMINDERS: Final = "催报清单"
RECEIPTS: Final = "收件清单"
ACCOUNT_COLUMNS: Final = (
    ListColumn("单位编码", 10),
    ListColumn("单位", 30),
    ListColumn("情况", 15),
    ListColumn("应报", 8),
    ListColumn("已报", 8),
    ListColumn("未报", 8),
    ListColumn("未报的表", 44),
    ListColumn("迟报的表", 30),
    ListColumn("重复待定", 9),
    ListColumn("名册以外的项目", 34),
    ListColumn("未能审核的文件", 44),
)
REMINDER_COLUMNS: Final = (
    ListColumn("序号", 6),
    ListColumn("单位编码", 10),
    ListColumn("单位", 30),
    ListColumn("联系人", 12),
    ListColumn("联系电话", 16),
    ListColumn("未报份数", 10),
    ListColumn("未报的表", 60),
    ListColumn("催报记录", 24),
)
RECEIPT_COLUMNS: Final = (
    ListColumn("序号", 6),
    ListColumn("文件", 56),
    ListColumn("工作表", 12),
    ListColumn("表", 8),
    ListColumn("项目", 24),
    ListColumn("表上的单位", 26),
    ListColumn("归属单位", 26),
    ListColumn("怎样认定", 18),
    ListColumn("状态", 15),
    ListColumn("说明", 56),
)
UNREAD: Final = ReceiptState.UNREADABLE.value
NOT_ASKED: Final = "应报的表已经报齐，通知里不再要求重报"
STATUS_INK: Final = {"已报齐": GREEN, "部分报送": AMBER, UNREAD: RED, "未报": RED}
STATE_INK: Final = {
    ReceiptState.RECEIVED: GREEN, ReceiptState.LATE: AMBER, ReceiptState.SUPERSEDED: BLUE, ReceiptState.WRONG_YEAR: RED,
    ReceiptState.SOMEBODY_ELSES: RED, ReceiptState.TO_CONFIRM: AMBER,
    ReceiptState.NOBODYS: RED, ReceiptState.UNREADABLE: RED,
}  # fmt: skip
_CENTRED: Final = 3


def write(book: WorkbookWriter, inbox: Inbox | None, links: Linker) -> None:
    """Write the three sheets if there is a roster."""
    if inbox is None:
        return
    _accounts(book, inbox)
    _reminders(book, [account for account in inbox.accounts if account.missing])
    _receipts(book, inbox, links)


def _accounts(book: WorkbookWriter, inbox: Inbox) -> None:
    sheet = book.sheet(ACCOUNTS, ACCOUNT_COLUMNS, tab=GREEN[0])
    sheet.set_print_title(ACCOUNTS)
    states = [account.status for account in inbox.accounts]
    shown = (state for state in STATUS_INK if state != UNREAD or UNREAD in states)
    counts = "，".join(f"{state} {states.count(state)}" for state in shown)
    sheet.write_text(0, 0, f"应报单位 {len(states)} 个：{counts}", "subtitle")
    sheet.start_list(len(inbox.accounts), frozen=2, head=1)
    for row, account in enumerate(inbox.accounts, start=2):
        texts = [account.code, account.department, account.status]
        for column, text in enumerate(texts):
            sheet.write_text(row, column, text, "centre" if column != 1 else "text")
        for column, count in enumerate(
            (len(account.owed), len(account.received), len(account.missing)), start=_CENTRED
        ):
            sheet.write_number(row, column, count, "integer")
        due = [_join_names(names, account.owed) for names in (account.missing, account.late)]
        lists = [*due, "", "、".join(account.unexpected), "、".join(account.unread)]
        for column, text in enumerate(lists, start=6):
            sheet.write_text(row, column, text)
        sheet.write_number(row, 8, account.duplicates or None, "integer")
        sheet.fit_height(row, [*texts, None, None, None, *lists])
    _colour_states(sheet, 2, len(inbox.accounts) + 1, 2, STATUS_INK)


def _join_names(names: Sequence[str], owed: Sequence[str]) -> str:
    """The names of forms, or 全部 for all that are owed."""
    return "全部" if len(names) > 1 and set(owed) <= set(names) else "、".join(names)


def _reminders(book: WorkbookWriter, owing: list[Account]) -> None:
    sheet = book.sheet(REMINDERS, REMINDER_COLUMNS, tab=RED[0])
    sheet.set_print_title(REMINDERS)
    sheet.start_list(len(owing), frozen=3, empty="应报的表都已收到。")
    for row, account in enumerate(owing, start=1):
        missing = ("全部" if not account.received else "、".join(account.missing)) + _unread(account)
        texts = [None, account.code, account.department, account.contact, account.phone, None, missing, None]
        sheet.write_number(row, 0, row, "integer")
        for column, text in enumerate(texts[1:], start=1):
            sheet.write_text(row, column, text, "centre" if column in {1, 3, 4} else "text")
        sheet.write_number(row, 5, len(account.missing), "integer")
        sheet.fit_height(row, texts)


def _unread(account: Account) -> str:
    """A remark on received files that could not be audited."""
    return f"（收到 {len(account.unread)} 个文件未能审核：{'、'.join(account.unread)}）" if account.unread else ""


def _receipts(book: WorkbookWriter, inbox: Inbox, links: Linker) -> None:
    sheet = book.sheet(RECEIPTS, RECEIPT_COLUMNS, tab=BLUE[0])
    sheet.set_print_title(RECEIPTS)
    sheet.start_list(len(inbox.receipts), frozen=2, empty="没有收到文件。")
    # Files that need attention come first.
    sheet.omit_rows(len(inbox.receipts) - LAST_ROW)
    shown = sorted(inbox.receipts, key=lambda receipt: receipt.state is ReceiptState.RECEIVED)[:LAST_ROW]
    spare = inbox.spare
    for row, receipt in enumerate(shown, start=1):
        _receipt(sheet, row, receipt, links, more=NOT_ASKED if receipt.path in spare else "")
    _colour_states(sheet, 1, len(shown), 8, {state.value: pair for state, pair in STATE_INK.items()})


def _receipt(sheet: SheetWriter, row: int, receipt: Receipt, links: Linker, *, more: str) -> None:
    texts = [
        receipt.path, receipt.sheet, receipt.form, receipt.project,
        receipt.filed_by, receipt.department, receipt.matched_by, receipt.state.value,
        "；".join(filter(None, (receipt.reason, more))),
    ]  # fmt: skip
    sheet.write_number(row, 0, row, "integer")
    sheet.write_link(row, 1, links(receipt.path, receipt.sheet or None, None), receipt.path)
    for column, text in enumerate(texts[1:], start=2):
        sheet.write_text(row, column, text, "centre" if column in {3, 8} else "text")
    sheet.fit_height(row, [None, *texts])


def _colour_states(sheet: SheetWriter, first: int, last: int, column: int, inks: dict[str, tuple[str, str]]) -> None:
    for word, pair in inks.items():
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": sheet.book.colour(pair)}
        sheet.worksheet.conditional_format(first, column, max(first, last), column, rule)
