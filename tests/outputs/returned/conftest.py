"""The filing most tests of returned copies are about, and its copy."""

from __future__ import annotations

import pytest

from tests.outputs.returned.test_copy import ABOUT, FINDINGS
from tests.support.laden import write_laden
from xltool.outputs.returned.copy import returned_copy


@pytest.fixture(scope="package")
def filed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What a department sent."""
    return write_laden(tmp_path_factory.mktemp("laden") / "附件1.xlsx").read_bytes()


@pytest.fixture(scope="package")
def copy(filed: bytes) -> bytes:
    """Its annotated copy."""
    return returned_copy(filed, FINDINGS, ABOUT)
