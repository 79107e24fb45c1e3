"""Mutation fuzz of the reader: honest files damaged in the ways of their format, and what may not come of it.

    python -m benchmarks.fuzz --seconds 60 --seed 1 [--office] [--corpus tests/fuzz/corpus]

atheris was tried and not taken: it has no wheels for Windows and Python 3.14, its libFuzzer ends with the first hang
or abort, and checksums, shared strings and record lengths have to be put right after each change anyway, which is
what `zips` and `binary` do. The workers here are those a batch reads with, so a crash costs one input.
"""
