"""The three official forms, declared: fields, labels, layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.forms import base_data, project, self_review
from xltool.forms.model import Role

if TYPE_CHECKING:
    from xltool.forms.model import Form

FORMS: dict[str, Form] = {form.key: form for form in (base_data.FORM, self_review.FORM, project.FORM)}

REPORT: Final = "自评报告"
"""What the narrative report is called where a form's key would stand."""
_KEYS: Final[dict[Role, str]] = {form.role: key for key, form in FORMS.items()} | {Role.NARRATIVE_REPORT: REPORT}
_ROLES: Final = {key: role for role, key in _KEYS.items()}


def form_named(text: str) -> Form:
    """The form called 附件1, 附件2, 附件3 or just 1, 2, 3; KeyError for anything else."""
    return FORMS[text if text in FORMS else f"附件{text}"]


def key_of(role: Role) -> str:
    """What the document with this role is called: 附件1, 附件2, 附件3 or 自评报告."""
    return _KEYS[role]


def role_of(key: str) -> Role:
    """The role of the form with this key, or of the narrative report; KeyError for any other key."""
    return _ROLES[key]
