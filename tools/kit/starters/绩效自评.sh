#!/bin/sh
# 打开绩效自评的页面：sh 绩效自评.sh [报送文件夹]
here=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd -P) || exit 2
exec sh "$here/xltool.sh" desk "$@"
