#!/bin/sh
# 运行 xltool 的命令：sh xltool.sh batch 报送 --out 审核结果
here=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd -P) || exit 2

refuse() {
    printf '%s\n' "不能运行：$1。请找维护人员要合适的安装包，或请管理员装上所缺的。" >&2
    exit 2
}

[ "$(uname -m)" = "{machine}" ] || refuse "这个安装包是给 {machine} 处理器的，本机是 $(uname -m)"
libc=$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d ' ' -f 2)
[ "${libc#*.}" -ge {glibc} ] 2>/dev/null || refuse "需要 glibc 2.{glibc} 以上，本机是 ${libc:-其他的 C 库}"

others=
for name in ${XLTOOL_PYTHON:+"$XLTOOL_PYTHON"} python{python} python3; do
    python=$(command -v "$name" 2>/dev/null) || continue
    version=$("$python" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    [ "$version" != "{python}" ] || exec "$python" -I "$here/start.py" "$@"
    others="$others Python $version"
done
refuse "需要 Python {python}，本机${others:+只有}${others:-没有 Python}"
