"""Files taken out of an archive: names, bounds, archives in archives."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.reader.formats.format_files import expect_grid, read
from tests.support.documents import forms, write_xlsx
from xltool.reader.formats.archive import NESTED, is_archive, members, name_of
from xltool.reader.guard import Refused, check
from xltool.reader.limits import Limits

if TYPE_CHECKING:
    from pathlib import Path


class OldName(zipfile.ZipInfo):
    """An entry whose name zipfile writes as bytes of code page 437, without the flag for UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile's name
        return self.filename.encode("cp437"), 0


def packed(path: Path, files: dict[str, bytes], encoding: str = "flag") -> Path:
    """A .zip with names in this encoding, as the packers of that system write them."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name) if encoding == "flag" else OldName(name.encode(encoding).decode("cp437"))
            archive.writestr(info, content)
    return path


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "flag"])
def test_names_in_archives(tmp_path: Path, encoding: str) -> None:
    """Names come back as typed from Chinese Windows (GBK), macOS (UTF-8 without a flag) and anything newer."""
    names = ["君山区/附件1 基础数据表.xlsx", "说明.txt"]
    path = packed(tmp_path / "a.zip", {name: name.encode() for name in names}, encoding)
    unpacked = members(path, into(tmp_path))
    assert [each.name for each in unpacked] == names
    assert [each.path.read_text("utf-8") for each in unpacked if each.path] == names
    assert [each.path.name for each in unpacked if each.path] == ["001.xlsx", "002.txt"]


def into(folder: Path) -> Path:
    """An empty folder."""
    out = folder / "out"
    out.mkdir()
    return out


def test_archive_in_archive(tmp_path: Path) -> None:
    """It is named, and left in; folders and litter are passed over; workbooks are no archives."""
    inner = packed(tmp_path / "in.zip", {"a.txt": b"x"}).read_bytes()
    sheet = write_xlsx(forms(), tmp_path / "a.xlsx").read_bytes()
    files = {
        "内.zip": inner,
        "伪装.doc": inner,
        "表.xlsx": sheet,
        "__MACOSX/._表.xlsx": b"",
        "x/.DS_Store": b"",
        "夹/": b"",
    }
    path = packed(tmp_path / "out.zip", files)
    assert is_archive(path, check(path))
    assert not is_archive(tmp_path / "a.xlsx", check(tmp_path / "a.xlsx"))
    unpacked = members(path, into(tmp_path))
    assert [(each.name, each.problem) for each in unpacked] == [
        ("内.zip", NESTED),
        ("伪装.doc", NESTED),
        ("表.xlsx", ""),
    ]
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["003.xlsx"]
    assert unpacked[2].path is not None
    expect_grid(read(unpacked[2].path))


@pytest.mark.parametrize(
    ("files", "limits", "code"),
    [
        ({"../a.xlsx": b"x"}, None, "unsafe_path"),
        ({"/etc/a": b"x"}, None, "unsafe_path"),
        ({f"{at}.txt": b"" for at in range(501)}, None, "too_many_entries"),
        ({"a": bytes(2000), "b": bytes(2000)}, Limits(package_size=3000), "zip_bomb"),
        ({"a": bytes(5_000_000)}, None, "zip_bomb"),
    ],
)
def test_bad_archives(tmp_path: Path, files: dict[str, bytes], limits: Limits | None, code: str) -> None:
    """Names that travel, too many files, too much in them: refused before anything is taken out."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    out = into(tmp_path)
    with pytest.raises(Refused) as caught:
        members(tmp_path / "a.zip", out, *([limits] if limits else []))
    assert caught.value.code == code
    assert not list(out.iterdir())


def test_name_that_is_nothing() -> None:
    """Bytes that are neither UTF-8 nor GBK stay as they look."""
    assert name_of(zipfile.ZipInfo(b"a\xff.txt".decode("cp437"))) == b"a\xff.txt".decode("cp437")
