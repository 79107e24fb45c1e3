"""The licence of a package, as an SPDX expression of licences that a kit may hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from tools.kit.errors import KitError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tools.kit.wheels import Package

_CLASSIFIER: Final = "License :: OSI Approved :: "
_WORDS: Final = re.compile(r"[^\s()]+")


def licence_of(package: Package, known: Mapping[str, str], classifiers: Mapping[str, str]) -> str:
    """The licence by its expression, else by its name, else by its classifier. KitError where it has none of them."""
    stated = package.metadata.get("License-Expression") or package.metadata.get("License") or ""
    marks = [str(mark) for mark in package.metadata.get_all("Classifier", ())]
    marked = (classifiers.get(mark.removeprefix(_CLASSIFIER)) for mark in marks if mark.startswith(_CLASSIFIER))
    try:
        return str(canonicalize_license_expression(known.get(stated, stated)))
    except InvalidLicenseExpression:
        expression = next(filter(None, marked), None)
    if expression is None:
        msg = f"{package.pin.name} has no licence that is known: {stated or marks}"
        raise KitError(msg)
    return expression


def not_allowed(expression: str, allowed: Collection[str]) -> list[str]:
    """The licences of an expression that are not on the list; either side of an OR would do, both are asked for."""
    words = set(_WORDS.findall(expression)) - {"AND", "OR", "WITH"}
    return sorted(words - set(allowed))
