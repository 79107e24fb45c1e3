"""Mutation fuzzing of the reader: damage honest files in the ways of their format, and check what comes of them.

    python -m benchmarks.fuzz --seconds 60 --seed 1 [--office] [--corpus tests/fuzz/corpus]

Why not atheris: it has no wheels for Windows and Python 3.14, its libFuzzer ends with the first hang or abort, and
checksums, shared strings and record lengths have to be corrected after each change, which `zips` and `binary` do. The
workers are those that a batch reads with, so that a crash costs one input.
"""
