"""What a module imports and what a library asks for, as far as it can be read without running it."""

from __future__ import annotations

from pathlib import Path

import pip
import pytest
from msgspec import _core

from tools.kit.binaries import missing_libraries, needed
from tools.kit.errors import KitError
from tools.kit.imports import Optional, dangling
from tools.kit.resolution import LOCK, Pin, read_lock, requirements

PACKAGE = {"p/__init__.py": b"", "p/a.py": b"", "p/_c.cp313-win_amd64.pyd": b"", "q/deep/b.py": b""}


@pytest.mark.parametrize(
    "text",
    [
        "import p, p.a, p._c, q.deep.b",
        "from p import a, anything",
        "from . import a\nfrom .a import x",
        "import os.path",
        "try:\n    import absent\nexcept ImportError:\n    pass",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import absent",
        "try:\n    import absent\nexcept (ValueError, ModuleNotFoundError):\n    absent = None",
    ],
)
def test_imports_that_lead_somewhere(text: str) -> None:
    """Or whose failure the module expects, or which are for type checkers."""
    assert dangling(PACKAGE | {"p/m.py": text.encode()}, (), {"os", "typing"}, ()) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("import absent", 1),
        ("def f():\n    import absent", 2),
        ("import p.absent", 1),
        ("from .absent import x", 1),
        ("from p import tests", 1),
        ("try:\n    import absent\nexcept ValueError:\n    pass", 2),
        ("try:\n    import p\nexcept ImportError:\n    import absent", 4),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    pass\nelse:\n    import absent", 5),
    ],
)
def test_imports_that_lead_nowhere(text: str, line: int) -> None:
    """Also within functions, of what was left out of a package, and where the failure of the import is not caught."""
    files = PACKAGE | {"p/m.py": text.encode()}
    wrong = dangling(files, {"p/tests/__init__.py"}, {"typing"}, ())
    assert [(known.path, known.line) for known in wrong] == [("p/m.py", line)]
    assert dangling(files, {"p/tests/__init__.py"}, {"typing"}, [Optional("p/*", "*", "stated")]) == []
    assert dangling(files, {"p/tests/__init__.py"}, {"typing"}, [Optional("q/*", "*", "of another")]) == wrong


def test_the_libraries_that_a_file_asks_for_are_read_from_it() -> None:
    """A program of Windows, an extension of Linux, and a text, which asks for nothing."""
    program = next(Path(pip.__file__).parent.rglob("t64.exe")).read_bytes()
    assert "kernel32.dll" in needed(program)
    extension = _core.__file__
    assert extension is not None
    if extension.endswith(".so"):
        assert "libc.so.6" in needed(Path(extension).read_bytes())
    assert needed(b"text") == set()


def test_a_library_is_beside_who_asks_or_in_a_folder_of_a_wheel_or_in_the_system() -> None:
    """Anywhere else it is not found by Windows."""
    program = next(Path(pip.__file__).parent.rglob("t64.exe")).read_bytes()
    asked = needed(program)
    assert missing_libraries({"p/x.pyd": program}, (), asked) == []
    assert missing_libraries({"p/x.pyd": program}, asked, ()) == []
    rest = asked - {"kernel32.dll"}
    assert missing_libraries({"p/x.pyd": program}, (), rest) == ["p/x.pyd needs kernel32.dll"]
    for place in ("p/KERNEL32.dll", "q.libs/kernel32.dll"):
        assert missing_libraries({"p/x.pyd": program, place: b""}, (), rest) == []
    assert missing_libraries({"p/x.pyd": program, "q/kernel32.dll": b""}, (), rest) == ["p/x.pyd needs kernel32.dll"]


def test_the_list_has_hashes_of_what_each_system_needs_and_no_name_of_an_index() -> None:
    """Colorama is for Windows only: what resolves with this system's markers would leave it out."""
    text = LOCK.read_text(encoding="utf-8")
    lock = read_lock(text)
    assert "colorama==0.4.6 ; sys_platform == 'win32'" in text
    assert "://" not in text
    assert all(lock.values())
    pin = Pin("colorama", "0.4.6")
    line = requirements([pin], lock)
    assert line.startswith("colorama==0.4.6 --hash=sha256:")
    assert read_lock(line) == {pin: lock[pin]}


def test_what_is_not_in_the_list_is_not_fetched() -> None:
    """Nor is a list understood that has other lines than pins and hashes."""
    with pytest.raises(KitError, match=r"not in lock\.txt: other 2"):
        requirements([Pin("other", "2")], {})
    with pytest.raises(KitError, match="no pin: starlette>=1"):
        read_lock("starlette>=1")
