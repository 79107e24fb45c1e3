"""`python -m benchmarks.trust`: the benchmark of mutations; `python -m benchmarks.trust precision`: of real filings."""

import sys

from benchmarks.trust import mutations, precision

if __name__ == "__main__":
    if sys.argv[1:2] == ["precision"]:
        precision.main(sys.argv[2:])
    else:
        mutations.main()
