"""`python -m benchmarks.trust`: the benchmark of mutations; `precision` and `layouts` are those of real filings."""

import sys

from benchmarks.trust import mutations, precision
from benchmarks.trust.layouts import measure

if __name__ == "__main__":
    if sys.argv[1:2] == ["precision"]:
        precision.main(sys.argv[2:])
    elif sys.argv[1:2] == ["layouts"]:
        measure.main(sys.argv[2:])
    else:
        mutations.main()
