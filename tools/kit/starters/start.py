"""Start xltool from a kit, with the kit's libraries and no others."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "lib"))
sys.argv[0] = "xltool"

from xltool.__main__ import main

if __name__ == "__main__":
    main()
