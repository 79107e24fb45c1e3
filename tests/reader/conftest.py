"""What several modules of these tests share."""

from __future__ import annotations

import pytest

from tests.reader.files.sent_files import Maker


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Files of this module."""
    return Maker(tmp_path_factory.mktemp("foreign"))
