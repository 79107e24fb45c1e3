"""Which version this is: said here, and to whoever installs it; asking the installed package takes 10 ms."""

from __future__ import annotations

VERSION = "0.1.0"
