#!/bin/sh
# 安装到本用户的文件夹，不需要管理员：sh 安装.sh；卸载：sh 安装.sh --remove
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd -P)
data=${XDG_DATA_HOME:-$HOME/.local/share}
place=$data/xltool
entry=$data/applications/xltool.desktop
command=$HOME/.local/bin/xltool

# 桌面文件夹的名字随系统的语言。
on_desktops() {
    for desktop in "$HOME/桌面" "$HOME/Desktop"; do
        [ ! -d "$desktop" ] || "$@" "$desktop/xltool.desktop"
    done
}

if [ "${1:-}" = "--remove" ]; then
    rm -rf "$place"
    rm -f "$entry" "$command"
    on_desktops rm -f
    printf '%s\n' "已卸载。报送和审核结果的文件夹没有动。"
    exit 0
fi

sh "$here/xltool.sh" --version >/dev/null || exit 2
mkdir -p "$data/applications" "$HOME/.local/bin"
rm -rf "$place.new"
cp -R "$here" "$place.new"
chmod -R u+w "$place.new"
rm -rf "$place"
mv "$place.new" "$place"

cat >"$entry" <<END
[Desktop Entry]
Type=Application
Name=绩效自评
Comment=下发、审核、汇总绩效自评表
Exec=sh "$place/绩效自评.sh" %f
Terminal=true
Categories=Office;
END
chmod u+x "$entry"
ln -sf "$place/xltool.sh" "$command"
on_desktops cp -p "$entry"
printf '%s\n' "已安装到 $place" "从开始菜单的“绩效自评”打开；命令行里用 $command"
