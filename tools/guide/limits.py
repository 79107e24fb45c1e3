"""The table of limits in the guide, computed from the limits in the code."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from xltool.api import EARLIEST, LATEST, MOST_INDICATORS
from xltool.outputs.sheets.sheet_writer import LAST_ROW
from xltool.reader.limits import LIMITS

_MIB: Final = 1024 * 1024
_WORDS: Final = {
    "file_size": ("一个文件的大小", "{mib:,.0f} MB"),
    "package_parts": ("文件包里的部件", "{count:,} 个"),
    "archive_files": ("压缩包里的文件", "{count:,} 个"),
    "disk_share": ("压缩包解开后占磁盘剩余空间", "1/{count}"),
    "part_size": ("解开后的一个部件", "{mib:,.0f} MB"),
    "package_size": ("解开后合计", "{mib:,.0f} MB"),
    "compression_ratio": ("压缩倍数（防“压缩炸弹”）", "{count:,} 倍"),
    "ratio_exempt_size": None,  # holds for small parts only, which no user meets
    "cells": ("一个工作簿的行和单元格，含空的", "{count:,} 个"),
    "filled_cells": ("一个工作簿中有内容的单元格", "{count:,} 个"),
    "formatted_cells": ("一个 .xls 中只有格式的单元格", "{count:,} 个"),
    "roster_cells": ("名册中有内容的单元格", "{count:,} 个"),
    "review_cells": ("审核结果 review.xlsx 中有内容的单元格", "{count:,} 个"),
    "stored_review_size": ("上次审核结果的 findings.json", "{mib:,.0f} MB"),
    "stored_rows": ("上次审核结果的一张数据表", "{count:,} 行"),
    "text_characters": ("一个文件的文字", "{mib:,.0f} MB"),
    "parsed_marks": ("须整体解析的一个部件中的标记", "{count:,} 个"),
    "paragraphs": ("一个文档的段落（表格以外）", "{count:,} 个"),
    "table_cells": ("一个文档的表格单元格", "{count:,} 个"),
    "document_blocks": ("一个文档的段落和表格，含空的", "{count:,} 个"),
    "validations": ("一张工作表的数据校验和条件格式", "{count:,} 个"),
    "defined_names": ("一个文件的定义名称", "{count:,} 个"),
    "sheets": ("一个文件的工作表", "{count:,} 张"),
    "merged_ranges": ("一张工作表的合并区域", "{count:,} 个"),
    "xlsb_records": ("一个 .xlsb 部件的记录", "{count:,} 条"),
    "whole_part_size": ("须整体解析的一个部件", "{mib:,.0f} MB"),
    "merged_cells": ("一张工作表合并区域里的单元格", "{count:,} 个"),
    "table_columns": None,  # like the three below: only damaged or hostile files meet it
    "spanned_cells": None,
    "directory_sectors": None,
    "text_file_size": None,
    "seconds": ("读一个文件的时间", "{count:,.0f} 秒"),
    "memory": ("读一个文件的内存", "{mib:,.0f} MB"),
}
"""Name and format of each limit; the rebuild fails for a limit without an entry, None leaves a limit out."""


def table() -> str:
    """The table of all limits, a line each."""
    lines = ["| 限制 | 最多 |", "|---|--:|"]
    for key, value in asdict(LIMITS).items():
        words = _WORDS[key]
        if words is not None:
            lines.append(f"| {words[0]} | {words[1].format(mib=value / _MIB, count=value)} |")
    lines += [
        f"| 表样的年度 | {EARLIEST}—{LATEST} 年 |",
        f"| 每个二级指标的行数 | {MOST_INDICATORS} 行 |",
        f"| 审核结果一张工作表的行数 | {LAST_ROW:,} 行 |",
    ]
    return "\n".join(lines) + "\n"
