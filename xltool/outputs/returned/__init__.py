"""Returned copies (退回件): the file of a department with its findings marked and listed in it."""
