"""What came in, told against the roster: plain data for reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from xltool.auditing.acceptance import MissingForms


class ReceiptState(StrEnum):
    """What a file or a form in it counts as."""

    RECEIVED = "已收"
    LATE = "迟报"
    SUPERSEDED = "重复"
    WRONG_YEAR = "年度不符"
    SOMEBODY_ELSES = "他单位文件"
    TO_CONFIRM = "待确认"
    NOBODYS = "无法归属"
    UNREADABLE = "收到、未能审核"


@dataclass(frozen=True)
class Receipt:
    """One form that came in (or one file without a form): whose it is, why, and what it counts as."""

    path: str
    sheet: str
    form: str
    project: str
    filed_by: str
    """The department as the form names it."""
    code: str
    department: str
    """Code and name in the roster; "" where it is nobody's."""
    matched_by: str
    state: ReceiptState
    reason: str = ""


@dataclass(frozen=True)
class Account:
    """What a department owes and what it has sent."""

    code: str
    department: str
    contact: str
    phone: str
    owed: tuple[str, ...]
    """Forms due: 附件1, 附件2, 附件3（项目）."""
    received: tuple[str, ...]
    missing: tuple[str, ...]
    late: tuple[str, ...]
    duplicates: int = 0
    unexpected: tuple[str, ...] = ()
    """附件3 of projects the roster does not have."""
    unread: tuple[str, ...] = ()
    """Files of the department that could not be audited: a scanned form may be among them."""
    filing: str = ""
    """What its filing of this year is called."""

    @property
    def status(self) -> str:
        """已报齐, 部分报送, 收到、未能审核 or 未报."""
        if not self.received:
            return ReceiptState.UNREADABLE.value if self.unread else "未报"
        return "部分报送" if self.missing else "已报齐"


@dataclass(frozen=True)
class Inbox:
    """The whole inbox: an account a department of the roster, a receipt a form or file."""

    year: int | None
    accounts: tuple[Account, ...]
    receipts: tuple[Receipt, ...]
    notices: tuple[str, ...] = ()

    @property
    def spare(self) -> frozenset[str]:
        """The files that could not be read, of departments that owe nothing: nobody is asked for them again."""
        return frozenset(path for account in self.accounts if not account.missing for path in account.unread)

    @property
    def with_unread_files(self) -> frozenset[str]:
        """The filings of which a file came in that could not be read."""
        return frozenset(account.filing for account in self.accounts if account.unread)

    @property
    def codes(self) -> dict[str, str]:
        """The codes of the departments by what their filings of this year are called, in the order of the roster."""
        return {account.filing: account.code for account in self.accounts}

    @property
    def missing_forms(self) -> tuple[MissingForms, ...]:
        """The forms that departments have not filed."""
        return tuple(
            MissingForms(account.filing, account.department, account.missing)
            for account in self.accounts
            if account.missing
        )


def filing_label(department: str, year: int | None) -> str:
    """What the filing of a department of the roster is called."""
    return f"{department}（{year}）" if year else department
