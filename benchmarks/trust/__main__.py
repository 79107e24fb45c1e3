"""`python -m benchmarks.trust`: the same as `python -m benchmarks.trust.mutations`."""

from benchmarks.trust.mutations import main

if __name__ == "__main__":
    main()
