"""`python -m xltool`."""

from xltool.cli import main

if __name__ == "__main__":
    main()
