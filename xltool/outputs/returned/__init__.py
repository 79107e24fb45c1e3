"""Returned copies (退回件): a department's own file, its findings marked and listed in it."""
