"""Kernels of the interpreter's tests."""
