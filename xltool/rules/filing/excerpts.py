"""What of a filing is held against other filings: its long texts, as sentences that can prove something.

A short sentence proves nothing, nor does one of the phrases everybody writes about spending.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from xltool import params
from xltool.forms import base_data, project, review, self_review
from xltool.forms.model import Role
from xltool.text.lazy_pattern import lazy_pattern
from xltool.text.views import Excerpt
from xltool.text.wording import fold_case, split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.text.views import FilingView

TEXTS: Final = {item.key: item for item in (review.goal, review.achievement, base_data.thrift)}
_LIMITS = params.load()
_EVERYBODY: Final = lazy_pattern(
    lambda: re.compile(
        "八项规定|厉行节约|过紧日子|反对浪费|三公|预算(?:管理|编制|执行|绩效|约束)|绩效(?:管理|评价|目标|自评)|财务(?:管理|制度)|内部控制|内控|专款专用"
        "|公务(?:接待|用车)|政府采购|正常(?:运转|运行|办公)|人员经费|公用经费|一般性支出|资金使用|会议费|培训费|差旅费|国有资产"
    )
)
_NUMBER: Final = lazy_pattern(lambda: re.compile(r"\d+(?:\.\d+)?"))
_CODE: Final = lazy_pattern(lambda: re.compile(r"^[\d\s]+[-—－]"))


def excerpts(filing: FilingView) -> Iterator[Excerpt]:
    """The texts of a filing that are long enough to be copied; none if the department gives no name."""
    shown = _names(filing)
    names = tuple(dict.fromkeys(map(fold_case, shown)))
    for view in filing.forms if names else ():
        for key in filter(view.texts.__contains__, TEXTS):
            length, parts = _telling(view.text(key), names)
            if length >= _LIMITS["copied_length"]:
                yield Excerpt(
                    form=view.form,
                    submission=view.submission,
                    year=view.year,
                    field=key,
                    names=names,
                    shown=shown[0],
                    project=fold_case(view.text(project.name.key)),
                    length=length,
                    parts=parts,
                )


@lru_cache(16)
def _telling(text: str, names: tuple[str, ...]) -> tuple[int, tuple[tuple[str, str], ...]]:
    """The characters of all sentences without these names, and the sentences that not everybody writes.

    Cached, because 附件2 and 附件3 of a department often hold the same text.
    """
    parts = [_without(names, sentence) for sentence in split_sentences(text)]
    recognisable = ((part, numbers_in(part)) for part in parts if len(part) >= _LIMITS["copied_sentence"])
    return sum(map(len, parts)), tuple(
        (part, numbers) for part, numbers in recognisable if " " in numbers or not _EVERYBODY.search(part)
    )


def numbers_in(text: str) -> str:
    """The numbers of a text in their order, separated by blanks."""
    return " ".join(_NUMBER.findall(text))


def _names(filing: FilingView) -> tuple[str, ...]:
    """The names of the department, as written; in a filing with 附件3 only, those of the units of its projects."""
    own = ((Role.BASE_DATA, base_data.unit.key), (Role.DEPARTMENT_REVIEW, self_review.department.key))
    units = ((Role.PROJECT_REVIEW, project.supervisor.key), (Role.PROJECT_REVIEW, project.implementer.key))
    for wanted in (own, units):
        names = [_CODE.sub("", view.text(key)).strip() for role, key in wanted for view in filing.forms_of(role)]
        if any(names):
            return tuple(dict.fromkeys(name for name in names if name))
    return ()


def _without(names: tuple[str, ...], sentence: str) -> str:
    for name in names:
        sentence = sentence.replace(name, "")
    return sentence
