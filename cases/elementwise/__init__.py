"""Kernels without a matrix product: vectorisation, guards, atomics."""
