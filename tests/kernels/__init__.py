"""Kernels as users write them: files that are no cases, for the tests to trace, break and run."""
