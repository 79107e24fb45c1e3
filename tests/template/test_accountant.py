"""An accountant's session at a combined workbook in LibreOffice: fill in, err, see the message, mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.programs.office import needs_office
from tools.guide.accountant import ERRORS, PASSED, Accountant, TypicalError

if TYPE_CHECKING:
    from tools.guide.accountant import Seen

pytestmark = needs_office


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> list[Seen]:
    """The blank workbook, the filled one, and two looks for each error; one process."""
    seen = Accountant().run(ERRORS, tmp_path_factory.mktemp("session"))
    assert len(seen) == 2 + 2 * len(ERRORS)
    return seen


def test_a_blank_workbook_is_to_be_filled_in_and_a_filled_one_is_normal(session: list[Seen]) -> None:
    """Nothing is wrong with either; every form of the blank one names what is blank."""
    blank, filled = session[:2]
    assert blank.status == "公式自检：正常　　填写完整：34 处待填"
    assert [form for form, _ in blank.blank] == ["附件1", "附件2", "附件3", "附件3-2"]
    assert (filled.status, filled.wrong, filled.blank) == (PASSED, (), ())


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.name)
def test_an_error_is_named_with_its_cell_until_it_is_mended(session: list[Seen], error: TypicalError) -> None:
    """The first sheet has the whole message and the cell; mended, everything is normal again."""
    at = 2 + 2 * ERRORS.index(error)
    wrong, mended = session[at : at + 2]
    assert wrong.status != PASSED
    assert (error.place, error.message) in wrong.wrong + wrong.blank
    assert (mended.status, mended.wrong, mended.blank) == (PASSED, (), ())
