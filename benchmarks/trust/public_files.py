"""`python -m benchmarks.trust.public_files FOLDER`: read any files and count the results.

Each content is read once, in a supervised worker as in a batch. The table has a line for each format, status and code;
`--refused` names every file that could not be read, `--forms` every file that is taken for a form.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import msgspec

from benchmarks.speed.memory import forget_peak, peak
from xltool.reader.files.archives import Source, failed
from xltool.reader.limits import LIMITS
from xltool.reader.reading import read_file
from xltool.workers.pool import Lost, Pool

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FORMATS: Final = frozenset(
    {
        *(".xlsx", ".xlsm", ".xltx", ".xltm", ".xlam", ".xlsb", ".xls", ".xlt", ".xla", ".xlw", ".et", ".ett"),
        *(".ods", ".ots", ".odt", ".docx", ".docm", ".dotx", ".doc", ".rtf", ".wps"),
    }
)
"""Endings of the files that are read."""


@dataclass(frozen=True)
class FileOutcome:
    """The result of reading a file; `code` is empty where forms or a narrative report were read."""

    name: str
    status: str
    code: str
    message: str = ""
    forms: tuple[str, ...] = ()
    seconds: float = 0.0
    """Seconds by the clock."""
    processor: float = 0.0
    """Seconds of processor time, with that of LibreOffice: on a busy machine the clock says little."""
    peak: int = 0
    """Peak memory of the worker while it read the file, in KiB; 0 on systems other than Linux."""

    @property
    def format(self) -> str:
        """Ending of the file, in lower case."""
        return Path(self.name).suffix.lower()

    @property
    def is_unread(self) -> bool:
        """Whether the file was refused, for another reason than that it holds no form."""
        return self.status == "refused" and self.code != "no_form"


def files_in(folders: Sequence[Path]) -> list[Source]:
    """The files to be read, each content once; named by their folder and path."""
    sources: dict[bytes, Source] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in FORMATS and path.is_file() and not path.is_symlink():
                digest = hashlib.sha256(path.read_bytes()).digest()
                sources.setdefault(digest, Source(path, path.relative_to(folder.parent).as_posix()))
    return list(sources.values())


def outcomes(sources: Sequence[Source], jobs: int) -> Iterator[FileOutcome]:
    """Read the files in workers; gives each result as it comes."""
    with TemporaryDirectory(prefix="xltool-public-") as scratch, Pool(jobs, LIMITS, Path(scratch)) as pool:
        for at, answer in pool.run(read_measured, sources):
            if isinstance(answer, Lost):
                yield FileOutcome(sources[at].name, "refused", answer.value, seconds=LIMITS.seconds)
            else:
                yield msgspec.msgpack.decode(answer, type=FileOutcome)


def read_measured(source: Source) -> bytes:
    """Read a file in a worker; the outcome as bytes."""
    forget_peak()
    start, processor = time.perf_counter(), _processor_time()
    try:
        record = read_file(source.path, source.name)
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - as in a batch: a panic in Rust is no Exception
        record = failed(source.name, error)
    seconds, processor = time.perf_counter() - start, _processor_time() - processor
    forms = (*(each.form for each in record.submissions), *("报告" for _ in record.narrative_reports))
    outcome = FileOutcome(source.name, record.status, record.code, record.reason, forms, seconds, processor, peak())
    return msgspec.msgpack.encode(outcome)


def _processor_time() -> float:
    """Seconds of processor time of this process and of the programs it has run."""
    return sum(os.times()[:4])


def table(results: Sequence[FileOutcome]) -> str:
    """A Markdown table: a line for each format, status and code, with the slowest file and the largest peak."""
    groups: dict[tuple[str, str, str], list[FileOutcome]] = defaultdict(list)
    for result in results:
        groups[result.format, result.status, result.code].append(result)
        groups["all", result.status, result.code].append(result)
        groups["all", "", ""].append(result)
    head = "| format | status | code | files | slowest s | most processor s | peak MiB |"
    lines = [head, "|---|---|---|---:|---:|---:|---:|"]
    for (ending, status, code), group in sorted(groups.items()):
        slowest, processor = max(each.seconds for each in group), max(each.processor for each in group)
        times = f"{slowest:.2f} | {processor:.2f} | {max(each.peak for each in group) / 1024:.0f}"
        lines.append(f"| {ending} | {status} | {code} | {len(group):,} | {times} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the folders and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trust.public_files", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--refused", action="store_true", help="name the files that are refused, with the reason")
    parser.add_argument("--forms", action="store_true", help="name the files that are said to hold a form or a report")
    parser.add_argument("--slowest", type=int, default=0, help="name so many of the slowest files")
    options = parser.parse_args(arguments)
    results = sorted(
        outcomes(files_in([each.resolve() for each in options.folders]), options.jobs), key=lambda each: each.name
    )
    print(table(results))
    listed = [each for each in results if (options.refused and each.is_unread) or (options.forms and each.forms)]
    for each in listed:
        print(f"{each.status} {each.code or ','.join(each.forms)}\t{each.name}\t{each.message}")
    for each in sorted(results, key=lambda each: -each.processor)[: options.slowest]:
        print(f"{each.processor:.2f} s ({each.seconds:.2f} by the clock), {each.peak / 1024:.0f} MiB\t{each.name}")


if __name__ == "__main__":
    sys.modules["benchmarks.trust.public_files"] = sys.modules["__main__"]
    main()
