"""`python -m benchmarks.desk OUT [--departments 80]`: play the year and print where the results are not as expected."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.desk.desk import Desk
from benchmarks.desk.play import Game, OfficeLine, sizes

CENT = 0.005


def report(game: Game) -> tuple[str, int]:
    """The results as text, and how many expectations failed."""
    lines, wrong = [], 0
    for round_, title in enumerate(("第一次", "第二次")):
        round_lines = game.lines(round_)
        wrong += sum(map(len, (line.wrong for line in round_lines)))
        lines += [f"## {title}", "", "| 单位 | 单位做了什么 | 审核后看到什么 | 对吗 |", "|---|---|---|---|"]
        lines += [_row(line) for line in round_lines] + [""]
    standing, kept = game.kept_notes()
    wrong += standing - kept
    lines += [f"处理记录：{standing} 条问题第二次仍在，保留 {kept} 条。"]
    if game.accepted is not None:
        total, honest = game.merged_total(), game.honest_total()
        wrong += len(game.accepted.filings) == len(game.desk.offices) and abs(total - honest) >= CENT
        lines += [f"汇总：接受 {len(game.accepted.filings)} 个单位，未接受 {len(game.accepted.excluded)} 份；"]
        lines += [f"全年执行数 {total:.2f} 万元，各单位实际 {honest:.2f} 万元。"]
        lines += [f"  {left.department or left.files[0]}：{left.reason}" for left in game.accepted.excluded]
    lines += ["", "| 步骤 | 秒 |", "|---|--:|", *(f"| {name} | {value:.1f} |" for name, value in game.seconds.items())]
    lines += ["", "| 文件夹 | 文件 | MB |", "|---|--:|--:|"]
    lines += [f"| {name} | {count} | {size:.1f} |" for name, (count, size) in sizes(game.desk.base).items()]
    return "\n".join(lines) + "\n", wrong


def _row(line: OfficeLine) -> str:
    return f"| {line.office} | {line.trouble} | {line.seen} | {'；'.join(line.wrong) or '✓'} |"


def main() -> int:
    """Play and print the results; 1 where something was not as expected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="an empty folder for everything that is made")
    parser.add_argument("--departments", type=int, default=80)
    arguments = parser.parse_args()
    if arguments.out.exists() and any(arguments.out.iterdir()):
        parser.error(f"{arguments.out} is not empty")
    game = Game(Desk(arguments.out, arguments.departments))
    game.play()
    text, wrong = report(game)
    print(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
