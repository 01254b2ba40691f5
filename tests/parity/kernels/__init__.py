"""Kernels with seeded faults: each as TileLang, for a device, and as a Python function that plays it, for none."""
