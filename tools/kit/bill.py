"""The bill of materials of a kit, as CycloneDX 1.6."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tools.kit.wheels import Package

FIXED_TIME: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""The time of every file of a kit and of its bill, so that the same inputs give the same bytes."""


def component(name: str, version: str, *, sha256: str, licence: str) -> Component:
    """A part of the kit; `sha256` is that of the file it was unpacked from."""
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{name}@{version}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256)],
        licenses=[LicenseFactory().make_from_string(licence)],
        purl=PackageURL("pypi", name=name, version=version),
    )


def python_component(version: str, sha256: str) -> Component:
    """The embeddable Python of a kit for Windows."""
    return Component(
        name="python",
        version=version,
        type=ComponentType.PLATFORM,
        bom_ref=f"python@{version}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256)],
        licenses=[LicenseFactory().make_from_string("PSF-2.0")],
        cpe=f"cpe:2.3:a:python:python:{version}:*:*:*:*:*:*:*",
    )


def bill_of_materials(own: Package, target: str, components: Iterable[Component]) -> bytes:
    """The bill as JSON; its serial number follows from what it lists."""
    parts = sorted(components, key=lambda part: part.name)
    listed = " ".join(f"{part.name}={part.version}={part.hashes[0].content}" for part in parts)
    kit = Component(
        name=f"{own.pin.name}-kit-{target}", version=own.pin.version, type=ComponentType.APPLICATION, bom_ref="kit"
    )
    bom = Bom(
        components=parts,
        serial_number=uuid5(NAMESPACE_URL, f"{target} {listed}"),
        metadata=BomMetaData(component=kit, timestamp=FIXED_TIME),
    )
    bom.register_dependency(kit, parts)
    text: str = JsonV1Dot6(bom).output_as_string(indent=2)
    return text.encode()
