"""A scoring profile as a form: the texts in its fields, the file they make, and the mistakes beside each field."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from xltool import params
from xltool.findings import InputError
from xltool.params.profile import BANDS, MOST_BANDS, unit_of
from xltool.params.writing import REMARKS, Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xltool.params import Profile

NAME, REGION, SINCE, BASIS = "名称", "地区", "自年度", "依据"
HEAD: Final = (NAME, REGION, SINCE)
OLD_BASIS: Final = "“{section}”的内容改过，“依据”还是原来的：请写明本地的文号或表注"
SHIPPED_NAME: Final = "“{name}”是自带的口径，请另起一个名称，如 某某县2024"
_WITH_UNIT: Final = re.compile(r"^([0-9.]+) *[%分年]$")
Path = tuple[str, ...]
"""The place of an entry: its section and key, or a key of the head."""


@dataclass(frozen=True)
class FormField:
    """A field of the form: the name it is sent by, its words, what it holds, and its mistakes."""

    name: str
    label: str
    value: str | tuple[tuple[str, str], ...]
    choices: tuple[str, ...]
    unit: str
    remark: str
    mistakes: Sequence[str]


@dataclass(frozen=True)
class FormSection:
    """A section of the form: its fields, the field of its basis, and the mistakes of it as a whole."""

    title: str
    fields: Sequence[FormField]
    basis: FormField
    mistakes: Sequence[str]


@dataclass(frozen=True)
class Checked:
    """A draft after its check: the profile it makes, or its mistakes by place, those of no place at ()."""

    profile: Profile | None
    mistakes: Mapping[Path, Sequence[str]]


def draft_from(form: Mapping[str, str]) -> Draft:
    """The texts that were filled in; signs of full width and units behind numbers are understood."""
    entries: dict[tuple[str, str], str | tuple[tuple[str, str], ...]] = {}
    for section, keys in params.SECTIONS.items():
        for key in keys:
            if key != BANDS:
                entries[section, key] = _typed(form.get(f"{section}.{key}", ""))
            elif bands := tuple(_bands_in(form, f"{section}.{key}")):
                entries[section, key] = bands
    basis = {section: " ".join(form.get(f"{section}.{BASIS}", "").split()) for section in params.SECTIONS}
    name, region, since = (" ".join(form.get(key, "").split()) for key in HEAD)
    return Draft(name, region, _typed(since), entries, basis)


def _bands_in(form: Mapping[str, str], name: str) -> Iterator[tuple[str, str]]:
    """The bands that were filled in; rows that were left blank are none."""
    for number in range(1, MOST_BANDS + 1):
        at, points = (_typed(form.get(f"{name}.{number}.{part}", "")) for part in ("起", "得分"))
        if at or points:
            yield at, points


def _typed(text: str) -> str:
    """A text as it is meant: a number without the unit that somebody wrote behind it."""
    text = unicodedata.normalize("NFKC", text).strip()
    return _WITH_UNIT.sub(r"\1", text)


def check(draft: Draft, start: Draft | None) -> Checked:
    """Check a draft as its file is checked when it is used, and its bases against the profile that it is from.

    `start` are the texts of that profile, None for a profile that is the bureau's own already.
    """
    text = draft.text()
    mistakes: dict[Path, list[str]] = defaultdict(list)
    if draft.name in params.profile_names():
        mistakes[(NAME,)].append(SHIPPED_NAME.format(name=draft.name))
    for section in params.SECTIONS if start is not None else ():
        if start is not None and _changed(draft, start, section) and draft.basis[section] == start.basis[section]:
            mistakes[section, BASIS].append(OLD_BASIS.format(section=section))
    profile = None
    try:
        profile = params.profile_of(text)
    except params.ProfileError as error:
        # Of a section and its entries, which may begin on the same line, the entry is meant.
        places = {
            line: path for path, line in sorted(params.read_source(text).places().items(), key=lambda at: len(at[0]))
        }
        for line, sentence in error.mistakes:
            mistakes[places.get(line, ())].append(sentence)
    except InputError as error:
        mistakes[()].append(str(error))
    return Checked(None if mistakes else profile, mistakes)


def _changed(draft: Draft, start: Draft, section: str) -> bool:
    """Whether a section says something else than the profile it is from."""
    mine, theirs = (
        {path: value for path, value in each.entries.items() if path[0] == section} for each in (draft, start)
    )
    return mine != theirs


def fields_of(draft: Draft, mistakes: Mapping[Path, Sequence[str]]) -> tuple[list[FormField], list[FormSection]]:
    """The fields of the head, and the sections with theirs."""
    texts = dict(zip(HEAD, (draft.name, draft.region, draft.since), strict=True))
    head = [FormField(key, key, text, (), "", "", mistakes.get((key,), ())) for key, text in texts.items()]
    sections = [
        FormSection(
            section,
            [_field(draft, (section, key), mistakes) for key in keys],
            FormField(
                f"{section}.{BASIS}", BASIS, draft.basis[section], (), "", "", mistakes.get((section, BASIS), ())
            ),
            mistakes.get((section,), ()),
        )
        for section, keys in params.SECTIONS.items()
    ]
    return head, sections


def _field(draft: Draft, path: tuple[str, str], mistakes: Mapping[Path, Sequence[str]]) -> FormField:
    section, key = path
    value = draft.entries.get(path, ())
    if key == BANDS and not isinstance(value, str):
        value = (*value, *[("", "")] * (MOST_BANDS - len(value)))
    return FormField(
        f"{section}.{key}",
        key,
        value,
        params.CHOICES.get(path, ()),
        unit_of(section, key),
        REMARKS.get(path, ""),
        mistakes.get(path, ()),
    )
