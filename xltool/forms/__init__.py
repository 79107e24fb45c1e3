"""The three official forms, declared: fields, labels, layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.forms import base_data, project, self_review

if TYPE_CHECKING:
    from xltool.forms.model import Form

FORMS: dict[str, Form] = {form.key: form for form in (base_data.FORM, self_review.FORM, project.FORM)}


def form_named(text: str) -> Form:
    """The form called 附件1, 附件2, 附件3 or just 1, 2, 3; KeyError for anything else."""
    return FORMS[text if text in FORMS else f"附件{text}"]
