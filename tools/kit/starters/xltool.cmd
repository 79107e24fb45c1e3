@"%~dp0python\python.exe" -m xltool %*
