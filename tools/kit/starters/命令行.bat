@echo off
rem 打开可以输入 xltool 命令的窗口。
if exist "%~dp0python\python.exe" goto start
echo 请先把压缩包全部解压到一个文件夹，再双击里面的“命令行.bat”。
pause
exit /b 2
:start
set "PATH=%~dp0;%PATH%"
cmd /k xltool --help
