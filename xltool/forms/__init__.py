"""The three official forms, declared: fields, labels, layout; and their roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.forms import base_data, project, self_review
from xltool.forms.model import Role

if TYPE_CHECKING:
    from xltool.forms.model import Form

FORMS: dict[str, Form] = {form.key: form for form in (base_data.FORM, self_review.FORM, project.FORM)}

REPORT: Final = "自评报告"
"""The key of the narrative report, in places where a form has its key."""
_KEYS: Final[dict[Role, str]] = {form.role: key for key, form in FORMS.items()} | {Role.NARRATIVE_REPORT: REPORT}
_ROLES: Final = {key: role for role, key in _KEYS.items()}


def form_named(text: str) -> Form:
    """The form with this key, which may be short (1, 2, 3); KeyError if there is none.

    >>> form_named("2").key, form_named("附件2").key
    ('附件2', '附件2')
    """
    return FORMS[text if text in FORMS else f"附件{text}"]


def key_of(role: Role) -> str:
    """The key of the document with this role: 附件1, 附件2, 附件3 or 自评报告."""
    return _KEYS[role]


def role_of(key: str) -> Role:
    """The role of the form with this key, or of the narrative report; KeyError for any other key."""
    return _ROLES[key]
