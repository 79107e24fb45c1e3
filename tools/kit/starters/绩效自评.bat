@echo off
rem 打开绩效自评的页面。把报送文件夹拖到这个文件上，就打开那个文件夹。
if exist "%~dp0python\python.exe" goto start
echo 请先把压缩包全部解压到一个文件夹，再双击里面的“绩效自评.bat”。
pause
exit /b 2
:start
"%~dp0python\python.exe" -m xltool desk %*
if errorlevel 1 pause
